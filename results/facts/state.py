"""The state of the fold while it runs: what is known so far, and the steps that several kinds of entry share. Pure."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime

from results.facts.types import Box, Definition, Facts, Group, PolicyEvent, ReleasedSet, ReleaseEvent


class State:
    """What is known after the entries folded so far. Kinds of entry change it (results/facts/kinds)."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.boxes = {label: Box(label) for label in definition.boxes}
        self.group_of: dict[str, int] = {}
        self.groups: dict[int, Group] = {}
        self.sets: dict[tuple[int, ...], ReleasedSet] = {}
        self.releases: list[ReleaseEvent] = []
        self.policies: list[PolicyEvent] = []
        self.publish, self.projection, self.held = definition.publish, definition.projection, False
        self.seq = 0
        self.as_of: datetime | None = None

    def papers_in(self, labels: tuple[str, ...]) -> int | None:
        """Papers verified in these boxes, or None while one of them is not verified."""
        total = 0
        for label in labels:
            verified = self.boxes[label].verified
            if verified is None:
                return None
            total += verified.found
        return total

    def papers_changed(self, label: str, seq: int) -> None:
        """A box was verified: if its group now has other papers, the group's count must meet them anew."""
        number = self.group_of.get(label)
        if number is None:
            return
        group = self.groups[number]
        papers = self.papers_in(group.boxes)
        if papers == group.papers:
            self.groups[number] = replace(group, last_seq=seq)
        else:
            self.groups[number] = replace(group, papers=papers, agreed=None, agreed_at=None, last_seq=seq)

    def note_choice(self, at: datetime, seq: int) -> None:
        """Keep the Returning Officer's choice as it now stands."""
        self.policies.append(PolicyEvent(at, seq, self.publish, self.projection, self.held))

    def copy(self) -> State:
        """The same state, to be folded on without this one."""
        other = copy(self)
        for name in ("boxes", "group_of", "groups", "sets", "releases", "policies"):
            setattr(other, name, copy(getattr(self, name)))
        return other

    def facts(self) -> Facts:
        """What is known now; later entries do not change it."""
        return Facts(
            definition=self.definition,
            seq=self.seq,
            as_of=self.as_of,
            boxes=dict(self.boxes),
            groups=dict(sorted(self.groups.items())),
            releases=tuple(self.sets.values()),
            release_events=tuple(self.releases),
            publish=self.publish,
            projection=self.projection,
            held=self.held,
            policy_events=tuple(self.policies),
        )
