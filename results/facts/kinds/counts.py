"""Counts: a group's sheet is entered, doubtful papers return from adjudication, and what the readings agree on stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.figures import AdjudicationFigures, Figures
from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import AdjudicationFact, CountFact


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
        yield from _figure_rows(ids, self.votes, self.rejected, self.objections)

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, sheet, papers, doubtful, round_, reading, valid_papers, unused_votes)] = rows["Count"]
        votes, rejected, objections = _read_figures(rows, ids)
        return cls(
            group=ids.numbers[group],
            sheet=sheet,
            papers=papers,
            votes=votes,
            rejected=rejected,
            doubtful=doubtful,
            round=round_,
            reading=reading,
            valid_papers=valid_papers,
            unused_votes=unused_votes,
            objections=objections,
        )

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        count = CountFact(entry.seq, entry.at, entry.actor, entry.actor_name, self, entry.note)
        state.groups[self.group] = replace(
            group,
            counts=(*group.counts, count),
            agreed=None,
            agreed_at=None,
            returned=group.returned - {self.reading},
            last_seq=entry.seq,
        )
        state.begin_count(entry.at)
        # A form of the account opened before this count is stale from here on: its reader must see the count first.
        for key in {state.definition.boxes[label].account for label in group.boxes}:
            state.accounts[key] = replace(state.accounts[key], last_seq=entry.seq)


@dataclass(frozen=True, slots=True)
class ReadingReturned(Said):
    """A supervisor looked at the sheet: this reading was mistyped, and is to be typed again."""

    group: int
    reading: int

    KIND: ClassVar[str] = "reading_returned"
    TABLES: ClassVar = {"ReadingReturn": ("group_id", "reading")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "ReadingReturn", {"group_id": ids.groups[self.group], "reading": self.reading}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, reading)] = rows["ReadingReturn"]
        return cls(ids.numbers[group], reading)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        state.groups[self.group] = replace(
            group, agreed=None, agreed_at=None, returned=group.returned | {self.reading}, last_seq=entry.seq
        )


@dataclass(frozen=True, slots=True)
class Adjudicated(AdjudicationFigures, Said):
    """What adjudication has returned of a group's doubtful papers so far in this round."""

    KIND: ClassVar[str] = "adjudicated"
    TABLES: ClassVar = {
        "Adjudication": ("group_id", "round", "valid_papers", "unused_votes"),
        "CandidateVotes": ("candidate_id", "votes"),
        "RejectedPapers": ("head_id", "papers", "objections"),
    }

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield (
            "Adjudication",
            {
                "group_id": ids.groups[self.group],
                "round": self.round,
                "valid_papers": self.valid_papers,
                "unused_votes": self.unused_votes,
            },
        )
        yield from _figure_rows(ids, self.votes, self.rejected, self.objections)

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, round_, valid_papers, unused_votes)] = rows["Adjudication"]
        votes, rejected, objections = _read_figures(rows, ids)
        return cls(ids.numbers[group], round_, votes, rejected, objections, valid_papers, unused_votes)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        fact = AdjudicationFact(entry.seq, entry.at, entry.actor, entry.actor_name, self)
        state.groups[self.group] = replace(
            group, adjudications=(*group.adjudications, fact), agreed=None, agreed_at=None, last_seq=entry.seq
        )


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
        count = state.completed(group, self.count)
        state.groups[self.group] = replace(group, agreed=count, agreed_at=entry.at, last_seq=entry.seq)


def _figure_rows(ids: Ids, votes: Sequence[int], rejected: Sequence[int], objections: Sequence[int]) -> Iterable[Row]:
    """The rows of votes by candidate and of rejected papers by head."""
    for candidate, number in zip(ids.candidates, votes, strict=True):
        yield "CandidateVotes", {"candidate_id": candidate, "votes": number}
    for head, papers, objected in zip(ids.heads, rejected, objections or (0,) * len(rejected), strict=True):
        yield "RejectedPapers", {"head_id": head, "papers": papers, "objections": objected}


def _read_figures(rows: Rows, ids: Ids) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Votes, rejected papers and, where there are any, objections: the other direction of `_figure_rows`."""
    votes = [0] * len(ids.candidates)
    for candidate, number in rows["CandidateVotes"]:
        votes[ids.candidate_positions[candidate]] = number
    rejected, objections = [0] * len(ids.heads), [0] * len(ids.heads)
    for head, number, objected in rows["RejectedPapers"]:
        rejected[ids.head_positions[head]] = number
        objections[ids.head_positions[head]] = objected
    return tuple(votes), tuple(rejected), tuple(objections) if any(objections) else ()
