"""What the Returning Officer signs or states: the statement as to verification, and why the count began late."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.auth.models import User

from results.facts.kinds import LateStartStated, VerificationSigned
from results.ledger.errors import Refused, Stale
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.beginning import check_late_start
from results.rules.signing import check_signing, papers_in_all, statement_seq


def sign_verification(
    contest: Contest,
    name: str,
    papers: int,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """The statement as to verification is signed by name, over so many papers in all: once it is complete.

    `seen` is the last entry that the statement rested on as it was shown (`statement_seq`). Whatever changes papers
    afterwards takes the signature away, and it is signed anew.
    """
    said = VerificationSigned(name.strip(), papers)

    def write(writing: Writing) -> Receipt:
        last = statement_seq(writing.facts)
        if seen != last or papers != papers_in_all(writing.facts):
            raise Stale("stale.statement", entry=last)
        codes = writing.require_clear(check_signing(writing.facts, name), acknowledged)
        return receipt_for(writing, writing.append(said, acknowledged=codes))

    return submit(
        contest, actor=actor, role=Role.RETURNING_OFFICER, submission_id=submission_id, said=said, write=write
    )


def state_late_start(contest: Contest, statement: str, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """Why the count began more than four hours after the close of poll; stated again, it replaces what was stated.

    `seen` is the entry of the statement that the form showed, 0 where there was none.
    """
    said = LateStartStated(statement.strip())

    def write(writing: Writing) -> Receipt:
        standing = writing.facts.late_start.seq if writing.facts.late_start else 0
        writing.require_unchanged(seen, standing, "stale.late_start")
        if findings := check_late_start(writing.facts, writing.now, statement):
            raise Refused(*findings)
        return receipt_for(writing, writing.append(said, supersedes=standing))

    return submit(
        contest, actor=actor, role=Role.RETURNING_OFFICER, submission_id=submission_id, said=said, write=write
    )
