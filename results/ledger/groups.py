"""Count groups: boxes mixed and counted together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import User

from results.facts.kinds import GroupDissolved, GroupFormed
from results.facts.types import Group
from results.ledger.errors import Refused, UnknownSubject
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import Contest, Role
from results.rules.findings import refusal
from results.rules.groups import check_group
from results.rules.order import before_close


def form_group(
    contest: Contest,
    number: int,
    boxes: Sequence[str],
    *,
    actor: User,
    submission_id: uuid.UUID,
    override_reason: str = "",
) -> Receipt:
    """Mix these boxes into one group; fewer than two polling boxes only with the Returning Officer's reason."""

    def write(session: Session) -> Receipt:
        if session.now < session.facts.definition.close_of_poll:
            raise Refused(before_close(session.facts.definition))
        if override_reason.strip():
            session.require_role(Role.RETURNING_OFFICER, "forbidden.override")
        session.require_clear(check_group(session.facts, number, boxes, override_reason), ())
        if number in session.ledger.ids.groups:
            raise Refused(refusal("group.number_used", "number", group=number))
        # In the order of the set-up, however they were ticked.
        chosen = tuple(label for label in session.facts.boxes if label in boxes)
        return receipt_for(session, session.append(GroupFormed(number, chosen, override_reason.strip())))

    said = GroupFormed(number, tuple(sorted(boxes)), override_reason)
    return submit(contest, actor=actor, role=Role.SUPERVISOR, submission_id=submission_id, said=said, write=write)


def dissolve_group(contest: Contest, number: int, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """Take a group apart that is not counted yet; its boxes may be grouped anew."""

    def write(session: Session) -> Receipt:
        known = find_group(session, number)
        session.require_unchanged(seen, known.last_seq, "stale.group", group=number)
        if known.counts:
            raise Refused(refusal("group.counted", group=number))
        return receipt_for(session, session.append(said))

    said = GroupDissolved(number)
    return submit(contest, actor=actor, role=Role.SUPERVISOR, submission_id=submission_id, said=said, write=write)


def find_group(session: Session, number: int) -> Group:
    """The group of this number that stands; UnknownSubject where there is none."""
    if number not in session.facts.groups:
        raise UnknownSubject("unknown.group", group=number, contest=session.facts.definition.name)
    return session.facts.groups[number]
