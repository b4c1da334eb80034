"""What of the facts may be public: Facts -> Released. Pure, and the only way to anything public.

off       that there is a count, and nothing of it
progress  boxes in and verified, papers verified, groups counted; no votes
totals    the same, and the votes of released sets of groups

A release is a *set* of groups: together at least `minimum_boxes` boxes of polling stations and `minimum_papers` papers,
and what stays unreleased is nothing or again at least as much, so that no figure and no difference of figures speaks of
fewer. The set that completes a contest waits for the Returning Officer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from results.facts.definition import Definition
from results.facts.states import ContestState, contest_state
from results.facts.types import Box, Facts, PastPolicy, PastRelease, ReleasedSet


@dataclass(frozen=True, slots=True)
class PublicBox:
    """A box as the public may know it."""

    label: str
    wards: tuple[str, ...]
    kind: str
    arrived_at: datetime | None
    papers: int | None
    verified_at: datetime | None


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
    contest, so that it waits for the Returning Officer.
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

    @property
    def verified(self) -> bool:
        """Every box of the contest is verified: only then is it known how many papers there are."""
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


def released(facts: Facts) -> Released:
    """What may be public of these facts."""
    definition = facts.definition
    begun = facts.begun
    publish = facts.publish if begun else "off"
    shown = publish != "off"
    totals = publish == "totals"
    boxes = _public_boxes(facts) if shown else ()
    recounting = tuple(made for made in facts.releases if _recounting(facts, made)) if totals else ()
    again = {number for made in recounting for number in made.groups}
    groups = _public_groups(facts, totals, again) if shown else ()
    policies = facts.past_policies if begun else ()
    sets = facts.releases if totals else ()
    events = facts.past_releases if totals else ()
    return Released(
        definition=definition,
        publish=facts.publish,
        projection=facts.projection and totals,
        held=facts.held and begun,
        as_of=_as_of(boxes, groups, events, policies),
        boxes=boxes,
        groups=groups,
        sets=sets,
        events=events,
        policies=policies,
        recounting=recounting,
        last_waits=totals and _only_last_left(facts),
    )


def _public_boxes(facts: Facts) -> tuple[PublicBox, ...]:
    of = facts.definition.boxes
    return tuple(
        PublicBox(label, of[label].wards, of[label].kind, box.arrived_at, box.papers, box.verified_at)
        for label, box in facts.boxes.items()
    )


def _public_groups(facts: Facts, totals: bool, again: Collection[int]) -> tuple[PublicGroup, ...]:
    """Where totals are public a group is "counted" when it is released: an agreed figure that waits shows nowhere."""
    return tuple(
        PublicGroup(
            group.number,
            group.boxes,
            group.papers,
            group.formed_at,
            group.released and group.number not in again if totals else group.agreed is not None,
            None if totals else group.agreed_at,
            group.number in again,
        )
        for group in facts.groups.values()
    )


def _as_of(
    boxes: Iterable[PublicBox],
    groups: Iterable[PublicGroup],
    events: Iterable[PastRelease],
    policies: Iterable[PastPolicy],
) -> datetime | None:
    """The time of the last thing that is public: an entry that shows nowhere must not move it."""
    times = [at for box in boxes for at in (box.arrived_at, box.verified_at) if at]
    times += [at for group in groups for at in (group.formed_at, group.counted_at) if at]
    times += [event.at for event in events] + [choice.at for choice in policies]
    return max(times, default=None)


def releasable(facts: Facts) -> tuple[int, ...] | None:
    """The groups that may be released now as one set by policy alone, or None.

    Of those that are agreed and wait, as many as the rule allows, the last agreed left out first. The set that would
    complete the contest is never among them: its figures are the candidates' first (`last_release`).
    """
    waiting = _waiting(facts)
    for length in range(len(waiting), 0, -1):
        chosen = tuple(sorted(waiting[:length]))
        if may_release(facts, chosen) and not completes(facts, chosen):
            return chosen
    return None


def last_release(facts: Facts) -> tuple[int, ...] | None:
    """The groups that wait because their release would complete the contest, or None.

    The Returning Officer lets them go once the candidates and agents have seen the provisional result.
    """
    waiting = tuple(sorted(_waiting(facts)))
    return waiting if completes(facts, waiting) and may_release(facts, waiting) else None


def _waiting(facts: Facts) -> list[int]:
    """Groups that are agreed and not public, in the order of their agreement; none where nothing may be released."""
    if facts.publish != "totals" or facts.held:
        return []
    waiting = [(g.agreed_at, g.number) for g in facts.groups.values() if g.agreed_at is not None and not g.released]
    return [number for _, number in sorted(waiting)]


def completes(facts: Facts, groups: Iterable[int]) -> bool:
    """Whether every box of the contest is public once these groups are."""
    return not _left(facts, groups)


def may_release(facts: Facts, groups: Iterable[int]) -> bool:
    """Whether this set of groups may be released: the rule holds for it and for all that then stays unreleased.

    The whole contest at once is what the declaration says: it may always be released.
    """
    chosen = tuple(groups)
    boxes = {label for number in chosen for label in facts.groups[number].boxes}
    left = _left(facts, chosen)
    if boxes == set(facts.boxes):
        return bool(boxes)
    return enough(facts, boxes) and (not left or enough(facts, left))


def _left(facts: Facts, groups: Iterable[int]) -> set[str]:
    """Boxes that stay unreleased when these groups are released."""
    chosen = set(groups)
    public = {label for g in facts.groups.values() if g.released or g.number in chosen for label in g.boxes}
    return set(facts.boxes) - public


def enough(facts: Facts, labels: Iterable[str]) -> bool:
    """Whether these boxes hold enough boxes of polling stations, and enough verified papers."""
    papers = sum(facts.boxes[label].papers or 0 for label in set(labels))
    definition = facts.definition
    return polling_boxes(facts, labels) >= definition.minimum_boxes and papers >= definition.minimum_papers


def polling_boxes(facts: Facts, labels: Iterable[str]) -> int:
    """How many of these boxes come from polling stations: a postal box hides nobody who voted at one."""
    return sum(facts.definition.boxes[label].kind == "polling" for label in set(labels))


def revisable(facts: Facts) -> tuple[int, ...] | None:
    """A released set whose figures now stand otherwise and may be released again under the standing policy, or None.

    It is released as the same set. It must rest on the papers that were released: then the difference tells what was
    written wrongly. Where papers came or went, as many of each perhaps, it would tell how they were cast: such a set
    waits for the Returning Officer (`withheld_revisions`).
    """
    if facts.publish != "totals" or facts.held:
        return None
    return next((s.groups for s in facts.releases if _stands_otherwise(facts, s) and _same_papers(facts, s)), None)


def withheld_revisions(facts: Facts) -> tuple[ReleasedSet, ...]:
    """Released sets that now stand otherwise and on other papers: only the Returning Officer releases them again."""
    return tuple(s for s in facts.releases if _stands_otherwise(facts, s) and not _same_papers(facts, s))


def same_papers(boxes: Mapping[str, Box], released_set: ReleasedSet) -> bool:
    """Whether no box of the set was verified with other figures since its release, not even for a while."""
    return tuple(boxes[label].papers_seq for label in released_set.boxes) == released_set.papers_seqs


def _same_papers(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether the groups of the set still hold the papers that were released: the same boxes, and in them the same."""
    boxes = {label for number in released_set.groups for label in facts.groups[number].boxes}
    return boxes == set(released_set.boxes) and same_papers(facts.boxes, released_set)


