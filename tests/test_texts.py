"""Catalogues: English is complete, another language says what it has and English for the rest, by its own plural rule."""

from __future__ import annotations

import re

import pytest
from babel import UnknownLocaleError

from results.texts import catalogue as catalogues
from results.texts import cy, en
from results.texts.catalogue import catalogue, public_catalogue, with_forms_of
from results.texts.locales import CATEGORIES, language

PLURAL = re.compile(r"\{\w+:plural:([^}]*)\}")
WELSH = {0: "zero", 1: "one", 2: "two", 3: "few", 4: "other", 5: "other", 6: "many", 7: "other", 100: "other"}


def test_it_has_no_text_in_another_language_that_english_lacks() -> None:
    assert set(cy.TEXTS) <= set(en.TEXTS)
    assert set(cy.PUBLIC) <= set(en.PUBLIC) <= set(en.TEXTS)


@pytest.mark.parametrize("tag", ["en-GB", "cy"])
def test_every_plural_has_a_form_for_each_category_of_its_language(tag: str) -> None:
    needed = len(language(tag).categories)
    for code, text in catalogue(tag).items():
        for forms in PLURAL.findall(text):
            assert len(forms.split(":")) == needed, code


def test_it_chooses_among_the_six_plural_forms_of_welsh() -> None:
    welsh = language("cy")
    assert welsh.categories == CATEGORIES
    assert {number: CATEGORIES[welsh.place(number)] for number in WELSH} == WELSH


def test_it_says_an_english_text_with_english_plurals_in_a_welsh_page() -> None:
    spread = with_forms_of(language("cy"), "All {n:plural:box is:boxes are} in, {n:count} of {m:plural:a:b}.")
    assert spread == (
        "All {n:plural:boxes are:box is:boxes are:boxes are:boxes are:boxes are} in, {n:count} of {m:plural:b:a:b:b:b:b}."
    )


def test_it_prefers_a_text_of_the_language_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"status.counting": "SEFYDLOG"}
    monkeypatch.setattr(cy, "TEXTS", own)
    catalogues.catalogue.cache_clear()
    try:
        assert catalogue("cy")["status.counting"] == "SEFYDLOG"
        assert catalogue("cy")["status.counted"] == en.TEXTS["status.counted"]
    finally:
        catalogues.catalogue.cache_clear()


def test_it_sends_the_public_page_no_text_of_the_desk() -> None:
    assert public_catalogue("en-GB") is en.PUBLIC
    assert set(public_catalogue("cy")) == set(en.PUBLIC)


@pytest.mark.parametrize("tag", ["xx-XX", "fr"])
def test_it_has_no_catalogue_of_other_languages(tag: str) -> None:
    with pytest.raises((KeyError, UnknownLocaleError)):
        catalogue(tag)
