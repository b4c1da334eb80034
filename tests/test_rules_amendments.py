"""What the night may amend of the set-up, and what it is told when it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.facts.definition import BoxDefinition
from results.facts.kinds import BoxCancelled
from results.rules.amendments import check_electorate, check_new_box
from results.rules.counts import MOST
from tests.nights import Script, definition

WARD, OTHER = list(definition().wards)[:2]
NEW = BoxDefinition("9", "polling", (WARD,), "Village hall", "", 400, "9")


@pytest.mark.parametrize(
    ("change", "reason", "expected"),
    [
        ({}, "It was left off the list", []),
        ({"kind": "postal", "label": "P9", "wards": (WARD, OTHER)}, "A late session", []),
        ({"label": "1"}, "Again", ["box.label_taken"]),
        ({"wards": ()}, "Nobody's", ["box.ward_unknown"]),
        ({"wards": ("E05999999",)}, "Elsewhere", ["box.ward_unknown"]),
        ({"wards": (WARD, OTHER)}, "Two wards", ["box.several_wards"]),
        ({}, "  ", ["box.registered_without_reason"]),
        ({"label": "1", "wards": ()}, "", ["box.label_taken", "box.ward_unknown", "box.registered_without_reason"]),
    ],
)
def test_it_says_everything_that_keeps_a_box_off_the_list(
    change: dict[str, object], reason: str, expected: list[str]
) -> None:
    findings = check_new_box(Script(definition()).facts, replace(NEW, **change), reason)  # type: ignore[arg-type]
    assert [finding.code for finding in findings] == expected
    assert {finding.level for finding in findings} <= {"refusal"}


def test_it_gives_the_label_of_a_cancelled_box_to_no_other() -> None:
    script = Script(definition())
    script.say(BoxCancelled("2"))
    assert "2" not in script.facts.boxes
    findings = check_new_box(script.facts, replace(NEW, label="2"), "Found after all")
    assert [finding.code for finding in findings] == ["box.label_taken"]


@pytest.mark.parametrize(
    ("ward", "electorate", "seen", "reason", "expected"),
    [
        (WARD, 5001, 5000, "One was added by court order", []),
        ("E05999999", 5001, 5000, "Elsewhere", ["electorate.ward_unknown"]),
        (WARD, 5001, 4999, "Read from an old form", ["electorate.changed"]),
        (WARD, 5000, 5000, "Nothing new", ["electorate.same"]),
        (WARD, 0, 5000, "None", ["electorate.range"]),
        (WARD, MOST + 1, 5000, "Many", ["electorate.range"]),
        (WARD, 5001, 5000, " ", ["electorate.without_reason"]),
    ],
)
def test_it_says_what_keeps_an_electorate_as_it_is(
    ward: str, electorate: int, seen: int, reason: str, expected: list[str]
) -> None:
    findings = check_electorate(Script(definition()).facts, ward, electorate, seen, reason)
    assert [finding.code for finding in findings] == expected
