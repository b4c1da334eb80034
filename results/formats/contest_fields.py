"""contest.csv: the facts of a contest and of its election, one field on a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from results.clock import LONDON
from results.formats.contest_lines import (
    EVENT_ID,
    EVENT_WORDS,
    GSS,
    GSS_WORDS,
    LONGEST_COUNT,
    MOST_SMALL,
    PROJECTION,
    PUBLISH,
    VERIFY_FIRST,
    Fields,
    rows_by_field,
)
from results.formats.tables import FileProblem, longest
from results.models import Contest, Election, Event
from results.polls import KINDS, Method


@dataclass(frozen=True, slots=True)
class ElectionFields:
    """An election as contest.csv gives it."""

    election_id: str
    name: str
    poll_date: date


@dataclass(frozen=True, slots=True)
class EventFields:
    """The verification and count that a contest is part of, as contest.csv gives it; times are in UTC."""

    event_id: str
    name: str
    venue: str
    close_of_poll: datetime


@dataclass(frozen=True, slots=True)
class ContestFields:
    """A contest as contest.csv gives it; `kind` is empty and `method` None where the id and the law say them."""

    event: EventFields
    election: ElectionFields
    ballot_paper_id: str
    name: str
    gss: str
    kind: str
    method: Method | None
    combined: bool
    verify_first: str
    postal_electors: int | None
    seats: int
    planned_declaration: datetime | None
    environment: str
    entries_required: int
    minimum_boxes: int
    minimum_papers: int
    publish: str
    projection: bool
    count_begins: datetime | None
    expected_time: bool
    baseline_label: str


def _election(fields: Fields) -> ElectionFields | None:
    poll_date = fields.day("poll_date")
    election_id = fields.id("election_id", Election, poll_date)
    name = fields.text("election_name", longest(Election, "name"))
    if election_id is None or name is None or poll_date is None:
        return None
    return ElectionFields(election_id, name, poll_date)


def _event(fields: Fields, election: ElectionFields | None) -> EventFields | None:
    """The event: the election's, and named like it, where contest.csv does not say otherwise."""
    event_id = fields.matching("event", EVENT_ID, longest(Event, "event_id"), EVENT_WORDS)
    name = fields.text("event_name", longest(Event, "name"))
    venue = fields.text("venue", longest(Event, "venue"))
    close = fields.moment("close_of_poll")
    if close and election and close.astimezone(LONDON).date() != election.poll_date:
        words = (
            f"the poll closes on another day than poll_date, {election.poll_date.isoformat()}: write the same in both"
        )
        fields.refuse("close_of_poll", words)
    if election is None or event_id is None or name is None or venue is None or close is None:
        return None
    return EventFields(event_id or election.election_id, name, venue, close)


def _too_late(moment: datetime, close: datetime) -> str:
    day = moment.astimezone(LONDON).date().isoformat()
    return f"{day} is {(moment - close).days} days after the close of poll: look whether day and month are exchanged"


def _planned(fields: Fields, event: EventFields | None) -> datetime | None:
    planned = fields.moment("planned_declaration")
    if planned and event and planned <= event.close_of_poll:
        words = "the declaration is planned for a time before the close of poll: write a later one"
        fields.refuse("planned_declaration", words)
    if planned and event and planned - event.close_of_poll > LONGEST_COUNT:
        fields.refuse("planned_declaration", _too_late(planned, event.close_of_poll))
    return planned


def _count_begins(fields: Fields, event: EventFields | None, planned: datetime | None) -> datetime | None:
    begins = fields.moment("count_begins")
    if begins and event and begins < event.close_of_poll:
        fields.refuse(
            "count_begins", "the count begins before the close of poll, when nothing is counted: write a later time"
        )
    if begins and event and begins - event.close_of_poll > LONGEST_COUNT:
        fields.refuse("count_begins", _too_late(begins, event.close_of_poll))
    if begins and planned and begins >= planned:
        fields.refuse(
            "count_begins", "the count begins after the time for which the declaration is planned: write an earlier one"
        )
    return begins


def read_fields(path: Path, problems: list[FileProblem]) -> ContestFields | None:
    """The facts of contest.csv; None, with the problems kept, where any is missing or wrong."""
    before = len(problems)
    rows = rows_by_field(path, problems)
    if rows is None:
        return None
    fields = Fields(rows)
    election = _election(fields)
    event = _event(fields, election)
    planned = _planned(fields, event)
    # Values are None where they are missing or wrong; a problem says so each time, and then none of them is used.
    read: dict[str, Any] = {
        "election": election,
        "event": event,
        "planned_declaration": planned,
        "ballot_paper_id": fields.id("ballot_paper_id", Contest, election.poll_date if election else None),
        "name": fields.text("name", longest(Contest, "name")),
        "gss": fields.matching("gss", GSS, longest(Contest, "gss"), GSS_WORDS),
        "baseline_label": fields.text("baseline_label", longest(Contest, "baseline_label")),
        "seats": fields.whole("seats", 1, MOST_SMALL),
        "entries_required": fields.whole("entries_required", 1, 2),
        "kind": fields.choice("kind", tuple(KINDS)),
        "method": Method(method) if (method := fields.choice("method", tuple(Method))) else None,
        "combined": fields.choice("combined", ("yes", "no")) == "yes",
        "verify_first": fields.choice("verify_first", tuple(VERIFY_FIRST)),
        "minimum_boxes": fields.whole("minimum_boxes", 2, MOST_SMALL),
        "postal_electors": (
            fields.whole("postal_electors", 0, 10_000_000) if fields.given("postal_electors") else None
        ),
        "minimum_papers": fields.whole("minimum_papers", 1, 10_000_000),
        "environment": fields.choice("environment", tuple(Contest.Environment.values)),
        "publish": fields.choice("publish", tuple(PUBLISH)),
        "projection": fields.choice("projection", tuple(PROJECTION)) == "on",
        "count_begins": _count_begins(fields, event, planned),
        "expected_time": fields.choice("expected_time", ("on", "off")) == "on",
    }
    return ContestFields(**read) if len(problems) == before else None
