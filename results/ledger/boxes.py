"""Boxes: their papers are verified, and the night takes one off the list."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace

from django.contrib.auth.models import User

from results.facts.definition import AccountDefinition
from results.facts.kinds import BoxCancelled, Verified
from results.ledger.errors import Refused, UnknownSubject
from results.ledger.second import NOBODY, Second
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role, Verification
from results.rules.findings import refusal
from results.rules.order import before_close
from results.rules.second import any_stands
from results.rules.verification import check_verification, explained_by_moves


def record_verification(
    contest: Contest,
    said: Verified,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
    second: Second = NOBODY,
) -> Receipt:
    """Papers found in an account's boxes against what it says was issued or, for a postal box, its session's record.

    An account verified before is verified anew, its earlier entry superseded; where a group with one of its boxes is
    counted, by a supervisor only, and where figures of it are agreed or public, with `second` who stands by it. `seen` is
    the last entry of the account.
    """

    def write(writing: Writing) -> Receipt:
        account = _account(writing, said.account)
        if tuple(box.box for box in said.boxes) != account.boxes:
            raise Refused(refusal("verification.other_boxes", boxes=list(account.boxes)))
        for label in account.boxes:
            require_box(writing, label)
        standing = writing.facts.accounts[said.account]
        if len(account.boxes) == 1:
            writing.require_unchanged(seen, standing.last_seq, "stale.box", box=account.boxes[0])
        writing.require_unchanged(seen, standing.last_seq, "stale.account", boxes=list(account.boxes))
        for label in account.boxes:
            group = writing.facts.group_of(label)
            if group is not None and group.counts:
                writing.require_role(Role.SUPERVISOR, "forbidden.box_counted", group=group.number, box=label)
        if any_stands(writing.facts, account.boxes):
            writing.require_second()
        findings = check_verification(writing.facts, said)
        codes = writing.require_clear(findings, acknowledged)
        moved = not said.reason and explained_by_moves(writing.facts, said)
        recorded = replace(said, reason=Verification.Reason.SECOND_BOX.value) if moved else said
        entry = writing.append_with_second(recorded, supersedes=standing.verified_seq, acknowledged=codes)
        return receipt_for(writing, entry, findings=tuple(findings))

    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        second=second,
    )


def cancel_box(contest: Contest, box: str, *, actor: User, submission_id: uuid.UUID, seen: int, reason: str) -> Receipt:
    """A box of the list does not exist, or was never used: it is expected no more. By a supervisor, with the reason."""

    def write(writing: Writing) -> Receipt:
        require_box(writing, box)
        writing.require_unchanged(seen, writing.facts.boxes[box].last_seq, "stale.box", box=box)
        if writing.facts.boxes[box].papers is not None:
            raise Refused(refusal("box.verified", box=box))
        if (group := writing.facts.group_of(box)) is not None:
            raise Refused(refusal("box.in_group", box=box, group=group.number))
        if not reason.strip():
            raise Refused(refusal("box.cancelled_without_reason", "reason"))
        return receipt_for(writing, writing.append(said, note=reason.strip()))

    said = BoxCancelled(box)
    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=said,
        write=write,
        reason=reason,
    )


def _account(writing: Writing, key: str) -> AccountDefinition:
    definition = writing.facts.definition
    if key not in definition.accounts:
        raise UnknownSubject("unknown.box", box=key, contest=definition.name)
    return definition.accounts[key]


def require_box(writing: Writing, label: str) -> None:
    """Raise unless the box is one of the contest's and may be handled at this hour."""
    definition = writing.facts.definition
    if label not in definition.boxes:
        raise UnknownSubject("unknown.box", box=label, contest=definition.name)
    # Postal papers may be received and counted before the close of poll; a polling station's box is at its station.
    if definition.boxes[label].kind == "polling" and writing.now < definition.close_of_poll:
        raise Refused(before_close(definition))
