"""The order of the night: what may be entered at this time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from results.facts.definition import Definition
from results.facts.types import Facts, Group
from results.rules.findings import Finding, refusal


def before_close(definition: Definition) -> Finding:
    """Refusal of figures before the close of poll (RPA 1983 s.66A)."""
    return refusal("before_close_of_poll", at=close_of_poll(definition))


def close_of_poll(definition: Definition) -> str:
    """The close of poll as a finding has times: ISO 8601, in UTC."""
    return definition.close_of_poll.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def boxes_in_area(area: Definition, other: Definition) -> list[str]:
    """The boxes of another contest of the event whose papers lie in a contest's area: boxes and wards in common.

    Areas may lie across each other, a parish in a part of a ward: then also the postal boxes of a ward that a box in
    common lies in. They may hold papers of the area's electors; the other polling stations are outside of it.
    """
    across = {gss for label, box in other.boxes.items() if label in area.boxes for gss in box.wards}
    return [
        label
        for label, box in other.boxes.items()
        if label in area.boxes
        or any(gss in area.wards for gss in box.wards)
        or (box.kind == "postal" and not across.isdisjoint(box.wards))
    ]


def unverified_in_area(facts: Facts, others: Sequence[Facts]) -> int:
    """Boxes in a contest's area, its own and those of the other contests, that are not verified yet."""
    own = sum(box.papers is None for box in facts.boxes.values())
    return own + sum(
        other.boxes[label].papers is None
        for other in others
        for label in boxes_in_area(facts.definition, other.definition)
    )


def open_in_area(facts: Facts, others: Sequence[Facts]) -> list[str]:
    """The sessions for packs handed in that are open, and from which papers of a contest's area may still come."""
    found = list(facts.open_sessions)
    for other in others:
        inside = set(boxes_in_area(facts.definition, other.definition))
        found += [name for name in other.open_sessions if not inside.isdisjoint(other.boxes_of_session(name))]
    return list(dict.fromkeys(found))


def check_order(facts: Facts, group: Group, now: datetime, others: Sequence[Facts]) -> list[Finding]:
    """Whether votes of this group may be entered at this time at all; `others` are the contests in the same area.

    Combined polls: a local poll waits for all papers of all polls in its area (S.I. 2006/3304 Sch 3 r.45), a
    parliamentary one in England and Wales only before it is declared.
    """
    definition = facts.definition
    if now < definition.close_of_poll:
        return [before_close(definition)]
    if definition.verify_first == "area" and (left := unverified_in_area(facts, others)):
        return [refusal("count.before_verification", left=left)]
    if definition.verify_first == "area" and (sessions := open_in_area(facts, others)):
        return [refusal("count.before_session", session=sessions[0])]
    if group.papers is None:
        missing = [label for label in group.boxes if facts.boxes[label].papers is None]
        return [refusal("count.group_waits", boxes=missing)]
    return []
