"""Boxes: they arrive, and their papers are verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Account, AccountFigures, AccountVerification, BoxPapers


@dataclass(frozen=True, slots=True)
class Arrived(Said):
    """A box has come to the hall."""

    box: str

    KIND: ClassVar[str] = "arrived"
    TABLES: ClassVar = {"BoxArrival": ("box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "BoxArrival", {"box_id": ids.boxes[self.box]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box,)] = rows["BoxArrival"]
        return cls(ids.labels[box])

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        box = state.boxes[self.box]
        state.boxes[self.box] = replace(box, arrived_at=box.arrived_at or entry.at, last_seq=entry.seq)


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
        changed = {found.box for found in self.boxes if state.boxes[found.box].papers != found.papers}
        for found in self.boxes:
            box = state.boxes[found.box]
            state.boxes[found.box] = replace(
                box,
                arrived_at=box.arrived_at or entry.at,
                papers=found.papers,
                papers_seq=box.papers_seq if box.papers == found.papers else entry.seq,
                verified_at=entry.at,
                last_seq=entry.seq,
            )
        state.accounts[self.account] = Account(self.account, self, entry.at, entry.seq, entry.seq)
        for found in self.boxes:
            state.verified(found.box, entry.seq, found.box in changed)
