"""Frozen types of a count: what was set up, what was said, and what is known from it. No Django here.

Keys: a box is its label ("31", "P4"), a group its number, a candidate and a head of rejection their places in the tuples
of the definition, a ward its GSS code. Votes and papers are whole numbers; times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PartyDefinition:
    code: str
    name: str
    short_name: str
    initial: str
    colour: str
    ec_id: str


@dataclass(frozen=True, slots=True)
class CandidateDefinition:
    number: int
    name: str
    ballot_name: str
    surname: str
    party: str
    description: str
    person_id: str


@dataclass(frozen=True, slots=True)
class WardDefinition:
    gss: str
    name: str
    electorate: int


@dataclass(frozen=True, slots=True)
class BoxDefinition:
    label: str
    kind: str
    ward: str
    station: str
    electors: int


@dataclass(frozen=True, slots=True)
class HeadDefinition:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What is set up for a contest. `baseline` is by ward, with "" for the contest as a whole, then by party.

    `count_begins` is the close of poll unless set-up says otherwise; `expected_time` is whether the software's own
    estimate of the end of the count is shown.
    """

    contest: str
    name: str
    election: str
    environment: str
    seats: int
    close_of_poll: datetime
    planned_declaration: datetime | None
    count_begins: datetime
    expected_time: bool
    venue: str
    verify_before_count: bool
    entries_required: int
    minimum_boxes: int
    minimum_papers: int
    publish: str
    projection: bool
    baseline_label: str
    candidates: tuple[CandidateDefinition, ...]
    parties: Mapping[str, PartyDefinition]
    wards: Mapping[str, WardDefinition]
    boxes: Mapping[str, BoxDefinition]
    heads: tuple[HeadDefinition, ...]
    baseline: Mapping[str, Mapping[str, int]]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The candidates' numbers on the ballot paper, by place: a number may be missing where somebody withdrew."""
        return tuple(candidate.number for candidate in self.candidates)

    @property
    def electorate(self) -> int:
        """Electors on the register, all wards."""
        return sum(ward.electorate for ward in self.wards.values())


# --- values that entries say and facts keep --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """A ballot paper account: entrusted = issued + unused + spoilt."""

    issued: int
    unused: int
    spoilt: int
    tendered: int


@dataclass(frozen=True, slots=True)
class BoxVerification:
    """Papers found in a box against the papers expected."""

    box: str
    expected: int
    found: int
    reason: str = ""
    explanation: str = ""
    account: Account | None = None


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


# --- what is known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the contest and what is known of its papers; `papers_seq` is the verification since which it holds as
    many as now: equal numbers before and after another one may be different papers."""

    label: str
    arrived_at: datetime | None = None
    verified: BoxVerification | None = None
    verified_at: datetime | None = None
    verified_seq: int = 0
    papers_seq: int = 0
    last_seq: int = 0

    @property
    def state(self) -> str:
        """expected, arrived or verified (docs/ledger.md)."""
        if self.verified is not None:
            return "verified"
        return "arrived" if self.arrived_at is not None else "expected"


@dataclass(frozen=True, slots=True)
class CountFact:
    """A count as entered: who, when, the figures and, where it corrects what is public, the reason."""

    seq: int
    at: datetime
    actor: int
    actor_name: str
    figures: Figures
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A count group; `agreed` is the standing count, `latest` the last one entered."""

    number: int
    boxes: tuple[str, ...]
    formed_at: datetime
    papers: int | None
    counts: tuple[CountFact, ...] = ()
    agreed: CountFact | None = None
    agreed_at: datetime | None = None
    released: bool = False
    last_seq: int = 0

    @property
    def latest(self) -> CountFact | None:
        """The last count entered, agreed or not."""
        return self.counts[-1] if self.counts else None

    def count_at(self, seq: int) -> CountFact:
        """The count entered at this seq; ValueError where the ledger names one that is not there."""
        for count in reversed(self.counts):
            if count.seq == seq:
                return count
        raise ValueError(f"group {self.number} has no count at entry {seq}")

    @property
    def state(self) -> str:
        """waiting, ready, queried, agreed or released (docs/ledger.md)."""
        if self.agreed is not None:
            return "released" if self.released else "agreed"
        if self.counts:
            return "queried"
        return "waiting" if self.papers is None else "ready"


@dataclass(frozen=True, slots=True)
class ReleasedSet:
    """Groups whose figures are public only as their sum; `number` counts the sets from 1 in order
    of first release, `counts` are the seqs of the counts that stood, `papers_seqs` those of the verifications that the
    papers of each box rested on."""

    number: int
    at: datetime
    groups: tuple[int, ...]
    counts: tuple[int, ...]
    boxes: tuple[str, ...]
    papers: int
    votes: tuple[int, ...]
    rejected: tuple[int, ...]
    papers_seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseEvent:
    """A release as it was made, first or revised, in the order of the night; `reasons` those of the counts that differ
    from what it replaces."""

    at: datetime
    seq: int
    released: ReleasedSet
    replaced: ReleasedSet | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    at: datetime
    seq: int
    publish: str
    projection: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a ledger prefix says. `releases` are the standing sets, in the order of first release."""

    definition: Definition
    seq: int
    as_of: datetime | None
    boxes: Mapping[str, Box]
    groups: Mapping[int, Group]
    releases: tuple[ReleasedSet, ...]
    release_events: tuple[ReleaseEvent, ...]
    publish: str
    projection: bool
    held: bool
    policy_events: tuple[PolicyEvent, ...]

    @property
    def verification_complete(self) -> bool:
        """Every box of the contest is verified."""
        return bool(self.boxes) and all(box.verified is not None for box in self.boxes.values())

    def group_of(self, box: str) -> Group | None:
        """The group that a box is mixed in, if any."""
        return next((group for group in self.groups.values() if box in group.boxes), None)
