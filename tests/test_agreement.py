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


WRONG = (VOTES[1][0] - 9, VOTES[1][1] + 9, VOTES[1][2])


def differing(count: Count) -> tuple[ledger.Receipt, ledger.Receipt]:
    """Olu mistypes, Bea does not."""
    return count.enter(1, WRONG, actor=count.cast.olu), count.enter(1, actor=count.cast.bea)


def test_it_supersedes_a_readers_own_figures_only(count: Count) -> None:
    mine, _ = differing(count)
    assert group_of(count).state == "queried"
    builders.give_back(count.contest, 1, 1, actor=count.cast.sam)
    assert group_of(count).state == "entered"
    again = count.enter(1, actor=count.cast.olu)
    entry = LedgerEntry.objects.get(seq=again.seq)
    assert entry.supersedes is not None
    assert entry.supersedes.seq == mine.seq


def test_it_agrees_no_figure_that_was_typed_again_without_a_supervisors_look(count: Count) -> None:
    differing(count)
    builders.give_back(count.contest, 1, 1, actor=count.cast.sam)
    assert not count.enter(1, actor=count.cast.olu).agreed
    assert (group_of(count).state, agreement(read_facts(count.contest), group_of(count)).verdict) == (
        "queried",
        "confirm",
    )
    receipt = builders.confirm(count.contest, 1, count.cast.sam)
    assert (receipt.kind, receipt.agreed, receipt.released) == ("agreed", True, True)
    assert group_of(count).state == "released"


def test_it_asks_for_no_look_at_a_reading_that_was_returned_and_right(count: Count) -> None:
    count.enter(1, actor=count.cast.olu)
    builders.give_back(count.contest, 1, 1, actor=count.cast.sam)
    count.enter(1, actor=count.cast.olu)
    assert count.enter(1, actor=count.cast.bea).agreed


