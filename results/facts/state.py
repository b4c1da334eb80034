"""The state of the fold while it runs: what is known so far, and the steps that several kinds of entry share. Pure."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from results.facts.definition import Definition
from results.facts.types import (
    Account,
    Box,
    ClosedSession,
    CountFact,
    Facts,
    Group,
    LateStartStatement,
    PastPolicy,
    PastRelease,
    ReleasedSet,
    SignedStatement,
)


class State:
    """What is known after the entries folded so far. Kinds of entry change it (results/facts/kinds)."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.boxes = {label: Box(label) for label in definition.boxes}
        self.accounts = {key: Account(key) for key in definition.accounts}
        self.group_of: dict[str, int] = {}
        self.groups: dict[int, Group] = {}
        self.dissolved: dict[int, Group] = {}
        self.cancelled: list[str] = []
        self.sets: dict[tuple[int, ...], ReleasedSet] = {}
        self.releases: list[PastRelease] = []
        self.policies: list[PastPolicy] = []
        self.closed_sessions: dict[str, ClosedSession] = {}
        self.signed_statement: SignedStatement | None = None
        self.late_start: LateStartStatement | None = None
        self.count_began: datetime | None = None
        self.publish, self.projection, self.held = definition.publish, definition.projection, False
        self.seq = 0
        self.as_of: datetime | None = None

    def papers_in(self, labels: tuple[str, ...]) -> int | None:
        """Papers verified in these boxes, or None while one of them is not verified."""
        total = 0
        for label in labels:
            papers = self.boxes[label].papers
            if papers is None:
                return None
            total += papers
        return total

    def verified(self, label: str, seq: int, changed: bool) -> None:
        """A box was verified: if it now has other papers, its group's count must meet them anew.

        Also where another box of the group made up for it: equal numbers are not equal papers.
        """
        number = self.group_of.get(label)
        if number is None:
            return
        group = self.groups[number]
        papers = self.papers_in(group.boxes)
        if changed or papers != group.papers:
            self.groups[number] = replace(group, papers=papers, agreed=None, agreed_at=None, last_seq=seq)
        else:
            self.groups[number] = replace(group, last_seq=seq)

    def reopen(self, number: int, seq: int, **changes: Any) -> None:
        """Begin another round of a group: its figures stand no more, and what was entered is kept."""
        group = self.groups[number]
        self.groups[number] = replace(
            group,
            agreed=None,
            agreed_at=None,
            round=group.round + 1,
            round_seq=seq,
            sent_at=None,
            table="",
            returned=frozenset(),
            last_seq=seq,
            **changes,
        )

    def completed(self, group: Group, seq: int) -> CountFact:
        """The count entered at this seq, with what adjudication returned in its round."""
        count = group.count_at(seq)
        returned = group.adjudicated_in(count.figures.round)
        if returned is None:
            return count
        return replace(count, figures=returned.figures.added_to(count.figures, self.definition.heads))

    def begin_count(self, at: datetime) -> None:
        """Note when the first papers went to be counted."""
        self.count_began = self.count_began or at

    def papers_changed(self) -> None:
        """A statement as to verification that was signed says other papers than there are now: it is to be signed anew."""
        self.signed_statement = None

    def note_choice(self, at: datetime, seq: int) -> None:
        """Keep the Returning Officer's choice as it now stands."""
        self.policies.append(PastPolicy(at, seq, self.publish, self.projection, self.held))

    def copy(self) -> State:
        """The same state, to be folded on without this one."""
        other = copy(self)
        for name in (
            "boxes",
            "accounts",
            "group_of",
            "groups",
            "dissolved",
            "cancelled",
            "sets",
            "releases",
            "policies",
            "closed_sessions",
        ):
            setattr(other, name, copy(getattr(self, name)))
        return other

    def facts(self) -> Facts:
        """What is known now; later entries do not change it."""
        return Facts(
            definition=self.definition,
            seq=self.seq,
            as_of=self.as_of,
            boxes=dict(self.boxes),
            accounts=dict(self.accounts),
            groups=dict(sorted(self.groups.items())),
            dissolved=dict(self.dissolved),
            cancelled=tuple(self.cancelled),
            releases=tuple(self.sets.values()),
            past_releases=tuple(self.releases),
            publish=self.publish,
            projection=self.projection,
            held=self.held,
            past_policies=tuple(self.policies),
            closed_sessions=dict(self.closed_sessions),
            signed_statement=self.signed_statement,
            late_start=self.late_start,
            count_began=self.count_began,
        )
