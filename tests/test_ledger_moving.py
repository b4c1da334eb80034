"""Papers that lay in another contest's box: one act in both ledgers, and valid where they belong."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from results import ledger
from results.audit.checks import faults
from results.facts.reading import read_facts
from results.models import CompanionEntry, LedgerEntry
from results.rules.moving import EarlierMove, check_move, counted_group
from tests import builders
from tests.halls import Hall, make_hall
from tests.test_ledger_receipt import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return make_hall(tmp_path)


def move(hall: Hall, papers: int = 1, **more: Any) -> ledger.Receipt:
    """Local papers that lay in the parliamentary papers of box 3 go to the local contest's box 1."""
    arguments: dict[str, Any] = {
        "actor": hall.cast.olu,
        "submission_id": uuid.uuid4(),
        "seen": read_facts(hall.parliament).boxes["3"].last_seq,
        "reason": "Found when the bundles were counted",
    }
    contest, box = more.pop("to", (hall.local.ballot_paper_id, "1"))
    return ledger.move_papers(hall.parliament, more.pop("box", "3"), papers, contest, box, **arguments | more)


def sound(hall: Hall) -> bool:
    return not [*faults(hall.parliament), *faults(hall.local)]


def test_it_moves_papers_as_one_act_in_both_ledgers_incident_papers_in_another_polls_box(hall: Hall) -> None:
    hall.verify(hall.parliament, "3", 501)
    hall.verify(hall.local, "1", 400)
    move(hall, 2)
    here, there = read_facts(hall.parliament), read_facts(hall.local)
    assert (here.boxes["3"].papers, here.boxes["3"].moved, here.accounts["3"].variance) == (499, -2, -2)
    assert (there.boxes["1"].papers, there.boxes["1"].moved, there.accounts["1"].variance) == (402, 2, 2)
    entries = LedgerEntry.objects.filter(kind="papers_moved")
    assert len({entry.act for entry in entries}) == 1
    assert {entry.note for entry in entries} == {"Found when the bundles were counted"}
    assert CompanionEntry.objects.filter(entry__in=entries).count() == 2
    assert sound(hall)


