"""Figures as they are typed, by the vectors that static/js/figures.js is held to as well (tests/browser/test_entry.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from results.desk.forms.fields import read_figure
from results.rules.counts import gap
from results.texts.catalogue import catalogue

FILE = json.loads((Path(__file__).parent / "vectors" / "entry.json").read_text(encoding="utf-8"))


def said(typed: str) -> dict[str, Any]:
    try:
        return {"typed": typed, "value": read_figure(typed)}
    except ValidationError as wrong:
        args = {"args": dict(wrong.params)} if wrong.params else {}
        return {"typed": typed, "code": str(wrong.message), **args}


@pytest.mark.parametrize("vector", FILE["figures"], ids=lambda vector: ascii(vector["typed"])[:20])
def test_it_reads_a_figure_as_the_vectors_say(vector: dict[str, Any]) -> None:
    assert said(vector["typed"]) == vector


@pytest.mark.parametrize("vector", FILE["gaps"], ids=lambda vector: f"{vector['accounted']} of {vector['papers']}")
def test_it_says_a_gap_as_the_vectors_say(vector: dict[str, Any]) -> None:
    found = gap(vector["papers"], vector["accounted"])
    args = {"args": dict(found.args)} if found.args else {}
    assert {"papers": vector["papers"], "accounted": vector["accounted"], "code": found.code, **args} == vector


def test_every_way_to_be_wrong_has_a_vector_and_words() -> None:
    codes = {vector["code"] for vector in FILE["figures"] if "code" in vector}
    assert codes <= set(catalogue())
    assert codes == {
        *("form.empty", "form.several", "form.too_large", "form.comma", "form.apostrophe", "form.space"),
        *("form.negative", "form.fraction", "form.other_digits", "form.not_digits"),
    }
    assert {vector["code"] for vector in FILE["gaps"]} == {
        *("gap.none", "gap.missing", "gap.too_many", "gap.digits_swapped")
    }
