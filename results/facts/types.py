"""Frozen types of a count: what is known from its entries. No Django here.

Keys: a box is its label ("31", "P4"), a group its number, a candidate and a head of rejection their positions in the tuples
of the definition, a ward its GSS code. Votes and papers are whole numbers; times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from results.facts.definition import Definition, HeadDefinition
from results.facts.figures import (
    AccountVerification,
    AdjudicationFigures,
    Figures,
)
from results.facts.states import BoxState, ContestState, GroupState, contest_state


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the contest and what is known of its papers; `papers_seq` is the entry since which it holds those that it
    has now: equal numbers before and after another one may be different papers.

    `papers` are those counted in it and `moved`: papers that lay in another contest's box, less those of other contests
    that lay in this one. What came with it is null where nobody said it; `arrival_seq` is the entry that said it last.
    """

    label: str
    arrived_at: datetime | None = None
    account_received: bool | None = None
    packets: int | None = None
    packs_handed_in: int | None = None
    arrival_seq: int = 0
    moved: int = 0
    papers: int | None = None
    papers_seq: int = 0
    verified_at: datetime | None = None
    last_seq: int = 0

    @property
    def state(self) -> BoxState:
        """Where the box stands (results/facts/states.py)."""
        if self.papers is not None:
            return BoxState.VERIFIED
        return BoxState.ARRIVED if self.arrived_at is not None else BoxState.EXPECTED


@dataclass(frozen=True, slots=True)
class Account:
    """A ballot paper account, its standing verification, and papers `moved` into its boxes less those moved out."""

    key: str
    verified: AccountVerification | None = None
    moved: int = 0
    verified_at: datetime | None = None
    verified_seq: int = 0
    last_seq: int = 0

    @property
    def found(self) -> int | None:
        """Papers of this account in all, those that lay elsewhere among them; None until it is verified."""
        return None if self.verified is None else self.verified.found + self.moved

    @property
    def variance(self) -> int | None:
        """Papers more than expected, None until it is verified."""
        return None if self.verified is None else self.verified.variance + self.moved


@dataclass(frozen=True, slots=True)
class AdjudicationFact:
    """What adjudication returned, as an entry says it: who, when and how much so far."""

    seq: int
    at: datetime
    actor: int
    actor_name: str
    figures: AdjudicationFigures


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """The statement as to verification as it was signed: by whom, when, and over how many papers."""

    seq: int
    at: datetime
    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class ClosedSession:
    """The closing of an opening session of postal votes: the entry that said it, when and by whom."""

    seq: int
    at: datetime
    actor_name: str


