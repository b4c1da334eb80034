"""Formats and texts of the public page, held to tests/vectors/formatting.json; the browser is held to the same file."""

import ast
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from results.board import calling, document, headline, projecting, seats, still_out, timeline
from results.projection import calls
from results.projection.types import State
from results.texts import wording
from results.texts.en import PUBLIC as ENGLISH
from results.texts.locales import language

FILE = json.loads((Path(__file__).parent / "vectors" / "formatting.json").read_text())
NAMES = FILE["names"] | {"messages": ENGLISH}
STATUSES = ("off", "before", "verifying", "verified", "counting", "counted")


def name_of(vector):
    return vector.get("text") or f"{vector['format']} {json.dumps(vector['value'])}"


@pytest.mark.parametrize("vector", FILE["vectors"], ids=name_of)
def test_it_shows_what_the_vector_says(vector):
    if "text" in vector:
        assert wording.text(vector["text"], vector["args"], NAMES) == vector["shown"]
    else:
        assert wording.shown(vector["format"], vector["value"], NAMES) == vector["shown"]


@pytest.mark.parametrize("tag", FILE["plurals"])
def test_it_chooses_the_plural_that_the_vectors_say(tag):
    own = language(tag)
    assert {number: own.categories[own.position(int(number))] for number in FILE["plurals"][tag]} == FILE["plurals"][
        tag
    ]


@pytest.mark.parametrize("vector", FILE["welsh"], ids=lambda vector: json.dumps(vector["value"]))
def test_it_shows_in_welsh_what_the_vector_says(vector):
    assert wording.shown(vector["format"], vector["value"], FILE["names"] | {"language": "cy"}) == vector["shown"]


def test_every_text_has_a_vector():
    assert {vector["text"] for vector in FILE["vectors"] if "text" in vector} == set(ENGLISH)


def test_every_format_has_a_vector():
    used = {vector["format"].partition(":")[0] for vector in FILE["vectors"] if "format" in vector}
    assert used == set(wording.FORMATS)


def test_every_field_of_every_text_has_a_form():
    for code, words in ENGLISH.items():
        forms = set(re.findall(r"\{\w+:(\w+)", words)) - {"plural", "noun"}
        assert forms <= set(wording.FORMATS), code
        assert words.count("{") == len(re.findall(r"\{\w+:\w+(?::[^}]*)?\}", words)), code


def test_no_chance_short_of_certainty_reads_as_certain():
    words = {value: wording.chance(value, NAMES) for value in range(101)}
    assert words[100] == "wins on these figures"
    assert not [value for value, said in words.items() if re.search(r"\b10 in 10\b|\b100 in 100\b|\b0 in", said)]
    assert words[99] != words[98]


def literals(module):
    """Every string that a module writes out."""
    tree = ast.parse(Path(module.__file__).read_text())
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_code_of_the_board_has_a_text():
    written = {
        text
        for module in (calling, document, headline, seats, timeline, projecting, still_out)
        for text in literals(module)
        if re.fullmatch(r"(headline|feed|reason|call|status|out)\.[a-z_.]*[a-z_]", text)
    }
    assert len(written) > 12
    assert written <= set(ENGLISH)


def test_every_code_put_together_from_parts_has_a_text():
    codes = {f"status.{status}" for status in STATUSES} | {"headline.off", "headline.before"}
    codes |= {f"{family}.{state}" for family in ("call", "feed.call") for state in get_args(State)}
    codes |= {f"feed.policy.{publish}" for publish in ("off", "progress", "totals")}
    codes |= {f"caption.{publish}" for publish in ("off", "progress", "totals")}
    codes |= {f"environment.{name}" for name in ("live", "rehearsal", "demo", "reconstruction")}
    codes |= {f"seat.{seat}" for seat in ("in", "level", "first_out")}
    assert codes <= set(ENGLISH)


def test_every_reason_of_a_call_has_a_text():
    gates = set(re.findall(r'Gate\(\s*"(\w+)"', Path(calls.__file__).read_text()))
    assert {"nothing_counted", "type_unseen", "below_bar"} <= gates
    assert {f"reason.{gate}" for gate in gates} <= set(ENGLISH)


def test_every_text_and_format_that_a_template_names_exists():
    templates = Path(__file__).parent.parent / "templates" / "public"
    names = set()
    for template in templates.rglob("*.html"):
        found = re.findall(r'{%\s*(?:leaf|attribute)[^%]*?"((?:say|coded):[\w.]+|\w+)"', template.read_text())
        names |= {name for name in found if ":" in name}
        assert set(re.findall(r'get:"([\w.]+)"', template.read_text())) <= set(ENGLISH), template.name
    assert {name.partition(":")[2] for name in names if name.startswith("say:")} <= set(ENGLISH)
    assert {name.partition(":")[2] for name in names if name.startswith("coded:")} <= {
        "environment",
        "caption",
        "status",
        "seat",
    }
