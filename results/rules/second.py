"""Which changes are not one person's to make. Pure.

Wandsworth: a published figure was changed, and nobody was told. A figure that was agreed or is public changes with a reason,
and with a second officer or a named witness.
"""

from __future__ import annotations

from collections.abc import Iterable

from results.facts.types import Facts, Group


def stands(group: Group) -> bool:
    """Whether figures of the group are agreed or public: what takes them away, or other papers into them, needs two people."""
    return group.agreed is not None or group.released


def any_stands(facts: Facts, boxes: Iterable[str]) -> bool:
    """Whether the papers of one of these boxes are in figures that are agreed or public."""
    groups = [facts.group_of(box) for box in boxes]
    return any(group is not None and stands(group) for group in groups)