@dataclass(frozen=True, slots=True)
class LateStartStatement:
    """Why the count began later than it should have."""

    seq: int
    at: datetime
    actor_name: str
    statement: str


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
    """A count group; `agreed` is the standing count, with what adjudication returned. What was entered in earlier rounds
    stays among its counts. `sent_at` is when its papers went to be counted, at `table`; `returned` are the readings that a
    supervisor sent back to be typed again; `purpose` is that of the present round, empty in the first, and `round_seq` the
    entry that began it, 0 in the first. `heads` and `seats` are the contest's.
    """

    number: int
    boxes: tuple[str, ...]
    formed_at: datetime
    papers: int | None
    counts: tuple[CountFact, ...] = ()
    agreed: CountFact | None = None
    agreed_at: datetime | None = None
    released: bool = False
    round: int = 1
    round_seq: int = 0
    purpose: str = ""
    readings_required: int = 1
    heads: tuple[HeadDefinition, ...] = ()
    seats: int = 1
    sent_at: datetime | None = None
    table: str = ""
    returned: frozenset[int] = frozenset()
    adjudications: tuple[AdjudicationFact, ...] = ()
    last_seq: int = 0

    @property
    def adjudicated(self) -> AdjudicationFact | None:
        """What adjudication has returned in the present round, if anything."""
        return self.adjudicated_in(self.round)

    def adjudicated_in(self, round_: int) -> AdjudicationFact | None:
        """What adjudication returned in a round, as its last entry says."""
        return next((one for one in reversed(self.adjudications) if one.figures.round == round_), None)

    @property
    def retyped(self) -> frozenset[int]:
        """Readings of the present round that were typed more than once."""
        numbers = [count.figures.reading for count in self.counts if count.figures.round == self.round]
        return frozenset(number for number in numbers if numbers.count(number) > 1)

    @property
    def readings(self) -> Mapping[int, CountFact]:
        """The standing figures of each reading in the present round: typed again, a reading supersedes itself only."""
        return {count.figures.reading: count for count in self.counts if count.figures.round == self.round}

    @property
    def latest(self) -> CountFact | None:
        """The last count entered in the present round, agreed or not."""
        return self.counts[-1] if self.counts and self.counts[-1].figures.round == self.round else None

    def count_at(self, seq: int) -> CountFact:
        """The count entered at this seq; ValueError where the ledger names one that is not there."""
        for count in reversed(self.counts):
            if count.seq == seq:
                return count
        raise ValueError(f"group {self.number} has no count at entry {seq}")

    @property
    def state(self) -> GroupState:
        """Where the group stands (results/facts/states.py); `entered` while a reading is missing, or typed again."""
        if self.agreed is not None:
            return GroupState.RELEASED if self.released else GroupState.AGREED
        if self.papers is None:
            return GroupState.WAITING
        if not self.readings:
            return GroupState.READY
        if len(self.readings) < self.readings_required or self.returned:
            return GroupState.ENTERED
        return GroupState.ADJUDICATION if self.with_adjudication else GroupState.QUERIED

    @property
    def alike(self) -> bool:
        """Whether all readings are there and say the same."""
        said = {reading.figures.counted() for reading in self.readings.values()}
        return len(self.readings) >= self.readings_required and len(said) == 1

    @property
    def with_adjudication(self) -> int:
        """Doubtful papers that adjudication has not returned, where the readings say the same and add up; else 0."""
        if self.papers is None or not self.alike:
            return 0
        figures = self.readings[max(self.readings)].figures
        if not figures.adds_up(self.papers, self.heads, self.seats):
            return 0
        returned = self.adjudicated
        return figures.doubtful - (returned.figures.papers(self.heads) if returned is not None else 0)

    @property
    def mistyped(self) -> bool:
        """Whether a standing reading of the present round says other figures than it said when it was first typed."""
        standing = self.readings
        return any(
            count.figures.counted() != standing[count.figures.reading].figures.counted()
            for count in self.counts
            if count.figures.round == self.round
        )


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
class PastRelease:
    """A release as it was made, first or revised, in the order of the night; `reasons` those of the counts that differ
    from what it replaces."""

    at: datetime
    seq: int
    released: ReleasedSet
    replaced: ReleasedSet | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPolicy:
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
    accounts: Mapping[str, Account]
    groups: Mapping[int, Group]
    dissolved: Mapping[int, Group]
    cancelled: tuple[str, ...]
    releases: tuple[ReleasedSet, ...]
    past_releases: tuple[PastRelease, ...]
    publish: str
    projection: bool
    held: bool
    past_policies: tuple[PastPolicy, ...]
    closed_sessions: Mapping[str, ClosedSession] = field(default_factory=dict)
    signed_statement: SignedStatement | None = None
    late_start: LateStartStatement | None = None
    count_began: datetime | None = None

    @property
    def open_sessions(self) -> tuple[str, ...]:
        """The sessions for packs handed in on the night that are not closed: more papers may come from them."""
        sessions = self.definition.sessions.values()
        return tuple(one.name for one in sessions if one.on_the_night and one.name not in self.closed_sessions)

    def boxes_of_session(self, name: str) -> tuple[str, ...]:
        """The boxes of an opening session that are on the list now: the night may have brought one, or taken one off."""
        boxes = self.definition.boxes.values()
        return tuple(box.label for box in boxes if box.kind == "postal" and box.origin == name)

    @property
    def verification_complete(self) -> bool:
        """Every box of the contest is verified, and no more can come from the packs handed in on the night."""
        verified = bool(self.boxes) and all(box.papers is not None for box in self.boxes.values())
        return verified and not self.open_sessions

    @property
    def begun(self) -> bool:
        """Something was entered after the close of poll."""
        return self.as_of is not None and self.as_of >= self.definition.close_of_poll

    @property
    def state(self) -> ContestState:
        """Where the contest stands (results/facts/states.py)."""
        if not self.seq:
            return ContestState.SET_UP
        grouped = {label for group in self.groups.values() for label in group.boxes}
        agreed = all(group.agreed is not None for group in self.groups.values())
        return contest_state(
            begun=self.begun,
            verified=self.verification_complete,
            counting=bool(self.releases) or any(group.readings for group in self.groups.values()),
            complete=self.verification_complete and grouped == set(self.boxes) and agreed,
        )

    def account_of(self, box: str) -> Account:
        """The account that covers a box."""
        return self.accounts[self.definition.boxes[box].account]

    def group_of(self, box: str) -> Group | None:
        """The group that a box is mixed in, if any."""
        return next((group for group in self.groups.values() if box in group.boxes), None)
