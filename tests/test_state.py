"""The state while it is folded: what one step does, and that a copy goes its own way."""

from __future__ import annotations

from results.facts.fold import fold_entry
from results.facts.kinds import Agreed, Entered, GroupFormed
from results.facts.state import State
from tests.nights import Script, definition, verified


def folded(script: Script) -> State:
    state = State(script.definition)
    for entry in script.entries:
        fold_entry(state, entry)
    return state


def counted() -> Script:
    script = Script(definition(publish="progress"))
    for label in ("1", "2"):
        script.say(verified(label, 300))
    script.say(GroupFormed(1, ("1", "2")))
    entry = script.say(Entered(1, "0001", 600, (300, 200, 100), (0, 0), 0))
    script.say(Agreed(1, (entry.seq,)))
    return script


def test_it_knows_the_papers_of_boxes_only_when_all_are_verified() -> None:
    state = folded(counted())
    assert state.papers_in(("1", "2")) == 600
    assert state.papers_in(("1", "3")) is None
    assert state.papers_in(()) == 0


def test_it_opens_a_group_again_whose_box_has_other_papers() -> None:
    script = counted()
    assert script.facts.groups[1].agreed is not None
    script.say(verified("1", 300))
    assert script.facts.groups[1].agreed is not None, "verified again with the same papers"
    script.say(verified("1", 301))
    group = script.facts.groups[1]
    assert (group.agreed, group.papers) == (None, 601)
    assert [count.figures.votes for count in group.counts] == [(300, 200, 100)], "what was entered is kept"


def test_it_goes_on_from_a_copy_without_changing_what_it_was_copied_from() -> None:
    script = counted()
    state = folded(script)
    before = state.facts()
    other = state.copy()
    fold_entry(other, script.say(verified("3", 280)))
    assert state.facts() == before
    assert other.facts() == script.facts
    assert other.facts() != before
