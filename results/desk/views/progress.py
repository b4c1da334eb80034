"""Where the count stands, for the desk: rows of boxes and groups, what to do next, and why figures wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from results.facts.types import Box, BoxDefinition, Facts, Group
from results.policy import may_release, releasable, withheld_revisions
from results.rules import papers


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box in a list."""

    label: str
    ward: str
    definition: BoxDefinition
    known: Box
    group: int | None


def box_rows(facts: Facts) -> list[BoxRow]:
    """Every box, in the order of the set-up."""
    group_of = {label: group.number for group in facts.groups.values() for label in group.boxes}
    return [
        BoxRow(label, facts.definition.boxes[label].ward, facts.definition.boxes[label], box, group_of.get(label))
        for label, box in facts.boxes.items()
    ]


def next_group(facts: Facts, number: int) -> int | None:
    """A group that is ready to be counted: the next by number, then the first."""
    ready = [group.number for group in facts.groups.values() if group.state == "ready" and group.number != number]
    return next((other for other in ready if other > number), ready[0] if ready else None)


def waiting_groups(facts: Facts) -> list[Group]:
    """Groups whose figures are agreed and not public."""
    return [group for group in facts.groups.values() if group.state == "agreed"]


def why_not_released(facts: Facts) -> str:
    """Why agreed figures wait, in words; "" where none do."""
    waiting = waiting_groups(facts)
    if not waiting:
        return ""
    if facts.publish != "totals":
        return "Totals are not public: no votes are released before the Returning Officer chooses so."
    if facts.held:
        return "New releases are on hold."
    numbers = tuple(group.number for group in waiting)
    if may_release(facts, numbers) or releasable(facts):
        return "They are released with the next entry."
    definition = facts.definition
    inside = {label for group in waiting for label in group.boxes}
    public = {label for group in facts.groups.values() if group.released for label in group.boxes}
    least = f"{definition.minimum_boxes} boxes and {papers(definition.minimum_papers)}"
    if not _enough(facts, inside):
        return f"A release needs at least {least}: these wait for the next agreed group."
    rest = len(set(facts.boxes) - inside - public)
    return (
        f"Only {rest} box{'' if rest == 1 else 'es'} would stay unreleased and could be read from the difference "
        f"(at least {least} must): these wait for the next agreed group."
    )


def _enough(facts: Facts, labels: set[str]) -> bool:
    found = sum(verified.found for label in labels if (verified := facts.boxes[label].verified) is not None)
    return len(labels) >= facts.definition.minimum_boxes and found >= facts.definition.minimum_papers


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: words, and the box or group where it is done."""

    words: str
    box: str = ""
    group: int = 0
    view: str = ""


def next_steps(facts: Facts, rank: int, now: datetime) -> list[Step]:
    """What this person can do now that brings the count on, the most urgent first; for rank see results.people."""
    steps = []
    groups = list(facts.groups.values())
    supervises = rank >= 2
    for group in groups:
        if group.state == "queried":
            ask = "look at the figures" if supervises else "enter the sheet again, or ask a supervisor"
            steps.append(Step(f"Group {group.number} does not add up: {ask}", group=group.number, view="group"))
    may_count = facts.verification_complete or not facts.definition.verify_before_count
    ready = [group for group in groups if group.state == "ready" and may_count]
    if ready and now >= facts.definition.close_of_poll:
        more = f" ({len(ready)} groups are ready)" if len(ready) > 1 else ""
        steps.append(Step(f"Enter the sheet of group {ready[0].number}{more}", group=ready[0].number, view="count"))
    arrived = [box for box in facts.boxes.values() if box.state == "arrived"]
    if arrived:
        more = f" ({len(arrived)} boxes have arrived)" if len(arrived) > 1 else ""
        steps.append(Step(f"Verify box {arrived[0].label}{more}", box=arrived[0].label, view="box"))
    free = [row for row in box_rows(facts) if row.group is None and row.known.state == "verified"]
    if free and supervises and now >= facts.definition.close_of_poll:
        verb = "is" if len(free) == 1 else "are"
        boxes = "1 verified box" if len(free) == 1 else f"{len(free)} verified boxes"
        steps.append(Step(f"Form groups: {boxes} {verb} in no group", view="form_group"))
    if rank >= 3 and facts.publish == "totals" and waiting_groups(facts):
        steps.append(Step(f"Agreed and not public: {_numbers(waiting_groups(facts))}", view="policy"))
    if rank >= 3 and facts.publish == "totals" and withheld_revisions(facts):
        steps.append(Step("A correction of public figures waits for you", view="policy"))
    return steps


def idle_words(facts: Facts) -> str:
    """What the count waits for where there is nothing to do."""
    if all(group.agreed is not None for group in facts.groups.values()) and all(
        facts.group_of(label) for label in facts.boxes
    ):
        return "Every box is in a group, and every group is agreed."
    expected = sum(box.state == "expected" for box in facts.boxes.values())
    if expected:
        return f"Nothing to do: {expected} box{'' if expected == 1 else 'es'} still expected."
    return "Nothing to do: a supervisor forms the next groups."


def _numbers(groups: list[Group]) -> str:
    words = [str(group.number) for group in groups]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"group{'' if len(words) == 1 else 's'} {listed}"
