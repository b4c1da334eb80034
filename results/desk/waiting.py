"""Why agreed figures are not public yet, and what it would show if they were, in words that are true of the case. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from results.facts.types import Facts, Group, ReleasedSet
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
    if facts.open_sessions and completes(facts, (group.number for group in waiting)):
        return Message("waits.session", {"session": facts.open_sessions[0]})
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


def papers_of_correction(facts: Facts, released: ReleasedSet) -> Message:
    """How many papers a correction rests on, beside those of the figures that are public."""
    now = _papers(facts, _boxes_now(facts, released))
    code = "revision.other_papers" if now == released.papers else "revision.papers"
    return Message(code, {"before": released.papers, "now": now})


def shown_by_correction(facts: Facts, released: ReleasedSet) -> list[Message]:
    """What readers learn from the difference of a correction where boxes were taken in after the release.

    Where all else is public, no later release can hide these papers among others.
    """
    taken_in = [label for label in _boxes_now(facts, released) if label not in released.boxes]
    if not taken_in:
        return []
    said = Message("revision.taken_in", {"boxes": taken_in, "papers": _papers(facts, taken_in)})
    return [said, Message("revision.nothing_else_left")] if completes(facts, ()) else [said]


def _boxes_now(facts: Facts, released: ReleasedSet) -> list[str]:
    return [label for number in released.groups for label in facts.groups[number].boxes]
