"""Count groups: boxes are mixed into one, it goes to be counted, is counted again or of other boxes, is dissolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Group


@dataclass(frozen=True, slots=True)
class GroupFormed(Said):
    """Boxes are mixed into one group, in the order of the set-up."""

    group: int
    boxes: tuple[str, ...]

    KIND: ClassVar[str] = "group_formed"
    TABLES: ClassVar = {"CountGroup": ("id", "number"), "CountGroupBox": ("box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        group = ids.new()
        ids.note_group(self.group, group)
        yield "CountGroup", {"id": group, "contest_id": ids.contest, "number": self.group}
        for label in self.boxes:
            yield "CountGroupBox", {"group_id": group, "box_id": ids.boxes[label]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, number)] = rows["CountGroup"]
        ids.note_group(number, group)
        return cls(number, ids.in_order(box for (box,) in rows["CountGroupBox"]))

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        state.groups[self.group] = Group(
            self.group,
            self.boxes,
            entry.at,
            state.papers_in(self.boxes),
            readings_required=state.definition.entries_required,
            heads=state.definition.heads,
            seats=state.definition.seats,
            last_seq=entry.seq,
        )
        for label in self.boxes:
            state.group_of[label] = self.group


@dataclass(frozen=True, slots=True)
class GroupDissolved(Said):
    """A group is dissolved; its boxes may be grouped anew."""

    group: int

    KIND: ClassVar[str] = "group_dissolved"
    TABLES: ClassVar = {"GroupDissolution": ("group_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "GroupDissolution", {"group_id": ids.groups[self.group]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group,)] = rows["GroupDissolution"]
        return cls(ids.numbers[group])

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups.pop(self.group)
        state.dissolved[self.group] = replace(group, last_seq=entry.seq)
        for label in group.boxes:
            del state.group_of[label]


@dataclass(frozen=True, slots=True)
class GroupSent(Said):
    """A group's papers went to be counted, at this table."""

    group: int
    table: str

    KIND: ClassVar[str] = "group_sent"
    TABLES: ClassVar = {"GroupSending": ("group_id", "table")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "GroupSending", {"group_id": ids.groups[self.group], "table": self.table}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, table)] = rows["GroupSending"]
        return cls(ids.numbers[group], table)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        group = state.groups[self.group]
        # The table may be named anew; the papers went once.
        state.groups[self.group] = replace(
            group, sent_at=group.sent_at or entry.at, table=self.table, last_seq=entry.seq
        )
        state.begin_count(entry.at)


@dataclass(frozen=True, slots=True)
class GroupReopened(Said):
    """A group's figures stand no more: it is counted again, in another round, for this purpose."""

    group: int
    purpose: str = "sheet_wrong"

    KIND: ClassVar[str] = "group_reopened"
    TABLES: ClassVar = {"GroupReopening": ("group_id", "purpose")}

    def rows(self, ids: Ids) -> Iterable[Row]:
        yield "GroupReopening", {"group_id": ids.groups[self.group], "purpose": self.purpose}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, purpose)] = rows["GroupReopening"]
        return cls(ids.numbers[group], purpose)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        state.reopen(self.group, entry.seq, purpose=self.purpose)


@dataclass(frozen=True, slots=True)
class GroupChanged(Said):
    """A group was formed of other boxes than was said: these are they, and it is counted again."""

    group: int
    boxes: tuple[str, ...]

    KIND: ClassVar[str] = "group_changed"
    TABLES: ClassVar = {"GroupChange": ("group_id",), "CountGroupBox": ("box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        group = ids.groups[self.group]
        yield "GroupChange", {"group_id": group}
        for label in self.boxes:
            yield "CountGroupBox", {"group_id": group, "box_id": ids.boxes[label]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group,)] = rows["GroupChange"]
        return cls(ids.numbers[group], ids.in_order(box for (box,) in rows["CountGroupBox"]))

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        for label in state.groups[self.group].boxes:
            del state.group_of[label]
        state.reopen(self.group, entry.seq, boxes=self.boxes, papers=state.papers_in(self.boxes))
        for label in self.boxes:
            state.group_of[label] = self.group
