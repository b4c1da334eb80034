"""The lines of contest.csv: one field on each, asked for one value at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from results.clock import LONDON
from results.formats.cells import name_of_column, year_first
from results.formats.tables import FileProblem, Row, longest, read_table, shown
from results.models import Contest, Election

FILE = "contest.csv"
REQUIRED = (
    "ballot_paper_id",
    "name",
    "election_id",
    "election_name",
    "poll_date",
    "close_of_poll",
    "combined",
    "environment",
    "publish",
    "projection",
)
DEFAULTS = {
    "event": "",
    "event_name": "",
    "venue": "",
    "kind": "",
    "method": "",
    "verify_first": "",
    "planned_declaration": "",
    "count_begins": "",
    "expected_time": "off",
    "gss": "",
    "baseline_label": "",
    "postal_electors": "",
    "seats": "1",
    "entries_required": "2",
    "minimum_boxes": "2",
    "minimum_papers": "250",
}
PUBLISH = {
    "off": "the public sees nothing of the count before the declaration",
    "progress": "the public sees boxes, turnout and groups counted, and no votes before the declaration",
    "totals": "the public sees votes as groups are counted and released, which is unusual",
}
PROJECTION = {
    "on": "the public page shows a forecast of the result, made from released votes only",
    "off": "the public page shows no forecast",
}
"""What each choice means. Both are asked of every contest: neither has a default."""

MOST_SMALL = 1000
LONGEST_COUNT = timedelta(days=14)
_ID = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)*\.[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_WORDS = (
    "an id is written in small letters, its parts joined by dots, the date of the poll last: "
    "parl.rochester-and-strood.by.2014-11-20"
)
EVENT_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
EVENT_WORDS = "the id of an event is written in small letters and digits, joined by dots and hyphens: medway-2014-11-20"
_DATE = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
GSS = re.compile(r"[A-Z][0-9]{8}")
GSS_WORDS = "a GSS code is one capital letter and eight digits: E14000898"


VERIFY_FIRST = {
    "own": "a group is counted once the papers of its own boxes are verified",
    "area": "nothing is counted before all papers of all polls in the area are verified",
    "declare": "a group is counted once its own papers are verified, and nothing is declared before all are",
}
"""What each rule means; the kind of poll has one of its own where contest.csv names none."""


def _missing_words(field: str) -> str:
    """What is said of a required field that is not given: for a choice of policy, what each answer means."""
    meanings = {"publish": PUBLISH, "projection": PROJECTION}.get(field)
    if meanings is None:
        return "this field is required, and missing or empty"
    choices = "; ".join(f"{choice}: {meaning}" for choice, meaning in meanings.items())
    return f"this field is required and has no default. Choose one. {choices}"


def rows_by_field(path: Path, problems: list[FileProblem]) -> dict[str, Row] | None:
    """The lines of contest.csv by field, defaults filled in; None where the file itself cannot be read."""
    table = read_table(path, problems)
    if table is None:
        return None
    before = len(problems)
    lines = table.rows(problems, ("field", "value"))
    if not lines and len(problems) > before:
        return None
    rows: dict[str, Row] = {}
    for row in lines:
        field = name_of_column(row.cells["field"])
        if field not in REQUIRED and field not in DEFAULTS:
            row.refuse("", f"the field {shown(field)} is unknown: write {', '.join((*REQUIRED, *DEFAULTS))}")
        elif field in rows:
            row.refuse(field, f"this field is there twice, first on line {rows[field].line}")
        else:
            rows[field] = Row(FILE, row.line, {field: row.cells["value"]}, problems)
    for field in REQUIRED:
        if field not in rows or rows[field].blank(field):
            problems.append(FileProblem(FILE, rows[field].line if field in rows else 0, field, _missing_words(field)))
            rows.pop(field, None)
    for field, value in DEFAULTS.items():
        if field not in rows or rows[field].blank(field):
            rows[field] = Row(FILE, 0, {field: value}, problems)
    return rows


class Fields:
    """The lines of contest.csv, asked for one value at a time; None for what is missing or wrong."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = dict(rows)

    def text(self, field: str, most: int) -> str | None:
        row = self._rows.get(field)
        return row.text(field, most, required=field in REQUIRED) if row else None

    def given(self, field: str) -> bool:
        row = self._rows.get(field)
        return row is not None and not row.blank(field)

    def whole(self, field: str, least: int, most: int) -> int | None:
        row = self._rows.get(field)
        return row.whole(field, least, most) if row else None

    def choice(self, field: str, choices: tuple[str, ...]) -> str | None:
        row = self._rows.get(field)
        if row is not None and DEFAULTS.get(field) == "" and row.blank(field):
            return ""
        return row.choice(field, choices) if row else None

    def matching(self, field: str, pattern: re.Pattern[str], most: int, words: str) -> str | None:
        row = self._rows.get(field)
        return row.matching(field, pattern, most, words, required=field in REQUIRED) if row else None

    def refuse(self, field: str, words: str) -> None:
        self._rows[field].refuse(field, words)

    def _written_as_iso(self, field: str, pattern: re.Pattern[str], most: int, words: str) -> str | None:
        """A date or a time, also where a spreadsheet has turned it to 20/11/2014: day first, which the ids confirm."""
        if field in self._rows:
            row = self._rows[field]
            self._rows[field] = replace(row, cells={field: year_first(row.value(field))})
        return self.matching(field, pattern, most, words)

    def day(self, field: str) -> date | None:
        value = self._written_as_iso(field, _DATE, 10, "write a date as 2014-11-20")
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(field, f"{shown(value)} is a day that does not exist: look at day and month")
            return None

    def moment(self, field: str) -> datetime | None:
        """A time on London's clocks, given in UTC. Times that the clocks skip or show twice are refused."""
        value = self._written_as_iso(field, _TIME, 16, "write a date and a time as 2014-11-20 22:00")
        if not value:
            return None
        try:
            local = datetime.fromisoformat(value).replace(tzinfo=LONDON)
        except ValueError:
            self.refuse(field, f"{shown(value)} is a time that does not exist: look at day, month and hour")
            return None
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            self.refuse(field, f"{shown(value)} falls into the hour in which the clocks change: choose another")
            return None
        return local.astimezone(UTC)

    def id(self, field: str, model: type[Election | Contest], poll_date: date | None) -> str | None:
        """An election id or ballot paper id (syntax of uk-election-ids), which ends with the date of the poll."""
        value = self.matching(field, _ID, longest(model, field), _ID_WORDS)
        if value and poll_date and value[-10:] != poll_date.isoformat():
            self.refuse(
                field,
                f"{shown(value)} ends with another date than poll_date, {poll_date.isoformat()}: write the same in both",
            )
            return None
        return value
