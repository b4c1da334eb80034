"""What the night amends of the set-up, and groups that were wrongly formed or counted."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from results import ledger
from results.audit.checks import faults
from results.facts.definition import BoxDefinition
from results.facts.reading import forget, read_facts
from results.models import BoxContest, Contest, LedgerEntry
from results.policy import withheld_revisions
from tests import builders
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    return make_count()


def new_box(label: str = "99", ward: str = "E05000000", kind: str = "polling") -> BoxDefinition:
    return BoxDefinition(label, kind, (ward,), "The Scout Hut" if kind == "polling" else "", "", 700, label)


def register(count: Count, box: BoxDefinition, **more: Any) -> ledger.Receipt:
    arguments = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "reason": "Opened this morning", **more}
    return ledger.register_box(count.contest, box, **arguments)


def reason(count: Count, last: int, words: str = "It was wrong") -> dict[str, Any]:
    return {
        "actor": count.cast.sam,
        "submission_id": uuid.uuid4(),
        "seen": last,
        "reason": words,
    }


def by_two(count: Count, last: int, words: str = "It was wrong") -> dict[str, Any]:
    """The same, with somebody who stands by it."""
    return {**reason(count, last, words), "second": builders.WITNESS}


def test_it_registers_a_box_that_the_set_up_did_not_know(count: Count) -> None:
    count.verify_all()
    register(count, new_box(), entrusted=440)
    forget()
    facts = read_facts(count.contest)
    assert facts.boxes["99"].state == "expected"
    assert facts.definition.accounts["99"].entrusted == 440
    assert not facts.verification_complete
    assert count.board()["progress"]["boxes"] == 8
    builders.verify(count.contest, "99", 340, count.cast.olu)
    builders.form_group(count.contest, 1, ["1", "99"], count.cast.sam)
    assert read_facts(count.contest).groups[1].papers == 640
    assert list(faults(count.contest)) == []


def test_it_refuses_a_registered_box_that_cannot_be(count: Count) -> None:
    with builders.refused(ledger.Refused, "already: give this one a label of its own"):
        register(count, new_box("1"))
    with builders.refused(ledger.Refused, "Choose the ward"):
        register(count, new_box(ward="E05999999"))
    with builders.refused(ledger.Refused, "why it is not on the list"):
        register(count, new_box(), reason=" ")
    with pytest.raises(ledger.Forbidden):
        register(count, new_box(), actor=count.cast.olu)
    assert not LedgerEntry.objects.exists()
    assert not BoxContest.objects.filter(registered=True).exists()


def test_it_keeps_the_set_up_frozen_for_everything_else(count: Count) -> None:
    register(count, new_box())
    row = BoxContest.objects.get(registered=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxContest.objects.filter(pk=row.pk).update(electors=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk, row.position, row.registered = None, 50, False
        row.save(force_insert=True)


def test_it_expects_nothing_of_a_box_that_does_not_exist(count: Count) -> None:
    builders.verify(count.contest, "1", 300, count.cast.olu)
    with builders.refused(ledger.Refused, "papers of box 1 are verified"):
        ledger.cancel_box(count.contest, "1", **reason(count, read_facts(count.contest).boxes["1"].last_seq))
    with builders.refused(ledger.Refused, "Say why"):
        ledger.cancel_box(count.contest, "6", **reason(count, 0, " "))
    ledger.cancel_box(count.contest, "6", **reason(count, 0, "The station was not opened"))
    forget()
    facts = read_facts(count.contest)
    assert "6" not in facts.boxes
    assert facts.cancelled == ("6",)
    for label in ("2", "3", "4", "5", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    assert read_facts(count.contest).verification_complete
    assert count.board()["status"] == "verified"
    assert list(faults(count.contest)) == []


def test_it_amends_a_wards_electorate(count: Count) -> None:
    count.verify_all()
    before = count.board()["turnout"]
    arguments: dict[str, Any] = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": 6000}
    with builders.refused(ledger.Refused, "Say why"):
        ledger.amend_electorate(count.contest, "E05000000", 7000, reason="", **arguments)
    with builders.refused(ledger.Refused, "already"):
        ledger.amend_electorate(count.contest, "E05000000", 6000, reason="Late claims", **arguments)
    ledger.amend_electorate(count.contest, "E05000000", 7000, reason="Late claims", **arguments)
    after = count.board()["turnout"]
    assert after["electorate"] == before["electorate"] + 1000
    assert after["ballot_box"] < before["ballot_box"]
    assert list(faults(count.contest)) == []


def test_it_changes_a_group_that_was_wrongly_formed_and_keeps_what_was_entered(count: Count) -> None:
    count.ready()
    ledger.dissolve_group(
        count.contest, 3, actor=count.cast.sam, submission_id=uuid.uuid4(), seen=last(count.contest, 3)
    )
    wrong = count.enter(2, (300, 250, 80))
    assert not wrong.agreed
    with builders.refused(ledger.Refused, "Say why"):
        ledger.change_group(count.contest, 2, ["2", "4", "6"], **by_two(count, last(count.contest, 2), ""))
    ledger.change_group(count.contest, 2, ["2", "4", "6"], **by_two(count, last(count.contest, 2)))
    forget()
    group = read_facts(count.contest).groups[2]
    assert (group.boxes, group.papers, group.state) == (("2", "4", "6"), 990, "ready")
    assert [c.seq for c in group.counts] == [wrong.seq]
    assert builders.enter(count.contest, 2, (500, 400, 90), count.cast.olu).agreed
    assert list(faults(count.contest)) == []


def test_it_dissolves_a_counted_group_with_the_reason_and_keeps_its_counts(count: Count) -> None:
    count.ready()
    count.enter(2, (300, 250, 80))
    with builders.refused(ledger.Refused, "Say why"):
        ledger.dissolve_group(count.contest, 2, **by_two(count, last(count.contest, 2), ""))
    ledger.dissolve_group(count.contest, 2, **by_two(count, last(count.contest, 2)))
    forget()
    facts = read_facts(count.contest)
    assert 2 not in facts.groups
    assert [c.figures.votes for c in facts.dissolved[2].counts] == [(300, 250, 80)]
    with builders.refused(ledger.Refused, "never used"):
        builders.form_group(count.contest, 2, ["2", "4"], count.cast.sam)
    builders.form_group(count.contest, 4, ["2", "4"], count.cast.sam)
    assert list(faults(count.contest)) == []


def test_it_reopens_a_public_group_but_keeps_its_boxes(count: Count) -> None:
    count.ready()
    assert count.enter(1).released
    for act in (ledger.dissolve_group, lambda *a, **k: ledger.change_group(*a, ["1", "3"], **k)):
        with builders.refused(ledger.Refused, "are public"):
            act(count.contest, 1, **by_two(count, last(count.contest, 1)))
    ledger.reopen_group(count.contest, 1, **by_two(count, last(count.contest, 1)))
    group = read_facts(count.contest).groups[1]
    assert (group.state, group.released, group.agreed) == ("ready", True, None)
    assert count.enter(1, reason="The first sheet was another group's").agreed


def test_it_shows_a_public_group_that_was_reopened_as_being_counted_again(count: Count) -> None:
    count.finish()
    assert (count.board()["status"], count.board()["progress"]["groups_counted"]) == ("counted", 3)
    ledger.reopen_group(count.contest, 1, **by_two(count, last(count.contest, 1)))
    board = count.board()
    assert (board["status"], board["progress"]["groups_counted"], board["progress"]["recounting"]) == ("counting", 2, 1)
    # The same figures, counted twice, are confirmed without another release.
    count.enter(1, reason="Counted again, the same")
    assert count.board()["status"] == "counted"


def test_it_takes_a_late_box_into_a_public_group_where_no_other_is_left(count: Count) -> None:
    """A box that turns up when all are public can be counted nowhere else; the difference is the Returning Officer's."""
    count.finish()
    before = [made.papers for made in read_facts(count.contest).releases]
    register(count, new_box())
    builders.verify(count.contest, "99", 340, count.cast.olu)
    with builders.refused(ledger.Refused, "two polling boxes or more"):
        builders.form_group(count.contest, 4, ["99"], count.cast.sam)
    with builders.refused(ledger.Refused, "are public"):
        ledger.change_group(count.contest, 2, ["2", "99"], **by_two(count, last(count.contest, 2)))
    ledger.change_group(count.contest, 2, ["2", "4", "99"], **by_two(count, last(count.contest, 2)))
    assert count.board()["status"] == "counting"
    assert not count.enter(2, (500, 400, 78), reason="Box 99 was found").released
    facts = read_facts(count.contest)
    assert [made.papers for made in facts.releases] == before
    (waits,) = withheld_revisions(facts)
    ledger.release_revision(
        count.contest,
        waits.groups,
        actor=count.cast.rita,
        submission_id=uuid.uuid4(),
        seen=last(count.contest, 2),
        reason="It was wrong",
    )
    assert sum(made.papers for made in read_facts(count.contest).releases) == sum(before) + 340
    assert count.board()["status"] == "counted"
    assert list(faults(count.contest)) == []


