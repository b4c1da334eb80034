"""When votes may be entered: after the close of poll, once the papers are verified, of the whole area where it asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from results.facts.definition import SessionDefinition
from results.facts.kinds import GroupFormed, SessionClosed
from results.facts.types import Facts, Group
from results.rules.order import before_close, boxes_in_area, check_order, open_in_area, unverified_in_area
from tests.nights import CLOSE, Script, definition, verified


def a_night(verify_first: str, *labels: str) -> Facts:
    script = Script(replace(definition(), verify_first=verify_first))
    for label in labels:
        script.say(verified(label, 300))
    script.say(GroupFormed(1, ("1", "2", "P1")))
    return script.facts


def codes(facts: Facts, minutes: int, *others: Facts) -> list[str]:
    group: Group = facts.groups[1]
    return [finding.code for finding in check_order(facts, group, CLOSE + timedelta(minutes=minutes), others)]


@pytest.mark.parametrize("minutes", [-600, -1])
def test_it_takes_no_votes_before_the_close_of_poll(minutes: int) -> None:
    assert codes(a_night("own", "1", "2", "P1"), minutes) == ["before_close_of_poll"]
    assert before_close(definition()).args == {"at": "2014-11-20T22:00:00Z"}


def test_it_waits_for_every_box_of_the_group() -> None:
    facts = a_night("own", "1", "P1")
    (finding,) = check_order(facts, facts.groups[1], CLOSE, ())
    assert (finding.code, finding.args) == ("count.group_waits", {"boxes": ["2"]})
    assert codes(a_night("own", "1", "2", "P1"), 0) == []


def test_it_waits_for_the_other_contests_papers_in_its_area_only_where_the_area_is_verified_first() -> None:
    labels = tuple(definition().boxes)
    facts = {first: a_night(first, *labels) for first in ("own", "area", "all")}
    other = a_night("own", *labels[:-1])
    assert unverified_in_area(facts["area"], [other]) == 1
    assert codes(facts["area"], 0, other) == ["count.before_verification"]
    assert codes(facts["own"], 0, other) == codes(facts["all"], 0, other) == []
    assert codes(facts["area"], 0, a_night("own", *labels)) == []


def test_it_counts_as_in_its_area_what_shares_a_box_or_a_ward() -> None:
    here = definition()
    elsewhere = {
        label: replace(box, label=f"X{label}", wards=("E05999999",)) for label, box in list(here.boxes.items())[:3]
    }
    assert boxes_in_area(here, replace(here, boxes={box.label: box for box in elsewhere.values()})) == []
    shared = replace(elsewhere["1"], label="1")
    one_ward = replace(elsewhere["2"], wards=("E05999999", next(iter(here.wards))))
    assert boxes_in_area(here, replace(here, boxes={"1": shared, "X2": one_ward})) == ["1", "X2"]


def test_it_waits_in_its_area_for_the_session_that_opens_what_was_handed_in() -> None:
    """The other contest's box P2 holds what that session opened: of this area, or of wards outside of it."""
    own = a_night("area", *definition().boxes)

    def other(*wards: str) -> Script:
        whole = definition()
        box = replace(whole.boxes["P2"], label="X2", account="X2", origin="Handed in", wards=wards)
        accounts = {"X2": replace(whole.accounts["P2"], key="X2", boxes=("X2",))}
        sessions = {"Handed in": SessionDefinition("Handed in", ("X2",), on_the_night=True)}
        script = Script(replace(whole, boxes={"X2": box}, accounts=accounts, sessions=sessions))
        script.say(verified("X2", 300))
        return script

    inside = other(next(iter(definition().wards)))
    assert open_in_area(own, [inside.facts]) == ["Handed in"]
    assert codes(own, 0, inside.facts) == ["count.before_session"]
    assert open_in_area(own, [other("E05999999").facts]) == []
    inside.say(SessionClosed("Handed in"))
    assert codes(own, 0, inside.facts) == []
