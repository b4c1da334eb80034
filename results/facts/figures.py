"""Figures that entries say and facts keep: of an account, of a sheet, of adjudication. Frozen; no Django here.

Votes are in ballot-paper order, rejected papers in the order of the heads of rejection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.facts.definition import HeadDefinition


def rejected_wholly(rejected: Sequence[int], heads: Sequence[HeadDefinition]) -> int:
    """Papers that are rejected as a whole: one rejected in part is a valid paper."""
    return sum(papers for papers, head in zip(rejected, heads, strict=True) if not head.in_part)


def rejected_in_part(rejected: Sequence[int], heads: Sequence[HeadDefinition]) -> int:
    """Papers that are rejected in part: valid for the votes that are certain."""
    return sum(papers for papers, head in zip(rejected, heads, strict=True) if head.in_part)


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """An account as the presiding officer wrote it: entrusted = issued + unused + spoilt.

    `unused_counted` and `spoilt_counted` are what was counted in the hall, where it was.
    """

    issued: int
    unused: int
    spoilt: int
    tendered: int
    unused_counted: int | None = None
    spoilt_counted: int | None = None

    @property
    def entrusted(self) -> int:
        """The papers that these figures account for."""
        return self.issued + self.unused + self.spoilt


@dataclass(frozen=True, slots=True)
class BoxPapers:
    """Papers found in one box: successive counts, of which the last stands."""

    box: str
    counts: tuple[int, ...]

    @property
    def papers(self) -> int:
        """The papers found."""
        return self.counts[-1]


@dataclass(frozen=True, slots=True)
class AccountVerification:
    """Papers found in an account's boxes against the papers expected.

    Expected are the papers issued by the account's figures, or by the opening session's record of a postal box.
    """

    account: str
    expected: int
    boxes: tuple[BoxPapers, ...]
    reason: str = ""
    explanation: str = ""
    figures: AccountFigures | None = None

    @property
    def found(self) -> int:
        """The papers found in all boxes of the account."""
        return sum(box.papers for box in self.boxes)

    @property
    def variance(self) -> int:
        """Papers found more than expected."""
        return self.found - self.expected


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a group's sheet: votes in ballot-paper order, rejected papers in the order of the heads."""

    group: int
    sheet: str
    papers: int
    votes: tuple[int, ...]
    rejected: tuple[int, ...]
    doubtful: int
    round: int = 1
    reading: int = 1
    valid_papers: int | None = None
    unused_votes: int = 0
    objections: tuple[int, ...] = ()

    def accounted(self, heads: Sequence[HeadDefinition]) -> int:
        """Papers that these figures account for; of a block vote a paper has several votes, and valid papers are said."""
        valid = sum(self.votes) if self.valid_papers is None else self.valid_papers
        return valid + rejected_wholly(self.rejected, heads) + self.doubtful

    def counted(self) -> tuple[object, ...]:
        """What two readings of a sheet must have in common: all that was counted, on the papers it was counted from."""
        of_block_vote = (self.valid_papers, self.unused_votes)
        return self.papers, self.votes, self.rejected, self.doubtful, *of_block_vote, self.objections

    def adds_up(self, papers: int, heads: Sequence[HeadDefinition], seats: int) -> bool:
        """Whether no rule finds an error in these figures (results/rules/counts.py says in words which it would be)."""
        if self.accounted(heads) != papers:
            return False
        if self.valid_papers is None:
            return max(self.votes, default=0) <= papers
        return (
            max(self.votes, default=0) <= min(papers, self.valid_papers)
            and self.votes_missing(seats) == 0
            and self.valid_papers <= sum(self.votes) <= seats * papers
            and rejected_in_part(self.rejected, heads) <= min(self.valid_papers, self.unused_votes)
        )

    def votes_missing(self, seats: int) -> int:
        """Of a block vote the votes of its valid papers that are neither a candidate's nor unused; below 0 too many."""
        return 0 if self.valid_papers is None else seats * self.valid_papers - sum(self.votes) - self.unused_votes


@dataclass(frozen=True, slots=True)
class AdjudicationFigures:
    """What adjudication has returned of a group's doubtful papers so far in this round, in all: votes in ballot-paper
    order, papers rejected and rejections objected to in the order of the heads."""

    group: int
    round: int
    votes: tuple[int, ...]
    rejected: tuple[int, ...]
    objections: tuple[int, ...] = ()
    valid_papers: int | None = None
    unused_votes: int = 0

    def papers(self, heads: Sequence[HeadDefinition]) -> int:
        """Papers returned; of a block vote those rejected in part are valid papers too, and counted once."""
        valid = sum(self.votes) if self.valid_papers is None else self.valid_papers
        return valid + rejected_wholly(self.rejected, heads)

    def added_to(self, figures: Figures, heads: Sequence[HeadDefinition]) -> Figures:
        """A sheet's figures with what was returned: these papers are doubtful no more."""
        objections = [*zip(figures.objections or (0,) * len(heads), self.objections or (0,) * len(heads), strict=True)]
        both = tuple(a + b for a, b in objections)
        return Figures(
            figures.group,
            figures.sheet,
            figures.papers,
            tuple(a + b for a, b in zip(figures.votes, self.votes, strict=True)),
            tuple(a + b for a, b in zip(figures.rejected, self.rejected, strict=True)),
            figures.doubtful - self.papers(heads),
            figures.round,
            figures.reading,
            None if figures.valid_papers is None else figures.valid_papers + (self.valid_papers or 0),
            figures.unused_votes + self.unused_votes,
            both if any(both) else (),
        )
