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
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Entered, Verified
from results.facts.reading import read_facts
from results.ledger.second import NOBODY
from results.models import (
    BallotBox,
    BallotPaperAccount,
    BoxContest,
    BoxWard,
    Candidate,
    Contest,
    Election,
    Event,
    Party,
    PollingPlace,
    PollingStation,
    PostalSession,
    RejectionHead,
    Role,
    Ward,
)
from results.people import accounts
from results.people.journal import record_set_up
from results.policy import last_release
from results.polls import PARLIAMENTARY_HEADS
from results.rules.agreement import seen_reading
from results.rules.second import any_stands
from results.texts.wording import words

PASSWORD = "correct horse battery"
WITNESS = ledger.Second(witness="Wim Wright")
"""Who stands by a change of figures that stood, where a test is not about who does."""
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
    entries_required: int = 1,
    event: Event | None = None,
    name: str = "Testshire",
) -> Contest:
    """A contest of three candidates in two wards: polling boxes 1, 2, ... by turns in North and South, postal box P1."""
    close = close_of_poll or timezone.now() - timedelta(hours=1)
    event = event or Event.objects.create(
        event_id=f"count.{ballot_paper_id}",
        name="Testshire by-election",
        venue="Testshire Leisure Centre",
        close_of_poll=close,
    )
    election = Election.objects.create(
        election_id=f"election.{ballot_paper_id}",
        name="Testshire by-election",
        poll_date=close.astimezone(UTC).date(),
    )
    contest = Contest.objects.create(
        event=event,
        election=election,
        ballot_paper_id=ballot_paper_id,
        name=name,
        kind_of_poll="parliament",
        nation="england",
        verify_first="area" if combined else "own",
        environment=environment,
        entries_required=entries_required,
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
    for number in range(1, polling_boxes + 1):
        add_box(contest, str(number), [wards[(number - 1) % 2]], electors=1800)
    add_box(contest, "P1", [wards[0]], electors=1200)
    record_set_up(contest)
    return contest


def add_box(
    contest: Contest,
    label: str,
    wards: list[Ward],
    *,
    electors: int = 1800,
    account: str = "",
    entrusted: int | None = None,
) -> BoxContest:
    """A box of a polling station, or of an opening session where its label begins with P; shared where the event has it."""
    box = contest.event.boxes.filter(label=label).first()
    if box is None and label.startswith("P"):
        session, _ = PostalSession.objects.get_or_create(event=contest.event, name="Postal votes")
        box = BallotBox.objects.create(event=contest.event, label=label, kind="postal", session=session)
    elif box is None:
        place, _ = PollingPlace.objects.get_or_create(event=contest.event, name=f"Station {account or label}")
        station, _ = PollingStation.objects.get_or_create(place=place, name="")
        box = BallotBox.objects.create(event=contest.event, label=label, kind="polling", station=station)
    known = contest.accounts.filter(key=account or label).first()
    made = BoxContest.objects.create(
        contest=contest,
        box=box,
        account=known or BallotPaperAccount.objects.create(contest=contest, key=account or label, entrusted=entrusted),
        position=contest.boxes.count(),
        electors=electors,
    )
    for ward in wards:
        BoxWard.objects.create(contest=contest, box=made, ward=ward)
    return made


def one_box(
    label: str,
    expected: int,
    found: int,
    reason: str = "",
    explanation: str = "",
    figures: AccountFigures | None = None,
) -> Verified:
    """A verification of an account that has one box."""
    return Verified(label, expected, (BoxPapers(label, (found,)),), reason, explanation, figures)


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
    figures = None if postal else AccountFigures(issued=found, unused=100, spoilt=0, tendered=0)
    return ledger.record_verification(
        contest,
        one_box(label, found, found, figures=figures),
        actor=actor,
        submission_id=uuid.uuid4(),
        seen=known.account_of(label).last_seq,
        second=WITNESS if any_stands(known, known.definition.accounts[known.account_of(label).key].boxes) else NOBODY,
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
    numbers = facts.definition.numbers
    acknowledged = ["count.rejected_share", "count.unlike_others", *(f"count.no_votes.{number}" for number in numbers)]
    pairs = [f"{one}-{other}" for one in numbers for other in numbers]
    acknowledged += [f"{code}.{pair}" for code in ("count.same_surname", "count.exchanged") for pair in pairs]
    acknowledged += [f"{code}.{other}" for code in ("count.same_figures", "count.sheet_used") for other in facts.groups]
    return ledger.record_count(
        contest,
        said,
        actor=actor,
        submission_id=uuid.uuid4(),
        seen=seen_reading(facts, known, actor.pk),
        acknowledged=acknowledged,
        reason=more.pop("reason", "Written wrongly" if known.released else ""),
        second=more.pop("second", WITNESS if known.agreed else NOBODY),
    )


def give_back(contest: Contest, group: int, *readings: int, actor: User) -> ledger.Receipt:
    """These readings of a group's sheet were mistyped."""
    seen = read_facts(contest).groups[group].last_seq
    return ledger.return_reading(contest, group, *readings, actor=actor, submission_id=uuid.uuid4(), seen=seen)


def confirm(contest: Contest, group: int, actor: User) -> ledger.Receipt:
    """What was mistyped is right now."""
    seen = read_facts(contest).groups[group].last_seq
    return ledger.confirm_readings(contest, group, actor=actor, submission_id=uuid.uuid4(), seen=seen)


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
