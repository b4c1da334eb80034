"""Whether the readings of a group's sheet agree, and who resolves it where they do not. Pure.

A contest asks for one reading, or for two by different people. Each reading is a chain of its own: typed again, it
supersedes its own earlier figures and nobody else's. Where all readings are there, add up to the papers verified and say
the same, they stand together; no reading is agreed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from results.facts.types import CountFact, Facts, Group
from results.rules.counts import check_count
from results.rules.findings import Finding, refusal

Verdict = Literal["outstanding", "differs", "queried", "adjudication", "confirm", "agreed"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on a group's readings: the seqs it rests on, and for a queried one the errors of the sheets."""

    verdict: Verdict
    readings: tuple[int, ...]
    findings: tuple[Finding, ...] = ()


def agreement(facts: Facts, group: Group) -> Comparison:
    """What the readings of the group's present round say together.

    `outstanding` while a reading is missing, or is to be typed again; `differs` where two readings are not the same;
    `queried` where a sheet does not meet the papers; `adjudication` while doubtful papers are not back; `confirm` where a
    figure was mistyped and a supervisor has to look whether it is right now.
    """
    readings = [group.readings[number] for number in sorted(group.readings)]
    seqs = tuple(sorted(reading.seq for reading in readings))
    if len(readings) < group.readings_required or group.returned:
        return Comparison("outstanding", seqs)
    if not group.alike:
        return Comparison("differs", seqs)
    if errors := tuple(check_count(facts, group, readings[-1].figures)):
        return Comparison("queried", seqs, errors)
    if group.with_adjudication:
        return Comparison("adjudication", seqs)
    # Who was told that a sheet does not add up, or knows that the other's figures are different, can type it away.
    return Comparison("confirm" if group.mistyped else "agreed", seqs)


def reading_of(facts: Facts, group: Group, actor: int) -> int | None:
    """Which reading this person's figures are: their own typed again, else one that is missing; None where all are there.

    Where one reading is asked for it is everybody's.
    """
    if facts.definition.entries_required == 1:
        return 1
    own = next((number for number, reading in group.readings.items() if reading.actor == actor), None)
    if own is not None:
        return own
    free = [number for number in range(1, facts.definition.entries_required + 1) if number not in group.readings]
    return free[0] if free else None


def check_reading(facts: Facts, group: Group, actor: int) -> Sequence[Finding]:
    """Refusal of figures by a third person: who sees that two readings differ must not decide by typing."""
    if reading_of(facts, group, actor) is None:
        readers = [reading.actor_name for reading in group.readings.values()]
        return [refusal("count.readings_taken", group=group.number, readers=readers)]
    return []


def check_again(facts: Facts, group: Group, actor: int) -> Sequence[Finding]:
    """Refusal of a reading typed again that nobody asked for, where two people read.

    It is the same whether the readings agree, differ or are not both there: the refusal tells nothing of the other's.
    """
    number = reading_of(facts, group, actor)
    if facts.definition.entries_required == 1 or number not in group.readings or number in group.returned:
        return []
    return [refusal("count.reading_recorded", group=group.number)]


def is_reader(group: Group, actor: int) -> bool:
    """Whether this person typed a reading of the group's present round."""
    return any(count.actor == actor and count.figures.round == group.round for count in group.counts)


def check_resolving(group: Group, actor: int) -> Sequence[Finding]:
    """Refusal to one who would judge what they typed themselves."""
    return [refusal("reading.own", group=group.number)] if is_reader(group, actor) else []


def seen_reading(facts: Facts, group: Group, actor: int) -> int:
    """What this person's form has seen: the entry that their figures would supersede; for the first of a reading the entry
    that began the round, 0 where that is the first. A sheet is of its round: reopened meanwhile, it is another sheet's turn.
    """
    return superseded_reading(facts, group, actor) or group.round_seq


def superseded_reading(facts: Facts, group: Group, actor: int) -> int:
    """The entry that this person's figures would supersede, 0 for the first of a reading."""
    number = reading_of(facts, group, actor)
    reading: CountFact | None = group.readings.get(number) if number is not None else None
    return reading.seq if reading is not None else 0
