"""Types of the table of kinds of poll. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Nation(StrEnum):
    """Where a poll is held: the first letter of its GSS codes."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


class Method(StrEnum):
    """How votes become seats. This count does simple majority: one vote for one seat, or by block vote N for N seats."""

    SIMPLE_MAJORITY = "simple_majority"
    SUPPLEMENTARY_VOTE = "supplementary_vote"
    SINGLE_TRANSFERABLE_VOTE = "single_transferable_vote"
    PARTY_LISTS = "party_lists"


class VerifyFirst(StrEnum):
    """What is verified before votes of a poll are counted, where polls are combined."""

    OWN = "own"  # the group's own papers
    AREA = "area"  # all papers of all polls in the poll's electoral area
    DECLARE = "declare"  # the group's own papers; everything before the result is *declared*


class MayAskRecount(StrEnum):
    """Who may ask for a recount when a provisional result is shown."""

    CANDIDATE = "candidate"
    ELECTION_AGENT = "election_agent"
    COUNTING_AGENT = "counting_agent"  # the one whom the candidate authorised to ask
    COUNTING_OBSERVER = "counting_observer"


@dataclass(frozen=True, slots=True)
class Head:
    """A head under which rejected ballot papers are stated: a code of ours and the words of the law."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a candidate leaves, in pounds; it comes back with *more than* `share` of the valid votes."""

    pounds: int
    share: Fraction = Fraction(1, 20)

    def kept(self, votes: int, valid: int) -> bool:
        """Whether so many of so many valid votes bring the deposit back; none of none do not."""
        return votes > self.share * valid


@dataclass(frozen=True, slots=True)
class KindOfPoll:
    """One row of the table. What differs by nation is a mapping; a nation that is not in `officer` has no such poll.

    `officer` declares the result. Where the area is counted in parts, `local_officer` counts each part.
    """

    code: str
    name: str
    law: str
    officer: Mapping[Nation, str]
    heads: tuple[Head, ...]
    may_ask_recount: tuple[MayAskRecount, ...]
    verify_first: Mapping[Nation, VerifyFirst] = field(default_factory=dict)
    local_officer: str = ""
    deposit: Deposit | None = None
    four_hour_statement: bool = False
    writ: bool = False
    several_seats: bool = False
    rejected_in_part: Head | None = None
    supplementary_from: date | None = None

    @property
    def nations(self) -> tuple[Nation, ...]:
        """Where such polls are held."""
        return tuple(self.officer)

    def verified_first(self, nation: Nation, *, combined: bool) -> VerifyFirst:
        """What is verified before votes are counted; a poll that is not combined waits for its own papers only."""
        return self.verify_first.get(nation, VerifyFirst.AREA) if combined else VerifyFirst.OWN

    def heads_for(self, seats: int) -> tuple[Head, ...]:
        """The heads of rejection; papers are rejected in part only where a voter has several votes."""
        return (*self.heads, self.rejected_in_part) if self.rejected_in_part and seats > 1 else self.heads
