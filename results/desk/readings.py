"""The sheets of a group as one person may see them: every entry of every round, and two readings side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.desk.officer import Officer
from results.facts.definition import Definition
from results.facts.figures import Figures
from results.facts.types import CountFact, Facts, Group
from results.rules.agreement import agreement
from results.rules.counts import check_count
from results.rules.findings import Finding
from results.texts.message import Message


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """One entry of a group's sheet: `visible` its figures, `known` its sum and what came of it; `state` a code."""

    entered: CountFact
    visible: bool
    known: bool
    state: Message
    figures: Sequence[tuple[str | Message, int]]

    @property
    def stands(self) -> bool:
        """Whether these are the group's agreed figures."""
        return self.state.code == "reading.stands"

    @property
    def accounted(self) -> int:
        """Votes, rejected papers and papers with adjudication."""
        return accounted(self.entered.figures)


def accounted(figures: Figures) -> int:
    """Votes, rejected papers and papers with adjudication."""
    return sum(figures.votes) + sum(figures.rejected) + figures.doubtful


def rows_of(officer: Officer, definition: Definition, group: Group) -> list[EnteredRow]:
    """Everything entered for a group, the last first."""
    rows = []
    for entered in reversed(group.counts):
        visible = officer.may_see(group, entered)
        figures = lines(definition, entered.figures) if visible else []
        rows.append(
            EnteredRow(entered, visible, officer.knows_of(group, entered), _state(officer, group, entered), figures)
        )
    return rows


def _state(officer: Officer, group: Group, entered: CountFact) -> Message:
    if group.agreed is not None and group.agreed.seq == entered.seq:
        return Message("reading.stands")
    if entered.figures.round != group.round:
        return Message("reading.earlier_round", {"round": entered.figures.round})
    if group.readings.get(entered.figures.reading) != entered:
        return Message("reading.superseded")
    if group.readings_required == 1:
        return Message("reading.not_agreed")
    if group.agreed is not None:
        return Message("reading.agreed_too")
    compared = officer.supervises and len(group.readings) >= group.readings_required
    return Message("reading.not_agreed" if compared else "reading.entered")


def lines(definition: Definition, figures: Figures) -> list[tuple[str | Message, int]]:
    """The figures of a sheet in its order, each with what it is called."""
    votes = zip((candidate.ballot_name for candidate in definition.candidates), figures.votes, strict=True)
    rejected = zip((head.name for head in definition.heads), figures.rejected, strict=True)
    return [
        *votes,
        (Message("label.doubtful"), figures.doubtful),
        *((Message("label.rejected", {"head": name}), number) for name, number in rejected),
    ]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure in two readings or more."""

    name: str | Message
    figures: Sequence[int]

    @property
    def differs(self) -> bool:
        """Whether the readings do not say the same."""
        return len(set(self.figures)) > 1


def compare(officer: Officer, definition: Definition, group: Group) -> tuple[Sequence[CountFact], Sequence[Compared]]:
    """All readings of the present round side by side, for who may see every one of them; nothing for anybody else."""
    readings = [group.readings[number] for number in sorted(group.readings)]
    if len(readings) < 2 or not officer.supervises or not all(officer.may_see(group, one) for one in readings):
        return (), ()
    columns = [
        [*lines(definition, one.figures), (Message("label.accounted"), accounted(one.figures))] for one in readings
    ]
    return readings, [Compared(row[0][0], [number for _, number in row]) for row in zip(*columns, strict=True)]


def errors_of(officer: Officer, facts: Facts, group: Group) -> list[Finding]:
    """What blocks agreement now, of the sheets whose fate this person may know.

    Errors that name a candidate only for those who may see the figures.
    """
    if group.agreed is not None or group.papers is None:
        return []
    found: list[Finding] = []
    for entered in group.readings.values():
        if not officer.knows_of(group, entered):
            continue
        visible = officer.may_see(group, entered)
        errors = check_count(facts, group, entered.figures)
        found += [one for one in errors if one not in found and (visible or not one.field.startswith("votes-"))]
    all_seen = officer.supervises and group.readings_required > 1
    if all_seen and agreement(facts, group).verdict == "differs":
        found.insert(0, Finding("count.readings_differ", "error", {}))
    return found
