"""Figures that stood are changed by two people, and the ledger says by whom."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from results import ledger
from results.audit.checks import faults
from results.facts.figures import AccountFigures
from results.facts.kinds import Entered
from results.facts.reading import read_facts
from results.models import LedgerEntry, Role
from results.people import accounts
from results.rules.agreement import seen_reading
from tests import builders
from tests.counts import REJECTED, Count, make_count
from tests.intruder import drop_triggers

pytestmark = pytest.mark.django_db

Change = Callable[[Count, ledger.Second], ledger.Receipt]


def arguments(count: Count, second: ledger.Second) -> dict[str, Any]:
    return {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "second": second}


def reopen(count: Count, second: ledger.Second) -> ledger.Receipt:
    seen = read_facts(count.contest).groups[1].last_seq
    return ledger.reopen_group(count.contest, 1, seen=seen, reason="A bundle", **arguments(count, second))


def reopen_several(count: Count, second: ledger.Second) -> ledger.Receipt:
    seen = read_facts(count.contest).seq
    return ledger.reopen_groups(count.contest, (1, 2), seen=seen, reason="Recount", **arguments(count, second))


def correct(count: Count, second: ledger.Second) -> ledger.Receipt:
    group = read_facts(count.contest).groups[1]
    said = Entered(1, "S9", group.papers or 0, (399, 301, 118), REJECTED, 0)
    seen = seen_reading(read_facts(count.contest), group, count.cast.sam.pk)
    return ledger.record_count(count.contest, said, seen=seen, reason="A slip", **arguments(count, second))


def verify_again(count: Count, second: ledger.Second) -> ledger.Receipt:
    seen = read_facts(count.contest).account_of("1").last_seq
    said = builders.one_box("1", 301, 301, figures=AccountFigures(301, 100, 0, 0))
    return ledger.record_verification(count.contest, said, seen=seen, **arguments(count, second))


def dissolve(count: Count, second: ledger.Second) -> ledger.Receipt:
    seen = read_facts(count.contest).groups[1].last_seq
    return ledger.dissolve_group(count.contest, 1, seen=seen, reason="Mixed twice", **arguments(count, second))


def change(count: Count, second: ledger.Second) -> ledger.Receipt:
    seen = read_facts(count.contest).groups[1].last_seq
    return ledger.change_group(
        count.contest, 1, ["1", "3"], seen=seen, reason="Other boxes", **arguments(count, second)
    )


CHANGES = (reopen, reopen_several, correct, verify_again, dissolve, change)


@pytest.fixture
def count() -> Count:
    """Two groups are agreed, and nothing of votes is public."""
    made = make_count(publish="progress").ready()
    made.enter(1)
    made.enter(2)
    return made


@pytest.mark.parametrize("act", CHANGES)
def test_it_lets_nobody_change_agreed_figures_alone(count: Count, act: Change) -> None:
    before = LedgerEntry.objects.count()
    with builders.refused(ledger.Refused, "not one person’s to change"):
        act(count, ledger.Second())
    with builders.refused(ledger.Refused, "not one person’s to change"):
        act(count, ledger.Second(witness="  "))
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("act", CHANGES)
def test_it_records_who_stood_by_a_change(count: Count, act: Change) -> None:
    receipt = act(count, ledger.Second(count.cast.rita))
    entry = LedgerEntry.objects.get(seq=receipt.seq)
    assert (entry.actor, entry.second_officer) == (count.cast.sam, count.cast.rita)
    assert list(faults(count.contest)) == []


@pytest.mark.parametrize("act", CHANGES)
def test_it_records_a_witness_on_paper_where_no_second_officer_can_come(count: Count, act: Change) -> None:
    receipt = act(count, ledger.Second(witness=" Wim Wright "))
    entry = LedgerEntry.objects.get(seq=receipt.seq)
    assert (entry.second_officer, entry.witness) == (None, "Wim Wright")
    assert list(faults(count.contest)) == []


def test_it_takes_another_person_with_a_supervisors_role_here_and_now(count: Count) -> None:
    with builders.refused(ledger.Refused, "another person than you"):
        reopen(count, ledger.Second(count.cast.sam))
    for person in (count.cast.olu, count.cast.stu):
        with builders.refused(ledger.Refused, "valid role as supervisor"):
            reopen(count, ledger.Second(person))
    elsewhere = builders.make_contest("parl.elsewhere.2026-11-05")
    accounts.enrol(elsewhere, "olu", None, Role.SUPERVISOR, "Olu Ade")
    with builders.refused(ledger.Refused, "valid role as supervisor"):
        reopen(count, ledger.Second(count.cast.olu))


def test_it_asks_for_one_person_where_nothing_stands() -> None:
    count = make_count(publish="progress").ready()
    count.enter(1, (1, 2, 3))
    assert reopen(count, ledger.Second()).seq


def test_it_takes_a_repeat_for_the_same_only_with_the_same_second_officer(count: Count) -> None:
    seen = read_facts(count.contest).groups[1].last_seq
    same: dict[str, Any] = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": seen, "reason": "A bundle"}
    ledger.reopen_group(count.contest, 1, second=ledger.Second(count.cast.rita), **same)
    assert ledger.reopen_group(count.contest, 1, second=ledger.Second(count.cast.rita), **same).repeated
    with pytest.raises(ledger.Conflict):
        ledger.reopen_group(count.contest, 1, second=builders.WITNESS, **same)


def test_it_finds_a_second_officer_who_is_the_first_and_a_change_that_one_person_made(count: Count) -> None:
    receipt = reopen(count, builders.WITNESS)
    entries = LedgerEntry.objects.filter(seq=receipt.seq)
    drop_triggers()
    with transaction.atomic():
        entries.update(second_officer=count.cast.sam)
    assert any("second officer is the person who made it" in fault for fault in faults(count.contest))
    entries.update(second_officer=None, witness="")
    assert any("one person alone changed what stood of group 1" in fault for fault in faults(count.contest))


# --- groups counted again --------------------------------------------------------------------------------------------


def test_it_reopens_several_groups_at_one_stroke_or_none(count: Count) -> None:
    receipt = reopen_several(count, ledger.Second(count.cast.rita))
    entries = list(LedgerEntry.objects.filter(kind="group_reopened").order_by("seq"))
    assert [entry.seq for entry in entries] == [receipt.seq, receipt.seq + 1]
    assert len({entry.act for entry in entries}) == 1
    assert {entry.second_officer for entry in entries} == {count.cast.rita}
    groups = read_facts(count.contest).groups
    assert [(groups[number].round, groups[number].purpose) for number in (1, 2)] == [(2, "recount")] * 2
    assert list(faults(count.contest)) == []


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((), "Tick the groups"), ((1, 1), "named twice"), ((1, 3), "nothing to reopen"), ((1, 99), "no group 99")],
)
def test_it_reopens_no_group_where_one_of_them_cannot_be(count: Count, numbers: tuple[int, ...], words: str) -> None:
    seen = read_facts(count.contest).seq
    with builders.refused(ledger.LedgerError, words):
        ledger.reopen_groups(count.contest, numbers, seen=seen, reason="Recount", **arguments(count, builders.WITNESS))
    assert not LedgerEntry.objects.filter(kind="group_reopened").exists()


def test_it_reopens_no_group_that_changed_after_the_form_was_opened(count: Count) -> None:
    seen = read_facts(count.contest).seq
    count.enter(3)
    more = arguments(count, builders.WITNESS) | {"seen": seen, "reason": "Recount"}
    with pytest.raises(ledger.Stale):
        ledger.reopen_groups(count.contest, (1, 3), **more)
    # What changed beside the groups that are ticked keeps nobody.
    assert ledger.reopen_groups(count.contest, (1, 2), **more).seq
