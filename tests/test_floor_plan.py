"""The floor, the totals of agreed groups and the pace against plan, from ledgers in the making."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from results.desk.floor_plan import Eyes, GroupOnFloor, Part, by_table, by_ward, missing
from results.desk.totals import against_plan, totals
from results.facts.kinds import Arrived, Entered, GroupFormed, GroupSent
from results.facts.states import GroupState
from results.facts.types import Facts, Group
from results.floor.claims import Held
from results.texts.message import Message
from results.texts.wording import words
from tests.nights import CLOSE, Script, definition, verified

SUPERVISOR = Eyes(99, True, lambda group: group.state)


def blind_state(group: Group) -> GroupState:
    return GroupState.ENTERED if group.state == "queried" else group.state


READER = Eyes(7, False, blind_state)


def night(*, verify: int = 8, two: bool = True) -> Script:
    """Eight polling boxes and two postal ones in three wards; those verified, two by two, in groups."""
    known = replace(definition(), entries_required=2 if two else 1, planned_declaration=CLOSE + timedelta(hours=5))
    script = Script(known)
    for label in list(known.boxes)[:verify]:
        script.say(Arrived(label))
        script.say(verified(label, 300))
    return script


def grouped(script: Script) -> Script:
    for number, labels in enumerate((("1", "4"), ("2", "5"), ("3", "6"), ("7", "8")), 1):
        script.say(GroupFormed(number, labels))
    return script


def groups_of(parts: list[Part]) -> dict[int, GroupOnFloor]:
    return {one.number: one for part in parts for one in part.groups}


def said(facts: Facts, eyes: Eyes = SUPERVISOR) -> list[str]:
    return [words(one) for one in missing(facts, list(groups_of(by_ward(facts, eyes, {})).values()))]


def test_every_box_and_group_stands_in_one_part_of_the_floor() -> None:
    facts = grouped(night()).facts
    for parts in (by_ward(facts, SUPERVISOR, {}), by_table(facts, SUPERVISOR, {})):
        numbers = [one.number for part in parts for one in part.groups]
        assert sorted(numbers) == [1, 2, 3, 4]
    labels = [one.label for part in by_ward(facts, SUPERVISOR, {}) for one in part.boxes]
    assert sorted(labels) == sorted(facts.boxes)
    # A group of one ward stands there; one of two wards with what is of several.
    parts = {
        words(part.name) if isinstance(part.name, Message) else part.name: part
        for part in by_ward(facts, SUPERVISOR, {})
    }
    assert [one.number for one in parts["Ward 1"].groups] == [1]
    assert [one.number for one in parts["Several wards"].groups] == [4]


def test_tables_stand_in_the_order_in_which_one_counts() -> None:
    script = grouped(night())
    for number, table in ((1, "10"), (2, "9"), (3, "stage")):
        script.say(GroupSent(number, table))
    parts = by_table(script.facts, SUPERVISOR, {})
    assert [words(part.name) for part in parts if isinstance(part.name, Message)] == [
        *("Table 9", "Table 10", "Table stage"),
        *("At no table", "Boxes in no group"),
    ]
    assert groups_of(parts)[1].since == script.facts.groups[1].sent_at


def test_a_box_on_its_way_through_the_hall_says_since_when() -> None:
    script = Script(definition())
    arrived = script.say(Arrived("1"))
    box = next(one for part in by_ward(script.facts, SUPERVISOR, {}) for one in part.boxes if one.label == "1")
    assert (box.state, box.since) == ("arrived", arrived.at)
    done = script.say(verified("1", 300))
    held = {"box:1": (Held(5, "Bea Byrne", CLOSE),)}
    box = next(one for part in by_ward(script.facts, SUPERVISOR, held) for one in part.boxes if one.label == "1")
    assert (box.state, box.since, box.holders) == ("verified", done.at, ())


def test_it_says_what_is_missing_in_the_order_of_the_night() -> None:
    assert said(Script(definition(polling=40)).facts) == ["42 boxes still expected"]
    assert said(night(verify=7).facts) == [
        "3 boxes still expected: 8, P1 and P2",
        "7 verified boxes are in no group: 1, 2, 3, 4, 5, 6 and 7",
    ]
    assert said(grouped(night(verify=10)).facts) == [
        "2 verified boxes are in no group: P1 and P2",
        "4 groups are being counted, or wait to be read: 1, 2, 3 and 4",
    ]


def test_totals_are_those_of_agreed_groups_and_no_others() -> None:
    script = grouped(night(verify=10, two=False))
    script.count(1, (300, 200, 98), (1, 1))
    script.count(2, (500, 50, 48), (2, 0))
    script.count(3, (1, 2, 3), (0, 0))
    summed = totals(script.facts)
    assert [one.votes for one in summed.candidates] == [800, 250, 146]
    assert [one.share for one in summed.candidates] == [669, 209, 122]
    assert [number for _, number in summed.rejected] == [3, 1]
    assert (summed.agreed, summed.groups, summed.papers, summed.verified) == (2, 4, 1200, 3000)
    assert (summed.invalid, summed.share) == (4, 400)
    assert [group.number for group, _ in summed.by_group] == [1, 2]


def test_they_are_there_before_anything_is_agreed() -> None:
    summed = totals(Script(definition()).facts)
    assert (summed.votes, summed.share, summed.agreed) == (0, 0, 0)
    assert against_plan(Script(definition()).facts, CLOSE) is None


def test_pace_is_that_of_the_papers_against_that_of_the_clock() -> None:
    script = grouped(night(verify=10, two=False))
    script.say(GroupSent(1, "1"))
    began = script.facts.count_began
    assert began is not None
    script.count(1, (300, 200, 98), (1, 1))
    planned = script.definition.planned_declaration
    assert planned is not None
    early = against_plan(script.facts, began + (planned - began) / 10)
    late = against_plan(script.facts, began + (planned - began) / 2)
    assert early is not None
    assert late is not None
    assert (early.passed, early.done, early.late) == (100, 200, False)
    assert (late.passed, late.late) == (500, True)
    # One group says nothing of a rate.
    assert late.expected is None


def test_the_end_is_foreseen_from_agreed_groups_though_nothing_is_public() -> None:
    known = replace(definition(polling=16, publish="off"), planned_declaration=CLOSE + timedelta(hours=5))
    script = Script(replace(known, expected_time=False))
    for label in known.boxes:
        script.say(verified(label, 300))
    for number in range(1, 9):
        script.say(GroupFormed(number, (str(2 * number - 1), str(2 * number))))
    for number in range(1, 7):
        script.count(number, (300, 200, 98), (1, 1))
    plan = against_plan(script.facts, CLOSE + timedelta(hours=1))
    assert plan is not None
    assert plan.expected is not None
    assert plan.expected.declaration.expected > CLOSE


def test_a_reader_is_told_the_same_of_one_reading_as_of_two_that_differ() -> None:
    script = grouped(night())
    formed = script.facts.groups[1].formed_at
    held = {"group:1": (Held(5, "Bea Byrne", CLOSE),)}
    told = []
    for reading, votes in ((1, (300, 200, 98)), (2, (300, 199, 99))):
        script.say(Entered(1, "0001", 600, votes, (1, 1), 0, reading=reading))
        told.append(groups_of(by_ward(script.facts, READER, held))[1])
    assert told[0] == told[1]
    assert (told[0].holders, told[0].readers, told[0].hidden, told[0].since) == ([], [], True, formed)
    seen = groups_of(by_ward(script.facts, SUPERVISOR, held))[1]
    assert seen.waits_for_a_supervisor
    assert [name for name, _ in seen.readers] == ["Olu", "Olu"]
    assert [one.name for one in seen.holders] == ["Bea Byrne"]
