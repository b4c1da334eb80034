"""Formats of the public page, in Python: the twin of static/js/format.js, held to it by tests/vectors/formatting.json.

A format takes a value of the board and the names of the set-up document, and gives what is shown. Shares are whole
hundredths of a percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from results.texts.catalogue import catalogue

LONDON = ZoneInfo("Europe/London")
MINUS = "\N{MINUS SIGN}"
Names = Mapping[str, Any]
# Not the server's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
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


def tenths(value: int) -> str:
    """520 -> "5.2"."""
    return _tenths(value)


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


def date(value: str) -> str:
    """An ISO date -> "20 November 2014"."""
    day = Day.fromisoformat(value)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def age(value: int) -> str:
    """Seconds -> "12 s ago", "3 min ago", "1 h 5 min ago", "2 days ago"."""
    seconds = max(0, value)
    if seconds < 60:
        return f"{seconds} s ago"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min ago"
    return f"{count(seconds // 86400)} days ago"


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
    "exact_percent": lambda value, names: exact_percent(value),
    "tenths": lambda value, names: tenths(value),
    "points": lambda value, names: points(value),
    "time": lambda value, names: time(value),
    "candidate": candidate,
    "ward": lambda value, names: str(names["wards"].get(value, value)),
    "wards": lambda value, names: listed([str(names["wards"].get(gss, gss)) for gss in value]),
    "groups": lambda value, names: f"group{'' if len(value) == 1 else 's'} {listed([str(n) for n in value])}",
    "tallies": lambda value, names: ", ".join(f"{candidate(c, names)} {count(v)}" for c, v in value),
    "changes": lambda value, names: ", ".join(
        f"{candidate(int(c), names)} {count(change['before'])}, now {count(change['after'])}"
        for c, change in sorted(value.items(), key=lambda item: int(item[0]))
    ),
    "word": lambda value, names: catalogue().get(f"word.{value}", str(value)),
}


def text(code: str, args: Mapping[str, Any], names: Names) -> str:
    """A code with its arguments in words; an unknown code is shown as it is, so that nothing hides."""
    template = catalogue().get(code)
    if template is None:
        return code

    def field(match: re.Match[str]) -> str:
        name, form, one, many = match.groups()
        value = args[name]
        return _plural(value, one, many) if form == "plural" else _FIELDS[form](value, names)

    return _FIELD.sub(field, template)


def chance(value: int, names: Names) -> str:
    """A chance in whole percent, in words: 87 -> "wins about 9 in 10"."""
    code, args = chance_code(value)
    return text(code, args, names)


def segment(shares: Mapping[str, int], candidate: str) -> str:
    """A candidate's part of a stacked bar of 10,000 by 10 as an SVG path: the most votes leftmost, equals by number."""
    order = sorted(shares, key=lambda number: (-shares[number], int(number)))
    left = sum(shares[number] for number in order[: order.index(candidate)]) if candidate in shares else 0
    return f"M{left} 0H{left + shares.get(candidate, 0)}V10H{left}Z"


def _as_format(field: Callable[[Any, Names], str]) -> Callable[[Any, Names, str], str]:
    return lambda value, names, _: field(value, names)


FORMATS: dict[str, Callable[[Any, Names, str], str]] = {
    **{name: _as_format(field) for name, field in _FIELDS.items()},
    "clock_time": lambda value, names, _: clock_time(value),
    "date": lambda value, names, _: date(value),
    "age": lambda value, names, _: age(value),
    "chance": lambda value, names, _: chance(value, names),
    "text": lambda value, names, _: text(value["code"], value.get("args", {}), names),
    "say": lambda value, names, code: text(code, value, names),
    "coded": lambda value, names, prefix: text(f"{prefix}.{value}", {}, names),
    "raw": lambda value, names, _: str(value),
    "viewbox": lambda value, names, _: f"0 0 {value} 10",
    "interval": lambda value, names, _: f"M{value['low']} 6H{value['high']}V10H{value['low']}Z",
    "middle_half": lambda value, names, _: (
        f"M{value['lower_quartile']} 6H{value['upper_quartile']}V10H{value['lower_quartile']}Z"
    ),
    "tick": lambda value, names, _: f"M{value} 5.5V10",
    "segment": lambda value, names, candidate: segment(value, candidate),
}
"""By the name that `data-format` gives: a format, and what follows its colon ("say:line.groups") as third argument."""


def shown(form: str, value: Any, names: Names) -> str:
    """A value of the board in a format: what an element with this `data-format` shows."""
    name, _, parameter = form.partition(":")
    return FORMATS[name](value, names, parameter)
