"""Which changes are not one person's to make."""

from __future__ import annotations

from results.facts.kinds import GroupReopened
from results.rules.second import any_stands, stands
from tests.block_votes import ready
from tests.nights import definition


def test_it_asks_for_two_people_where_figures_are_agreed_or_public() -> None:
    script = ready(definition(polling=4, postal=0, wards=1, candidates=3, projection=False))
    boxes = script.facts.groups[1].boxes
    assert not stands(script.facts.groups[1])
    assert not any_stands(script.facts, boxes)
    heads = len(script.definition.heads)
    script.count(1, (500, 300, 200), (0,) * heads)
    assert stands(script.facts.groups[1])
    assert any_stands(script.facts, boxes[:1])
    assert not any_stands(script.facts, script.facts.groups[2].boxes)


def test_it_asks_for_two_people_while_what_is_public_is_counted_again() -> None:
    script = ready(definition(polling=6, postal=0, wards=1, candidates=3, projection=False, minimum_papers=100))
    heads = len(script.definition.heads)
    script.count(1, (500, 300, 200), (0,) * heads)
    assert script.facts.groups[1].released
    script.say(GroupReopened(1, "recount"))
    assert script.facts.groups[1].agreed is None
    assert stands(script.facts.groups[1])
