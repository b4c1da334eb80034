"""Counts: the figures of a group's sheet, their agreement, and what is released with them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.auth.models import User

from results.facts.kinds import Agreed, Entered
from results.facts.types import Group
from results.ledger.errors import Refused
from results.ledger.groups import find_group
from results.ledger.releases import release_what_may_be
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import Contest, Role
from results.rules.counts import MOST, check_count
from results.rules.findings import refusal
from results.rules.order import check_order


def record_count(
    contest: Contest,
    said: Entered,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
    reason: str = "",
) -> Receipt:
    """The figures of a group's sheet. Figures that add up are agreed; others are recorded and block agreement.

    A group counted before is corrected by a new entry; a figure that was agreed, by a supervisor only. Where its figures
    are public, `reason` says why they change, and is published with the correction.
    """

    def write(session: Session) -> Receipt:
        known = find_group(session, said.group)
        # The order of the night comes before staleness: who is too early must hear that.
        session.require_clear(check_order(session.facts, known, session.now), ())
        session.require_unchanged(seen, known.last_seq, "stale.group", group=said.group)
        if known.agreed is not None:
            session.require_role(Role.SUPERVISOR, "forbidden.figures_agreed", group=said.group)
        if known.released and not reason.strip():
            raise Refused(refusal("count.correction_without_reason", "reason"))
        _require_shape(session, known, said)
        findings = check_count(session.facts, known, said)
        codes = session.require_clear(findings, acknowledged)
        before = session.ledger.ids.entries[known.latest.seq] if known.latest is not None else None
        entry = session.append(said, supersedes=before, acknowledged=codes, note=reason.strip())
        agreed = not any(finding.level == "error" for finding in findings)
        released = False
        if agreed:
            session.append(Agreed(said.group, (entry.seq,)))
            released = release_what_may_be(session)
        return receipt_for(session, entry, agreed=agreed, released=released, findings=tuple(findings))

    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        reason=reason,
    )


def _require_shape(session: Session, group: Group, said: Entered) -> None:
    """Refuse what no form of ours sends: other candidates or heads than the contest's, figures out of range."""
    definition = session.facts.definition
    figures = (*said.votes, *said.rejected, said.doubtful)
    if len(said.votes) != len(definition.candidates) or len(said.rejected) != len(definition.heads):
        raise Refused(refusal("count.shape"))
    if any(figure < 0 or figure > MOST for figure in figures):
        raise Refused(refusal("count.range", most=MOST))
    if said.papers != group.papers:
        raise Refused(refusal("count.papers_changed", papers=group.papers or 0))
