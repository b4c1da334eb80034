"""Where the count stands, for the desk: rows of boxes and groups, what to do next, and why figures wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from results.facts.definition import BoxDefinition
from results.facts.types import Box, Facts, Group
from results.models import Role
from results.policy import enough, last_release, polling_boxes, releasable, withheld_revisions
from results.texts.message import Message


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box in a list."""

    label: str
    wards: tuple[str, ...]
    definition: BoxDefinition
    known: Box
    group: int | None


def box_rows(facts: Facts) -> list[BoxRow]:
    """Every box, in the order of the set-up."""
    group_of = {label: group.number for group in facts.groups.values() for label in group.boxes}
    return [
        BoxRow(label, facts.definition.boxes[label].wards, facts.definition.boxes[label], box, group_of.get(label))
        for label, box in facts.boxes.items()
    ]


def next_group(facts: Facts, number: int) -> int | None:
    """A group that is ready to be counted: the next by number, then the first."""
    ready = [group.number for group in facts.groups.values() if group.state == "ready" and group.number != number]
    return next((other for other in ready if other > number), ready[0] if ready else None)


def waiting_groups(facts: Facts) -> list[Group]:
    """Groups whose figures are agreed and not public."""
    return [group for group in facts.groups.values() if group.state == "agreed"]


def why_not_released(facts: Facts) -> Message | None:
    """Why agreed figures wait; None where none do."""
    waiting = waiting_groups(facts)
    if not waiting:
        return None
    if facts.publish != "totals":
        return Message("waits.policy")
    if facts.held:
        return Message("waits.held")
    if releasable(facts):
        return Message("waits.next_entry")
    if last_release(facts):
        return Message("waits.last")
    definition = facts.definition
    inside = {label for group in waiting for label in group.boxes}
    public = {label for group in facts.groups.values() if group.released for label in group.boxes}
    least = {"boxes": definition.minimum_boxes, "papers": definition.minimum_papers}
    if not enough(facts, inside):
        return Message("waits.too_few", least)
    rest = polling_boxes(facts, set(facts.boxes) - inside - public)
    return Message("waits.rest_too_small", least | {"rest": rest})


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: by code, and the box or group where it is done."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    box: str = ""
    group: int = 0
    view: str = ""


def next_steps(facts: Facts, role: Role, now: datetime) -> list[Step]:
    """What this person can do now that brings the count on, the most urgent first."""
    supervises = role.includes(Role.SUPERVISOR)
    closed = now >= facts.definition.close_of_poll
    code = "step.look_at_group" if supervises else "step.enter_again"
    queried = [group.number for group in facts.groups.values() if group.state == "queried"]
    steps = [Step(code, {"group": number}, group=number, view="group") for number in queried]
    may_count = facts.verification_complete or facts.definition.verify_first != "area"
    ready = [group.number for group in facts.groups.values() if group.state == "ready" and may_count]
    if ready and closed:
        code = "step.enter_sheet_of_many" if len(ready) > 1 else "step.enter_sheet"
        steps.append(Step(code, {"group": ready[0], "ready": len(ready)}, group=ready[0], view="count"))
    arrived = [box.label for box in facts.boxes.values() if box.state == "arrived"]
    if arrived:
        code = "step.verify_box_of_many" if len(arrived) > 1 else "step.verify_box"
        steps.append(Step(code, {"box": arrived[0], "arrived": len(arrived)}, box=arrived[0], view="box"))
    free = [row for row in box_rows(facts) if row.group is None and row.known.state == "verified"]
    if free and supervises and closed:
        steps.append(Step("step.form_groups", {"boxes": len(free)}, view="form_group"))
    return steps + (_policy_steps(facts) if role.includes(Role.RETURNING_OFFICER) else [])


def _policy_steps(facts: Facts) -> list[Step]:
    """What the Returning Officer may want to release."""
    steps = []
    if facts.publish == "totals" and (waiting := waiting_groups(facts)):
        numbers = [group.number for group in waiting]
        steps.append(Step("step.agreed_not_public", {"groups": numbers}, view="policy"))
    if facts.publish == "totals" and withheld_revisions(facts):
        steps.append(Step("step.correction_waits", view="policy"))
    return steps


def idle(facts: Facts) -> Message:
    """What the count waits for where there is nothing to do."""
    if all(group.agreed is not None for group in facts.groups.values()) and all(
        facts.group_of(label) for label in facts.boxes
    ):
        return Message("idle.complete")
    expected = sum(box.state == "expected" for box in facts.boxes.values())
    return Message("idle.expected", {"boxes": expected}) if expected else Message("idle.groups")
