"""Boxes: they arrive, their papers are verified, and papers of another contest go to where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.figures import AccountFigures, AccountVerification, BoxPapers
from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Account, ClosedSession


@dataclass(frozen=True, slots=True)
class Arrived(Said):
    """A box has come to the hall, and what came with it. Said again, it tells what came later: the account, packets."""

    box: str
    account_received: bool | None = None
    packets: int | None = None
    packs_handed_in: int | None = None

    KIND: ClassVar[str] = "arrived"
    TABLES: ClassVar = {"BoxArrival": ("box_id", "account_received", "packets", "packs_handed_in")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield (
            "BoxArrival",
            {
                "box_id": ids.boxes[self.box],
                "account_received": self.account_received,
                "packets": self.packets,
                "packs_handed_in": self.packs_handed_in,
            },
        )

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box, account_received, packets, packs_handed_in)] = rows["BoxArrival"]
        return cls(ids.labels[box], account_received, packets, packs_handed_in)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        box = state.boxes[self.box]
        state.boxes[self.box] = replace(
            box,
            arrived_at=box.arrived_at or entry.at,
            account_received=self.account_received,
            packets=self.packets,
            packs_handed_in=self.packs_handed_in,
            arrival_seq=entry.seq,
            last_seq=entry.seq,
        )


@dataclass(frozen=True, slots=True)
class ArrivalUndone(Said):
    """A box was checked in by mistake: it is expected again."""

    box: str

    KIND: ClassVar[str] = "arrival_undone"
    TABLES: ClassVar = {"ArrivalUndoing": ("box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "ArrivalUndoing", {"box_id": ids.boxes[self.box]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box,)] = rows["ArrivalUndoing"]
        return cls(ids.labels[box])

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        state.boxes[self.box] = replace(
            state.boxes[self.box],
            arrived_at=None,
            account_received=None,
            packets=None,
            packs_handed_in=None,
            arrival_seq=0,
            last_seq=entry.seq,
        )


@dataclass(frozen=True, slots=True)
class SessionClosed(Said):
    """An opening session of postal votes is over, known by its name."""

    session: str

    KIND: ClassVar[str] = "session_closed"
    TABLES: ClassVar = {"SessionClosing": ("session_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "SessionClosing", {"session_id": ids.sessions[self.session]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(session,)] = rows["SessionClosing"]
        return cls(ids.session_names[session])

    def fold(self, state: State, entry: Entry) -> None:
        state.closed_sessions[self.session] = ClosedSession(entry.seq, entry.at, entry.actor_name)


@dataclass(frozen=True, slots=True)
class PapersMoved(Said):
    """Papers that lay in another contest's box went to where they belong: `inward` to this contest's box, else out of it.

    `other_contest` is the other's ballot paper id, `other_box` the label of its box.
    """

    box: str
    papers: int
    inward: bool
    other_contest: str
    other_box: str

    KIND: ClassVar[str] = "papers_moved"
    TABLES: ClassVar = {"PapersMoving": ("box_id", "papers", "inward", "other_contest", "other_box")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield (
            "PapersMoving",
            {
                "box_id": ids.boxes[self.box],
                "papers": self.papers,
                "inward": self.inward,
                "other_contest": self.other_contest,
                "other_box": self.other_box,
            },
        )

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box, papers, inward, other_contest, other_box)] = rows["PapersMoving"]
        return cls(ids.labels[box], papers, inward, other_contest, other_box)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        change = self.papers if self.inward else -self.papers
        box = state.boxes[self.box]
        state.boxes[self.box] = replace(
            box,
            moved=box.moved + change,
            papers=None if box.papers is None else box.papers + change,
            papers_seq=box.papers_seq if box.papers is None else entry.seq,
            last_seq=entry.seq,
        )
        key = state.definition.boxes[self.box].account
        account = state.accounts[key]
        state.accounts[key] = replace(account, moved=account.moved + change, last_seq=entry.seq)
        if box.papers is not None:
            state.verified(self.box, entry.seq, True)
            state.papers_changed()


_FIGURES = ("issued", "unused", "spoilt", "tendered", "unused_counted", "spoilt_counted")


@dataclass(frozen=True, slots=True)
class Verified(AccountVerification, Said):
    """Papers found in the boxes of an account against what the account says was issued."""

    KIND: ClassVar[str] = "verified"
    TABLES: ClassVar = {
        "Verification": ("account_id", "papers_expected", "reason", "explanation"),
        "BoxCount": ("box_id", "attempt", "papers"),
        "PresidingOfficersFigures": _FIGURES,
    }

    def rows(self, ids: Ids) -> Iterable[Row]:
        account = ids.accounts[self.account]
        if self.figures is not None:
            figures = {name: getattr(self.figures, name) for name in _FIGURES}
            yield "PresidingOfficersFigures", {"account_id": account, **figures}
        yield (
            "Verification",
            {
                "account_id": account,
                "papers_expected": self.expected,
                "papers_found": self.found,
                "reason": self.reason,
                "explanation": self.explanation,
            },
        )
        for box in self.boxes:
            for attempt, papers in enumerate(box.counts, 1):
                yield "BoxCount", {"box_id": ids.boxes[box.box], "attempt": attempt, "papers": papers}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(account, expected, reason, explanation)] = rows["Verification"]
        figures = [AccountFigures(*row) for row in rows["PresidingOfficersFigures"]]
        counts: dict[str, list[tuple[int, int]]] = {}
        for box, attempt, papers in rows["BoxCount"]:
            counts.setdefault(ids.labels[box], []).append((attempt, papers))
        boxes = tuple(
            BoxPapers(label, tuple(papers for _, papers in sorted(counts[label])))
            for label in ids.in_order(ids.boxes[label] for label in counts)
        )
        return cls(ids.account_keys[account], expected, boxes, reason, explanation, figures[0] if figures else None)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"account_id": ids.accounts[self.account]}

    def fold(self, state: State, entry: Entry) -> None:
        papers = {found.box: found.papers + state.boxes[found.box].moved for found in self.boxes}
        changed = {label for label, number in papers.items() if state.boxes[label].papers != number}
        for found in self.boxes:
            box = state.boxes[found.box]
            state.boxes[found.box] = replace(
                box,
                arrived_at=box.arrived_at or entry.at,
                papers=papers[found.box],
                papers_seq=entry.seq if found.box in changed else box.papers_seq,
                verified_at=entry.at,
                last_seq=entry.seq,
            )
        moved = state.accounts[self.account].moved
        state.accounts[self.account] = Account(self.account, self, moved, entry.at, entry.seq, entry.seq)
        state.papers_changed()
        for found in self.boxes:
            state.verified(found.box, entry.seq, found.box in changed)
