"""Papers that lay in another contest's box go to where they belong: one act, an entry in both contests' ledgers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth.models import User

from results.facts.kinds import GroupReopened, PapersMoved
from results.ledger.boxes import require_box
from results.ledger.errors import Forbidden, Refused, UnknownSubject
from results.ledger.second import NOBODY, Second
from results.ledger.writing import Receipt, Writing, receipt_for, role_at, submit
from results.models import Contest, PapersMoving, Role
from results.rules.findings import refusal
from results.rules.moving import EarlierMove, check_move, counted_group
from results.rules.second import any_stands


def move_papers(
    contest: Contest,
    box: str,
    papers: int,
    other_contest: str,
    other_box: str,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str,
    acknowledged: Collection[str] = (),
    second: Second = NOBODY,
) -> Receipt:
    """Papers of another contest were counted in this one's box: out of it, and into the box that they belong to.

    They are valid there. A group that was counted with them, or without them, is counted again, in each contest. Said by
    somebody with a role at both, a supervisor where a group is counted, with `second` where figures of it stand. `seen` is the
    last entry of the box that they lay in.
    """
    out = PapersMoved(box, papers, False, other_contest, other_box)

    def write(writing: Writing) -> Receipt:
        there = _other(writing)
        require_box(writing, box)
        require_box(there, other_box)
        writing.require_unchanged(seen, writing.facts.boxes[box].last_seq, "stale.box", box=box)
        earlier = earlier_moves(writing.contest, box, other_contest, other_box)
        findings = check_move(writing.facts, box, papers, there.facts, other_box, earlier)
        codes = writing.require_clear(findings, acknowledged)
        if not reason.strip():
            raise Refused(refusal("move.without_reason", "reason"))
        _require_supervisor(writing, box, writing.role)
        _require_supervisor(there, other_box, role_at(there.contest, actor))
        if any_stands(writing.facts, [box]) or any_stands(there.facts, [other_box]):
            writing.require_second()
        by: dict[str, Any] = {
            "second_officer": second.officer,
            "witness": second.witness.strip(),
            "note": reason.strip(),
        }
        inward = PapersMoved(other_box, papers, True, writing.contest.ballot_paper_id, box)
        counted = [(each, counted_group(each.facts, label)) for each, label in ((writing, box), (there, other_box))]
        entry = writing.act.tell([(writing, out), (there, inward)], acknowledged=codes, **by)
        for each, group in counted:
            if group is not None:
                each.append(GroupReopened(group, "recount"), **by)
        return receipt_for(writing, entry)

    def _other(writing: Writing) -> Writing:
        if not writing.act.beside:
            raise UnknownSubject("unknown.other_contest")
        role_at(writing.act.beside[0], actor)
        return writing.act.writing(writing.act.beside[0])

    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=out,
        write=write,
        beside=lambda contest: other_contests(contest, other_contest),
        second=second,
        reason=reason,
    )


def other_contests(contest: Contest, ballot_paper_id: str = "") -> Sequence[Contest]:
    """The other contests of the event, or the one of this id."""
    found = Contest.objects.filter(event=contest.event_id).exclude(pk=contest.pk)
    if ballot_paper_id:
        found = found.filter(ballot_paper_id=ballot_paper_id)
    return list(found.select_related("election", "event").order_by("pk"))


def earlier_moves(contest: Contest, box: str, other_contest: str, other_box: str) -> list[EarlierMove]:
    """Papers that went from this box to that one before, as this contest's ledger has it, the last at the end."""
    rows = PapersMoving.objects.filter(
        entry__contest=contest, box__box__label=box, inward=False, other_contest=other_contest, other_box=other_box
    )
    columns = ("papers", "entry__seq", "entry__recorded_at", "entry__actor_name")
    return [EarlierMove(*row) for row in rows.order_by("entry__seq").values_list(*columns)]


def _require_supervisor(writing: Writing, box: str, held: Role) -> None:
    """Papers of a counted group come and go by a supervisor's word."""
    group = counted_group(writing.facts, box)
    if group is not None and not held.includes(Role.SUPERVISOR):
        raise Forbidden("forbidden.move_counted", group=group, box=box, role=Role.SUPERVISOR.value)
