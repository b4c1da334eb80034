"""Which sets of groups may be released: large enough, and nothing small left beside them."""

from __future__ import annotations

from collections.abc import Iterable

from results.facts.types import Facts


def releasable(facts: Facts) -> tuple[int, ...] | None:
    """The groups that may be released now as one set by policy alone, or None.

    Of those that are agreed and wait, as many as the rule allows, the last agreed left out first. The set that would
    complete the contest is never among them: its figures are the candidates' first (`last_release`).
    """
    waiting = _waiting(facts)
    for length in range(len(waiting), 0, -1):
        chosen = tuple(sorted(waiting[:length]))
        if may_release(facts, chosen) and not completes(facts, chosen):
            return chosen
    return None


def last_release(facts: Facts) -> tuple[int, ...] | None:
    """The groups that wait because their release would complete the contest, or None.

    The Returning Officer lets them go once the candidates and agents have seen the provisional result. While packs handed
    in at stations are still being opened there is none: more papers may come, and these are not the last.
    """
    waiting = tuple(sorted(_waiting(facts)))
    last = facts.verification_complete and completes(facts, waiting) and may_release(facts, waiting)
    return waiting if last else None


def only_last_left(facts: Facts) -> bool:
    """Whether all that is not public can only become public together. Told by what is public: boxes and their groups."""
    left = _left(facts, ())
    waiting = [group for group in facts.groups.values() if not group.released]
    grouped = {label for group in facts.groups.values() for label in group.boxes}
    if not waiting or grouped != set(facts.boxes) or not facts.verification_complete:
        return False
    papers = sum(group.papers or 0 for group in waiting)
    definition = facts.definition
    divisible = polling_boxes(facts, left) >= 2 * definition.minimum_boxes and papers >= 2 * definition.minimum_papers
    return len(waiting) == 1 or not divisible


def _waiting(facts: Facts) -> list[int]:
    """Groups that are agreed and not public, in the order of their agreement; none where nothing may be released."""
    if facts.publish != "totals" or facts.held:
        return []
    waiting = [(g.agreed_at, g.number) for g in facts.groups.values() if g.agreed_at is not None and not g.released]
    return [number for _, number in sorted(waiting)]


def completes(facts: Facts, groups: Iterable[int]) -> bool:
    """Whether every box of the contest is public once these groups are."""
    return not _left(facts, groups)


def may_release(facts: Facts, groups: Iterable[int]) -> bool:
    """Whether this set of groups may be released: the rule holds for it and for all that then stays unreleased.

    The whole contest at once is what the declaration says: it may always be released.
    """
    chosen = tuple(groups)
    boxes = {label for number in chosen for label in facts.groups[number].boxes}
    left = _left(facts, chosen)
    if boxes == set(facts.boxes):
        return bool(boxes)
    return enough(facts, boxes) and (not left or enough(facts, left))


def _left(facts: Facts, groups: Iterable[int]) -> set[str]:
    """Boxes that stay unreleased when these groups are released."""
    chosen = set(groups)
    public = {label for g in facts.groups.values() if g.released or g.number in chosen for label in g.boxes}
    return set(facts.boxes) - public


def enough(facts: Facts, labels: Iterable[str]) -> bool:
    """Whether these boxes hold enough boxes of polling stations, and enough verified papers."""
    papers = sum(facts.boxes[label].papers or 0 for label in set(labels))
    definition = facts.definition
    return polling_boxes(facts, labels) >= definition.minimum_boxes and papers >= definition.minimum_papers


def polling_boxes(facts: Facts, labels: Iterable[str]) -> int:
    """How many of these boxes come from polling stations: a postal box hides nobody who voted at one."""
    return sum(facts.definition.boxes[label].kind == "polling" for label in set(labels))
