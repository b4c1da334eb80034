"""What the Returning Officer signs or states of the verification and the beginning of the count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import LateStartStatement, SignedStatement


@dataclass(frozen=True, slots=True)
class VerificationSigned(Said):
    """The statement as to verification is signed over this many papers in all, by the person of this name."""

    name: str
    papers: int

    KIND: ClassVar[str] = "verification_signed"
    TABLES: ClassVar = {"VerificationSigning": ("name", "papers")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "VerificationSigning", {"name": self.name, "papers": self.papers}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(name, papers)] = rows["VerificationSigning"]
        return cls(name, papers)

    def fold(self, state: State, entry: Entry) -> None:
        state.signed_statement = SignedStatement(entry.seq, entry.at, self.name, self.papers)


@dataclass(frozen=True, slots=True)
class LateStartStated(Said):
    """Why the count began later than the law asks."""

    statement: str

    KIND: ClassVar[str] = "late_start_stated"
    TABLES: ClassVar = {"LateStart": ("statement",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "LateStart", {"statement": self.statement}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(statement,)] = rows["LateStart"]
        return cls(statement)

    def fold(self, state: State, entry: Entry) -> None:
        state.late_start = LateStartStatement(entry.seq, entry.at, entry.actor_name, self.statement)
