"""One word for one thing: what docs/words.md names exists, and no name is given twice without a reason."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
WORDS, _, SHARED = PAGE.partition("## Classes that share a name")


def classes() -> dict[str, list[Path]]:
    """Where each class of a module's own is defined; those inside other classes are named by them too."""
    found: dict[str, list[Path]] = defaultdict(list)
    for top in ("results", "countnight"):
        for path in (ROOT / top).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(path.relative_to(ROOT))
    return found


def test_it_names_only_classes_and_files_that_exist() -> None:
    there = classes()
    named = re.findall(r"`([^`]+)`", PAGE)
    assert len(named) > 80
    for name in named:
        if "/" in name:
            assert (ROOT / name).exists(), name
        else:
            assert name.split(".")[0] in there, name


def test_it_has_one_line_a_word() -> None:
    words = [word for line in re.findall(r"^\| ([^|`]+) \|", WORDS, re.MULTILINE) for word in line.split(", ")]
    words = [word for word in words if word not in ("word", "---")]
    assert len(words) > 50
    assert len(words) == len(set(words)), sorted(word for word in words if words.count(word) > 1)


def test_it_gives_no_name_to_two_classes_but_those_that_say_why() -> None:
    reasons = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", SHARED, re.MULTILINE))
    twice = {name: paths for name, paths in classes().items() if len(paths) > 1}
    assert twice.keys() == reasons.keys(), twice


def test_it_keeps_a_place_for_polling_places() -> None:
    """An index called place reads as a polling place: it is a position."""
    for path in (ROOT / "results").rglob("*.py"):
        # The back-tests' record names the sources that it was made with: they change only when it is made anew.
        if {"backtest", "projection"} & set(path.parts):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bfor place(, \w+)? in\b|\blambda place\b|\[place\]", text), path
