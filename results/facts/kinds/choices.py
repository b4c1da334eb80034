"""The Returning Officer's choices: what is public, the projection, and the hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State


@dataclass(frozen=True, slots=True)
class PolicySet(Said):
    """What is public from here on."""

    publish: str
    projection: bool

    KIND: ClassVar[str] = "policy_set"
    TABLES: ClassVar = {"PolicyChange": ("publish", "projection")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "PolicyChange", {"publish": self.publish, "projection": self.projection}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(publish, projection)] = rows["PolicyChange"]
        return cls(publish, projection)

    def fold(self, state: State, entry: Entry) -> None:
        state.publish, state.projection = self.publish, self.projection
        state.note_choice(entry.at, entry.seq)


@dataclass(frozen=True, slots=True)
class HeldSet(Said):
    """New releases stop, or go on again."""

    held: bool

    KIND: ClassVar[str] = "held"
    TABLES: ClassVar = {"Hold": ("held",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "Hold", {"held": self.held}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(held,)] = rows["Hold"]
        return cls(held)

    def fold(self, state: State, entry: Entry) -> None:
        state.held = self.held
        state.note_choice(entry.at, entry.seq)