def test_it_takes_no_reading_again_that_nobody_returned(count: Count) -> None:
    count.enter(1, WRONG, actor=count.cast.olu)
    with builders.refused(ledger.Refused, "your figures are recorded"):
        count.enter(1, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    for person in (count.cast.olu, count.cast.bea):
        with builders.refused(ledger.Refused, "your figures are recorded"):
            count.enter(1, WRONG, actor=person)
    assert [each.actor for each in group_of(count).counts] == [count.cast.olu.pk, count.cast.bea.pk]


@pytest.mark.parametrize("second", [VOTES[1], WRONG, (VOTES[1][0] - 9, VOTES[1][1], VOTES[1][2])])
def test_it_refuses_a_reading_typed_again_in_words_that_tell_nothing_of_the_other(
    count: Count, second: tuple[int, ...]
) -> None:
    count.enter(1, second, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    with pytest.raises(ledger.Refused) as refusal:
        count.enter(1, actor=count.cast.bea, reason="I saw a slip")
    assert [found.code for found in refusal.value.findings] == ["count.reading_recorded"]


def test_it_returns_both_readings_at_one_stroke(count: Count) -> None:
    count.enter(1, WRONG, actor=count.cast.olu)
    count.enter(1, (VOTES[1][0], VOTES[1][1] - 5, VOTES[1][2] + 5), actor=count.cast.bea)
    receipt = builders.give_back(count.contest, 1, 2, 1, actor=count.cast.rita)
    act = LedgerEntry.objects.get(seq=receipt.seq).act
    assert LedgerEntry.objects.filter(act=act, kind="reading_returned").count() == 2
    assert group_of(count).returned == {1, 2}
    for person in (count.cast.bea, count.cast.olu):
        assert not count.enter(1, actor=person).agreed
    assert builders.confirm(count.contest, 1, count.cast.sam).agreed


def test_it_lets_nobody_judge_what_they_typed(count: Count) -> None:
    count.enter(1, WRONG, actor=count.cast.sam)
    count.enter(1, actor=count.cast.bea)
    with builders.refused(ledger.Refused, "You read the sheet of group 1 yourself"):
        builders.give_back(count.contest, 1, 2, actor=count.cast.sam)
    with pytest.raises(ledger.Forbidden):
        builders.give_back(count.contest, 1, 1, actor=count.cast.olu)
    builders.give_back(count.contest, 1, 1, actor=count.cast.rita)
    count.enter(1, actor=count.cast.sam)
    with builders.refused(ledger.Refused, "You read the sheet"):
        builders.confirm(count.contest, 1, count.cast.sam)
    with pytest.raises(ledger.Forbidden):
        builders.confirm(count.contest, 1, count.cast.olu)
    assert builders.confirm(count.contest, 1, count.cast.rita).agreed


def test_it_says_why_a_reading_is_not_returned_or_confirmed(count: Count) -> None:
    sam = count.cast.sam
    count.enter(1, WRONG, actor=count.cast.olu)
    with builders.refused(ledger.Refused, "Say whose reading"):
        builders.give_back(count.contest, 1, actor=sam)
    with builders.refused(ledger.Refused, "no such reading"):
        builders.give_back(count.contest, 1, 2, actor=sam)
    with builders.refused(ledger.Refused, "Nothing of group 1 waits"):
        builders.confirm(count.contest, 1, sam)
    builders.give_back(count.contest, 1, 1, actor=sam)
    with builders.refused(ledger.Refused, "is returned to Olu Ade already"):
        builders.give_back(count.contest, 1, 1, actor=sam)
    with builders.refused(ledger.UnknownSubject, "9"):
        ledger.confirm_readings(count.contest, 9, actor=sam, submission_id=uuid.uuid4(), seen=0)
    count.enter(1, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    builders.confirm(count.contest, 1, sam)
    with builders.refused(ledger.Refused, "are agreed"):
        builders.give_back(count.contest, 1, 1, actor=sam)


def test_it_answers_a_repeat_and_what_was_overtaken(count: Count) -> None:
    differing(count)
    last, sam = group_of(count).last_seq, count.cast.sam
    sent: dict[str, Any] = {"actor": sam, "submission_id": uuid.uuid4(), "seen": last}
    first = ledger.return_reading(count.contest, 1, 1, **sent)
    again = ledger.return_reading(count.contest, 1, 1, **sent)
    assert (again.repeated, again.seq) == (True, first.seq)
    with pytest.raises(ledger.Conflict):
        ledger.return_reading(count.contest, 1, 2, **sent)
    with pytest.raises(ledger.Stale):
        ledger.return_reading(count.contest, 1, 2, actor=count.cast.rita, submission_id=uuid.uuid4(), seen=last)
    with pytest.raises(ledger.Stale):
        ledger.confirm_readings(count.contest, 1, actor=sam, submission_id=uuid.uuid4(), seen=last)


def test_it_makes_a_state_of_its_own_of_papers_with_adjudication(count: Count) -> None:
    votes = (VOTES[1][0] - 12, *VOTES[1][1:])
    for person in (count.cast.olu, count.cast.bea):
        receipt = count.enter(1, votes, actor=person, doubtful=12)
        assert (receipt.agreed, [found.code for found in receipt.findings if found.level == "error"]) == (False, [])
    group = group_of(count)
    assert (group.state, group.with_adjudication) == ("adjudication", 12)
    assert agreement(read_facts(count.contest), group).verdict == "adjudication"


def test_it_lets_nobody_decide_between_two_readings_by_typing_a_third(count: Count) -> None:
    differing(count)
    before = LedgerEntry.objects.count()
    for person in (count.cast.sam, count.cast.rita):
        with builders.refused(ledger.Refused, "was read by Olu Ade and Bea Byrne"):
            count.enter(1, actor=person)
    assert LedgerEntry.objects.count() == before


def test_it_looks_once_more_where_one_person_reads_too() -> None:
    alone = make_count().ready()
    alone.enter(1, (*WRONG[:2], WRONG[2] + 1))
    assert not alone.enter(1).agreed
    assert builders.confirm(alone.contest, 1, alone.cast.sam).agreed
    alone.enter(2, (1, 2, 3))
    assert alone.enter(2, actor=alone.cast.sam).agreed, "a supervisor who types it has looked"
    alone.enter(3, (1, 2, 3), actor=alone.cast.sam)
    assert not alone.enter(3, actor=alone.cast.sam).agreed, "nobody looks for themselves"


def test_it_begins_another_round_where_a_supervisor_reopens_the_group(count: Count) -> None:
    count.enter(1, actor=count.cast.olu)
    count.enter(1, actor=count.cast.bea)
    last = group_of(count).last_seq
    arguments: dict[str, Any] = {
        "submission_id": uuid.uuid4(),
        "seen": last,
        "reason": "The sheet was added up wrongly",
        "second": builders.WITNESS,
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
        ((500, 200, 94), (500, 200, 94), 6, "adjudication"),
        ((500, 200, 93), (500, 200, 93), 6, "queried"),
        ((500, 200, 94), (500, 94, 200), 6, "differs"),
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


def test_it_takes_no_sheet_of_a_round_that_ended_while_it_was_typed(count: Count) -> None:
    """Bea has the wrong sheet in hand and has read nothing yet; a supervisor sends it back to the table."""
    count.enter(1, actor=count.cast.olu)
    group = group_of(count)
    seen = seen_reading(read_facts(count.contest), group, count.cast.bea.pk)
    said = Entered(1, "0107", group.papers or 0, VOTES[1], REJECTED, 0)
    more: dict[str, Any] = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": group.last_seq}
    ledger.reopen_group(count.contest, 1, reason="A bundle was left out of the sheet", **more)
    with builders.refused(ledger.Stale, "Group 1 has changed since you opened this form"):
        ledger.record_count(count.contest, said, actor=count.cast.bea, submission_id=uuid.uuid4(), seen=seen)
    assert not group_of(count).readings
    # With the new sheet, from a form of the new round, both read.
    assert count.enter(1, actor=count.cast.bea).seq
    assert count.enter(1, actor=count.cast.olu).agreed
