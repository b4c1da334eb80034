"""When readings of a sheet agree, whose reading is whose, and what each supersedes."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from results import ledger
from results.facts.kinds import Entered, GroupFormed
from results.facts.reading import read_facts
from results.facts.types import Facts, Group
from results.models import LedgerEntry
from results.rules.agreement import agreement, reading_of, seen_reading
from tests import builders
from tests.counts import REJECTED, VOTES, Count, make_count
from tests.nights import Script, definition, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    """A count that asks for two readings, everything ready for the first sheet."""
    return make_count(entries_required=2).ready()


def group_of(count: Count, number: int = 1) -> Group:
    return read_facts(count.contest).groups[number]


def test_it_agrees_nothing_on_one_reading_where_two_are_asked_for(count: Count) -> None:
    receipt = count.enter(1, actor=count.cast.olu)
    assert (receipt.agreed, receipt.released) == (False, False)
    assert group_of(count).state == "entered"
    assert count.board()["progress"]["groups_counted"] == 0


def test_it_agrees_two_readings_of_two_people_that_say_the_same(count: Count) -> None:
    first = count.enter(1, actor=count.cast.olu)
    second = count.enter(1, actor=count.cast.bea)
    assert second.agreed
    group = group_of(count)
    assert group.state == "released"
    assert {number: reading.actor for number, reading in group.readings.items()} == {
        1: count.cast.olu.pk,
        2: count.cast.bea.pk,
    }
    agreed = LedgerEntry.objects.get(kind="agreed")
    named = LedgerEntry.objects.filter(agreed_by__entry=agreed).order_by("seq").values_list("seq", flat=True)
    assert list(named) == [first.seq, second.seq]


def test_it_takes_both_readings_from_forms_opened_at_the_same_moment(count: Count) -> None:
    papers = group_of(count).papers or 0
    said = Entered(1, "0107", papers, VOTES[1], REJECTED, 0)
    for person in (count.cast.olu, count.cast.bea):
        arguments: dict[str, Any] = {"actor": person, "submission_id": uuid.uuid4(), "seen": 0}
        ledger.record_count(count.contest, said, acknowledged=["count.rejected_share"], **arguments)
    assert group_of(count).agreed is not None


def test_it_supersedes_a_readers_own_figures_only(count: Count) -> None:
    wrong = (VOTES[1][0] - 9, VOTES[1][1] + 9, VOTES[1][2])
    mine = count.enter(1, wrong, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    assert group_of(count).state == "queried"
    again = count.enter(1, actor=count.cast.olu)
    assert again.agreed
    entry = LedgerEntry.objects.get(seq=again.seq)
    assert entry.supersedes is not None
    assert entry.supersedes.seq == mine.seq


def test_it_lets_nobody_decide_between_two_readings_by_typing_a_third(count: Count) -> None:
    wrong = (VOTES[1][0] - 9, VOTES[1][1] + 9, VOTES[1][2])
    count.enter(1, wrong, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    before = LedgerEntry.objects.count()
    for person in (count.cast.sam, count.cast.rita):
        with builders.refused(ledger.Refused, "was read by Olu Ade and Bea Byrne"):
            count.enter(1, actor=person)
    assert LedgerEntry.objects.count() == before


def test_it_begins_another_round_where_a_supervisor_reopens_the_group(count: Count) -> None:
    count.enter(1, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    last = group_of(count).last_seq
    arguments: dict[str, Any] = {
        "submission_id": uuid.uuid4(),
        "seen": last,
        "reason": "The sheet was added up wrongly",
    }
    with pytest.raises(ledger.Forbidden):
        ledger.reopen_group(count.contest, 1, actor=count.cast.olu, **arguments)
    ledger.reopen_group(count.contest, 1, actor=count.cast.sam, **arguments)
    group = group_of(count)
    assert (group.state, group.round, len(group.counts)) == ("ready", 2, 2)
    count.enter(1, actor=count.cast.bea)
    assert count.enter(1, actor=count.cast.sam).agreed
    assert [(c.figures.round, c.figures.reading) for c in group_of(count).counts] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def readings(first: tuple[int, ...], second: tuple[int, ...], **more: Any) -> tuple[Facts, Group]:
    """A group of 800 papers whose sheet two people read."""
    script = Script(replace(definition(polling=2, postal=0, wards=1), entries_required=2))
    for label in "12":
        script.say(verified(label, 400))
    script.say(GroupFormed(1, ("1", "2")))
    for reading, votes in ((1, first), (2, second)):
        script.say(Entered(1, "0107", 800, votes, (0, 0), more.get("doubtful", 0), reading=reading))
    facts = script.facts
    return facts, facts.groups[1]


@pytest.mark.parametrize(
    ("first", "second", "doubtful", "verdict"),
    [
        ((500, 200, 100), (500, 200, 100), 0, "agreed"),
        ((500, 200, 100), (500, 100, 200), 0, "differs"),
        ((500, 200, 99), (500, 200, 99), 0, "queried"),
        ((500, 200, 94), (500, 200, 94), 6, "queried"),
    ],
)
def test_it_tells_the_verdict_from_the_readings_alone(
    first: tuple[int, ...], second: tuple[int, ...], doubtful: int, verdict: str
) -> None:
    found = agreement(*readings(first, second, doubtful=doubtful))
    assert found.verdict == verdict
    assert len(found.readings) == 2
    assert bool(found.findings) == (verdict == "queried")


def test_it_knows_whose_reading_is_whose() -> None:
    facts, group = readings((500, 200, 100), (500, 100, 200))
    # All entries of a script are one person's.
    assert reading_of(facts, group, 1) == 1
    assert reading_of(facts, group, 2) is None
    assert seen_reading(facts, group, 1) == group.readings[1].seq
    assert seen_reading(facts, group, 2) == 0
