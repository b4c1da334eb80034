"""What one act wrote in several places is looked at from each of them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from results import ledger
from results.audit.acts import companion_faults, moving_faults, registration_faults
from results.audit.checks import arithmetic_faults, faults
from results.facts.definition import BoxDefinition
from results.facts.kinds import Agreed, BoxCancelled, Entered, Entry, GroupChanged, GroupFormed
from results.facts.reading import read_facts
from results.models import (
    BallotBox,
    BallotPaperAccount,
    BoxArrival,
    BoxContest,
    BoxWard,
    CompanionEntry,
    LedgerEntry,
    PapersMoving,
    PollingPlace,
    PollingStation,
)
from tests import builders
from tests.counts import REJECTED, VOTES, make_count
from tests.halls import Hall, make_hall
from tests.intruder import drop_triggers, set_column
from tests.nights import CLOSE, definition, verified

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """Box 1 has arrived for both contests, and a box 9 was registered for the local one."""
    made = make_hall(tmp_path)
    by: dict[str, Any] = {"actor": made.cast.sam, "reason": "Opened this morning"}
    ledger.record_arrival(made.parliament, "1", actor=made.cast.olu, submission_id=uuid.uuid4(), seen=0)
    box = BoxDefinition("9", "polling", ("E05000001",), "The Scout Hut", "", 700, "9")
    ledger.register_box(made.local, box, submission_id=uuid.uuid4(), **by)
    for contest in (made.parliament, made.local):
        assert list(faults(contest)) == []
    return made


def arrival(contest: Any) -> LedgerEntry:
    return LedgerEntry.objects.get(contest=contest, kind="arrived")


def test_it_misses_an_entry_that_one_of_two_ledgers_lost(hall: Hall) -> None:
    drop_triggers()
    lost = LedgerEntry.objects.filter(contest=hall.local)
    for model in (CompanionEntry, BoxArrival):
        model._default_manager.filter(entry__in=lost).delete()
    LedgerEntry.objects.filter(pk=arrival(hall.local).pk).delete()
    assert any("has no entry 1, which the same act wrote there" in fault for fault in companion_faults(hall.parliament))


@pytest.mark.parametrize("column", ["act", "kind", "submission_hash"])
def test_it_sees_that_two_ledgers_say_different_things_of_one_act(hall: Hall, column: str) -> None:
    drop_triggers()
    value = uuid.uuid4() if column == "act" else "x"
    set_column(arrival(hall.local), **{column: value})
    for contest in (hall.parliament, hall.local):
        assert list(companion_faults(contest)), contest


def test_it_sees_an_act_that_names_its_other_ledger_from_one_side_only(hall: Hall) -> None:
    drop_triggers()
    CompanionEntry.objects.filter(entry=arrival(hall.local)).delete()
    assert any("does not name it" in fault for fault in companion_faults(hall.parliament))
    assert any("which it does not name" in fault for fault in companion_faults(hall.local))


def test_it_sees_a_registered_box_that_is_not_as_it_was_registered(hall: Hall) -> None:
    row = BoxContest.objects.get(contest=hall.local, registered=True)
    drop_triggers()
    PollingPlace.objects.filter(name="The Scout Hut").update(name="Elsewhere")
    assert any("box 9 is not as it was registered" in fault for fault in registration_faults(hall.local))
    PollingPlace.objects.filter(name="Elsewhere").update(name="The Scout Hut")
    assert list(registration_faults(hall.local)) == []
    set_column(row, electors=701)
    assert any("box 9 is not as it was registered" in fault for fault in registration_faults(hall.local))
    set_column(row, electors=700)
    BoxWard.objects.filter(box=row).delete()
    assert any("box 9 is not as it was registered" in fault for fault in registration_faults(hall.local))


def test_it_sees_rows_that_no_entry_registered(hall: Hall) -> None:
    """The triggers let a registered row in: only the ledger tells that nobody registered it."""
    contest = hall.local
    account = BallotPaperAccount.objects.create(contest=contest, key="X", registered=True)
    station = PollingStation.objects.first()
    box = BallotBox.objects.create(event=contest.event, label="X", kind="polling", station=station)
    assert any("no entry registered the account X" in fault for fault in registration_faults(contest))
    BoxContest.objects.create(contest=contest, box=box, account=account, position=99, electors=1, registered=True)
    assert any("no entry registered box X" in fault for fault in registration_faults(contest))
    extra = BoxContest.objects.get(contest=hall.parliament, box__label="3")
    other_ward = hall.parliament.wards.get(gss="E05000001")
    BoxWard.objects.create(contest=hall.parliament, box=extra, ward=other_ward, registered=True)
    assert any("no entry gave a box of the set-up the wards" in fault for fault in registration_faults(hall.parliament))


def test_it_lets_nobody_be_both_readers_of_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the program decides, the database refuses a second reading by the person who made the first."""
    count = make_count(entries_required=2).ready()
    count.enter(1, actor=count.cast.olu)
    monkeypatch.setattr("results.ledger.counts.reading_of", lambda *_: 2)
    monkeypatch.setattr("results.ledger.counts.check_again", lambda *_: [])
    with pytest.raises(IntegrityError, match="two readings of one round are of two people"):
        count.enter(1, actor=count.cast.olu)
    monkeypatch.undo()
    assert count.enter(1, actor=count.cast.bea).agreed
    # Another round begins anew: who read second may read first.
    last = read_facts(count.contest).groups[1].last_seq
    more = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": last, "reason": "Counted again"}
    ledger.reopen_group(count.contest, 1, second=builders.WITNESS, **more)
    count.enter(1, VOTES[1], count.cast.bea, rejected=REJECTED)
    assert count.enter(1, VOTES[1], count.cast.olu, rejected=REJECTED).agreed


