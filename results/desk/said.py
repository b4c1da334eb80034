"""What an entry of the ledger says, line by line: every field of its kind, each with what it is called. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from results.facts.definition import BoxDefinition, Definition
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Adjudicated, Entered, Said
from results.facts.types import Facts, Group
from results.texts.message import Message
from results.texts.wording import count

Value = str | Message


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One thing that an entry says, by its name; `entry` is the seq of another entry that it names."""

    name: str | Message
    value: Value
    entry: int = 0


def lines_of(said: Said, definition: Definition, visible: bool = True) -> list[SaidLine]:
    """Everything that an entry says; of figures that may not be seen yet only that they are hidden."""
    if not visible:
        return [SaidLine(Message("said.figures"), Message("said.hidden"))]
    return list(_lines(said, definition))


def _lines(said: Any, definition: Definition) -> Iterator[SaidLine]:
    for each in fields(said):
        value = getattr(said, each.name)
        if value is None or value == "" or value == ():
            continue
        if each.name in _BY_POSITION:
            yield from _by_position(each.name, value, definition)
        elif isinstance(value, AccountFigures | BoxDefinition):
            yield from _lines(value, definition)
        elif isinstance(value, tuple):
            yield from _several(each.name, value)
        else:
            yield SaidLine(Message(f"said.{each.name}"), _shown(value))


_BY_POSITION = ("votes", "rejected", "objections")


def _by_position(name: str, numbers: Sequence[int], definition: Definition) -> Iterator[SaidLine]:
    """Votes by candidate, in ballot-paper order; papers by head of rejection."""
    if name == "votes":
        for candidate, number in zip(definition.candidates, numbers, strict=True):
            yield SaidLine(f"{candidate.number} {candidate.ballot_name}", count(number))
        return
    for head, number in zip(definition.heads, numbers, strict=True):
        yield SaidLine(Message(f"said.{name}", {"head": head.name}), count(number))


def _several(name: str, values: Iterable[Any]) -> Iterator[SaidLine]:
    """A tuple: counts by box, groups with the count that stood, entries that something rests on, or mere names."""
    values = tuple(values)
    if all(isinstance(value, BoxPapers) for value in values):
        for box in values:
            yield SaidLine(Message("said.box_papers", {"box": box.box}), ", ".join(map(str, box.counts)))
    elif name == "readings":
        for seq in values:
            yield SaidLine(Message("said.reading_at"), str(seq), seq)
    elif all(isinstance(value, tuple) for value in values):
        for group, seq in values:
            yield SaidLine(Message("said.group_released", {"group": group}), str(seq), seq)
    else:
        yield SaidLine(Message(f"said.{name}"), ", ".join(map(str, values)))


def _shown(value: bool | int | str) -> Value:
    if isinstance(value, bool):
        return Message("said.yes" if value else "said.no")
    return count(value) if isinstance(value, int) else str(value)


def group_said(facts: Facts, number: int) -> Group | None:
    """The group of this number, dissolved or not."""
    return facts.groups.get(number) or facts.dissolved.get(number)


def figures_of_group(said: Said) -> int | None:
    """The group whose figures an entry says, None where it says no figures of votes."""
    return said.group if isinstance(said, Entered | Adjudicated) else None
