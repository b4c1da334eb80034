"""Releases: the figures of a set of groups become public together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import PastRelease, ReleasedSet


@dataclass(frozen=True, slots=True)
class ReleaseMade(Said):
    """Groups released together, each with the seq of the count that stood; `automatic` where policy alone let it."""

    groups: tuple[tuple[int, int], ...]
    automatic: bool = True

    KIND: ClassVar[str] = "released"
    TABLES: ClassVar = {"Release": ("automatic",), "ReleasedGroup": ("group_id", "count_id")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "Release", {"automatic": self.automatic}
        for number, count in self.groups:
            yield "ReleasedGroup", {"group_id": ids.groups[number], "count_id": ids.entries[count]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(automatic,)] = rows["Release"]
        groups = sorted((ids.numbers[group], ids.seqs[count]) for group, count in rows["ReleasedGroup"])
        return cls(tuple(groups), automatic)

    def fold(self, state: State, entry: Entry) -> None:
        votes = [0] * len(state.definition.candidates)
        rejected = [0] * len(state.definition.heads)
        papers = 0
        boxes: list[str] = []
        for number, seq in self.groups:
            group = state.groups[number]
            figures = state.completed(group, seq).figures
            votes = [a + b for a, b in zip(votes, figures.votes, strict=True)]
            rejected = [a + b for a, b in zip(rejected, figures.rejected, strict=True)]
            papers += figures.papers
            boxes.extend(group.boxes)
            state.groups[number] = replace(group, released=True, last_seq=entry.seq)
        key = tuple(number for number, _ in self.groups)
        before = state.sets.get(key)
        stood = before.counts if before is not None else ()
        changed = [
            state.groups[number].count_at(seq) for number, seq in self.groups if before is not None and seq not in stood
        ]
        reasons = tuple(count.reason for count in changed if count.reason)
        papers_seqs = tuple(state.boxes[label].papers_seq for label in boxes)
        ordinal = before.number if before else len(state.sets) + 1
        counts = tuple(count for _, count in self.groups)
        made = ReleasedSet(
            ordinal, entry.at, key, counts, tuple(boxes), papers, tuple(votes), tuple(rejected), papers_seqs
        )
        state.sets[key] = made
        state.releases.append(PastRelease(entry.at, entry.seq, made, before, reasons))
