"""The totals of agreed groups, for the Returning Officer and deputies: on a progress night nobody else has them. Pure.

They are a sum of what two people stand by, and no result: what is missing stands beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from results.facts.definition import CandidateDefinition, HeadDefinition
from results.facts.types import CountFact, Facts, Group
from results.pace import Pace, pace
from results.policy import released
from results.tally import tenths


@dataclass(frozen=True, slots=True)
class CandidateTotal:
    """A candidate's votes in agreed groups, and their share of the votes there in tenths of a percent."""

    candidate: CandidateDefinition
    votes: int
    share: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What agreed groups sum up to. `papers` are theirs, `verified` all that are verified; `by_group` each group's figures."""

    candidates: Sequence[CandidateTotal]
    rejected: Sequence[tuple[HeadDefinition, int]]
    votes: int
    papers: int
    verified: int
    groups: int
    agreed: int
    by_group: Sequence[tuple[Group, CountFact]]

    @property
    def share(self) -> int:
        """Of the papers verified so far, those in agreed groups; tenths of a percent."""
        return tenths(self.papers, self.verified)

    @property
    def invalid(self) -> int:
        """Rejected papers under all heads but those rejected in part."""
        return sum(number for head, number in self.rejected if not head.in_part)


def totals(facts: Facts) -> Totals:
    """The sum over all agreed groups."""
    standing = [(group, group.agreed) for group in facts.groups.values() if group.agreed is not None]
    definition = facts.definition
    votes = [0] * len(definition.candidates)
    rejected = [0] * len(definition.heads)
    for _, count in standing:
        votes = [sum(pair) for pair in zip(votes, count.figures.votes, strict=True)]
        rejected = [sum(pair) for pair in zip(rejected, count.figures.rejected, strict=True)]
    return Totals(
        [
            CandidateTotal(candidate, number, tenths(number, sum(votes)))
            for candidate, number in zip(definition.candidates, votes, strict=True)
        ],
        list(zip(definition.heads, rejected, strict=True)),
        sum(votes),
        sum(group.papers or 0 for group, _ in standing),
        sum(box.papers or 0 for box in facts.boxes.values()),
        len(facts.groups),
        len(standing),
        standing,
    )


@dataclass(frozen=True, slots=True)
class AgainstPlan:
    """How far the count is, and how far it should be. Shares in tenths of a percent; `expected` where the night tells."""

    began: datetime
    planned: datetime
    passed: int
    done: int
    expected: Pace | None

    @property
    def late(self) -> bool:
        """Whether more of the time has passed than of the papers is agreed."""
        return self.passed > self.done


def against_plan(facts: Facts, now: datetime) -> AgainstPlan | None:
    """Pace against plan; None before the count began, or where no hour of the declaration is planned."""
    began, planned = facts.count_began, facts.definition.planned_declaration
    if began is None or planned is None or planned <= began:
        return None
    passed = tenths(max(0, int((now - began).total_seconds())), int((planned - began).total_seconds()))
    return AgainstPlan(began, planned, passed, totals(facts).share, expected_end(facts))


def expected_end(facts: Facts) -> Pace | None:
    """When the end is to be expected from the rate at which groups are agreed, public or not."""
    asked = replace(facts.definition, expected_time=True)
    return pace(released(replace(facts, publish="progress", held=False, definition=asked)))
