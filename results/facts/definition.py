"""Frozen types of what is set up for a contest. No Django here.

Keys: a box is its label ("31", "P4"), an account the label of its first box, a ward its GSS code; a candidate and a head of
rejection are known by their positions in the tuples. Times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    postal_electors: int | None = None


@dataclass(frozen=True, slots=True)
class BoxDefinition:
    """A box: `wards` are those whose papers it holds; `origin` is its station, or the session that filled it."""

    label: str
    kind: str
    wards: tuple[str, ...]
    place: str
    origin: str
    electors: int
    account: str

    @property
    def source(self) -> str:
        """The polling station, or the opening session, by name."""
        return f"{self.place}, {self.origin}" if self.place and self.origin else self.place or self.origin


@dataclass(frozen=True, slots=True)
class AccountDefinition:
    """A ballot paper account: the boxes that it covers, and the papers entrusted where they are known beforehand."""

    key: str
    boxes: tuple[str, ...]
    entrusted: int | None = None


@dataclass(frozen=True, slots=True)
class SessionDefinition:
    """An opening session of postal votes and its boxes; one `on_the_night` opens the packs handed in at stations."""

    name: str
    boxes: tuple[str, ...]
    on_the_night: bool = False


@dataclass(frozen=True, slots=True)
class HeadDefinition:
    code: str
    name: str
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """What is set up for a contest. `baseline` is by ward, with "" for the contest as a whole, then by party.

    `count_begins` is the close of poll unless set-up says otherwise; `expected_time` is whether the software's own
    estimate of the end of the count is shown; `numbers` are the candidates' on the ballot paper, by position: one may be
    missing where somebody withdrew.
    """

    contest: str
    name: str
    election: str
    environment: str
    postal_electors: int | None
    seats: int
    close_of_poll: datetime
    planned_declaration: datetime | None
    count_begins: datetime
    expected_time: bool
    venue: str
    event: str
    kind_of_poll: str
    nation: str
    verify_first: str
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
    accounts: Mapping[str, AccountDefinition]
    heads: tuple[HeadDefinition, ...]
    baseline: Mapping[str, Mapping[str, int]]
    sessions: Mapping[str, SessionDefinition] = field(default_factory=dict)
    numbers: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Kept and not asked each time: every event of the feed and every ward names candidates by it.
        object.__setattr__(self, "numbers", tuple(candidate.number for candidate in self.candidates))

    @property
    def electorate(self) -> int:
        """Electors on the register, all wards."""
        return sum(ward.electorate for ward in self.wards.values())

    def ward_names(self, boxes: Iterable[str]) -> list[str]:
        """The names of the wards whose papers these boxes hold, each once."""
        codes = dict.fromkeys(gss for label in boxes for gss in self.boxes[label].wards)
        return [self.wards[gss].name for gss in codes]
