"""When the count begins: papers that go to the tables, and the statement that is asked for where it begins late. Pure.

The Returning Officer arranges that counting begins within four hours of the close of poll, and states why where it did
not (RPA 1983 Sch 1 r.45(3A), r.53ZA); parliamentary elections only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from results.facts.definition import Definition
from results.facts.types import Facts, Group
from results.polls import KINDS
from results.rules.findings import Finding, refusal
from results.rules.order import check_order
from results.texts.message import Message

FOUR_HOURS = timedelta(hours=4)


def begins_by(definition: Definition) -> datetime | None:
    """By when the count begins without a statement; None where the law asks for none."""
    kind = KINDS.get(definition.kind_of_poll)
    return definition.close_of_poll + FOUR_HOURS if kind is not None and kind.four_hour_statement else None


def late_start(facts: Facts, now: datetime) -> Message | None:
    """Why the statement is asked for; None where it is not.

    The count began too late, or it has not begun and the four hours are over, or it is planned for later than that: then
    the statement may be written beforehand.
    """
    by = begins_by(facts.definition)
    if by is None:
        return None
    if facts.count_began is not None:
        began = facts.count_began
        return Message("late_start.began", {"at": _iso(began), "by": _iso(by)}) if began > by else None
    if now > by:
        return Message("late_start.not_begun", {"by": _iso(by)})
    planned = facts.definition.count_begins
    return Message("late_start.planned", {"at": _iso(planned), "by": _iso(by)}) if planned > by else None


def check_late_start(facts: Facts, now: datetime, statement: str) -> list[Finding]:
    """What is to be said about a statement why the count began late."""
    by = begins_by(facts.definition)
    if by is None:
        return [refusal("late_start.other_poll")]
    if late_start(facts, now) is None:
        return [refusal("late_start.in_time", by=_iso(by))]
    return [] if statement.strip() else [refusal("late_start.empty", "statement")]


def check_sending(facts: Facts, group: Group, table: str, now: datetime, others: Sequence[Facts]) -> list[Finding]:
    """Whether the papers of a group may go to be counted now; `others` are the contests in the same area."""
    if group.readings:
        return [refusal("group.sent_and_read", group=group.number)]
    if group.sent_at is not None and table == group.table:
        args = {"group": group.number, "at": _iso(group.sent_at), "table": table}
        return [refusal("group.sent_already" if table else "group.sent_nowhere", "table", **args)]
    return check_order(facts, group, now, others)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