READING = Entered(1, "S1", 800, (500, 200, 100), (0, 0), 0)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ([(1, READING), (1, replace(READING, reading=2))], "it does not rest on readings of 2 people"),
        ([(1, READING), (2, replace(READING, reading=2, votes=(400, 300, 100)))], "its readings do not say the same"),
        ([(1, READING), (2, replace(READING, reading=2, round=2))], "its readings do not say the same"),
        ([(1, READING)], "it does not rest on readings of 2 people"),
    ],
)
def test_it_sees_an_agreement_that_no_two_people_made(said: list[tuple[int, Entered]], fault: str) -> None:
    entries = [verified("1", 400), verified("2", 400), GroupFormed(1, ("1", "2"))]
    seqs = tuple(range(4, 4 + len(said)))
    written = [Entry(seq, CLOSE, one) for seq, one in enumerate(entries, 1)]
    written += [Entry(seq, CLOSE, reading, actor) for seq, (actor, reading) in zip(seqs, said, strict=True)]
    written.append(Entry(9, CLOSE, Agreed(1, seqs)))
    found = list(arithmetic_faults(replace(definition(), entries_required=2), written))
    assert any(fault in one for one in found), found


def test_it_sees_a_box_in_two_groups_or_cancelled_with_papers_in_it() -> None:
    said = [
        verified("1", 400),
        GroupFormed(1, ("2", "3")),
        GroupFormed(2, ("4", "5")),
        GroupChanged(2, ("3", "4", "5")),
        BoxCancelled("1"),
        BoxCancelled("4"),
    ]
    found = list(arithmetic_faults(definition(), [Entry(seq, CLOSE, one) for seq, one in enumerate(said, 1)]))
    assert [fault.split(": ")[1] for fault in found] == [
        "box 3 is in two groups",
        "box 1 was verified, or is in a group",
        "box 4 was verified, or is in a group",
    ]


def test_it_finds_papers_that_are_more_in_one_ledger_than_in_the_other(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    seen = read_facts(hall.parliament).boxes["3"].last_seq
    more = {"actor": hall.cast.olu, "submission_id": uuid.uuid4(), "reason": "Found in the bundles"}
    ledger.move_papers(hall.parliament, "3", 2, hall.local.ballot_paper_id, "1", seen=seen, **more)
    assert [*moving_faults(hall.parliament), *moving_faults(hall.local)] == []
    drop_triggers()
    row = PapersMoving.objects.get(entry__contest=hall.local)
    PapersMoving.objects.filter(pk=row.pk).update(papers=3)
    for contest in (hall.parliament, hall.local):
        [fault] = moving_faults(contest)
        assert fault.endswith("was not told of the same papers")
