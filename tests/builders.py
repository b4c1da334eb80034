"""A small contest and its cast, for tests that need a count and not a particular one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from results import ledger
from results.facts.kinds import Entered, Verified
from results.facts.reading import read_facts
from results.facts.types import Account
from results.models import (
    BallotBox,
    Candidate,
    Contest,
    ContestBox,
    Election,
    Party,
    PollingStation,
    RejectionHead,
    Role,
    Ward,
)
from results.people import accounts
from results.people.journal import record_set_up
from results.policy import last_release
from results.polls import PARLIAMENTARY_HEADS
from results.texts.wording import words

PASSWORD = "correct horse battery"
CANDIDATES = (("Adams", "Ann", "RED"), ("Barker", "Mike", "BLU"), ("Challis", "Chris", "IND"))
PARTIES = (
    ("BLU", "The Blue Party", "Blue", "B", "#0087dc"),
    ("IND", "Independent", "Ind", "I", "#777777"),
    ("RED", "The Red Party", "Red", "R", "#e4003b"),
)


def make_contest(
    ballot_paper_id: str = "parl.testshire.2026-11-05",
    *,
    candidates: tuple[tuple[str, str, str], ...] = CANDIDATES,
    numbers: tuple[int, ...] | None = None,
    polling_boxes: int = 6,
    publish: str = Contest.Publish.TOTALS,
    projection: bool = False,
    expected_time: bool = False,
    combined: bool = False,
    close_of_poll: datetime | None = None,
    environment: str = Contest.Environment.DEMO,
) -> Contest:
    """A contest of three candidates in two wards: polling boxes 1, 2, ... by turns in North and South, postal box P1."""
    close = close_of_poll or timezone.now() - timedelta(hours=1)
    election = Election.objects.create(
        election_id=f"election.{ballot_paper_id}",
        name="Testshire by-election",
        poll_date=close.astimezone(UTC).date(),
        close_of_poll=close,
        venue="Testshire Leisure Centre",
        combined=combined,
    )
    contest = Contest.objects.create(
        election=election,
        ballot_paper_id=ballot_paper_id,
        name="Testshire",
        environment=environment,
        publish_at_setup=publish,
        projection_at_setup=projection,
        expected_time=expected_time,
    )
    parties = {
        code: Party.objects.create(
            election=election, code=code, name=name, short_name=short, initial=initial, colour=colour
        )
        for code, name, short, initial, colour in PARTIES
    }
    for number, (surname, forenames, party) in zip(numbers or range(1, len(candidates) + 1), candidates, strict=True):
        Candidate.objects.create(
            contest=contest,
            number=number,
            surname=surname,
            forenames=forenames,
            ballot_name=f"{surname.upper()} {forenames}",
            party=parties[party],
        )
    for number, head in enumerate(PARLIAMENTARY_HEADS, 1):
        RejectionHead.objects.create(contest=contest, number=number, code=head.code, name=head.name)
    wards = [
        Ward.objects.create(contest=contest, gss=f"E0500000{place}", name=name, electorate=6000)
        for place, name in enumerate(("North", "South"))
    ]
    for place in range(polling_boxes):
        station = PollingStation.objects.create(election=election, name=f"Station {place + 1}")
        box = BallotBox.objects.create(election=election, label=str(place + 1), kind="polling", station=station)
        ContestBox.objects.create(contest=contest, box=box, ward=wards[place % 2], position=place, electors=1800)
    postal = BallotBox.objects.create(election=election, label="P1", kind="postal")
    ContestBox.objects.create(contest=contest, box=postal, ward=wards[0], position=polling_boxes, electors=1200)
    record_set_up(contest)
    return contest


@dataclass(frozen=True)
class People:
    """The cast: two counting officers, a supervisor, the Returning Officer, and a stranger with a log-in and no place."""

    olu: User
    bea: User
    sam: User
    rita: User
    stu: User


def make_people(contest: Contest) -> People:
    """The cast of a contest, all with the password PASSWORD."""
    stranger = User.objects.create_user("stu", password=PASSWORD, first_name="Stu", last_name="Stranger")
    return People(
        olu=accounts.enrol(contest, "olu", PASSWORD, Role.COUNTING_OFFICER, "Olu Ade"),
        bea=accounts.enrol(contest, "bea", PASSWORD, Role.COUNTING_OFFICER, "Bea Byrne"),
        sam=accounts.enrol(contest, "sam", PASSWORD, Role.SUPERVISOR, "Sam Shah"),
        rita=accounts.enrol(contest, "rita", PASSWORD, Role.RETURNING_OFFICER, "Rita Rowe"),
        stu=stranger,
    )


def verify(contest: Contest, label: str, found: int, actor: User) -> ledger.Receipt:
    """Verify a box with no variance."""
    known = read_facts(contest)
    postal = known.definition.boxes[label].kind == "postal"
    account = None if postal else Account(issued=found, unused=100, spoilt=0, tendered=0)
    said = Verified(label, found, found, account=account)
    return ledger.record_verification(
        contest, said, actor=actor, submission_id=uuid.uuid4(), seen=known.boxes[label].last_seq
    )


def form_group(contest: Contest, number: int, labels: list[str], actor: User) -> ledger.Receipt:
    """Mix boxes into a group."""
    return ledger.form_group(contest, number, labels, actor=actor, submission_id=uuid.uuid4())


def enter(contest: Contest, group: int, votes: tuple[int, ...], actor: User, **more: Any) -> ledger.Receipt:
    """Enter a group's sheet, every warning acknowledged."""
    facts = read_facts(contest)
    known = facts.groups[group]
    said = Entered(
        group,
        more.pop("sheet", f"S{group}"),
        known.papers or 0,
        votes,
        more.pop("rejected", (0,) * len(facts.definition.heads)),
        more.pop("doubtful", 0),
    )
    acknowledged = ["count.rejected_share", *(f"count.no_votes.{number}" for number in facts.definition.numbers)]
    acknowledged += [f"{code}.{other}" for code in ("count.same_figures", "count.sheet_used") for other in facts.groups]
    return ledger.record_count(
        contest,
        said,
        actor=actor,
        submission_id=uuid.uuid4(),
        seen=known.last_seq,
        acknowledged=acknowledged,
        reason=more.pop("reason", "Written wrongly" if known.released else ""),
    )


def let_go(contest: Contest, actor: User) -> ledger.Receipt:
    """Let the figures go that complete a contest."""
    facts = read_facts(contest)
    groups = last_release(facts)
    assert groups is not None
    return ledger.release_last(
        contest,
        groups,
        actor=actor,
        submission_id=uuid.uuid4(),
        seen=max(facts.groups[number].last_seq for number in groups),
        reason="The candidates have seen the provisional result",
    )


def ready_group(contest: Contest, number: int, labels: list[str], found: int, cast: People) -> None:
    """A group of verified boxes, `found` papers in each."""
    for label in labels:
        verify(contest, label, found, cast.olu)
    form_group(contest, number, labels, cast.sam)


@contextmanager
def refused(kind: type[ledger.LedgerError], saying: str) -> Iterator[None]:
    """The ledger refuses what happens inside, and its words to the person have `saying` in them."""
    with pytest.raises(kind) as refusal:
        yield
    error = refusal.value
    said = error.findings if isinstance(error, ledger.Refused) else [error.message]
    assert re.search(saying, " ".join(words(one) for one in said))
