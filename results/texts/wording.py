"""Codes and values in words, in Python: the twin of static/js/format.js, held to it by tests/vectors/formatting.json.

A format takes a value of the board and the names of the set-up document, and gives what is shown, in the language that
the document names (English where it names none). Shares are whole tenths of a percent, rounded where
they are made: a format only prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from results.texts.catalogue import ENGLISH, catalogue
from results.texts.locales import Language, language

LONDON = ZoneInfo("Europe/London")
MINUS = "\N{MINUS SIGN}"
SHORTLIST = 5
"""Of more candidates than these the others are counted: a sentence of forty names says nothing."""
MORNING = 8
"""From this hour on, London time, the day after the poll is another day to its readers."""
Names = Mapping[str, Any]
NO_NAMES: Names = {}
_ENGLISH = language(ENGLISH)
_FIELD = re.compile(r"\{(\w+):(\w+)(?::([^}]*))?\}")


class Coded(Protocol):
    """A code of the catalogue with its arguments: a Message, a Finding."""

    @property
    def code(self) -> str:
        """The code."""

    @property
    def args(self) -> Mapping[str, Any]:
        """What the fields of its text hold."""


def _language(names: Names) -> Language:
    return language(names["language"]) if "language" in names else _ENGLISH


def _texts(names: Names) -> Mapping[str, str]:
    return catalogue(names["language"]) if "language" in names else catalogue(ENGLISH)


# --- values ----------------------------------------------------------------------------------------------------------


def count(value: int, names: Names = NO_NAMES) -> str:
    """16867 -> "16,867"."""
    return f"{value:,}".replace(",", _language(names).group_sign).replace("-", MINUS)


def signed(value: int, names: Names = NO_NAMES) -> str:
    """2 -> "+2", -2 -> "−2", 0 -> "0"."""
    return f"+{count(value, names)}" if value > 0 else count(value, names)


def tenths(value: int, names: Names = NO_NAMES) -> str:
    """52 -> "5.2"."""
    return f"{abs(value) // 10}{_language(names).decimal_sign}{abs(value) % 10}"


def percent(value: int, names: Names = NO_NAMES) -> str:
    """421 -> "42.1%"."""
    return tenths(value, names) + _language(names).percent_sign


def exact_percent(value: int, names: Names = NO_NAMES) -> str:
    """Hundredths: 729 -> "7.29%"."""
    own = _language(names)
    return f"{value // 100}{own.decimal_sign}{value % 100:02d}{own.percent_sign}"


def points(value: int, names: Names = NO_NAMES) -> str:
    """-144 -> "\N{MINUS SIGN}14.4", 9 -> "+0.9", 0 -> "0.0"."""
    sign = "" if value == 0 else "+" if value > 0 else MINUS
    return sign + tenths(value, names)


def time(value: str) -> str:
    """An ISO time in UTC -> 24-hour London time, "02:14"."""
    return datetime.fromisoformat(value).astimezone(LONDON).strftime("%H:%M")


def clock_time(value: str) -> str:
    """An ISO time in UTC -> London time with seconds, "02:14:05"."""
    return datetime.fromisoformat(value).astimezone(LONDON).strftime("%H:%M:%S")


def date(value: str, names: Names = NO_NAMES) -> str:
    """An ISO date -> "20 November 2014"."""
    return _language(names).date(Day.fromisoformat(value))


def day(value: str, names: Names = NO_NAMES) -> str:
    """An ISO time in UTC -> the day in London, "20 November 2014"."""
    return _language(names).date(datetime.fromisoformat(value).astimezone(LONDON).date())


def moment(value: str, names: Names = NO_NAMES) -> str:
    """An ISO time in UTC -> "02:14" in the count's own night, else with its day, "10:00 on 21 November 2014".

    The night is the day of poll and what follows until eight in the morning; names without a day of poll have none.
    """
    local = datetime.fromisoformat(value).astimezone(LONDON)
    poll = names.get("poll_date")
    past = (local.date() - Day.fromisoformat(poll)).days if poll else 0
    if past == 0 or (past == 1 and local.hour < MORNING):
        return time(value)
    return text("time.other_day", {"at": value}, names)


def age(value: int, names: Names = NO_NAMES) -> str:
    """Seconds -> "12 s ago", "3 min ago", "1 h 5 min ago", "2 days ago"."""
    seconds = max(0, value)
    if seconds < 60:
        return text("age.seconds", {"n": seconds}, names)
    if seconds < 3600:
        return text("age.minutes", {"n": seconds // 60}, names)
    if seconds < 48 * 3600:
        return text("age.hours", {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}, names)
    return text("age.days", {"n": seconds // 86400}, names)


def listed(words: Sequence[str], names: Names = NO_NAMES) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return _language(names).listed([str(word) for word in words])


def candidate(value: int, names: Names) -> str:
    """11 -> "Reckless (UKIP)"."""
    candidate = names["candidates"][str(value)]
    return f"{candidate['shown']} ({candidate['party']})"


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


# --- texts -----------------------------------------------------------------------------------------------------------


def _changes(value: Mapping[str, Mapping[str, int]], names: Names) -> str:
    return ", ".join(
        text("list.change", {"candidate": number, **value[number]}, names) for number in sorted(value, key=int)
    )


def _shortlist(value: Sequence[int], names: Names) -> str:
    if len(value) <= SHORTLIST:
        return listed([candidate(number, names) for number in value], names)
    return text("list.others", {"candidates": value[:SHORTLIST], "more": len(value) - SHORTLIST}, names)


_FIELDS: dict[str, Callable[[Any, Names], str]] = {
    "count": count,
    "percent": percent,
    "exact_percent": exact_percent,
    "tenths": tenths,
    "points": points,
    "time": lambda value, names: time(value),
    "day": day,
    "moment": moment,
    "raw": lambda value, names: str(value),
    "candidate": candidate,
    "candidates": lambda value, names: listed([candidate(number, names) for number in value], names),
    "shortlist": _shortlist,
    "names": lambda value, names: ", ".join(candidate(number, names) for number in value),
    "ward": lambda value, names: str(names["wards"].get(value, value)),
    "wards": lambda value, names: listed([str(names["wards"].get(gss, gss)) for gss in value], names),
    "list": listed,
    "groups": lambda value, names: text("list.groups", {"n": len(value), "groups": value}, names),
    "boxes": lambda value, names: text("list.boxes", {"n": len(value), "boxes": value}, names),
    "tallies": lambda value, names: ", ".join(f"{candidate(c, names)} {count(v, names)}" for c, v in value),
    "changes": _changes,
    "word": lambda value, names: _texts(names).get(f"word.{value}", str(value)),
    "text": lambda value, names: text(value["code"], value.get("args", {}), names),
}


@cache
def _parts(template: str) -> tuple[str | tuple[str, str, tuple[str, ...]], ...]:
    """A text taken apart: what stands as it is, and its fields by name, form and the words of a plural."""
    parts: list[str | tuple[str, str, tuple[str, ...]]] = []
    end = 0
    for match in _FIELD.finditer(template):
        name, form, forms = match.groups()
        parts += [template[end : match.start()], (name, form, tuple((forms or "").split(":")))]
        end = match.end()
    return (*parts, template[end:])


def _field(part: tuple[str, str, tuple[str, ...]], args: Mapping[str, Any], names: Names) -> str:
    name, form, forms = part
    value = args[name]
    if form == "plural":
        return f"{count(value, names)} {forms[_language(names).position(value)]}"
    if form == "noun":
        return forms[_language(names).position(value)]
    return _FIELDS[form](value, names)


def text(code: str, args: Mapping[str, Any], names: Names = NO_NAMES) -> str:
    """A code with its arguments in words; an unknown code is shown as it is, so that nothing hides."""
    template = _texts(names).get(code)
    if template is None:
        return code
    return "".join(part if isinstance(part, str) else _field(part, args, names) for part in _parts(template))


def words(said: Coded, names: Names = NO_NAMES) -> str:
    """A message or a finding in words."""
    return text(said.code, said.args, names)


def chance(value: int, names: Names) -> str:
    """A chance in whole percent, in words: 87 -> "wins about 9 in 10"."""
    code, args = chance_code(value)
    return text(code, args, names)


def segment(votes: Mapping[str, int], candidate: str) -> str:
    """A candidate's part of a stacked bar of 10,000 by 10 as an SVG path: the most votes leftmost, equals by number."""
    order = sorted(votes, key=lambda number: (-votes[number], int(number)))
    left = sum(votes[number] for number in order[: order.index(candidate)]) if candidate in votes else 0
    whole = max(1, sum(votes.values()))
    start, end = (10_000 * votes_before // whole for votes_before in (left, left + votes.get(candidate, 0)))
    return f"M{start} 0H{end}V10H{start}Z"


def _as_format(field: Callable[[Any, Names], str]) -> Callable[[Any, Names, str], str]:
    return lambda value, names, _: field(value, names)


FORMATS: dict[str, Callable[[Any, Names, str], str]] = {
    **{name: _as_format(field) for name, field in _FIELDS.items()},
    "values": lambda value, names, _: "; ".join(value[key] for key in sorted(value, key=lambda key: int(key[1:]))),
    "clock_time": lambda value, names, _: clock_time(value),
    "date": _as_format(date),
    "age": _as_format(age),
    "chance": _as_format(chance),
    "say": lambda value, names, code: text(code, value, names),
    "coded": lambda value, names, prefix: text(f"{prefix}.{value}", {}, names),
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
