"""The fold: entries of a ledger prefix -> Facts. Pure; the same entries always give the same facts."""

from __future__ import annotations

from collections.abc import Iterable

from results.facts.definition import Definition
from results.facts.kinds import Entry
from results.facts.state import State
from results.facts.types import Facts


def fold(definition: Definition, entries: Iterable[Entry]) -> Facts:
    """Everything that these entries say, which come in the order of their seq.

    A later verification of a box reopens the group that it is in: the group's count must meet the papers now found.
    """
    state = State(definition)
    for entry in entries:
        fold_entry(state, entry)
    return state.facts()


def fold_entry(state: State, entry: Entry) -> None:
    """Apply one entry."""
    entry.said.fold(state, entry)
    state.seq, state.as_of = entry.seq, entry.at
