"""The order of the night: what may be entered at this time."""

from __future__ import annotations

from datetime import UTC, datetime

from results.facts.types import Definition, Facts, Group
from results.rules.findings import Finding, refusal


def before_close(definition: Definition) -> Finding:
    """Refusal of figures before the close of poll (RPA 1983 s.66A)."""
    return refusal("before_close_of_poll", at=definition.close_of_poll.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def check_order(facts: Facts, group: Group, now: datetime) -> list[Finding]:
    """Whether votes of this group may be entered at this time at all."""
    definition = facts.definition
    if now < definition.close_of_poll:
        return [before_close(definition)]
    if definition.verify_before_count and not facts.verification_complete:
        left = sum(box.verified is None for box in facts.boxes.values())
        return [refusal("count.before_verification", left=left)]
    if group.papers is None:
        missing = [label for label in group.boxes if facts.boxes[label].verified is None]
        return [refusal("count.group_waits", boxes=missing)]
    return []
