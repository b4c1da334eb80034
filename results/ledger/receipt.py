"""Receipt: boxes are checked in, a mistaken arrival is undone, and an opening session of postal votes is closed.

A box, and a session, may hold papers of several contests: what is recorded is told to each that has it on its list.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any

from django.contrib.auth.models import User

from results.facts.kinds import ArrivalUndone, Arrived, Said, SessionClosed, Together
from results.facts.types import ClosedSession
from results.ledger.boxes import require_box
from results.ledger.errors import Refused, Stale, UnknownSubject
from results.ledger.hall import contests_sharing_box, contests_with_session
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.findings import refusal
from results.rules.receipt import check_arrivals, check_closing, check_undone, says_anew

Elsewhere = Mapping[str, Mapping[str, bool]]
"""Whether the accounts of other contests came with the boxes: by ballot paper id, then by box."""


def record_arrival(
    contest: Contest,
    box: str,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    account_received: bool | None = None,
    packets: int | None = None,
    packs_handed_in: int | None = None,
    elsewhere: Elsewhere | None = None,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """A box has come to the hall, and what came with it; recorded again, it says what came later.

    Packets and packs are the station's, and told to every contest with papers in the box. Each has an account of its own:
    `elsewhere` says of the others' whether they came. `seen` is the last entry of the box.
    """
    said = Arrived(box, account_received, packets, packs_handed_in)

    def write(writing: Writing) -> Receipt:
        require_box(writing, box)
        writing.require_unchanged(seen, writing.facts.boxes[box].last_seq, "stale.box", box=box)
        return _arrive(writing, [said], elsewhere or {}, acknowledged)

    return _submit(contest, [box], said, write, actor, submission_id, elsewhere=elsewhere)


def record_arrivals(
    contest: Contest,
    arrivals: Sequence[Arrived],
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    elsewhere: Elsewhere | None = None,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """Several boxes of one polling place, or of one opening session, have come at one stroke: all of them, or none.

    `seen` is the last entry of the ledger when the form was opened: boxes beside these may have come since.
    """
    said = Together(tuple(arrivals))

    def write(writing: Writing) -> Receipt:
        for one in arrivals:
            require_box(writing, one.box)
            if (last := writing.facts.boxes[one.box].last_seq) > seen:
                raise Stale("stale.box", entry=last, box=one.box)
        for other in writing.act.beside:
            writing.act.writing(other).submitted(said)
        return _arrive(writing, arrivals, elsewhere or {}, acknowledged)

    labels = [one.box for one in arrivals]
    return _submit(contest, labels, said, write, actor, submission_id, elsewhere=elsewhere)


def undo_arrival(contest: Contest, box: str, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """A box was checked in by mistake: it is expected again, at every contest; refused once papers in it are verified."""
    said = ArrivalUndone(box)

    def write(writing: Writing) -> Receipt:
        require_box(writing, box)
        writing.require_unchanged(seen, writing.facts.boxes[box].last_seq, "stale.box", box=box)
        others = [writing.act.writing(other) for other in writing.act.beside]
        if findings := check_undone(box, [writing.facts, *(other.facts for other in others)]):
            raise Refused(*findings)
        told = [writing, *(other for other in others if _has_arrived(other, box))]
        entry = writing.act.tell([(each, said) for each in told], partial(_arrival_seq, box))
        return receipt_for(writing, entry)

    return _submit(contest, [box], said, write, actor, submission_id)


def close_session(
    contest: Contest,
    session: str,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """An opening session is over, and its boxes hold all papers that they will hold. By a supervisor, and for good.

    A paper that turns up later comes in a box of its own, or its box is verified anew. `seen` is the entry that closed the
    session, as the form had it: 0 where it was open.
    """
    said = SessionClosed(session)

    def write(writing: Writing) -> Receipt:
        if session not in writing.facts.definition.sessions:
            raise UnknownSubject("unknown.session", session=session, contest=contest.name)
        if (standing := writing.facts.closed_sessions.get(session)) is not None:
            _refuse_again(standing, session, seen)
        others = [writing.act.writing(other) for other in writing.act.beside]
        told = [writing, *(other for other in others if session not in other.facts.closed_sessions)]
        findings = check_closing(session, writing.now, [each.facts for each in told])
        codes = writing.require_clear(findings, acknowledged)
        return receipt_for(writing, writing.act.tell([(each, said) for each in told], acknowledged=codes))

    return submit(
        contest,
        actor=actor,
        role=Role.SUPERVISOR,
        submission_id=submission_id,
        said=said,
        write=write,
        beside=lambda contest: contests_with_session(contest, session),
    )


def _refuse_again(standing: ClosedSession, session: str, seen: int) -> None:
    """Say who closed the session: as news to a form that was opened before, else as a refusal."""
    closing = {"session": session, "name": standing.actor_name, "at": standing.at.astimezone(UTC).isoformat()}
    if seen != standing.seq:
        raise Stale("stale.session", entry=standing.seq, **closing)
    raise Refused(refusal("session.closed", **closing))


def _submit(
    contest: Contest,
    labels: Sequence[str],
    said: Said,
    write: Callable[[Writing], Receipt],
    actor: User,
    submission_id: uuid.UUID,
    elsewhere: Elsewhere | None = None,
) -> Receipt:
    """Submit what a counting officer says of boxes, to all contests with papers in them."""
    more: dict[str, Any] = {"elsewhere": elsewhere} if elsewhere else {}
    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        beside=lambda contest: contests_sharing_box(contest, *labels),
        **more,
    )


def _arrive(
    writing: Writing, arrivals: Sequence[Arrived], elsewhere: Elsewhere, acknowledged: Collection[str]
) -> Receipt:
    """Write an entry for each box in every ledger that does not know all of it yet; the receipt is of the first."""
    arrivals = [_added(writing, one, one.account_received) for one in arrivals]
    codes = writing.require_clear(check_arrivals(writing.facts, arrivals), acknowledged)
    others = [writing.act.writing(other) for other in writing.act.beside]
    entries = []
    for said in arrivals:
        told = [(writing, said)]
        # A contest may have taken the box off its list: nothing of it is expected there.
        for other in (other for other in others if said.box in other.facts.boxes):
            there = _added(other, said, elsewhere.get(other.contest.ballot_paper_id, {}).get(said.box))
            if says_anew(other.facts.boxes[said.box], there):
                told.append((other, there))
        own = [code for code in codes if code.endswith(f".{said.box}")]
        entries.append(writing.act.tell(told, partial(_arrival_seq, said.box), acknowledged=own))
    return receipt_for(writing, entries[0])


def _added(writing: Writing, said: Arrived, account_received: bool | None) -> Arrived:
    """What an arrival says at one contest: what nobody was asked about stays as it is known there.

    What is the station's is the same at all of them, the account is each one's own.
    """
    known = writing.facts.boxes[said.box]
    return Arrived(
        said.box,
        known.account_received if account_received is None else account_received,
        known.packets if said.packets is None else said.packets,
        known.packs_handed_in if said.packs_handed_in is None else said.packs_handed_in,
    )


def _arrival_seq(box: str, writing: Writing) -> int:
    """The entry by which a contest knows of an arrival, which the next one about it supersedes."""
    return writing.facts.boxes[box].arrival_seq


def _has_arrived(writing: Writing, box: str) -> bool:
    return box in writing.facts.boxes and writing.facts.boxes[box].arrived_at is not None
