"""What a language does with numbers, lists, plurals and days, from CLDR through Babel. Everything is read at first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date as Day
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories, in the order in which a text gives its forms."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its BCP 47 tag, its plural categories in CLDR's order, and its signs."""

    tag: str
    locale: Locale
    categories: tuple[str, ...]
    category: Callable[[int], str]
    group_sign: str
    decimal_sign: str
    percent_sign: str

    def position(self, number: int) -> int:
        """Which of the forms of a plural goes with this number."""
        return self.categories.index(self.category(number))

    def document(self) -> dict[str, Any]:
        """What a browser is told of the language: it knows few languages itself, and silently uses another."""
        patterns = self.locale.list_patterns["standard"]
        return {
            "group": self.group_sign,
            "decimal": self.decimal_sign,
            "percent": self.percent_sign,
            "list": {"two": patterns["2"], **{part: patterns[part] for part in ("start", "middle", "end")}},
            "months": [self.locale.months["format"]["wide"][month] for month in range(1, 13)],
            "date": self.locale.date_formats["long"].pattern,
        }

    def listed(self, words: Sequence[str]) -> str:
        """["a", "b", "c"] -> "a, b and c"."""
        return format_list(words, locale=self.locale) if words else ""

    def date(self, day: Day) -> str:
        """A day in full: "20 November 2014"."""
        return format_date(day, "long", locale=self.locale)


@cache
def language(tag: str) -> Language:
    """The language of a tag such as "en-GB" or "cy"; babel.UnknownLocaleError where CLDR has none."""
    locale = Locale.parse(tag, sep="-")
    rule = locale.plural_form
    signs = locale.number_symbols["latn"]
    tags = {*rule.tags, "other"}
    return Language(
        tag=tag,
        locale=locale,
        categories=tuple(category for category in CATEGORIES if category in tags),
        category=lru_cache(maxsize=4096)(rule),
        group_sign=signs["group"],
        decimal_sign=signs["decimal"],
        percent_sign=locale.percent_formats[None].suffix[0],
    )
