"""What the night amends of the set-up: a box that was not on the list or does not exist, a ward's electors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.definition import AccountDefinition, BoxDefinition
from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Account, Box

_BETWEEN = " "
"""Between the GSS codes of a box's wards, in the one column that holds them."""


@dataclass(frozen=True, slots=True)
class BoxRegistered(Said):
    """A box that the set-up did not know, with an account of its own."""

    box: BoxDefinition
    entrusted: int | None = None

    KIND: ClassVar[str] = "box_registered"
    TABLES: ClassVar = {
        "BoxRegistration": (
            "box_id",
            "account_id",
            "label",
            "kind",
            "wards",
            "place",
            "origin",
            "electors",
            "entrusted",
        )
    }

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield (
            "BoxRegistration",
            {
                "box_id": ids.boxes[self.box.label],
                "account_id": ids.accounts[self.box.account],
                "label": self.box.label,
                "kind": self.box.kind,
                "wards": _BETWEEN.join(self.box.wards),
                "place": self.box.place,
                "origin": self.box.origin,
                "electors": self.box.electors,
                "entrusted": self.entrusted,
            },
        )

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box, account, label, kind, wards, place, origin, electors, entrusted)] = rows["BoxRegistration"]
        ids.note_box(label, box)
        ids.note_account(label, account)
        return cls(BoxDefinition(label, kind, tuple(wards.split(_BETWEEN)), place, origin, electors, label), entrusted)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box.label]}

    def fold(self, state: State, entry: Entry) -> None:
        label, key = self.box.label, self.box.account
        account = AccountDefinition(key, (label,), self.entrusted)
        state.definition = replace(
            state.definition,
            boxes={**state.definition.boxes, label: self.box},
            accounts={**state.definition.accounts, key: account},
        )
        state.boxes[label] = Box(label, last_seq=entry.seq)
        state.accounts[key] = Account(key, last_seq=entry.seq)
        state.papers_changed()


@dataclass(frozen=True, slots=True)
class BoxCancelled(Said):
    """A box of the list does not exist, or was never used: nothing is expected of it."""

    box: str

    KIND: ClassVar[str] = "box_cancelled"
    TABLES: ClassVar = {"BoxCancellation": ("box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "BoxCancellation", {"box_id": ids.boxes[self.box]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(box,)] = rows["BoxCancellation"]
        return cls(ids.labels[box])

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"box_id": ids.boxes[self.box]}

    def fold(self, state: State, entry: Entry) -> None:
        definition = state.definition
        key = definition.boxes[self.box].account
        left = tuple(label for label in definition.accounts[key].boxes if label != self.box)
        accounts = dict(definition.accounts)
        if left:
            accounts[key] = replace(accounts[key], boxes=left)
        else:
            del accounts[key]
            del state.accounts[key]
        boxes = {label: box for label, box in definition.boxes.items() if label != self.box}
        state.definition = replace(definition, boxes=boxes, accounts=accounts)
        del state.boxes[self.box]
        state.cancelled.append(self.box)
        state.papers_changed()


@dataclass(frozen=True, slots=True)
class ElectorateAmended(Said):
    """A ward has another number of electors than the set-up says: alterations to the register, a slip in a file."""

    ward: str
    electorate: int

    KIND: ClassVar[str] = "electorate_amended"
    TABLES: ClassVar = {"ElectorateAmendment": ("ward_id", "electorate")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "ElectorateAmendment", {"ward_id": ids.wards[self.ward], "electorate": self.electorate}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(ward, electorate)] = rows["ElectorateAmendment"]
        return cls(ids.ward_codes[ward], electorate)

    def fold(self, state: State, entry: Entry) -> None:
        wards = dict(state.definition.wards)
        wards[self.ward] = replace(wards[self.ward], electorate=self.electorate)
        state.definition = replace(state.definition, wards=wards)
