"""contest.csv: the facts of a contest and of its election, one field on a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from results.clock import LONDON
from results.formats.cells import name_of_column, year_first
from results.formats.tables import Problem, Row, longest, read_table, shown
from results.models import Contest, Election
from results.polls import KINDS, Method

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
    "venue": "",
    "planned_declaration": "",
    "count_begins": "",
    "expected_time": "off",
    "gss": "",
    "kind": "",
    "method": "",
    "baseline_label": "",
    "seats": "1",
    "entries_required": "1",
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

_MOST_SMALL = 1000
_ID = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)*\.[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_WORDS = (
    "an id is written in small letters, its parts joined by dots, the date of the poll last: "
    "parl.rochester-and-strood.by.2014-11-20"
)
_LONGEST_COUNT = timedelta(days=14)
_DATE = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
GSS = re.compile(r"[A-Z][0-9]{8}")
GSS_WORDS = "a GSS code is one capital letter and eight digits: E14000898"


@dataclass(frozen=True, slots=True)
class ElectionFields:
    """An election as contest.csv gives it; times are in UTC."""

    election_id: str
    name: str
    poll_date: date
    close_of_poll: datetime
    planned_declaration: datetime | None
    venue: str
    combined: bool


@dataclass(frozen=True, slots=True)
class ContestFields:
    """A contest as contest.csv gives it; `kind` is empty and `method` None where the id and the law say them."""

    election: ElectionFields
    ballot_paper_id: str
    name: str
    gss: str
    kind: str
    method: Method | None
    seats: int
    environment: str
    entries_required: int
    minimum_boxes: int
    minimum_papers: int
    publish: str
    projection: bool
    count_begins: datetime | None
    expected_time: bool
    baseline_label: str


def _missing_words(field: str) -> str:
    """What is said of a required field that is not given: for a choice of policy, what each answer means."""
    meanings = {"publish": PUBLISH, "projection": PROJECTION}.get(field)
    if meanings is None:
        return "this field is required, and missing or empty"
    choices = "; ".join(f"{choice}: {meaning}" for choice, meaning in meanings.items())
    return f"this field is required and has no default. Choose one. {choices}"


def _rows_by_field(path: Path, problems: list[Problem]) -> dict[str, Row] | None:
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
            row.refuse("", f"the field {shown(field)} is unknown: take {', '.join((*REQUIRED, *DEFAULTS))}")
        elif field in rows:
            row.refuse(field, f"this field is there twice, first on line {rows[field].line}")
        else:
            rows[field] = Row(FILE, row.line, {field: row.cells["value"]}, problems)
    for field in REQUIRED:
        if field not in rows or rows[field].blank(field):
            problems.append(Problem(FILE, rows[field].line if field in rows else 0, field, _missing_words(field)))
            rows.pop(field, None)
    for field, value in DEFAULTS.items():
        if field not in rows or rows[field].blank(field):
            rows[field] = Row(FILE, 0, {field: value}, problems)
    return rows


class _Fields:
    """The lines of contest.csv, asked for one value at a time; None for what is missing or wrong."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = dict(rows)

    def text(self, field: str, most: int) -> str | None:
        row = self._rows.get(field)
        return row.text(field, most, required=field in REQUIRED) if row else None

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


def _election(fields: _Fields) -> ElectionFields | None:
    poll_date = fields.day("poll_date")
    election_id = fields.id("election_id", Election, poll_date)
    name = fields.text("election_name", longest(Election, "name"))
    close = fields.moment("close_of_poll")
    planned = fields.moment("planned_declaration")
    venue = fields.text("venue", longest(Election, "venue"))
    combined = fields.choice("combined", ("yes", "no"))
    if close and poll_date and close.astimezone(LONDON).date() != poll_date:
        words = f"the poll closes on another day than poll_date, {poll_date.isoformat()}: write the same day in both"
        fields.refuse("close_of_poll", words)
    if close and planned and planned <= close:
        fields.refuse(
            "planned_declaration", "the declaration is planned for a time before the close of poll: write a later one"
        )
    if close and planned and planned - close > _LONGEST_COUNT:
        fields.refuse("planned_declaration", _too_late(planned, close))
    if election_id is None or name is None or poll_date is None or close is None or venue is None or combined is None:
        return None
    return ElectionFields(election_id, name, poll_date, close, planned, venue, combined == "yes")


def _too_late(moment: datetime, close: datetime) -> str:
    day = moment.astimezone(LONDON).date().isoformat()
    return f"{day} is {(moment - close).days} days after the close of poll: look whether day and month are exchanged"


def _count_begins(fields: _Fields, election: ElectionFields | None) -> datetime | None:
    begins = fields.moment("count_begins")
    if begins and election and begins < election.close_of_poll:
        fields.refuse(
            "count_begins", "the count begins before the close of poll, when nothing is counted: write a later time"
        )
    if begins and election and begins - election.close_of_poll > _LONGEST_COUNT:
        fields.refuse("count_begins", _too_late(begins, election.close_of_poll))
    if begins and election and election.planned_declaration and begins >= election.planned_declaration:
        fields.refuse(
            "count_begins", "the count begins after the time for which the declaration is planned: write an earlier one"
        )
    return begins


def _entries(fields: _Fields) -> int | None:
    entries = fields.whole("entries_required", 1, 2)
    if entries == 2:
        fields.refuse("entries_required", "a second, independent entry of each sheet is not there yet: write 1")
    return entries


def read_fields(path: Path, problems: list[Problem]) -> ContestFields | None:
    """The facts of contest.csv; None, with the problems kept, where any is missing or wrong."""
    before = len(problems)
    rows = _rows_by_field(path, problems)
    if rows is None:
        return None
    fields = _Fields(rows)
    election = _election(fields)
    poll_date = election.poll_date if election else None
    ballot_paper_id = fields.id("ballot_paper_id", Contest, poll_date)
    name = fields.text("name", longest(Contest, "name"))
    gss = fields.matching("gss", GSS, longest(Contest, "gss"), GSS_WORDS)
    label = fields.text("baseline_label", longest(Contest, "baseline_label"))
    seats, entries = fields.whole("seats", 1, _MOST_SMALL), _entries(fields)
    kind, method = fields.choice("kind", tuple(KINDS)), fields.choice("method", tuple(Method))
    boxes = fields.whole("minimum_boxes", 2, _MOST_SMALL)
    papers = fields.whole("minimum_papers", 1, 10_000_000)
    environment = fields.choice("environment", tuple(Contest.Environment.values))
    publish = fields.choice("publish", tuple(PUBLISH))
    projection = fields.choice("projection", tuple(PROJECTION))
    begins = _count_begins(fields, election)
    expected = fields.choice("expected_time", ("on", "off"))
    if len(problems) > before:
        return None
    assert election and ballot_paper_id and name and environment and publish and projection
    assert gss is not None and label is not None
    assert seats and entries and boxes and papers
    assert kind is not None and method is not None
    return ContestFields(
        election=election,
        ballot_paper_id=ballot_paper_id,
        name=name,
        gss=gss,
        kind=kind,
        method=Method(method) if method else None,
        seats=seats,
        environment=environment,
        entries_required=entries,
        minimum_boxes=boxes,
        minimum_papers=papers,
        publish=publish,
        projection=projection == "on",
        count_begins=begins,
        expected_time=expected == "on",
        baseline_label=label,
    )
