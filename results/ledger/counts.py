"""Counts: the figures of a group's sheet, their agreement, and what is released with them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator

from django.contrib.auth.models import User

from results.facts.types import Agreed, Entered, Group, ReleaseMade
from results.ledger.errors import Refused
from results.ledger.groups import find_group
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import (
    Agreement,
    CandidateVotes,
    Contest,
    Count,
    LedgerEntry,
    RejectedPapers,
    Release,
    ReleasedGroup,
)
from results.models.ledger import Detail
from results.policy import releasable, revisable, withheld_revisions
from results.rules import MOST, Finding, check_count, check_order

Kind = LedgerEntry.Kind
_COUNTING_OFFICER, _SUPERVISOR, _RETURNING_OFFICER = 1, 2, 3


def record_count(
    contest: Contest,
    said: Entered,
    *,
    actor: User,
    submission_id: uuid.UUID,
    seen: int,
    acknowledged: Collection[str] = (),
) -> Receipt:
    """The figures of a group's sheet. Figures that add up are agreed; others are recorded and block agreement.

    A group counted before is corrected by a new entry; a figure that was agreed, by a supervisor only.
    """

    def write(session: Session) -> Receipt:
        group = find_group(session, said.group)
        known = session.facts.groups[said.group]
        # The order of the night comes before staleness: who is too early must hear that.
        session.require_clear(check_order(session.facts, known, session.now), ())
        session.require_unchanged(seen, known.last_seq, f"Group {said.group}")
        if known.agreed is not None:
            session.require_role(_SUPERVISOR, f"The figures of group {said.group} are agreed")
        _require_shape(session, known, said)
        findings = check_count(session.facts, known, said)
        codes = session.require_clear(findings, acknowledged)
        entry, count = _append_count(session, group, said, codes)
        agreed = not any(finding.level == "error" for finding in findings)
        released = False
        if agreed:
            session.append(
                Kind.AGREED,
                Agreed(said.group, entry.seq),
                lambda agreeing: [Agreement(entry=agreeing, group_id=group, count=count)],
                group=group,
            )
            released = release_what_may_be(session)
        return receipt_for(session, entry, agreed=agreed, released=released, findings=tuple(findings))

    spoken = {
        "verb": "count",
        "group": said.group,
        "sheet": said.sheet,
        "votes": list(said.votes),
        "rejected": list(said.rejected),
        "doubtful": said.doubtful,
        "round": said.round,
        "reading": said.reading,
    }
    return submit(contest, actor=actor, role=_COUNTING_OFFICER, submission_id=submission_id, said=spoken, write=write)


def _require_shape(session: Session, group: Group, said: Entered) -> None:
    """Refuse what no form of ours sends: other candidates or heads than the contest's, figures out of range."""
    definition = session.facts.definition
    figures = (*said.votes, *said.rejected, said.doubtful)
    if len(said.votes) != len(definition.candidates) or len(said.rejected) != len(definition.heads):
        raise Refused([Finding("count.shape", "refusal", "The sheet names other candidates: open the form anew.")])
    if any(figure < 0 or figure > MOST for figure in figures):
        raise Refused([Finding("count.range", "refusal", f"Every figure is a whole number from 0 to {MOST:,}.")])
    if said.papers != group.papers:
        words = f"{group.papers or 0:,} papers are verified in this group now: open the form anew."
        raise Refused([Finding("count.papers_changed", "refusal", words)])


def _append_count(session: Session, group: uuid.UUID, said: Entered, codes: Iterable[str]) -> tuple[LedgerEntry, Count]:
    candidates = session.ledger.set_up.candidate_places
    heads = session.ledger.set_up.head_places
    made: list[Count] = []

    def details(entry: LedgerEntry) -> Iterator[Detail]:
        count = Count(
            entry=entry,
            group_id=group,
            round=said.round,
            reading=said.reading,
            sheet=said.sheet,
            papers=said.papers,
            doubtful=said.doubtful,
        )
        made.append(count)
        yield count
        for candidate, place in candidates.items():
            yield CandidateVotes(entry=entry, candidate_id=candidate, votes=said.votes[place])
        for head, place in heads.items():
            yield RejectedPapers(entry=entry, head_id=head, papers=said.rejected[place])

    latest = session.facts.groups[said.group].latest
    before = session.ledger.entry_ids[latest.seq] if latest is not None else None
    entry = session.append(Kind.ENTERED, said, details, group=group, supersedes=before, acknowledged=codes)
    return entry, made[0]


def release_revision(
    contest: Contest, groups: tuple[int, ...], *, actor: User, submission_id: uuid.UUID, seen: int, reason: str
) -> Receipt:
    """Release a set again whose papers changed since: by the Returning Officer, with a reason.

    The difference shows how the papers that came or went were cast. `seen` is the last entry of the set's groups.
    """

    def write(session: Session) -> Receipt:
        waiting = {released.groups for released in withheld_revisions(session.facts)}
        if groups not in waiting:
            words = "These figures do not wait for a correction: look again at what is public."
            raise Refused([Finding("release.nothing_waits", "refusal", words)])
        session.require_unchanged(
            seen, max(session.facts.groups[number].last_seq for number in groups), "What waits for release"
        )
        if session.facts.publish != "totals" or session.facts.held:
            words = "Totals are not being released now: choose totals and let releases go on first."
            raise Refused([Finding("release.not_now", "refusal", words)])
        if not reason.strip():
            words = "Give the reason: the difference shows how the papers that came or went were cast."
            raise Refused([Finding("release.without_reason", "refusal", words, "reason")])
        return receipt_for(session, _release(session, groups, reason.strip()), released=True)

    said = {"verb": "release_revision", "groups": list(groups), "reason": reason}
    return submit(contest, actor=actor, role=_RETURNING_OFFICER, submission_id=submission_id, said=said, write=write)


def release_what_may_be(session: Session) -> bool:
    """Release, under the standing policy, every set that may be: what waits, and what was released with other figures."""
    released = False
    while (numbers := revisable(session.facts) or releasable(session.facts)) is not None:
        _release(session, numbers)
        released = True
    return released


def _release(session: Session, numbers: Iterable[int], reason: str = "") -> LedgerEntry:
    groups = session.facts.groups
    counts = {number: agreed.seq for number in numbers if (agreed := groups[number].agreed) is not None}

    def details(entry: LedgerEntry) -> Iterator[Detail]:
        yield Release(entry=entry, automatic=not reason)
        for number in counts:
            yield ReleasedGroup(
                entry=entry,
                group_id=session.ledger.group_ids[number],
                agreement_id=session.ledger.agreement_ids[number],
            )

    return session.append(Kind.RELEASED, ReleaseMade(tuple(sorted(counts.items()))), details, note=reason)
