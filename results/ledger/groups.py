"""Count groups: boxes mixed and counted together."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.contrib.auth.models import User

from results.facts.kinds import GroupChanged, GroupDissolved, GroupFormed, GroupReopened, GroupSent, Together
from results.facts.reading import read_facts
from results.facts.types import Group
from results.ledger.errors import Refused, Stale, UnknownSubject
from results.ledger.hall import contests_in_area
from results.ledger.second import NOBODY, Second
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, GroupReopening, Role
from results.rules.beginning import check_sending
from results.rules.findings import refusal
from results.rules.groups import check_group, check_mixing, may_take_in
from results.rules.order import before_close
from results.rules.second import stands


def form_group(
    contest: Contest,
    number: int,
    boxes: Sequence[str],
    *,
    actor: User,
    submission_id: uuid.UUID,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """Mix these boxes into one group: two of polling stations or more, but where the contest has only one."""

    def write(writing: Writing) -> Receipt:
        if writing.now < writing.facts.definition.close_of_poll:
            raise Refused(before_close(writing.facts.definition))
        codes = writing.require_clear(check_group(writing.facts, number, boxes), acknowledged)
        entry = writing.append(GroupFormed(number, _in_order(writing, boxes)), acknowledged=codes)
        return receipt_for(writing, entry)

    said = GroupFormed(number, tuple(sorted(boxes)))
    return submit(contest, actor=actor, role=Role.SUPERVISOR, submission_id=submission_id, said=said, write=write)


def change_group(
    contest: Contest,
    number: int,
    boxes: Sequence[str],
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str,
    acknowledged: Collection[str] = (),
    second: Second = NOBODY,
) -> Receipt:
    """A group was formed of other boxes than was said. What was entered for it is kept, and it is counted again.

    Of a group whose figures are agreed or public with `second`, who stands by it.
    """

    def write(writing: Writing) -> Receipt:
        _require_changeable(writing, number, seen, boxes)
        _require_reason(reason)
        if stands(writing.facts.groups[number]):
            writing.require_second()
        codes = writing.require_clear(check_mixing(writing.facts, boxes, number), acknowledged)
        chosen = _in_order(writing, boxes)
        if chosen == writing.facts.groups[number].boxes:
            raise Refused(refusal("group.same_boxes", "boxes"))
        entry = writing.append_with_second(GroupChanged(number, chosen), note=reason.strip(), acknowledged=codes)
        return receipt_for(writing, entry)

    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=GroupChanged(number, tuple(sorted(boxes))),
        write=write,
        second=second,
        reason=reason,
    )


def reopen_group(
    contest: Contest,
    number: int,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str,
    purpose: str = GroupReopening.Purpose.SHEET_WRONG,
    second: Second = NOBODY,
) -> Receipt:
    """A group's sheet was wrong, it is recounted, or its bundles are checked: it is counted again in another round.

    What was entered is kept. Figures that are agreed need `second`, who stands by it. `seen` is the group's last entry.
    """

    def write(writing: Writing) -> Receipt:
        group = find_group(writing, number)
        writing.require_unchanged(seen, group.last_seq, "stale.group", group=number)
        _require_reopenable(writing, [group], purpose, reason)
        return receipt_for(writing, writing.append_with_second(said, note=reason.strip()))

    said = GroupReopened(number, purpose)
    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=said,
        write=write,
        second=second,
        reason=reason,
    )


def send_group(
    contest: Contest, number: int, table: str, *, actor: User, submission_id: uuid.UUID, seen: int
) -> Receipt:
    """A group's papers go to be counted, at this table; said again, another table is named. The first begins the count."""
    said = GroupSent(number, table.strip())

    def write(writing: Writing) -> Receipt:
        group = find_group(writing, number)
        writing.require_unchanged(seen, group.last_seq, "stale.group", group=number)
        others = [read_facts(other) for other in writing.act.beside]
        if findings := check_sending(writing.facts, group, said.table, writing.now, others):
            raise Refused(*findings)
        return receipt_for(writing, writing.append(said))

    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        beside=contests_in_area,
    )


def reopen_groups(
    contest: Contest,
    numbers: Sequence[int],
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str,
    purpose: str = GroupReopening.Purpose.RECOUNT,
    second: Second = NOBODY,
) -> Receipt:
    """Several groups are counted again, at one stroke: all of them, or none. An entry for each, in one act.

    `seen` is the last entry of the ledger when the form was opened: other groups than these may have changed since.
    """

    def write(writing: Writing) -> Receipt:
        if not numbers:
            raise Refused(refusal("group.none_ticked", "groups"))
        if len(set(numbers)) != len(numbers):
            raise Refused(refusal("group.named_twice", "groups"))
        groups = [find_group(writing, number) for number in numbers]
        for group in groups:
            if group.last_seq > seen:
                raise Stale("stale.group", entry=group.last_seq, group=group.number)
        _require_reopenable(writing, groups, purpose, reason)
        entries = [writing.append_with_second(one, note=reason.strip()) for one in said.said]
        return receipt_for(writing, entries[0])

    said = Together(tuple(GroupReopened(number, purpose) for number in sorted(numbers)))
    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=said,
        write=write,
        second=second,
        reason=reason,
    )


def _require_reopenable(writing: Writing, groups: Sequence[Group], purpose: str, reason: str) -> None:
    """Raise unless each was counted and is counted again for a purpose and a reason, where figures stand by two people."""
    for group in groups:
        if not group.readings:
            raise Refused(refusal("group.not_counted", group=group.number))
    if purpose not in GroupReopening.Purpose.values:
        raise Refused(refusal("group.purpose", "purpose"))
    _require_reason(reason)
    if any(group.agreed is not None for group in groups):
        writing.require_second()


def dissolve_group(
    contest: Contest,
    number: int,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str = "",
    second: Second = NOBODY,
) -> Receipt:
    """Dissolve a group; its boxes may be grouped anew. Of a counted one with the reason: what was entered is kept.

    Figures that are agreed need `second`, who stands by it.
    """

    def write(writing: Writing) -> Receipt:
        _require_changeable(writing, number, seen)
        if writing.facts.groups[number].counts:
            _require_reason(reason)
        if stands(writing.facts.groups[number]):
            writing.require_second()
        return receipt_for(writing, writing.append_with_second(said, note=reason.strip()))

    said = GroupDissolved(number)
    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=said,
        write=write,
        second=second,
        reason=reason,
    )


def _require_changeable(writing: Writing, number: int, seen: int, boxes: Collection[str] = ()) -> None:
    """Raise unless the group stands as it was shown, and is not public; a public one may take in a box.

    A box that is found when all others are public could be counted nowhere else: by itself it must not be.
    """
    group = find_group(writing, number)
    writing.require_unchanged(seen, group.last_seq, "stale.group", group=number)
    # Its boxes' papers are in public figures: in another group they would be public twice.
    if group.released and not (set(group.boxes) < set(boxes) and may_take_in(writing.facts)):
        raise Refused(refusal("group.released", group=number))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(refusal("group.without_reason", "reason"))


def _in_order(writing: Writing, boxes: Collection[str]) -> tuple[str, ...]:
    """Boxes in the order of the set-up, however they were ticked."""
    return tuple(label for label in writing.facts.boxes if label in boxes)


def find_group(writing: Writing, number: int) -> Group:
    """The group of this number that stands; UnknownSubject where there is none."""
    if number not in writing.facts.groups:
        raise UnknownSubject("unknown.group", group=number, contest=writing.facts.definition.name)
    return writing.facts.groups[number]
