"""The states and their transitions: drawn as they are, and never left by any night."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given, settings

from results.board.document import OFF, public_status
from results.facts import states
from results.facts.fold import fold_entry
from results.facts.state import State
from results.facts.states import BoxState, ContestState, GroupState, contest_state
from results.policy import released
from tests.nights import Plan, plans, play

TABLES = {
    "BoxState": states.BOX_TRANSITIONS,
    "ReadingState": states.READING_TRANSITIONS,
    "GroupState": states.GROUP_TRANSITIONS,
    "ContestState": states.CONTEST_TRANSITIONS,
}


@pytest.mark.parametrize("name", TABLES)
def test_it_says_of_every_state_what_may_follow(name: str) -> None:
    assert set(TABLES[name]) == set(getattr(states, name))


def test_it_is_drawn_in_the_docs_as_it_is() -> None:
    text = (Path(__file__).resolve().parent.parent / "docs" / "ledger.md").read_text()
    drawings = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", text, re.DOTALL)
    drawn = [set(re.findall(r"(\w+) --> (\w+)", drawing)) for drawing in drawings]
    known: list[set[tuple[str, str]]] = [
        {(str(before), str(after)) for before, following in table.items() for after in following}
        for table in TABLES.values()
    ]
    assert drawn == known


@given(plans)
@settings(max_examples=60, deadline=None)
def test_it_allows_every_step_that_a_night_takes(plan: Plan) -> None:
    script = play(plan)
    state = State(script.definition)
    boxes: dict[str, StrEnum] = {label: box.state for label, box in state.boxes.items()}
    groups: dict[int, StrEnum] = {}
    for entry in script.entries:
        fold_entry(state, entry)
        for label, box in state.boxes.items():
            before = boxes[label]
            assert isinstance(before, BoxState)
            assert box.state == before or box.state in states.BOX_TRANSITIONS[before], (before, box.state)
            boxes[label] = box.state
        for number, group in state.groups.items():
            known = groups.get(number, group.state)
            assert isinstance(known, GroupState)
            assert group.state == known or group.state in states.GROUP_TRANSITIONS[known], (known, group.state)
            groups[number] = group.state


@given(plans)
@settings(max_examples=60, deadline=None)
def test_it_leads_a_contest_from_state_to_state_as_drawn(plan: Plan) -> None:
    script = play(plan)
    state = State(script.definition)
    contest = state.facts().state
    assert contest == ContestState.SET_UP
    for entry in script.entries:
        fold_entry(state, entry)
        now = state.facts().state
        assert now == contest or now in states.CONTEST_TRANSITIONS[contest], (contest, now)
        contest = now


@given(plans)
@settings(max_examples=60, deadline=None)
def test_it_shows_the_public_no_status_but_a_state_or_off(plan: Plan) -> None:
    script = play(plan)
    state = State(script.definition)
    for entry in script.entries:
        fold_entry(state, entry)
        facts = state.facts()
        public = released(facts)
        status = public_status(public)
        assert status in {OFF, *ContestState}
        assert (status == OFF) == (facts.publish == OFF)
        if facts.publish == "progress" and status == ContestState.COUNTED:
            assert facts.state == ContestState.COUNTED


@pytest.mark.parametrize(
    ("begun", "verified", "counting", "complete", "expected"),
    [
        (False, False, False, False, ContestState.BEFORE),
        (False, True, False, False, ContestState.BEFORE),
        (True, False, False, False, ContestState.VERIFYING),
        (True, True, False, False, ContestState.VERIFIED),
        (True, False, True, False, ContestState.COUNTING),
        (True, True, True, False, ContestState.COUNTING),
        (True, True, True, True, ContestState.COUNTED),
    ],
)
def test_it_tells_a_contests_state(
    begun: bool, verified: bool, counting: bool, complete: bool, expected: ContestState
) -> None:
    assert contest_state(begun=begun, verified=verified, counting=counting, complete=complete) == expected
