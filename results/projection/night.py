"""What is counted, as arrays over the ground: which units, with which votes, and what is out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .baseline import Bools, Floats
from .ground import Ground, lay
from .parameters import Parameters
from .sizes import Sizes, expect_sizes
from .types import Counted, CountedSet, Setup


@dataclass(frozen=True)
class Night:
    """S counted sets, sorted by their units: `votes` (S, K), `papers` (S,), `members` (S, B) which units a set holds;
    `out` (B,) not counted."""

    ground: Ground
    votes: Floats
    papers: Floats
    members: Bools
    out: Bools
    sizes: Sizes

    @cached_property
    def blend(self) -> Floats:
        """(S, B) fractions of each counted set by unit, from expected sizes; equal where none is expected."""
        size = self.members * self.sizes.expected
        total = size.sum(axis=1, keepdims=True)
        fractions: Floats = np.where(total > 0, size, self.members)
        fractions /= np.where(total > 0, total, self.members.sum(axis=1, keepdims=True))
        return fractions

    @cached_property
    def coming(self) -> Floats:
        """(B,) valid votes expected of the units out, 0 elsewhere."""
        return np.where(self.out, self.sizes.expected, 0.0)


def ordered(counted: Counted) -> list[CountedSet]:
    """The sets in one order, whatever order they came in."""
    return sorted(counted.sets, key=lambda item: sorted(item.units))


def counted_key(counted: Counted) -> str:
    """A name for the counted figures, the same for the same figures in any order."""
    plain = [[sorted(item.units), [int(v) for v in item.votes], int(item.rejected)] for item in ordered(counted)]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()[:16]


def arrange(setup: Setup, counted: Counted, rules: Parameters) -> Night:
    """The night as arrays. Raises ValueError for a counted unit that is not set up and for a set whose votes do not
    match the candidates."""
    ground = lay(setup, rules)
    sets = ordered(counted)
    for item in sets:
        unknown = [key for key in item.units if key not in ground.place]
        if unknown:
            raise ValueError(f"counted but not set up: {', '.join(unknown)}")
        if len(item.votes) != len(setup.candidates):
            raise ValueError(
                f"{'+'.join(item.units)}: {len(item.votes)} figures for {len(setup.candidates)} candidates"
            )
    members = np.zeros((len(sets), len(ground.electors)), dtype=bool)
    for s, item in enumerate(sets):
        members[s, [ground.place[key] for key in item.units]] = True
    votes = np.array([item.votes for item in sets], dtype=float).reshape(len(sets), len(setup.candidates))
    rejected = np.array([item.rejected for item in sets], dtype=float)
    papers = votes.sum(axis=1) + rejected
    sizes = expect_sizes(
        ground.electors,
        ground.verified,
        setup.expected_turnout,
        ground.type,
        members,
        papers,
        float(rejected.sum()),
        rules,
    )
    return Night(ground, votes, papers, members, np.asarray(~members.any(axis=0), dtype=bool), sizes)
