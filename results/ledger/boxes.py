"""Boxes: they arrive, and their papers are verified."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from django.contrib.auth.models import User

from results.facts.types import Account, Arrived, Verified
from results.ledger.errors import Refused, UnknownSubject
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import BallotPaperAccount, BoxArrival, Contest, LedgerEntry, Verification
from results.models.ledger import Detail
from results.rules import before_close, check_verification

Kind = LedgerEntry.Kind
_COUNTING_OFFICER, _SUPERVISOR = 1, 2


def record_arrival(contest: Contest, box: str, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """A box has come to the hall; said twice it is refused as stale."""

    def write(session: Session) -> Receipt:
        contest_box = _box(session, box)
        session.require_unchanged(seen, session.facts.boxes[box].last_seq, f"Box {box}")
        entry = session.append(
            Kind.ARRIVED,
            Arrived(box),
            lambda entry: [BoxArrival(entry=entry, contest_box_id=contest_box)],
            box=contest_box,
        )
        return receipt_for(session, entry)

    said = {"verb": "arrive", "box": box}
    return submit(contest, actor=actor, role=_COUNTING_OFFICER, submission_id=submission_id, said=said, write=write)


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
        contest_box = _box(session, said.box)
        known = session.facts.boxes[said.box]
        group = session.facts.group_of(said.box)
        session.require_unchanged(seen, known.last_seq, f"Box {said.box}")
        if group is not None and group.counts:
            session.require_role(_SUPERVISOR, f"Group {group.number}, which holds box {said.box}, is counted already")
        findings = check_verification(session.facts.definition, said)
        codes = session.require_clear(findings, acknowledged)

        def details(entry: LedgerEntry) -> Iterator[Detail]:
            if said.account is not None:
                account = said.account
                yield BallotPaperAccount(
                    entry=entry,
                    contest_box_id=contest_box,
                    issued=account.issued,
                    unused=account.unused,
                    spoilt=account.spoilt,
                    tendered=account.tendered,
                )
            yield Verification(
                entry=entry,
                contest_box_id=contest_box,
                papers_expected=said.expected,
                papers_found=said.found,
                reason=said.reason,
                explanation=said.explanation,
            )

        entry = session.append(
            Kind.VERIFIED, said, details, box=contest_box, supersedes=_before(session, contest_box), acknowledged=codes
        )
        return receipt_for(session, entry, findings=tuple(findings))

    account = said.account
    spoken = {
        "verb": "verify",
        "box": said.box,
        "expected": said.expected,
        "found": said.found,
        "reason": said.reason,
        "explanation": said.explanation,
        "account": _spoken(account),
    }
    return submit(contest, actor=actor, role=_COUNTING_OFFICER, submission_id=submission_id, said=spoken, write=write)


def _spoken(account: Account | None) -> list[int] | None:
    return [account.issued, account.unused, account.spoilt, account.tendered] if account else None


def _box(session: Session, label: str) -> int:
    """The id of the box, if it is one of the contest's and may be handled at this hour."""
    definition = session.facts.definition
    if label not in definition.boxes:
        raise UnknownSubject(f"There is no box {label} in {definition.name}.")
    # Postal papers may be received and counted before the close of poll; a polling station's box is at its station.
    if definition.boxes[label].kind == "polling" and session.now < definition.close_of_poll:
        raise Refused([before_close(definition)])
    return next(pk for pk, known in session.ledger.set_up.box_labels.items() if known == label)


def _before(session: Session, contest_box: int) -> uuid.UUID | None:
    """The verification of this box that stands now."""
    return (
        LedgerEntry.objects.filter(contest=session.contest, box_id=contest_box, kind=Kind.VERIFIED)
        .order_by("-seq")
        .values_list("pk", flat=True)
        .first()
    )
