"""Which boxes may be mixed: nobody's vote may be told from the box that it came in."""

from __future__ import annotations

import pytest

from results.facts.definition import Definition
from results.facts.kinds import GroupDissolved, GroupFormed
from results.rules.groups import check_group, check_mixing
from tests.nights import Script, definition


def codes(of: Definition, *labels: str) -> list[str]:
    return [finding.code for finding in check_mixing(Script(of).facts, labels)]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("1", "2"), []),
        (("1", "2", "P1"), []),
        (("1",), ["group.too_few_polling_boxes"]),
        (("1", "P1"), ["group.too_few_polling_boxes"]),
        (("P1", "P2"), ["group.too_few_polling_boxes"]),
        ((), ["group.no_boxes"]),
        (("1", "2", "2"), ["group.box_twice"]),
        (("1", "2", "99"), ["group.box_unknown"]),
    ],
)
def test_it_mixes_the_papers_of_two_polling_stations_boxes_at_least(
    labels: tuple[str, ...], expected: list[str]
) -> None:
    assert codes(definition(), *labels) == expected


@pytest.mark.parametrize("postal", [0, 1, 2])
def test_it_lets_a_contest_of_one_box_be_counted_with_all_its_postal_papers(postal: int) -> None:
    small = definition(polling=1, postal=postal, wards=1)
    (finding,) = check_mixing(Script(small).facts, tuple(small.boxes))
    assert (finding.code, finding.level) == ("group.only_station", "warning")
    if postal:
        assert codes(small, "1") == ["group.only_station_with_all"]


def test_it_puts_no_box_into_two_groups_and_changes_a_groups_own() -> None:
    script = Script(definition())
    script.say(GroupFormed(1, ("1", "2")))
    facts = script.facts
    (taken,) = check_mixing(facts, ("2", "3", "4"))
    assert (taken.code, taken.args) == ("group.box_taken", {"box": "2", "group": 1})
    assert check_mixing(facts, ("2", "3", "4"), own=1) == []


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_it_refuses_a_number_out_of_range(number: int) -> None:
    findings = check_group(Script(definition()).facts, number, ("1", "2"))
    assert [finding.code for finding in findings] == ["group.number_out_of_range"]


def test_it_gives_a_number_once_even_after_the_group_was_dissolved() -> None:
    script = Script(definition())
    script.say(GroupFormed(1, ("1", "2")))
    assert [f.code for f in check_group(script.facts, 1, ("3", "4"))] == ["group.number_taken"]
    script.say(GroupDissolved(1))
    assert [f.code for f in check_group(script.facts, 1, ("1", "2"))] == ["group.number_used"]
    assert check_group(script.facts, 2, ("1", "2")) == []
