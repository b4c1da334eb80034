"""The floor of the hall at one glance: every box and group, its state, since when, and who has it. Pure.

Nothing here is a figure of a vote, and a person who reads blind is told of a group that two people read no more than its own
screen tells: their own reading, and who has the sheet in hand while nobody has read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from results.desk.progress import box_doubts
from results.facts.states import BoxState, GroupState
from results.facts.types import Box, CountFact, Facts, Group
from results.floor.claims import Held
from results.texts.message import Message

MOST_NAMED = 12
InHand = Mapping[str, Sequence[Held]]


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose eyes the plan is for; `state_of` is the state of a group as this person may know it."""

    person: int
    supervises: bool
    state_of: Callable[[Group], GroupState]

    def blind(self, group: Group) -> bool:
        """Whether a colleague's readings of this group are hidden from this person."""
        stands = group.agreed is not None and (self.supervises or group.released)
        may_look = self.supervises and not any(one.actor == self.person for one in group.readings.values())
        return group.readings_required > 1 and not stands and not may_look


@dataclass(frozen=True, slots=True)
class BoxOnFloor:
    """A box on the floor: `since` when it is in its state, `holders` who has it in hand."""

    label: str
    kind: str
    state: BoxState
    since: datetime | None
    holders: Sequence[Held]
    group: int | None
    doubted: bool


@dataclass(frozen=True, slots=True)
class GroupOnFloor:
    """A group on the floor. `readers` are those who read it, as far as this person may know them; `hidden` where
    it is being read and this person is told no more."""

    number: int
    boxes: Sequence[str]
    wards: Sequence[str]
    state: GroupState
    since: datetime | None
    table: str
    round: int
    purpose: str
    papers: int | None
    holders: Sequence[Held]
    readers: Sequence[tuple[str, datetime]]
    hidden: bool

    @property
    def done(self) -> bool:
        """Whether its figures stand."""
        return self.state in ("agreed", "released")

    @property
    def waits_for_a_supervisor(self) -> bool:
        """Whether nobody else can go on with it."""
        return self.state in ("queried", "adjudication")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the floor: a ward or a table, with the boxes and groups that are shown there."""

    name: str | Message
    boxes: Sequence[BoxOnFloor]
    groups: Sequence[GroupOnFloor]

    @property
    def open_groups(self) -> list[GroupOnFloor]:
        """Those that are not agreed, first what waits for a supervisor."""
        left = [one for one in self.groups if not one.done]
        return sorted(left, key=lambda one: (not one.waits_for_a_supervisor, one.number))

    @property
    def done_groups(self) -> list[GroupOnFloor]:
        """Those whose figures stand."""
        return sorted((one for one in self.groups if one.done), key=lambda one: one.number)

    @property
    def open(self) -> int:
        """What is still to be done here."""
        boxes = sum(one.group is None or one.state != "verified" for one in self.boxes)
        return boxes + sum(not one.done for one in self.groups)


def by_ward(facts: Facts, eyes: Eyes, in_hand: InHand) -> list[Part]:
    """The floor by ward. What is of several wards stands after them, together."""
    boxes, groups = _boxes(facts, in_hand), _groups(facts, eyes, in_hand)
    parts = []
    for gss, ward in facts.definition.wards.items():
        own_boxes = [one for one in boxes if facts.definition.boxes[one.label].wards == (gss,)]
        own_groups = [one for one in groups if one.wards == [ward.name]]
        parts.append(Part(ward.name, own_boxes, own_groups))
    shared = Part(
        Message("floor.several_wards"),
        [one for one in boxes if len(facts.definition.boxes[one.label].wards) != 1],
        [one for one in groups if len(one.wards) != 1],
    )
    return [part for part in (*parts, shared) if part.boxes or part.groups]


def by_table(facts: Facts, eyes: Eyes, in_hand: InHand) -> list[Part]:
    """The floor by table: the groups that were sent there, those sent nowhere yet, and boxes in no group."""
    groups = _groups(facts, eyes, in_hand)
    tables = sorted({one.table for one in groups if one.table}, key=_as_counted)
    parts = [Part(Message("floor.table", {"table": table}), [], _of(groups, table)) for table in tables]
    parts.append(Part(Message("floor.no_table"), [], _of(groups, "")))
    alone = [one for one in _boxes(facts, in_hand) if one.group is None]
    parts.append(Part(Message("floor.no_group"), alone, []))
    return [part for part in parts if part.boxes or part.groups]


def _of(groups: Iterable[GroupOnFloor], table: str) -> list[GroupOnFloor]:
    return [one for one in groups if one.table == table]


def _as_counted(table: str) -> tuple[int, str]:
    """Table 10 after table 9."""
    return (int(table), "") if table.isascii() and table.isdigit() else (10**9, table)


def _boxes(facts: Facts, in_hand: InHand) -> list[BoxOnFloor]:
    group_of = {label: group.number for group in facts.groups.values() for label in group.boxes}
    return [
        BoxOnFloor(
            label,
            facts.definition.boxes[label].kind,
            box.state,
            _since(box),
            () if box.state == "verified" else in_hand.get(f"box:{label}", ()),
            group_of.get(label),
            bool(box_doubts(facts, label)),
        )
        for label, box in facts.boxes.items()
    ]


def _since(box: Box) -> datetime | None:
    return box.verified_at if box.papers is not None else box.arrived_at


def _groups(facts: Facts, eyes: Eyes, in_hand: InHand) -> list[GroupOnFloor]:
    return [_on_floor(facts, eyes, group, in_hand) for group in facts.groups.values()]


def _shown_done(group: Group, eyes: Eyes) -> bool:
    """Whether the group's figures stand, as far as this person may know it."""
    return group.agreed is not None and not eyes.blind(group)


