"""Where the count stands, for the desk: rows of boxes, what is left to verify, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from results.desk.waiting import waiting_groups
from results.facts.definition import BoxDefinition
from results.facts.types import Box, Facts, Group
from results.models import Role
from results.policy import withheld_revisions
from results.rules.adjudication import papers_out
from results.rules.agreement import agreement, is_reader, reading_of
from results.rules.order import boxes_in_area, open_in_area, unverified_in_area
from results.rules.verification import doubts
from results.texts.message import Message


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box in a list; `doubts` are what its account, or another box of the same account, does not explain away."""

    label: str
    wards: tuple[str, ...]
    definition: BoxDefinition
    known: Box
    group: int | None
    doubts: Sequence[Message]


def box_rows(facts: Facts) -> list[BoxRow]:
    """Every box, in the order of the set-up."""
    group_of = {label: group.number for group in facts.groups.values() for label in group.boxes}
    return [
        BoxRow(
            label,
            facts.definition.boxes[label].wards,
            facts.definition.boxes[label],
            box,
            group_of.get(label),
            box_doubts(facts, label),
        )
        for label, box in facts.boxes.items()
    ]


def box_doubts(facts: Facts, label: str) -> Sequence[Message]:
    """What does not meet in the standing account of a box, in short words; nothing while it is not verified."""
    account = facts.account_of(label)
    return doubts(facts.definition, account.verified, account.moved) if account.verified else ()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Who looks, when, and who else counts: `staff` are all people of the contest in one order, counting officers first;
    `officers` is how many of them are counting officers; `others` the contests in the same area; `in_hand` who
    has which box or sheet in hand."""

    person: int
    role: Role
    now: datetime
    staff: tuple[int, ...] = ()
    officers: int = 0
    others: Sequence[Facts] = ()
    in_hand: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def supervises(self) -> bool:
        """Whether this person may do what a supervisor may."""
        return self.role.includes(Role.SUPERVISOR)


def unverified(facts: Facts, others: Sequence[Facts]) -> list[tuple[str, list[str]]]:
    """The boxes that keep this contest from being counted, by the name of their contest: its own first."""
    if facts.definition.verify_first != "area":
        return []
    found = [(facts.definition.name, [label for label, box in facts.boxes.items() if box.papers is None])]
    for other in others:
        labels = boxes_in_area(facts.definition, other.definition)
        found.append((other.definition.name, [label for label in labels if other.boxes[label].papers is None]))
    return [(name, labels) for name, labels in found if labels]


def groups_to_enter(facts: Facts, at: Standpoint) -> list[int]:
    """Groups that need this person's reading, in an order of their own: nobody is sent where the next one is.

    The groups are dealt out to the officers by position; each takes their own in order, then the others' from the end. What
    they have in hand comes first, and last what they read in an earlier round: they know its figures.
    """
    if at.now < facts.definition.close_of_poll:
        return []
    area_first = facts.definition.verify_first == "area"
    if area_first and (unverified_in_area(facts, at.others) or open_in_area(facts, at.others)):
        return []
    numbers = sorted(facts.groups)
    seats = max(1, min(at.officers or len(at.staff), len(numbers)))
    position = at.staff.index(at.person) if at.person in at.staff else 0

    def turn(number: int) -> tuple[bool, bool, int, int]:
        away = (numbers.index(number) - position) % seats
        mine = at.person in at.in_hand.get(f"group:{number}", ())
        known = any(count.actor == at.person for count in facts.groups[number].counts)
        return not mine, known, away, number if away == 0 else -number

    needed = [number for number in numbers if _needs(facts, facts.groups[number], at.person)]
    return sorted((number for number in needed if not in_other_hands(facts.groups[number], at)), key=turn)


def in_other_hands(group: Group, at: Standpoint) -> bool:
    """Whether as many others have the sheet in hand as readings of it are missing: nobody more is sent there."""
    readers = {reading.actor for reading in group.readings.values()}
    others = set(at.in_hand.get(f"group:{group.number}", ())) - readers - {at.person}
    return len(others) >= max(1, group.readings_required - len(readers - {at.person}))


def _boxes_to_verify(facts: Facts, at: Standpoint) -> list[str]:
    """Boxes that have come and that nobody else has in hand."""
    arrived = [box.label for box in facts.boxes.values() if box.state == "arrived"]
    return [label for label in arrived if not set(at.in_hand.get(f"box:{label}", ())) - {at.person}]


def _needs(facts: Facts, group: Group, person: int) -> bool:
    """Whether a reading is missing that this person may make: who made one makes no other."""
    if group.state not in ("ready", "entered"):
        return False
    own = any(reading.actor == person for reading in group.readings.values())
    return not own and reading_of(facts, group, person) is not None


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: by code, and the box or group where it is done."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    box: str = ""
    group: int = 0
    view: str = ""


def next_steps(facts: Facts, at: Standpoint) -> list[Step]:
    """What this person can do now that brings the count on, the most urgent first."""
    closed = at.now >= facts.definition.close_of_poll
    steps = _to_type_again(facts, at) + _queried(facts, at)
    if ready := groups_to_enter(facts, at):
        code = "step.enter_sheet_of_many" if len(ready) > 1 else "step.enter_sheet"
        steps.append(Step(code, {"group": ready[0], "ready": len(ready)}, group=ready[0], view="count"))
    if arrived := _boxes_to_verify(facts, at):
        position = at.staff.index(at.person) if at.person in at.staff else 0
        label = arrived[position % len(arrived)]
        code = "step.verify_box_of_many" if len(arrived) > 1 else "step.verify_box"
        steps.append(Step(code, {"box": label, "arrived": len(arrived)}, box=label, view="box"))
    if at.supervises and facts.open_sessions and _all_boxes_verified(facts):
        steps.append(Step("step.close_session", {"session": facts.open_sessions[0]}, view="receipt"))
    free = [row for row in box_rows(facts) if row.group is None and row.known.state == "verified"]
    if free and at.supervises and closed:
        steps.append(Step("step.form_groups", {"boxes": len(free)}, view="form_group"))
    if at.role.includes(Role.RETURNING_OFFICER):
        steps += _to_adjudicate(facts)
    if at.role.includes(Role.RETURNING_OFFICER):
        if closed and facts.verification_complete and facts.signed_statement is None:
            steps.append(Step("step.sign_statement", view="verification"))
        steps += _policy_steps(facts)
    return steps


def _to_type_again(facts: Facts, at: Standpoint) -> list[Step]:
    """Sheets that this person mistyped, and nobody else can type again."""
    return [
        Step("step.type_again", {"group": group.number}, group=group.number, view="count")
        for group in facts.groups.values()
        if any(one.actor == at.person and number in group.returned for number, one in group.readings.items())
    ]


def _queried(facts: Facts, at: Standpoint) -> list[Step]:
    """Groups that do not add up, differ or were typed again, for a supervisor who did not read them.

    Who reads blind is not told that another's reading is different.
    """
    alone = facts.definition.entries_required == 1
    queried = [group for group in facts.groups.values() if group.state == "queried"]
    if at.supervises:
        looked_at = [group for group in queried if alone or not is_reader(group, at.person)]
        codes = [(group.number, _LOOK[agreement(facts, group).verdict]) for group in looked_at]
        return [Step(code, {"group": number}, group=number, view="group") for number, code in codes]
    wrong = [group.number for group in queried if alone and agreement(facts, group).verdict == "queried"]
    return [Step("step.enter_again", {"group": number}, group=number, view="group") for number in wrong]


_LOOK = {"differs": "step.compare_readings", "queried": "step.look_at_group", "confirm": "step.confirm_readings"}


def _to_adjudicate(facts: Facts) -> list[Step]:
    """Groups with doubtful papers out, for who adjudicates them."""
    out = {number: papers_out(facts, group).left for number, group in facts.groups.items() if group.agreed is None}
    return [
        Step(
            "step.adjudicate" if papers > 0 else "step.adjudicated_more",
            {"group": number, "papers": abs(papers)},
            group=number,
            view="adjudicate",
        )
        for number, papers in out.items()
        if papers and facts.groups[number].papers is not None
    ]


def _all_boxes_verified(facts: Facts) -> bool:
    return all(box.papers is not None for box in facts.boxes.values())


def _policy_steps(facts: Facts) -> list[Step]:
    """What the Returning Officer may want to release."""
    steps = []
    if facts.publish == "totals" and (waiting := waiting_groups(facts)):
        numbers = [group.number for group in waiting]
        steps.append(Step("step.agreed_not_public", {"groups": numbers}, view="policy"))
    if facts.publish == "totals" and withheld_revisions(facts):
        steps.append(Step("step.correction_waits", view="policy"))
    return steps


def idle(facts: Facts, at: Standpoint) -> Message:
    """What the count waits for where there is nothing to do for this person."""
    blind = facts.definition.entries_required > 1 and not at.supervises
    done = (group.released if blind else group.agreed is not None for group in facts.groups.values())
    if all(done) and all(facts.group_of(label) for label in facts.boxes):
        still_open = facts.open_sessions
        return Message("idle.session", {"session": still_open[0]}) if still_open else Message("idle.complete")
    if any(in_other_hands(group, at) for group in facts.groups.values() if _needs(facts, group, at.person)):
        return Message("idle.in_other_hands")
    expected = sum(box.state == "expected" for box in facts.boxes.values())
    if expected:
        return Message("idle.expected", {"boxes": expected})
    if facts.definition.verify_first == "area" and unverified_in_area(facts, at.others):
        return Message("idle.area")
    if facts.definition.verify_first == "area" and (sessions := open_in_area(facts, at.others)):
        return Message("idle.session", {"session": sessions[0]})
    if blind and any(group.readings for group in facts.groups.values()):
        # The same whether all of them agree or some do not.
        return Message("idle.read")
    if any(group.state in ("entered", "queried", "adjudication") for group in facts.groups.values()):
        return Message("idle.others_read")
    return Message("idle.groups")
