"""Boxes: they arrive, and their papers are verified."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.auth.models import User

from results.facts.kinds import Arrived, Verified
from results.ledger.errors import Refused, UnknownSubject
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import Contest, Role
from results.rules.order import before_close
from results.rules.verification import check_verification


def record_arrival(contest: Contest, box: str, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """A box has come to the hall; said twice it is refused as stale."""

    def write(session: Session) -> Receipt:
        _require_box(session, box)
        session.require_unchanged(seen, session.facts.boxes[box].last_seq, "stale.box", box=box)
        return receipt_for(session, session.append(said))

    said = Arrived(box)
    return submit(contest, actor=actor, role=Role.COUNTING_OFFICER, submission_id=submission_id, said=said, write=write)


def record_verification(
    contest: Contest,
    said: Verified,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """Papers found in a box against its account or, for a postal box, the opening sessions' record.

    A box verified before is verified anew, its earlier entry superseded; where its group is counted, by a supervisor only.
    """

    def write(session: Session) -> Receipt:
        _require_box(session, said.box)
        known = session.facts.boxes[said.box]
        group = session.facts.group_of(said.box)
        session.require_unchanged(seen, known.last_seq, "stale.box", box=said.box)
        if group is not None and group.counts:
            session.require_role(Role.SUPERVISOR, "forbidden.box_counted", group=group.number, box=said.box)
        findings = check_verification(session.facts.definition, said)
        codes = session.require_clear(findings, acknowledged)
        before = known.verified_seq and session.ledger.ids.entries[known.verified_seq]
        entry = session.append(said, supersedes=before or None, acknowledged=codes)
        return receipt_for(session, entry, findings=tuple(findings))

    return submit(contest, actor=actor, role=Role.COUNTING_OFFICER, submission_id=submission_id, said=said, write=write)


def _require_box(session: Session, label: str) -> None:
    """Raise unless the box is one of the contest's and may be handled at this hour."""
    definition = session.facts.definition
    if label not in definition.boxes:
        raise UnknownSubject("unknown.box", box=label, contest=definition.name)
    # Postal papers may be received and counted before the close of poll; a polling station's box is at its station.
    if definition.boxes[label].kind == "polling" and session.now < definition.close_of_poll:
        raise Refused(before_close(definition))