def _on_floor(facts: Facts, eyes: Eyes, group: Group, in_hand: InHand) -> GroupOnFloor:
    readings = [group.readings[number] for number in sorted(group.readings)]
    seen = [one for one in readings if one.actor == eyes.person or not eyes.blind(group)]
    holders = [] if _shown_done(group, eyes) else list(in_hand.get(f"group:{group.number}", ()))
    if not eyes.blind(group):
        # Whose figures are in has the sheet no more in hand, but for one who was asked to type them again.
        typed = {one.actor for one in readings if one.figures.reading not in group.returned}
        holders = [held for held in holders if held.person not in typed]
    elif readings:
        # That somebody types again, and so that two readings differ, is not for a reader to see.
        holders = [held for held in holders if held.person == eyes.person and not seen]
    state = eyes.state_of(group)
    return GroupOnFloor(
        group.number,
        group.boxes,
        list(facts.definition.ward_names(group.boxes)),
        state,
        (group.agreed_at if _shown_done(group, eyes) else None) or _began(group, seen),
        group.table,
        group.round,
        group.purpose,
        group.papers,
        holders,
        [] if _shown_done(group, eyes) else [(one.actor_name, one.at) for one in seen],
        bool(readings) and eyes.blind(group) and not seen,
    )


def _began(group: Group, seen: Sequence[CountFact]) -> datetime:
    times = [one.at for one in seen]
    return max(times) if times else group.sent_at or group.formed_at


def missing(facts: Facts, plan: Sequence[GroupOnFloor]) -> list[Message]:
    """What keeps the count from its end, in the order of the night; states as whoever looks may know them."""
    plan = sorted(plan, key=lambda one: one.number)
    boxes = facts.boxes.values()
    group_of = {label for group in facts.groups.values() for label in group.boxes}
    lists = (
        ("missing.expected", [box.label for box in boxes if box.state == "expected"]),
        ("missing.arrived", [box.label for box in boxes if box.state == "arrived"]),
        ("missing.sessions", list(facts.open_sessions)),
        ("missing.ungrouped", [b.label for b in boxes if b.papers is not None and b.label not in group_of]),
        ("missing.waiting", [one.number for one in plan if one.state == "waiting"]),
        ("missing.ready", [one.number for one in plan if one.state == "ready"]),
        ("missing.entered", [one.number for one in plan if one.state == "entered"]),
        ("missing.queried", [one.number for one in plan if one.state == "queried"]),
        ("missing.adjudication", [one.number for one in plan if one.state == "adjudication"]),
    )
    return [_said(code, found) for code, found in lists if found]


def _said(code: str, found: Sequence[object]) -> Message:
    """By name as long as one can read them; else how many."""
    which = Message("missing.named", {"which": found}) if len(found) <= MOST_NAMED else Message("missing.many")
    return Message(code, {"n": len(found), "which": {"code": which.code, "args": which.args}})
