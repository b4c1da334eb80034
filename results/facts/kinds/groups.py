"""Count groups: boxes are mixed into one, and it is taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from results.facts.kinds.said import Entry, Ids, Row, Rows, Said
from results.facts.state import State
from results.facts.types import Group


@dataclass(frozen=True, slots=True)
class GroupFormed(Said):
    """Boxes are mixed into one group, in the order of the set-up."""

    group: int
    boxes: tuple[str, ...]
    override_reason: str = ""

    KIND: ClassVar[str] = "group_formed"
    TABLES: ClassVar = {"CountGroup": ("id", "number", "override_reason"), "CountGroupBox": ("contest_box_id",)}

    def rows(self, ids: Ids) -> Iterable[Row]:
        group = ids.new()
        ids.note_group(self.group, group)
        yield (
            "CountGroup",
            {
                "id": group,
                "contest_id": ids.contest,
                "number": self.group,
                "override_reason": self.override_reason,
            },
        )
        for label in self.boxes:
            yield "CountGroupBox", {"group_id": group, "contest_box_id": ids.boxes[label]}

    @classmethod
    def read(cls, rows: Rows, ids: Ids) -> Self:
        [(group, number, override_reason)] = rows["CountGroup"]
        ids.note_group(number, group)
        positions = {label: position for position, label in enumerate(ids.boxes)}
        boxes = sorted((ids.labels[box] for (box,) in rows["CountGroupBox"]), key=positions.__getitem__)
        return cls(number, tuple(boxes), override_reason)

    def about(self, ids: Ids) -> Mapping[str, Any]:
        return {"group_id": ids.groups[self.group]}

    def fold(self, state: State, entry: Entry) -> None:
        state.groups[self.group] = Group(
            self.group, self.boxes, entry.at, state.papers_in(self.boxes), last_seq=entry.seq
        )
        for label in self.boxes:
            state.group_of[label] = self.group


@dataclass(frozen=True, slots=True)
class GroupDissolved(Said):
    """A group is taken apart; its boxes may be grouped anew."""

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
        for label in state.groups.pop(self.group).boxes:
            del state.group_of[label]
