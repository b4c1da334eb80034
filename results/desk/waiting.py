"""Why agreed figures are not public yet, in words that are true of the case. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from results.facts.types import Facts, Group
from results.policy import completes, enough, last_release, may_release, polling_boxes, releasable
from results.texts.message import Message


def waiting_groups(facts: Facts) -> list[Group]:
    """Groups whose figures are agreed and not public."""
    return [group for group in facts.groups.values() if group.state == "agreed"]


def why_not_released(facts: Facts, number: int | None = None) -> Message | None:
    """Why agreed figures wait, all of them or those of one group; None where none do."""
    waiting = waiting_groups(facts)
    if not waiting:
        return None
    if facts.publish != "totals":
        return Message("waits.policy")
    if facts.held:
        return Message("waits.held")
    if last_release(facts):
        return Message("waits.last")
    chosen = releasable(facts)
    if chosen and (number is None or number in chosen):
        return Message("waits.next_agreement", {"groups": list(chosen)})
    numbers = [group.number for group in waiting]
    least = {"boxes": facts.definition.minimum_boxes, "papers": facts.definition.minimum_papers}
    if completes(facts, numbers) and not may_release(facts, numbers):
        return Message("waits.declaration", least)
    inside = {label for group in waiting for label in group.boxes}
    if not enough(facts, inside):
        return Message("waits.too_few", least)
    return _why_the_rest_hides_nobody(facts, inside, least)


def _why_the_rest_hides_nobody(facts: Facts, inside: set[str], least: dict[str, int]) -> Message:
    """What would stay unreleased is too little: boxes, papers, or papers that are not verified yet."""
    public = {label for group in facts.groups.values() if group.released for label in group.boxes}
    rest = set(facts.boxes) - inside - public
    if (boxes := polling_boxes(facts, rest)) < least["boxes"]:
        return Message("waits.rest_too_few_boxes", least | {"rest": boxes})
    if unverified := sum(facts.boxes[label].papers is None for label in rest):
        return Message("waits.rest_unverified", least | {"rest": unverified})
    return Message("waits.rest_too_few_papers", least | {"rest": _papers(facts, rest)})


def _papers(facts: Facts, labels: Iterable[str]) -> int:
    return sum(facts.boxes[label].papers or 0 for label in labels)
