"""Catalogues: English is complete, another language says what it has and English for the rest, by its own plural rule."""

from __future__ import annotations

import ast
import re
from pathlib import Path

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
    assert {number: CATEGORIES[welsh.position(number)] for number in WELSH} == WELSH


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


# --- words apart from rules ------------------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parent.parent
WORDLESS = ("rules", "ledger", "policy", "desk")
SENTENCE = re.compile(r"[a-z’']{2,} [a-z’']{2,}")
CODED = re.compile(r"coded:([a-z_]+)")
CODE = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+")
FAMILIES = {code.partition(".")[0] for code in en.TEXTS if "." in code} - {"count"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand alone: docstrings of modules, classes, functions and constants."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def literals(tree: ast.Module) -> set[str]:
    """Every string that a module writes out, the parts of f-strings too, but no docstring."""
    alone = docstrings(tree)
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    }


def beginnings(tree: ast.Module) -> set[str]:
    """What f-strings begin with: a code put together from a family and a value."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            found.add(str(node.values[0].value))
    return found


def program() -> list[Path]:
    """Every module but catalogues and migrations."""
    return [
        path
        for path in (ROOT / "results").rglob("*.py")
        if not {"migrations", "en"} & set(path.relative_to(ROOT).parts) and path.name != "cy.py"
    ]


def said_elsewhere() -> set[str]:
    """Codes that templates and scripts of the browser name."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js")]
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_no_sentence_is_left_among_rules_ledger_and_forms() -> None:
    positions = [ROOT / "results" / name for name in WORDLESS]
    files = [path for position in positions for path in ([position] if position.is_file() else position.rglob("*.py"))]
    assert len(files) > 18
    sentences = {
        f"{path.name}: {literal}" for path in files for literal in literals(parsed(path)) if SENTENCE.search(literal)
    }
    assert sentences == set()


def test_it_would_find_a_sentence() -> None:
    tree = ast.parse('"""Doc of two words."""\nraise Refused(f"There is no box {label} in {name}.")\n')
    assert [literal for literal in literals(tree) if SENTENCE.search(literal)] == ["There is no box "]


def test_every_code_that_the_program_gives_has_a_text() -> None:
    written = {literal for path in program() for literal in literals(parsed(path)) if CODE.fullmatch(literal)}
    codes = {code for code in written if code.partition(".")[0] in FAMILIES}
    assert len(codes) > 120
    assert codes <= set(en.TEXTS)
    rules = {
        code for path in (ROOT / "results" / "rules").glob("*.py") for code in literals(parsed(path)) if "." in code
    }
    assert {code for code in rules if CODE.fullmatch(code)} <= set(en.TEXTS)


def test_every_text_is_said_somewhere() -> None:
    trees = [parsed(path) for path in program()]
    said = {literal for tree in trees for literal in literals(tree)} | said_elsewhere()
    families = {start for tree in trees for start in beginnings(tree) if start.endswith(".") or "." in start}
    # In a template: "coded:status" stands for every text of that family.
    families |= {
        f"{family}." for path in (ROOT / "templates").rglob("*.html") for family in CODED.findall(path.read_text())
    }
    silent = {code for code in en.TEXTS if code not in said and not any(code.startswith(family) for family in families)}
    assert silent == set()
