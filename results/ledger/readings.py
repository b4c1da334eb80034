"""Readings that do not agree: a supervisor, who read nothing of the sheet, looks at it and says what is wrong.

The sheet itself was wrong: `reopen_group`. A reading was mistyped: its reader types it again. What was typed again stands
only after the supervisor has looked once more.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User

from results.facts.kinds import Agreed, ReadingReturned, Together
from results.facts.types import Group
from results.ledger.counts import agree
from results.ledger.errors import Refused
from results.ledger.groups import find_group
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.agreement import agreement, check_resolving
from results.rules.findings import refusal


def return_reading(
    contest: Contest,
    number: int,
    *readings: int,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str = "",
) -> Receipt:
    """These readings of a group's sheet, one or both, were mistyped: each is typed again, whole, by who read it.

    By a supervisor who read neither, before the figures are agreed: agreed ones are counted again in another round.
    `seen` is the last entry of the group.
    """

    def write(writing: Writing) -> Receipt:
        group = _require_group(writing, number, seen, actor)
        if not readings:
            raise Refused(refusal("reading.none_chosen", "found"))
        if any(reading not in group.readings for reading in readings):
            raise Refused(refusal("reading.not_there", group=number))
        if again := [group.readings[reading].actor_name for reading in readings if reading in group.returned]:
            raise Refused(refusal("reading.returned_already", group=number, reader=again[0]))
        entries = [writing.append(one, note=reason.strip()) for one in said]
        return receipt_for(writing, entries[0])

    said = [ReadingReturned(number, reading) for reading in sorted(set(readings))]
    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=Together(tuple(said)),
        write=write,
        group=number,
        reason=reason,
    )


def confirm_readings(contest: Contest, number: int, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """A figure that was mistyped is right now: a supervisor who read neither compared it with the sheet, and it stands.

    `seen` is the last entry of the group.
    """

    def write(writing: Writing) -> Receipt:
        group = _require_group(writing, number, seen, actor)
        if agreement(writing.facts, group).verdict != "confirm":
            raise Refused(refusal("reading.nothing_to_confirm", group=number))
        agreed, released = agree(writing, number, looked=True)
        return receipt_for(writing, writing.appended[0], agreed=agreed, released=released)

    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=Agreed(number, ()),
        write=write,
    )


def _require_group(writing: Writing, number: int, seen: int, actor: User) -> Group:
    """The group as it was shown, not agreed, and none of its readings this person's own."""
    group = find_group(writing, number)
    writing.require_unchanged(seen, group.last_seq, "stale.group", group=number)
    writing.require_clear(check_resolving(group, actor.pk), ())
    if group.agreed is not None:
        raise Refused(refusal("reading.agreed", group=number))
    return group
