"""Formats of the public page, in Python: the twin of static/js/format.js, held to it by tests/vectors/formatting.json.

A format takes a value of the board and the names of the set-up document, and gives what is shown. Shares are whole
hundredths of a percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from results.messages import ENGLISH

LONDON = ZoneInfo("Europe/London")
MINUS = "\N{MINUS SIGN}"
Names = Mapping[str, Any]
_FIELD = re.compile(r"\{(\w+):(\w+)(?::([^:}]*):([^}]*))?\}")


def count(value: int) -> str:
    """16867 -> "16,867"."""
    return f"{value:,}".replace("-", MINUS)


def _tenths(hundredths: int) -> str:
    tenths = (abs(hundredths) + 5) // 10
    return f"{tenths // 10}.{tenths % 10}"


def percent(value: int) -> str:
    """4210 -> "42.1%"; half a tenth goes up."""
    return f"{_tenths(value)}%"


def exact_percent(value: int) -> str:
    """729 -> "7.29%"."""
    return f"{value // 100}.{value % 100:02d}%"


def points(value: int) -> str:
    """-1440 -> "\N{MINUS SIGN}14.4", 90 -> "+0.9", 0 -> "0.0"."""
    sign = "" if (abs(value) + 5) // 10 == 0 else "+" if value > 0 else MINUS
    return sign + _tenths(value)


def time(value: str) -> str:
    """An ISO time in UTC -> 24-hour London time, "02:14"."""
    return datetime.fromisoformat(value).astimezone(LONDON).strftime("%H:%M")


def clock_time(value: str) -> str:
    """An ISO time in UTC -> London time with seconds, "02:14:05"."""
    return datetime.fromisoformat(value).astimezone(LONDON).strftime("%H:%M:%S")


def listed(words: Sequence[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def candidate(value: int, names: Names) -> str:
    """11 -> "Reckless (UKIP)"."""
    known = names["candidates"][str(value)]
    return f"{known['surname']} ({known['party']})"


def chance_code(value: int) -> tuple[str, dict[str, int]]:
    """The code and arguments of a chance in whole percent: tenths where they are fair, else hundredths."""
    if value >= 100:
        return "chance.certain", {}
    if value >= 99:
        return "chance.over_99", {}
    if value < 1:
        return "chance.under_1", {}
    if 10 <= value <= 94:
        return "chance.in_10", {"n": (value + 5) // 10}
    return "chance.in_100", {"n": value}


def _plural(value: int, one: str, many: str) -> str:
    return f"{count(value)} {one if value == 1 else many}"


_FIELDS: dict[str, Callable[[Any, Names], str]] = {
    "count": lambda value, names: count(value),
    "percent": lambda value, names: percent(value),
    "points": lambda value, names: points(value),
    "time": lambda value, names: time(value),
    "candidate": candidate,
    "ward": lambda value, names: str(names["wards"].get(value, value)),
    "wards": lambda value, names: listed([str(names["wards"].get(gss, gss)) for gss in value]),
    "groups": lambda value, names: f"group{'' if len(value) == 1 else 's'} {listed([str(n) for n in value])}",
    "tallies": lambda value, names: ", ".join(f"{candidate(c, names)} {count(v)}" for c, v in value),
    "word": lambda value, names: ENGLISH.get(f"word.{value}", str(value)),
}


def text(code: str, args: Mapping[str, Any], names: Names) -> str:
    """A code with its arguments in words; an unknown code is shown as it is, so that nothing hides."""
    template = ENGLISH.get(code)
    if template is None:
        return code

    def field(match: re.Match[str]) -> str:
        name, form, one, many = match.groups()
        value = args[name]
        return _plural(value, one, many) if form == "plural" else _FIELDS[form](value, names)

    return _FIELD.sub(field, template)
