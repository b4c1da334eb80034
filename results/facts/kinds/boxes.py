"""Boxes: they arrive, and their papers are verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Account, BoxVerification


@dataclass(frozen=True, slots=True)
class Arrived(Said):
    """A box has come to the hall."""

    box: str

    KIND: ClassVar[str] = "arrived"
    TABLES: ClassVar = {"BoxArrival": ("contest_box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "BoxArrival", {"contest_box_id": ids.boxes[self.box]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box,)] = rows["BoxArrival"]
        return cls(ids.labels[box])

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        box = state.boxes[self.box]
        state.boxes[self.box] = replace(box, arrived_at=box.arrived_at or entry.at, last_seq=entry.seq)


@dataclass(frozen=True, slots=True)
class Verified(BoxVerification, Said):
    """Papers found in a box against its account or, for a postal box, against the opening sessions' record."""

    KIND: ClassVar[str] = "verified"
    TABLES: ClassVar = {
        "Verification": ("contest_box_id", "papers_expected", "papers_found", "reason", "explanation"),
        "BallotPaperAccount": ("issued", "unused", "spoilt", "tendered"),
    }

    def rows(self, ids: Ids) -> Iterable[Row]:
        box = ids.boxes[self.box]
        if self.account is not None:
            account = self.account
            yield (
                "BallotPaperAccount",
                {
                    "contest_box_id": box,
                    "issued": account.issued,
                    "unused": account.unused,
                    "spoilt": account.spoilt,
                    "tendered": account.tendered,
                },
            )
        yield (
            "Verification",
            {
                "contest_box_id": box,
                "papers_expected": self.expected,
                "papers_found": self.found,
                "reason": self.reason,
                "explanation": self.explanation,
            },
        )

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box, expected, found, reason, explanation)] = rows["Verification"]
        accounts = [Account(*row) for row in rows["BallotPaperAccount"]]
        return cls(ids.labels[box], expected, found, reason, explanation, accounts[0] if accounts else None)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        box = state.boxes[self.box]
        same = box.verified is not None and box.verified.found == self.found
        state.boxes[self.box] = replace(
            box,
            arrived_at=box.arrived_at or entry.at,
            verified=self,
            papers_seq=box.papers_seq if same else entry.seq,
            verified_at=entry.at,
            verified_seq=entry.seq,
            last_seq=entry.seq,
        )
        state.papers_changed(self.box, entry.seq)