def test_it_counts_no_group_whose_mixing_a_registered_box_made_unlawful() -> None:
    """The one station's box was mixed with the postal papers; now there is another box, and it must be mixed too."""
    count = make_count(polling_boxes=1)
    for label in ("1", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    arguments: dict[str, Any] = {"actor": count.cast.sam, "submission_id": uuid.uuid4()}
    ledger.form_group(count.contest, 1, ["1", "P1"], acknowledged=["group.only_station"], **arguments)
    register(count, new_box())
    builders.verify(count.contest, "99", 300, count.cast.olu)
    with builders.refused(ledger.Refused, "two polling boxes or more"):
        count.enter(1, (300, 200, 98))
    ledger.change_group(count.contest, 1, ["1", "P1", "99"], **by_two(count, last(count.contest, 1)))
    assert count.enter(1, (400, 300, 198)).agreed


def test_it_amends_no_electorate_below_the_papers_that_are_verified(count: Count) -> None:
    count.verify_all()
    arguments: dict[str, Any] = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": 6000}
    with builders.refused(ledger.Refused, "papers of this ward are verified"):
        ledger.amend_electorate(count.contest, "E05000000", 600, reason="A slip", **arguments)
    assert count.board()["turnout"]["electorate"] == 12000


def last(contest: Contest, group: int) -> int:
    return read_facts(contest).groups[group].last_seq
