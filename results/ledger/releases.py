"""Releases: what becomes public by policy, and what only the Returning Officer lets go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from django.contrib.auth.models import User

from results.facts.kinds import ReleaseMade
from results.ledger.errors import Refused
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, LedgerEntry, Role
from results.policy import last_release, releasable, revisable, withheld_revisions
from results.rules.findings import refusal


def release_revision(
    contest: Contest, groups: tuple[int, ...], *, actor: User, submission_id: uuid.UUID, seen: int, reason: str
) -> Receipt:
    """Release a set again whose papers changed since: by the Returning Officer, with a reason.

    The difference shows how the papers that came or went were cast. `seen` is the last entry of the set's groups.
    """

    def write(writing: Writing) -> Receipt:
        waiting = {released.groups for released in withheld_revisions(writing.facts)}
        if groups not in waiting:
            raise Refused(refusal("release.nothing_waits"))
        writing.require_unchanged(
            seen, max(writing.facts.groups[number].last_seq for number in groups), "stale.revision"
        )
        _require_releasing(writing)
        if not reason.strip():
            raise Refused(refusal("release.without_reason", "reason"))
        return receipt_for(writing, _release(writing, groups, reason.strip()), released=True)

    return _submit(contest, groups, actor, submission_id, reason, write)


def release_last(
    contest: Contest, groups: tuple[int, ...], *, actor: User, submission_id: uuid.UUID, seen: int, reason: str
) -> Receipt:
    """Release the groups that complete the contest: by the Returning Officer, who says why now.

    The whole outcome is public then. It is the candidates' first: they and their agents see the provisional result
    before it is released. `seen` is the last entry of these groups.
    """

    def write(writing: Writing) -> Receipt:
        _require_releasing(writing)
        if groups != last_release(writing.facts):
            raise Refused(refusal("release.not_last"))
        writing.require_unchanged(
            seen, max(writing.facts.groups[number].last_seq for number in groups), "stale.revision"
        )
        if not reason.strip():
            raise Refused(refusal("release.last_without_reason", "reason"))
        return receipt_for(writing, _release(writing, groups, reason.strip()), released=True)

    return _submit(contest, groups, actor, submission_id, reason, write)


def _require_releasing(writing: Writing) -> None:
    if writing.facts.publish != "totals":
        raise Refused(refusal("release.not_totals"))
    if writing.facts.held:
        raise Refused(refusal("release.held"))


def _submit(
    contest: Contest,
    groups: tuple[int, ...],
    actor: User,
    submission_id: uuid.UUID,
    reason: str,
    write: Callable[[Writing], Receipt],
) -> Receipt:
    """Submit a release that the Returning Officer makes; which counts stand is known under the lock only."""
    return submit(
        contest,
        actor=actor,
        role=Role.RETURNING_OFFICER,
        submission_id=submission_id,
        said=ReleaseMade(tuple((number, 0) for number in groups), automatic=False),
        write=write,
        reason=reason,
    )


def release_what_may_be(writing: Writing) -> bool:
    """Release, under the standing policy, every set that may be: what waits, and what was released with other figures."""
    released = False
    while (numbers := revisable(writing.facts) or releasable(writing.facts)) is not None:
        _release(writing, numbers)
        released = True
    return released


def _release(writing: Writing, numbers: Iterable[int], reason: str = "") -> LedgerEntry:
    groups = writing.facts.groups
    counts = sorted((number, agreed.seq) for number in numbers if (agreed := groups[number].agreed) is not None)
    return writing.append(ReleaseMade(tuple(counts), automatic=not reason), note=reason)
