"""Figures at the desk are taken exactly, or refused in words with the text kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from results.desk.forms.fields import read_figure
from results.models import Contest
from results.texts import wording
from tests.builders import People, ready_group
from tests.desk.pages import account, at_desk, kinds, opened, sheet, text_of, url

pytestmark = pytest.mark.django_db


BAD_FIGURES = {
    "": "Write 0 if there are none",
    "   ": "Write 0 if there are none",
    "-5": "No figure is below 0: write it without the sign",
    "−5": "No figure is below 0: write it without the sign",
    "12.5": "Write a whole number, without the point",
    "12.0": "Write a whole number, without the point",
    "1.702": "Write a whole number, without the point",
    "1,702": "Write 1702, without the comma",
    "1 702": "Write 1702, without the space",
    "1\u202f702": "Write 1702, without the space",
    "1'702": "Write 1702, without the apostrophe",
    "17,02": "Write the digits 0 to 9 and nothing else",
    "１７０２": "Write the digits 0 to 9",
    "١٧٠٢": "Write the digits 0 to 9",
    "1²": "Write the digits 0 to 9",
    "12\t34\t5": "One figure only",
    "12\n34": "One figure only",
    "12 3 4": "One figure only",
    "10000001": "At most 10,000,000",
    "9" * 5000: "At most 10,000,000",
    "1e3": "Write the digits 0 to 9 and nothing else",
    "0x10": "Write the digits 0 to 9 and nothing else",
    "+5": "Write the digits 0 to 9 and nothing else",
    "1_000": "Write the digits 0 to 9 and nothing else",
    "NaN": "Write the digits 0 to 9 and nothing else",
    "twelve": "Write the digits 0 to 9 and nothing else",
    "O": "Write the digits 0 to 9 and nothing else",
    "5\x00": "Write the digits 0 to 9 and nothing else",
}


@pytest.mark.parametrize(("typed", "words"), BAD_FIGURES.items(), ids=lambda value: repr(value)[:20])
def test_it_says_exactly_what_is_wrong_with_a_figure(typed: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_figure(typed)
    assert wording.text(refused.value.message, refused.value.params or {}) == words


@pytest.mark.parametrize(
    ("typed", "value"), [("0", 0), ("  12 ", 12), ("0107", 107), ("10000000", 10_000_000), ("0" * 30 + "7", 7)]
)
def test_it_takes_digits_and_the_spaces_around_them(typed: str, value: int) -> None:
    assert read_figure(typed) == value


@pytest.mark.parametrize("typed", ["", "-5", "1,702", "1.5", "１２", "12\t34", "10000001", "<b>7</b>"])
def test_it_keeps_the_text_of_a_malformed_figure_and_records_nothing(
    contest: Contest, cast: People, typed: str
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    before = kinds(contest)
    client = at_desk(cast.olu)
    answer = client.post(url(contest, "count", 1), opened(client, contest, "count", 1) | sheet("800", typed, "100"))
    page = text_of(answer)
    assert answer.status_code == 422
    assert kinds(contest) == before
    kept = typed.replace("<", "&lt;").replace(">", "&gt;")
    assert re.search(rf'name="votes-2"[^>]*value="{re.escape(kept)}"[^>]*aria-invalid="true"', page)
    assert re.search(r'name="votes-1"[^>]*value="800"', page)
    assert 'value="0107"' in page
    assert "Nothing is recorded yet." in page
    assert '<a href="#id_votes-2">BARKER Mike</a>' in page
    beside = re.search(r'id="error_votes-2">([^<]*)<', page)
    assert beside is not None
    form = page.partition("</main>")[0]
    assert form.count(beside[1]) == 2, "once beside the field and once on top"


def test_it_refuses_a_field_that_came_twice_and_one_that_is_missing(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures: dict[str, Any] = opened(client, contest, "count", 1) | sheet("1000", "300", "100")
    twice = client.post(url(contest, "count", 1), figures | {"votes-1": ["1000", "1001"]})
    assert twice.status_code == 422
    assert "This came twice, with the same form: open it anew" in text_of(twice)
    del figures["votes-3"]
    missing = client.post(url(contest, "count", 1), figures)
    assert missing.status_code == 422
    assert "Write 0 if there are none" in text_of(missing)


@pytest.mark.parametrize("name", ["submission_id", "seen", "papers"])
def test_it_asks_to_open_a_form_anew_whose_hidden_parts_are_broken(contest: Contest, cast: People, name: str) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures = opened(client, contest, "count", 1) | sheet("1000", "300", "100") | {name: "zzz"}
    answer = client.post(url(contest, "count", 1), figures)
    assert answer.status_code == 422
    assert "This form did not come as it was made: open it anew." in text_of(answer)


@pytest.mark.parametrize(
    ("explanation", "words"),
    [
        ("x" * 501, "At most 500 characters; these are 501"),
        ("two\nlines", "One line of plain text"),
        ("bell\x07", "One line of plain text"),
        ("turned \u202eround", "One line of plain text"),
    ],
)
def test_it_refuses_explanations_that_paper_cannot_carry(
    contest: Contest, cast: People, explanation: str, words: str
) -> None:
    client = at_desk(cast.olu)
    figures = account("698", reason="arithmetic", explanation=explanation)
    answer = client.post(url(contest, "box", "1"), opened(client, contest, "box", "1") | figures)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert kinds(contest) == []


def test_it_wants_the_number_of_the_sheet(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures = opened(client, contest, "count", 1)
    empty = client.post(url(contest, "count", 1), figures | sheet("1000", "300", "100", sheet=" "))
    assert "Copy the number that is printed on the sheet" in text_of(empty)
    long = client.post(url(contest, "count", 1), figures | sheet("1000", "300", "100", sheet="7" * 21))
    assert "At most 20 characters; these are 21" in text_of(long)


FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S)


def test_no_form_has_a_field_that_an_arrow_or_a_wheel_could_change() -> None:
    """A browser's own number field counts up and down; of choices, static/js/keys.js keeps arrows from choosing."""
    folder = Path(settings.BASE_DIR) / "templates" / "desk"
    forms = [form for path in sorted(folder.glob("*.html")) for form in FORM.findall(path.read_text(encoding="utf-8"))]
    assert len(forms) > 15
    for form in forms:
        assert 'type="number"' not in form
        opening = form.partition("\n")[0]
        if 'type="radio"' in form or "_figure.html" in form:
            assert "data-keys" in opening, opening
        if 'method="post"' in opening:
            assert "<select" not in form, opening
