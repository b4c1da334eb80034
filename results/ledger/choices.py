"""The Returning Officer's choices: what is public, the projection, and the hold."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User

from results.facts.kinds import HeldSet, PolicySet
from results.ledger.errors import Refused
from results.ledger.releases import release_what_may_be
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.findings import refusal


def set_policy(
    contest: Contest,
    publish: str,
    projection: bool,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    reason: str = "",
) -> Receipt:
    """Choose what is public from here on; figures that wait are released where the choice lets them."""
    if projection and contest.seats > 1:
        raise Refused(refusal("policy.no_projection", "projection", seats=contest.seats))
    return _choose(contest, PolicySet(publish, projection), actor, submission_id, seen, reason)


def set_held(
    contest: Contest, held: bool, *, actor: User, submission_id: uuid.UUID, seen: int, reason: str = ""
) -> Receipt:
    """Stop new releases, or let them go on; what is public already stays."""
    return _choose(contest, HeldSet(held), actor, submission_id, seen, reason)


def _choose(
    contest: Contest, said: PolicySet | HeldSet, actor: User, submission_id: uuid.UUID, seen: int, reason: str
) -> Receipt:
    """`seen` is the last choice that the form showed; what waits is released where the new one lets it."""

    def write(writing: Writing) -> Receipt:
        writing.require_unchanged(seen, _last_choice(writing), "stale.policy")
        entry = writing.append(said, note=reason)
        return receipt_for(writing, entry, released=release_what_may_be(writing))

    return submit(
        contest,
        actor=actor,
        role=Role.RETURNING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        reason=reason,
    )


def _last_choice(writing: Writing) -> int:
    """The seq of the last entry about what is public, 0 where set-up's choice stands."""
    events = writing.facts.past_policies
    return events[-1].seq if events else 0
