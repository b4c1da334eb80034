"""Whether the readings of a group's sheet agree. Pure.

A contest asks for one reading, or for two by different people. Each reading is a chain of its own: typed again, it
supersedes its own earlier figures and nobody else's. Where all readings are there, add up to the papers verified and say
the same, they stand together; no reading is agreed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from results.facts.figures import Figures
from results.facts.types import CountFact, Facts, Group
from results.rules.counts import check_count
from results.rules.findings import Finding, refusal

Verdict = Literal["outstanding", "differs", "queried", "agreed"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on a group's readings: the seqs it rests on, and for a queried one the errors of the sheets."""

    verdict: Verdict
    readings: tuple[int, ...]
    findings: tuple[Finding, ...] = ()


def agreement(facts: Facts, group: Group) -> Comparison:
    """What the readings of the group's present round say together.

    `outstanding` while a reading is missing; `queried` where a sheet does not meet the papers; `differs` where two
    readings are not the same.
    """
    readings = [group.readings[number] for number in sorted(group.readings)]
    seqs = tuple(sorted(reading.seq for reading in readings))
    if len(readings) < facts.definition.entries_required:
        return Comparison("outstanding", seqs)
    if any(_counted(reading.figures) != _counted(readings[0].figures) for reading in readings):
        return Comparison("differs", seqs)
    errors = tuple(check_count(facts, group, readings[-1].figures))
    return Comparison("queried", seqs, errors) if errors else Comparison("agreed", seqs)


def _counted(figures: Figures) -> tuple[object, ...]:
    """What two readings must have in common: everything that was counted, on the papers that it was counted from."""
    return (
        figures.papers,
        figures.votes,
        figures.rejected,
        figures.doubtful,
        figures.valid_papers,
        figures.unused_votes,
        figures.objections,
    )


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


def seen_reading(facts: Facts, group: Group, actor: int) -> int:
    """The entry that this person's figures would supersede, 0 for the first of a reading: what their form has seen."""
    number = reading_of(facts, group, actor)
    reading: CountFact | None = group.readings.get(number) if number is not None else None
    return reading.seq if reading is not None else 0
