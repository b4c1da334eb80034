"""The texts of a language: its own, and English ones where it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from results.texts import cy, en
from results.texts.locales import Language, language

ENGLISH = "en-GB"
"""The language that is complete, and the one that a contest's page is in."""

_OTHERS = {"cy": cy}
_PLURAL = re.compile(r"\{(\w+):plural:([^}]*)\}")


@cache
def catalogue(tag: str = ENGLISH) -> Mapping[str, str]:
    """Every text by its code; KeyError for a language that has no catalogue."""
    return en.TEXTS if tag == ENGLISH else _with_english(tag, en.TEXTS, _OTHERS[tag].TEXTS)


@cache
def public_catalogue(tag: str = ENGLISH) -> Mapping[str, str]:
    """The texts of the public page, which its set-up document carries."""
    return en.PUBLIC if tag == ENGLISH else _with_english(tag, en.PUBLIC, _OTHERS[tag].PUBLIC)


def _with_english(tag: str, english: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    return {code: own[code] if code in own else with_forms_of(language(tag), text) for code, text in english.items()}


def with_forms_of(target: Language, text: str) -> str:
    """An English text whose plurals have a form for each category of another language, so that its rule can choose."""
    source = language(ENGLISH)
    positions = [source.position(_sample(target, category)) for category in target.categories]

    def spread(match: re.Match[str]) -> str:
        forms = match.group(2).split(":")
        return f"{{{match.group(1)}:plural:{':'.join(forms[position] for position in positions)}}}"

    return _PLURAL.sub(spread, text)


def _sample(target: Language, category: str) -> int:
    """The smallest whole number of a category; 0 for a category that only fractions or great numbers have."""
    return next((number for number in range(1000) if target.category(number) == category), 0)