def _stands_otherwise(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether every group of the set is agreed, and their figures are not those that were released."""
    figures = _agreed_figures(facts, released_set)
    return figures is not None and figures != _released_figures(released_set)


def _recounting(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether papers of the set came or went since, or a group of it was reopened, and the figures that were released are
    not agreed anew.

    Only what is public decides it, which papers were found where, that a group is counted again, and figures that are: a
    count entered again on the same papers shows nowhere until it is released.
    """
    if _same_papers(facts, released_set) and not _reopened(facts, released_set):
        return False
    return _agreed_figures(facts, released_set) != _released_figures(released_set)


def _reopened(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether a group of the set is in a later round than the count that is public."""
    counts = zip(released_set.groups, released_set.counts, strict=True)
    return any(facts.groups[number].round != facts.groups[number].count_at(seq).figures.round for number, seq in counts)


def _released_figures(released_set: ReleasedSet) -> tuple[Sequence[int], Sequence[int], int]:
    return released_set.votes, released_set.rejected, released_set.papers


def _agreed_figures(facts: Facts, released_set: ReleasedSet) -> tuple[Sequence[int], Sequence[int], int] | None:
    """The figures of the set as its groups are agreed now, None while one of them is not."""
    agreed = [facts.groups[number].agreed for number in released_set.groups]
    figures = [count.figures for count in agreed if count is not None]
    if len(figures) != len(agreed):
        return None
    votes = tuple(map(sum, zip(*(f.votes for f in figures), strict=True)))
    rejected = tuple(map(sum, zip(*(f.rejected for f in figures), strict=True)))
    return votes, rejected, sum(f.papers for f in figures)


def _only_last_left(facts: Facts) -> bool:
    """Whether all that is not public can only become public together. Told by what is public: boxes and their groups."""
    left = _left(facts, ())
    waiting = [group for group in facts.groups.values() if not group.released]
    grouped = {label for group in facts.groups.values() for label in group.boxes}
    if not waiting or grouped != set(facts.boxes) or not facts.verification_complete:
        return False
    papers = sum(group.papers or 0 for group in waiting)
    definition = facts.definition
    divisible = polling_boxes(facts, left) >= 2 * definition.minimum_boxes and papers >= 2 * definition.minimum_papers
    return len(waiting) == 1 or not divisible


def ward_areas(definition: Definition, groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Wards joined wherever one of these sets of boxes crosses them: areas by which votes may be shown, in ward order.

    Wards that share a group are shown jointly, never apportioned.
    """
    area_of: dict[str, set[str]] = {gss: {gss} for gss in definition.wards}
    for labels in groups:
        wards = {gss for label in labels for gss in definition.boxes[label].wards}
        joined = set().union(*(area_of[gss] for gss in wards)) if wards else set()
        for gss in joined:
            area_of[gss] = joined
    positions: Mapping[str, int] = {gss: position for position, gss in enumerate(definition.wards)}
    areas = {tuple(sorted(area, key=positions.__getitem__)) for area in area_of.values()}
    return tuple(sorted(areas, key=lambda area: positions[area[0]]))
