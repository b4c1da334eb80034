"""Counts: the readings of a group's sheet, what a supervisor does with them, and what stands and is released."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace

from django.contrib.auth.models import User

from results.facts.kinds import Agreed, Entered
from results.facts.reading import read_facts
from results.facts.types import Facts, Group
from results.ledger.errors import Refused
from results.ledger.groups import find_group
from results.ledger.hall import contests_in_area
from results.ledger.releases import release_what_may_be
from results.ledger.second import NOBODY, Second
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.agreement import (
    agreement,
    check_again,
    check_reading,
    is_reader,
    reading_of,
    seen_reading,
    superseded_reading,
)
from results.rules.alarm import check_alarm
from results.rules.counts import MOST, check_count
from results.rules.findings import Finding, refusal
from results.rules.groups import check_mixed
from results.rules.order import check_order
from results.rules.warnings import check_warnings


def record_count(
    contest: Contest,
    said: Entered,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
    reason: str = "",
    second: Second = NOBODY,
) -> Receipt:
    """One reading of a group's sheet. Readings that agree and add up stand; others are recorded and block agreement.

    Typed again, a reading supersedes its own earlier figures; where two people read, only once a supervisor returned it
    (`return_reading`). A figure that was agreed is corrected by a supervisor only, with `second` who stands by it; where it
    is public, `reason` says why it changes, and is published with the correction. `seen` is the entry that these figures
    supersede, or that began the round, as the form had it (`seen_reading`).
    """

    def write(writing: Writing) -> Receipt:
        group = find_group(writing, said.group)
        superseded = _require_may_count(writing, group, actor, seen)
        if group.released and not reason.strip():
            raise Refused(refusal("count.correction_without_reason", "reason"))
        _require_shape(writing, group, said)
        if group.agreed is not None:
            writing.require_second()
        findings = _findings(writing.facts, group, said, actor)
        codes = writing.require_clear(findings, acknowledged)
        reading = reading_of(writing.facts, group, actor.pk) or 1
        looked = _looks(writing, group)
        # A sheet with no objection under any head is kept like one that does not ask for them: both are read as none.
        objections = said.objections if any(said.objections) else ()
        entry = writing.append_with_second(
            replace(said, round=group.round, reading=reading, objections=objections),
            supersedes=superseded,
            acknowledged=codes,
            note=reason.strip(),
        )
        agreed, released = agree(writing, said.group, looked=looked)
        return receipt_for(writing, entry, agreed=agreed, released=released, findings=tuple(findings))

    return submit(
        contest,
        actor=actor,
        role=Role.COUNTING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        beside=contests_in_area,
        second=second,
        reason=reason,
    )


def _findings(facts: Facts, group: Group, said: Entered, actor: User) -> list[Finding]:
    """Errors and warnings of a sheet. Only of one that adds up is it asked whether its figures are under the right names."""
    errors = check_count(facts, group, said)
    warnings = check_warnings(facts, group, said, actor.pk)
    alarm = [] if errors else check_alarm(facts, group, said)
    # Of two candidates of one surname it is said once.
    told = {finding.key for finding in warnings if finding.code == "count.same_surname"}
    return [*errors, *warnings, *(finding for finding in alarm if not finding.key or finding.key not in told)]


def _require_may_count(writing: Writing, group: Group, actor: User, seen: int) -> int:
    """Raise unless the group may be counted now, by this person and over what they saw; return what they supersede."""
    # The order of the night comes before staleness: who is too early must hear that.
    others = [read_facts(other) for other in writing.act.beside]
    writing.require_clear(check_order(writing.facts, group, writing.now, others), ())
    writing.require_clear(check_mixed(writing.facts, group), ())
    writing.require_clear(check_reading(writing.facts, group, actor.pk), ())
    writing.require_unchanged(seen, seen_reading(writing.facts, group, actor.pk), "stale.group", group=group.number)
    writing.require_clear(check_again(writing.facts, group, actor.pk), ())
    if group.agreed is not None:
        writing.require_role(Role.SUPERVISOR, "forbidden.figures_agreed", group=group.number)
    return superseded_reading(writing.facts, group, actor.pk)


def _looks(writing: Writing, group: Group) -> bool:
    """Whether who types has looked at the sheet for another: where one reads, a supervisor over an officer's figures, or
    one who corrects what was agreed."""
    if writing.facts.definition.entries_required > 1 or not writing.role.includes(Role.SUPERVISOR):
        return False
    return group.agreed is not None or not is_reader(group, writing.actor.pk)


def agree(writing: Writing, number: int, *, looked: bool = False) -> tuple[bool, bool]:
    """Let a group's figures stand where its readings allow it, and release what may be: whether each of it was done.

    `looked` where a supervisor who read nothing of it looked at the sheet, which a figure that was mistyped waits for.
    """
    comparison = agreement(writing.facts, writing.facts.groups[number])
    if comparison.verdict != "agreed" and not (looked and comparison.verdict == "confirm"):
        return False, False
    writing.append(Agreed(number, comparison.readings))
    return True, release_what_may_be(writing)


def _require_shape(writing: Writing, group: Group, said: Entered) -> None:
    """Refuse what no form of ours sends: other candidates or heads than the contest's, figures out of range."""
    definition = writing.facts.definition
    figures = (*said.votes, *said.rejected, said.doubtful, said.valid_papers or 0, said.unused_votes)
    block_vote = said.valid_papers is not None
    if block_vote != (definition.seats > 1) or (said.unused_votes and not block_vote):
        raise Refused(refusal("count.shape"))
    if len(said.votes) != len(definition.candidates) or len(said.rejected) != len(definition.heads):
        raise Refused(refusal("count.shape"))
    if any(figure < 0 or figure > MOST for figure in figures):
        raise Refused(refusal("count.range", most=MOST))
    if said.papers != group.papers:
        raise Refused(refusal("count.papers_changed", papers=group.papers or 0))
