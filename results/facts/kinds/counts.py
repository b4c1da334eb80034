"""Counts: the figures of a group's sheet are entered, and stand once the readings agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import CountFact, Figures


@dataclass(frozen=True, slots=True)
class Entered(Figures, Said):
    """One reading of a group's sheet."""

    KIND: ClassVar[str] = "entered"
    TABLES: ClassVar = {
        "Count": (
            *("group_id", "sheet", "papers", "doubtful"),
            *("round", "reading", "valid_papers", "unused_votes"),
        ),
        "CandidateVotes": ("candidate_id", "votes"),
        "RejectedPapers": ("head_id", "papers", "objections"),
    }

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield (
            "Count",
            {
                "group_id": ids.groups[self.group],
                "sheet": self.sheet,
                "papers": self.papers,
                "doubtful": self.doubtful,
                "round": self.round,
                "reading": self.reading,
                "valid_papers": self.valid_papers,
                "unused_votes": self.unused_votes,
            },
        )
        for candidate, votes in zip(ids.candidates, self.votes, strict=True):
            yield "CandidateVotes", {"candidate_id": candidate, "votes": votes}
        objections = self.objections or (0,) * len(self.rejected)
        for head, papers, objected in zip(ids.heads, self.rejected, objections, strict=True):
            yield "RejectedPapers", {"head_id": head, "papers": papers, "objections": objected}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, sheet, papers, doubtful, round_, reading, valid_papers, unused_votes)] = rows["Count"]
        votes = [0] * len(ids.candidates)
        for candidate, number in rows["CandidateVotes"]:
            votes[ids.candidate_positions[candidate]] = number
        rejected, objections = [0] * len(ids.heads), [0] * len(ids.heads)
        for head, number, objected in rows["RejectedPapers"]:
            rejected[ids.head_positions[head]] = number
            objections[ids.head_positions[head]] = objected
        return cls(
            group=ids.numbers[group],
            sheet=sheet,
            papers=papers,
            votes=tuple(votes),
            rejected=tuple(rejected),
            doubtful=doubtful,
            round=round_,
            reading=reading,
            valid_papers=valid_papers,
            unused_votes=unused_votes,
            objections=tuple(objections) if any(objections) else (),
        )

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        count = CountFact(entry.seq, entry.at, entry.actor, entry.actor_name, self, entry.note)
        state.groups[self.group] = replace(
            group, counts=(*group.counts, count), agreed=None, agreed_at=None, last_seq=entry.seq
        )
        # A form of the account opened before this count is stale from here on: its reader must see the count first.
        for key in {state.definition.boxes[label].account for label in group.boxes}:
            state.accounts[key] = replace(state.accounts[key], last_seq=entry.seq)


@dataclass(frozen=True, slots=True)
class Agreed(Said):
    """The figures entered at `readings` are the same, add up, and stand for the group."""

    group: int
    readings: tuple[int, ...]

    KIND: ClassVar[str] = "agreed"
    TABLES: ClassVar = {"Agreement": ("group_id",), "AgreedReading": ("reading_id",)}

    @property
    def count(self) -> int:
        """The seq of the count that stands: of the last reading, since all say the same."""
        return self.readings[-1]

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "Agreement", {"group_id": ids.groups[self.group]}
        for seq in self.readings:
            yield "AgreedReading", {"reading_id": ids.entries[seq]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group,)] = rows["Agreement"]
        return cls(ids.numbers[group], tuple(sorted(ids.seqs[reading] for (reading,) in rows["AgreedReading"])))

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        count = group.count_at(self.count)
        state.groups[self.group] = replace(group, agreed=count, agreed_at=entry.at, last_seq=entry.seq)