def test_it_adds_papers_to_a_box_that_is_verified_later(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    move(hall)
    assert read_facts(hall.local).boxes["1"].papers is None
    # One was issued that did not lie in the box: that it was moved here says why, and nobody is asked.
    said = builders.one_box("1", 400, 399, figures=builders.AccountFigures(400, 1100, 0, 0))
    seen = read_facts(hall.local).accounts["1"].last_seq
    ledger.record_verification(hall.local, said, actor=hall.cast.olu, submission_id=uuid.uuid4(), seen=seen)
    facts = read_facts(hall.local)
    assert (facts.boxes["1"].papers, facts.accounts["1"].variance) == (400, 0)
    assert facts.accounts["1"].verified is not None
    assert facts.accounts["1"].verified.reason == "second_box"
    assert sound(hall)


def test_it_counts_both_groups_again_that_were_counted_without_these_papers(hall: Hall) -> None:
    for label in ("1", "2", "3", "4", "P1"):
        hall.verify(hall.parliament, label)
    for label in ("1", "2", "L1"):
        hall.verify(hall.local, label)
    builders.form_group(hall.parliament, 1, ["3", "4"], hall.cast.sam)
    builders.form_group(hall.local, 1, ["1", "2", "L1"], hall.cast.sam)
    builders.enter(hall.parliament, 1, (600, 400), hall.cast.olu)
    builders.enter(hall.local, 1, (1000, 500), hall.cast.olu)
    with builders.refused(ledger.Forbidden, "group 1, which holds box 3: a supervisor moves papers"):
        move(hall)
    with builders.refused(ledger.Refused, "not one person’s to change"):
        move(hall, actor=hall.cast.sam)
    move(hall, actor=hall.cast.sam, second=ledger.Second(hall.cast.rita))
    for contest, papers in ((hall.parliament, 999), (hall.local, 1501)):
        group = read_facts(contest).groups[1]
        assert (group.papers, group.round, group.agreed, group.purpose) == (papers, 2, None, "recount")
        assert len(group.counts) == 1
    assert sound(hall)


def test_it_answers_a_paper_that_is_moved_twice_incident_paper_moved_twice(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    again, seen = uuid.uuid4(), read_facts(hall.parliament).boxes["3"].last_seq
    first = move(hall, submission_id=again, seen=seen)
    assert move(hall, submission_id=again, seen=seen).repeated
    with builders.refused(ledger.Stale, "Box 3 has changed since you opened this form"):
        move(hall, seen=seen)
    # Told again by somebody who looked: they are asked whether it is another paper.
    with builders.refused(ledger.Refused, rf"1 paper was moved from here to box 1 of North already.*entry {first.seq}"):
        move(hall)
    assert read_facts(hall.local).boxes["1"].moved == 1
    move(hall, acknowledged=[f"move.again.{first.seq}"])
    assert read_facts(hall.local).boxes["1"].moved == 2
    assert sound(hall)


def test_it_moves_a_paper_once_that_two_tables_move_at_one_moment(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    answers = at_once(*[lambda: move(hall, seen=1)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "Stale"]
    assert read_facts(hall.local).boxes["1"].moved == 1
    assert sound(hall)


def test_it_moves_papers_both_ways_at_one_moment_without_a_deadlock(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    hall.verify(hall.local, "1")
    more = {"actor": hall.cast.olu, "reason": "Found in the bundles"}
    back = (hall.local, "1", 3, hall.parliament.ballot_paper_id, "3")
    answers = at_once(
        lambda: move(hall, 2, seen=1),
        lambda: ledger.move_papers(*back, submission_id=uuid.uuid4(), seen=1, **more),
    )
    kinds = sorted(type(answer).__name__ for answer in answers)
    assert kinds in (["Receipt", "Receipt"], ["Receipt", "Stale"])
    assert read_facts(hall.parliament).boxes["3"].moved == -read_facts(hall.local).boxes["1"].moved != 0
    assert sound(hall)


def test_it_moves_nothing_that_cannot_be_so(hall: Hall) -> None:
    with builders.refused(ledger.Refused, "Verify box 3 first"):
        move(hall)
    hall.verify(hall.parliament, "3")
    cases: tuple[tuple[type[Exception], str, dict[str, Any]], ...] = (
        (ledger.Refused, "500 papers in box 3: no more", {"papers": 501}),
        (ledger.Refused, "how many papers", {"papers": 0}),
        (ledger.Refused, "Say how they were found", {"reason": " "}),
        (ledger.UnknownSubject, "There is no box 77 in North", {"to": (hall.local.ballot_paper_id, "77")}),
        (ledger.UnknownSubject, "no such contest", {"to": (hall.parliament.ballot_paper_id, "4")}),
        (ledger.UnknownSubject, "no such contest", {"to": ("parl.elsewhere", "1")}),
        (ledger.Forbidden, "You have no role at North", {"actor": hall.cast.rita}),
    )
    for error, said, arguments in cases:
        with builders.refused(error, said):  # type: ignore[arg-type]
            move(hall, **arguments)
    assert not LedgerEntry.objects.filter(kind="papers_moved").exists()


def test_it_says_what_keeps_papers_from_being_moved(hall: Hall) -> None:
    """The rule, as it stands before anything is written."""
    hall.verify(hall.parliament, "3")
    here, there = read_facts(hall.parliament), read_facts(hall.local)

    def found(papers: int, *earlier: EarlierMove) -> list[tuple[str, str]]:
        return [(one.level, one.acknowledgement) for one in check_move(here, "3", papers, there, "1", earlier)]

    first = EarlierMove(2, 9, here.boxes["3"].verified_at or timezone.now(), "Olu Ade")
    assert found(500) == []
    assert found(501) == [("refusal", "move.more_than_found")]
    assert found(0) == [("refusal", "move.no_papers")]
    assert found(1, first) == [("warning", "move.again.9")]
    assert counted_group(here, "3") is None
