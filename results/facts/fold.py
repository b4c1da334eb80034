"""The fold: entries of a ledger prefix -> Facts. Pure; the same entries always give the same facts."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace

from results.facts.types import (
    Agreed,
    Arrived,
    Box,
    CountFact,
    Definition,
    Entered,
    Entry,
    Facts,
    Group,
    GroupDissolved,
    GroupFormed,
    HeldSet,
    PolicyEvent,
    PolicySet,
    ReleasedSet,
    ReleaseEvent,
    ReleaseMade,
    Verified,
)


def fold(definition: Definition, entries: Iterable[Entry]) -> Facts:
    """Everything that these entries say, which come in the order of their seq.

    A later verification of a box reopens the group that it is in: the group's count must meet the papers now found.
    """
    night = Night(definition)
    for entry in entries:
        night.take(entry)
    return night.facts()


class Night:
    """The state of the fold while it runs: entries are taken one by one, and facts given at any point."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.boxes = {label: Box(label) for label in definition.boxes}
        self.group_of: dict[str, int] = {}
        self.groups: dict[int, Group] = {}
        self.sets: dict[tuple[int, ...], ReleasedSet] = {}
        self.releases: list[ReleaseEvent] = []
        self.policies: list[PolicyEvent] = []
        self.publish, self.projection, self.held = definition.publish, definition.projection, False
        self.last: Entry | None = None

    def take(self, entry: Entry) -> None:
        """Apply one entry."""
        said = entry.said
        if isinstance(said, Arrived):
            box = self.boxes[said.box]
            self.boxes[said.box] = replace(box, arrived_at=box.arrived_at or entry.at, last_seq=entry.seq)
        elif isinstance(said, Verified):
            self._verify(entry, said)
        elif isinstance(said, GroupFormed):
            self._form(entry, said)
        elif isinstance(said, GroupDissolved):
            for label in self.groups.pop(said.group).boxes:
                del self.group_of[label]
        elif isinstance(said, Entered):
            group = self.groups[said.group]
            count = CountFact(entry.seq, entry.at, entry.actor, entry.actor_name, said)
            self.groups[said.group] = replace(
                group, counts=(*group.counts, count), agreed=None, agreed_at=None, last_seq=entry.seq
            )
            # Who opened a box's form before its group was counted must see that first.
            for label in group.boxes:
                self.boxes[label] = replace(self.boxes[label], last_seq=entry.seq)
        elif isinstance(said, Agreed):
            group = self.groups[said.group]
            count = _count_at(group, said.count)
            self.groups[said.group] = replace(group, agreed=count, agreed_at=entry.at, last_seq=entry.seq)
        elif isinstance(said, ReleaseMade):
            self._release(entry, said)
        elif isinstance(said, PolicySet | HeldSet):
            self._choose(entry, said)
        self.last = entry

    def _verify(self, entry: Entry, said: Verified) -> None:
        box = self.boxes[said.box]
        self.boxes[said.box] = replace(
            box, arrived_at=box.arrived_at or entry.at, verified=said, verified_at=entry.at, last_seq=entry.seq
        )
        number = self.group_of.get(said.box)
        if number is not None:
            group = self.groups[number]
            papers = self._papers(group.boxes)
            if papers == group.papers:
                self.groups[number] = replace(group, last_seq=entry.seq)
            else:
                self.groups[number] = replace(group, papers=papers, agreed=None, agreed_at=None, last_seq=entry.seq)

    def _form(self, entry: Entry, said: GroupFormed) -> None:
        self.groups[said.group] = Group(said.group, said.boxes, entry.at, self._papers(said.boxes), last_seq=entry.seq)
        for label in said.boxes:
            self.group_of[label] = said.group

    def _papers(self, labels: tuple[str, ...]) -> int | None:
        """Papers verified in these boxes, or None while one of them is not verified."""
        total = 0
        for label in labels:
            verified = self.boxes[label].verified
            if verified is None:
                return None
            total += verified.found
        return total

    def _release(self, entry: Entry, said: ReleaseMade) -> None:
        votes = [0] * len(self.definition.candidates)
        rejected = [0] * len(self.definition.heads)
        papers = 0
        boxes: list[str] = []
        for number, count_seq in said.groups:
            group = self.groups[number]
            figures = _count_at(group, count_seq).figures
            votes = [a + b for a, b in zip(votes, figures.votes, strict=True)]
            rejected = [a + b for a, b in zip(rejected, figures.rejected, strict=True)]
            papers += figures.papers
            boxes.extend(group.boxes)
            self.groups[number] = replace(group, released=True, last_seq=entry.seq)
        key = tuple(number for number, _ in said.groups)
        before = self.sets.get(key)
        ordinal = before.number if before else len(self.sets) + 1
        counts = tuple(count for _, count in said.groups)
        made = ReleasedSet(ordinal, entry.at, key, counts, tuple(boxes), papers, tuple(votes), tuple(rejected))
        self.sets[key] = made
        self.releases.append(ReleaseEvent(entry.at, entry.seq, made, before))

    def _choose(self, entry: Entry, said: PolicySet | HeldSet) -> None:
        if isinstance(said, PolicySet):
            self.publish, self.projection = said.publish, said.projection
        else:
            self.held = said.held
        self.policies.append(PolicyEvent(entry.at, entry.seq, self.publish, self.projection, self.held))

    def copy(self) -> Night:
        """The same state, to be taken on without this one."""
        other = copy(self)
        for name in ("boxes", "group_of", "groups", "sets", "releases", "policies"):
            setattr(other, name, copy(getattr(self, name)))
        return other

    def facts(self) -> Facts:
        """What is known after the entries taken so far; later entries do not change it."""
        return Facts(
            definition=self.definition,
            seq=self.last.seq if self.last else 0,
            as_of=self.last.at if self.last else None,
            boxes=dict(self.boxes),
            groups=dict(sorted(self.groups.items())),
            releases=tuple(self.sets.values()),
            release_events=tuple(self.releases),
            publish=self.publish,
            projection=self.projection,
            held=self.held,
            policy_events=tuple(self.policies),
        )


def _count_at(group: Group, seq: int) -> CountFact:
    """The count of a group that was entered at this seq; ValueError where the ledger names one that is not there."""
    for count in reversed(group.counts):
        if count.seq == seq:
            return count
    raise ValueError(f"group {group.number} has no count at entry {seq}")
