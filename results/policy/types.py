"""What the public may know, as the board and the projection are given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from results.facts.definition import Definition
from results.facts.states import ContestState, contest_state
from results.facts.types import PastPolicy, PastRelease, ReleasedSet


@dataclass(frozen=True, slots=True)
class PublicBox:
    """A box as the public may know it; `open` while more papers may come into it, from packs handed in at stations."""

    label: str
    wards: tuple[str, ...]
    kind: str
    arrived_at: datetime | None
    papers: int | None
    verified_at: datetime | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class PublicGroup:
    """A group as the public may know it: which boxes it mixes, and how many papers."""

    number: int
    boxes: tuple[str, ...]
    papers: int | None
    formed_at: datetime
    counted: bool
    counted_at: datetime | None
    recounting: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """Everything that may be public at one point of the ledger. `project()` and the board see nothing else.

    `recounting` are the sets whose boxes were verified anew with other figures since, until their figures are
    confirmed or replaced. `last_waits`: all that is not public yet can only become public together, and completes the
    contest, so that it waits for the Returning Officer. `packs_open`: packs handed in at stations are still being opened;
    `closed_at` is when the last session for them was closed, where there was one.
    """

    definition: Definition
    publish: str
    projection: bool
    held: bool
    as_of: datetime | None
    boxes: tuple[PublicBox, ...]
    groups: tuple[PublicGroup, ...]
    sets: tuple[ReleasedSet, ...]
    events: tuple[PastRelease, ...]
    policies: tuple[PastPolicy, ...]
    recounting: tuple[ReleasedSet, ...] = ()
    last_waits: bool = False
    packs_open: bool = False
    closed_at: datetime | None = None

    @property
    def verified(self) -> bool:
        """Every box is verified and no more papers can come: only then is it known how many papers there are."""
        return self.boxes_verified and not self.packs_open

    @property
    def boxes_verified(self) -> bool:
        """Every box of the contest is verified."""
        return bool(self.boxes) and all(box.papers is not None for box in self.boxes)

    @property
    def ungrouped(self) -> int:
        """Boxes that are in no group yet."""
        return len(self.boxes) - sum(len(group.boxes) for group in self.groups)

    @property
    def complete(self) -> bool:
        """Every paper of the contest is in figures that are counted and stand."""
        return self.verified and not self.ungrouped and all(group.counted for group in self.groups)

    @property
    def state(self) -> ContestState:
        """Where the contest stands as far as it is public; `publish` "off" says that nothing of it is."""
        return contest_state(
            begun=bool(self.boxes) and self.as_of is not None,
            verified=self.verified,
            counting=bool(self.sets) or any(group.counted for group in self.groups),
            complete=self.complete,
        )

    @property
    def standing(self) -> tuple[ReleasedSet, ...]:
        """The released sets that are not being counted again."""
        return tuple(made for made in self.sets if made not in self.recounting)
