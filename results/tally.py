"""Totals of what is released. Pure: the fold of released sets into candidates' votes, ranks, areas and turnouts.

Shares and turnouts are rounded once, from the votes, to what is displayed: whole tenths of a percent (421 is 42.1 %), or
hundredths where two decimals are shown. Half goes up, so that every process, every browser and every replay shows the
same digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.facts.definition import Definition
from results.facts.figures import rejected_wholly
from results.policy import Released, ward_areas


def tenths(part: int, whole: int) -> int:
    """part / whole in tenths of a percent, rounded half up; 0 where there is no whole.

    >>> tenths(50, 405), tenths(1, 2000), tenths(3, 0)
    (123, 1, 0)
    """
    return (2 * 1000 * part + whole) // (2 * whole) if whole > 0 else 0


def hundredths(part: int, whole: int) -> int:
    """part / whole in hundredths of a percent, rounded half up; 0 where there is no whole."""
    return (2 * 10_000 * part + whole) // (2 * whole) if whole > 0 else 0


def change(part: int, whole: int, before: int, whole_before: int) -> int:
    """part / whole less before / whole_before in tenths of a percentage point: the exact difference, rounded once.

    Half goes away from zero, so that a gain reads as the loss it is to another. It need not be the difference of the two
    shares as they are displayed, each of which is rounded for itself.

    >>> change(50, 405, 1, 8), change(1, 8, 50, 405)
    (-2, 2)
    """
    difference = part * whole_before - before * whole
    size = tenths(abs(difference), whole * whole_before)
    return size if difference >= 0 else -size


@dataclass(frozen=True, slots=True)
class Area:
    """One ward, or wards whose papers are mixed: votes are known for them together only. Votes in ballot-paper order.

    `papers_counted` are those whose figures stand; `recounting` groups are being counted again; `open` while packs handed in
    at stations are opened into one of its boxes.
    """

    wards: tuple[str, ...]
    electorate: int
    boxes: int
    boxes_verified: int
    papers_verified: int
    papers_counted: int
    votes: tuple[int, ...]
    recounting: int = 0
    open: bool = False

    @property
    def verified(self) -> bool:
        """Every box of the area is verified, and no more papers can come."""
        return self.boxes_verified == self.boxes and not self.open

    @property
    def key(self) -> str:
        """A name that stays with these wards."""
        return "-".join(self.wards)


@dataclass(frozen=True, slots=True)
class Tally:
    """The totals of a contest. `votes` in ballot-paper order, `rejected` in the order of the heads; `papers_counted` are
    those whose figures stand, so that they are never more than those verified."""

    votes: tuple[int, ...]
    rejected: tuple[int, ...]
    papers_verified: int
    papers_counted: int
    areas: tuple[Area, ...]
    valid_papers: int = 0
    """Papers of which votes are released: as many as valid votes, unless a paper has several."""
    rejected_papers: int = 0
    """Papers rejected as a whole: one rejected in part is valid."""

    @property
    def valid(self) -> int:
        """Valid votes counted and released."""
        return sum(self.votes)

    @property
    def ranks(self) -> tuple[int, ...]:
        """Rank by votes, 1 the most; equal votes share a rank, and nothing breaks the tie."""
        first: dict[int, int] = {}
        for rank, votes in enumerate(sorted(self.votes, reverse=True), 1):
            first.setdefault(votes, rank)
        return tuple(first[votes] for votes in self.votes)

    def order(self) -> list[int]:
        """Positions in ballot-paper order, most votes first; equals as the ballot paper has them."""
        return sorted(range(len(self.votes)), key=lambda position: (-self.votes[position], position))

    @property
    def first(self) -> list[int]:
        """Positions of all who have the most votes, in ballot-paper order: more than one where they are level."""
        return [position for position, votes in enumerate(self.votes) if votes == max(self.votes)]

    @property
    def majority(self) -> int:
        """Votes between the first and the second; 0 in a tie, all votes where there is one candidate."""
        ordered = sorted(self.votes, reverse=True)
        return ordered[0] - (ordered[1] if len(ordered) > 1 else 0)


@dataclass(frozen=True, slots=True)
class Leaders:
    """Who leads for the seats of a contest, by positions: most votes first, equals as on the ballot paper.

    `leading` would be elected as it stands; `level` share the last seats, and are more than these are.
    Where nobody does, `last_in` have `margin` votes more than `first_out`.
    """

    leading: tuple[int, ...]
    level: tuple[int, ...] = ()
    last_in: tuple[int, ...] = ()
    first_out: tuple[int, ...] = ()
    margin: int = 0


def leaders(votes: Sequence[int], seats: int) -> Leaders:
    """Who leads for so many seats.

    >>> leaders((30, 10, 20, 10), 2)
    Leaders(leading=(0, 2), level=(), last_in=(2,), first_out=(1, 3), margin=10)
    >>> leaders((30, 10, 20, 10), 3)
    Leaders(leading=(0, 2), level=(1, 3), last_in=(), first_out=(), margin=0)
    """
    order = sorted(range(len(votes)), key=lambda position: (-votes[position], position))
    if len(order) <= seats:
        return Leaders(tuple(order))
    last, behind = votes[order[seats - 1]], votes[order[seats]]
    at_last = tuple(position for position in order if votes[position] == last)
    if last == behind:
        return Leaders(tuple(position for position in order if votes[position] > last), at_last)
    first_out = tuple(position for position in order if votes[position] == behind)
    return Leaders(tuple(order[:seats]), (), at_last, first_out, last - behind)


def tally(released: Released) -> Tally:
    """The totals of what is released."""
    definition = released.definition
    votes = _sum((s.votes for s in released.sets), len(definition.candidates))
    rejected = _sum((s.rejected for s in released.sets), len(definition.heads))
    papers = [box.papers or 0 for box in released.boxes]
    wholly = rejected_wholly(rejected, definition.heads)
    return Tally(
        votes,
        rejected,
        sum(papers),
        sum(s.papers for s in released.standing),
        _areas(released),
        sum(votes) if definition.seats == 1 else sum(s.papers for s in released.sets) - wholly,
        wholly,
    )


def _sum(vectors: Iterable[Sequence[int]], length: int) -> tuple[int, ...]:
    total = [0] * length
    for vector in vectors:
        for position, value in enumerate(vector):
            total[position] += value
    return tuple(total)


def _areas(released: Released) -> tuple[Area, ...]:
    definition = released.definition
    # Votes of mixed wards are known together only; while no votes are public, turnout stays by ward.
    mixed = [group.boxes for group in released.groups] if released.publish == "totals" else []
    mixed += [s.boxes for s in released.sets]
    # A postal box of several wards joins them too: nobody knows which ward a paper in it is of.
    mixed += [(box.label,) for box in released.boxes if len(box.wards) > 1]
    areas = ward_areas(definition, mixed)
    area_of = {gss: position for position, wards in enumerate(areas) for gss in wards}
    boxes = [[box for box in released.boxes if area_of[box.wards[0]] == position] for position in range(len(areas))]
    sets = [
        [s for s in released.sets if area_of[definition.boxes[s.boxes[0]].wards[0]] == position]
        for position in range(len(areas))
    ]
    return tuple(
        Area(
            wards,
            sum(definition.wards[gss].electorate for gss in wards),
            len(boxes[position]),
            sum(box.papers is not None for box in boxes[position]),
            sum(box.papers or 0 for box in boxes[position]),
            sum(s.papers for s in sets[position] if s not in released.recounting),
            _sum((s.votes for s in sets[position]), len(definition.candidates)),
            sum(len(s.groups) for s in sets[position] if s in released.recounting),
            any(box.open for box in boxes[position]),
        )
        for position, wards in enumerate(areas)
    )


def baseline_votes(definition: Definition) -> Mapping[str, int]:
    """Each party's votes last time in the whole contest; empty without a baseline."""
    whole = definition.baseline.get("")
    if whole:
        return whole
    summed: dict[str, int] = {}
    for votes in definition.baseline.values():
        for party, number in votes.items():
            summed[party] = summed.get(party, 0) + number
    return summed
