"""What every kind of entry has: its name, its rows in both directions, its effect on the facts. Pure, no Django.

A kind names its rows by table and column, so that it can be read and tested without a database; the adapter
(results/facts/reading.py) and the writer (results/ledger/writing.py) turn them into rows of results/models/ledger.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from results.facts.state import State

Row = tuple[str, Mapping[str, Any]]
"""A row to be written: the name of its table's model, and its columns but `entry`."""
Rows = Mapping[str, Sequence[Sequence[Any]]]
"""The rows of one entry as they were read: by table, each the columns that the kind names, in their order."""


@dataclass(slots=True)
class Ids:
    """The database's ids of what entries know by key: a box by its label, a group by its number, an entry by its seq.

    Candidates and heads of rejection are known by their position in the definition.
    """

    new: Callable[[], uuid.UUID]
    contest: int
    boxes: dict[str, int]
    accounts: dict[str, int]
    wards: dict[str, int]
    candidates: tuple[int, ...]
    heads: tuple[int, ...]
    sessions: dict[str, int] = field(default_factory=dict)
    labels: dict[int, str] = field(init=False)
    account_keys: dict[int, str] = field(init=False)
    ward_codes: dict[int, str] = field(init=False)
    candidate_positions: dict[int, int] = field(init=False)
    head_positions: dict[int, int] = field(init=False)
    session_names: dict[int, str] = field(init=False)
    entries: dict[int, uuid.UUID] = field(default_factory=dict)
    seqs: dict[uuid.UUID, int] = field(default_factory=dict)
    groups: dict[int, uuid.UUID] = field(default_factory=dict)
    numbers: dict[uuid.UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = {pk: label for label, pk in self.boxes.items()}
        self.account_keys = {pk: key for key, pk in self.accounts.items()}
        self.ward_codes = {pk: gss for gss, pk in self.wards.items()}
        self.candidate_positions = {pk: position for position, pk in enumerate(self.candidates)}
        self.head_positions = {pk: position for position, pk in enumerate(self.heads)}
        self.session_names = {pk: name for name, pk in self.sessions.items()}

    def note_entry(self, seq: int, id_: uuid.UUID) -> None:
        """Remember the id of an entry."""
        self.entries[seq] = id_
        self.seqs[id_] = seq

    def in_order(self, boxes: Iterable[int]) -> tuple[str, ...]:
        """The labels of these boxes, in the order of the set-up; those that the night brought come last."""
        positions = {pk: position for position, pk in enumerate(self.boxes.values())}
        return tuple(self.labels[box] for box in sorted(boxes, key=positions.__getitem__))

    def note_box(self, label: str, box: int) -> None:
        """Remember the id of a box that the night brought."""
        self.boxes[label] = box
        self.labels[box] = label

    def note_account(self, key: str, account: int) -> None:
        """Remember the id of an account that the night brought."""
        self.accounts[key] = account
        self.account_keys[account] = key

    def note_group(self, number: int, id_: uuid.UUID) -> None:
        """Remember the id of a group."""
        self.groups[number] = id_
        self.numbers[id_] = number

    def copy(self) -> Ids:
        """The same ids, to be added to without this one."""
        other = Ids(
            self.new,
            self.contest,
            dict(self.boxes),
            dict(self.accounts),
            self.wards,
            self.candidates,
            self.heads,
            self.sessions,
        )
        other.entries, other.seqs = dict(self.entries), dict(self.seqs)
        other.groups, other.numbers = dict(self.groups), dict(self.numbers)
        return other


class Said:
    """What an entry says. Subclasses are frozen dataclasses, one for each kind."""

    __slots__ = ()

    KIND: ClassVar[str]
    """The kind's name in the ledger."""
    TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The tables of its rows, each with the columns by which they are read."""

    def rows(self, ids: Ids) -> Iterable[Row]:
        """The rows that hold what is said."""
        raise NotImplementedError(self.KIND)

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        """What these rows say; the other direction of `rows`."""
        raise NotImplementedError(cls.KIND)

    def fold(self, state: State, entry: Entry) -> None:
        """What is known once this is said."""
        raise NotImplementedError(self.KIND)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        """The columns of the entry itself that name the box or the group it is about."""
        return {}

    def fingerprint(self) -> dict[str, Any]:
        """What a second submission under the same id must say too."""
        return {"kind": self.KIND, **asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Together(Said):
    """What one submission says of several things at one stroke: an entry for each, and none for all of it."""

    said: tuple[Said, ...]

    def fingerprint(self) -> dict[str, Any]:
        return {"kind": "together", "said": [one.fingerprint() for one in self.said]}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger, as the fold reads it."""

    seq: int
    at: datetime
    said: Said
    actor: int = 0
    actor_name: str = ""
    note: str = ""
