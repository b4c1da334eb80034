"""What is known without any vote, as arrays: who stands, what the units are made of, where their shares start.

After this module and `night` there are no keys, only places: B units, K candidates, W wards, T vote types, q columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .baseline import Baseline, Bools, Floats, last_result, make_baseline
from .parameters import Parameters
from .types import Setup, Unit


@dataclass(frozen=True)
class Design:
    """Rows x of the regression: `x` (B, q), and which columns are the slopes, the size, vote types and wards.
    The intercept is column 0; `types` has every vote type but `main`, the commonest, which the intercept stands for."""

    x: Floats
    slopes: slice
    size: slice
    types: slice
    wards: slice
    others: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """`place` of each unit key; `ward` (B, W) and `type` (B, T) fractions of the units; `own` (T,) vote types with a
    baseline of their own; `electors` (B,), 0 where not known; `verified` (B,) papers, -1 where not known."""

    setup: Setup
    place: dict[str, int]
    wards: tuple[str, ...]
    types: tuple[str, ...]
    ward: Floats
    type: Floats
    own: Bools
    electors: Floats
    verified: Floats
    baseline: Baseline
    design: Design


@lru_cache(maxsize=8)
def lay(setup: Setup, rules: Parameters) -> Ground:
    """The ground of a night; kept for callers who ask of one set-up again and again, as the back-test does."""
    units = setup.units or (Unit("", 0),)  # a contest without units is one of unknown size
    wards, ward = _composition([unit.wards for unit in units], with_unknown=False)
    types, kind = _composition([unit.types for unit in units], with_unknown=True)
    electors = np.array([unit.electors for unit in units], dtype=float)
    verified = np.array([-1.0 if unit.papers is None else float(unit.papers) for unit in units])
    turnout = rules.turnout if setup.expected_turnout is None else setup.expected_turnout
    size = np.where(verified >= 0, verified, electors * turnout)
    weight = size / size.sum() if size.sum() > 0 else np.full(len(units), 1 / len(units))
    last = last_result(setup, wards, types)
    own = np.array([row.any() for row in last.type], dtype=bool)
    if own.any() and (last.ward.any() or last.whole.any()):
        own[np.argmax(weight @ kind)] = True  # the wards' rows, or the contest's, are then those of the commonest type
    baseline = make_baseline(setup, last, ward, kind, weight, rules)
    return Ground(
        setup=setup,
        place={unit.key: b for b, unit in enumerate(setup.units)},
        wards=wards,
        types=types,
        ward=ward,
        type=kind,
        own=own,
        electors=electors,
        verified=verified,
        baseline=baseline,
        design=_design(baseline, ward, kind, size, weight, rules),
    )


def _composition(parts: list[tuple[tuple[str, float], ...]], with_unknown: bool) -> tuple[tuple[str, ...], Floats]:
    """Names in sorted order and the (B, names) fractions; what is not known gets the name "", or no column."""
    if with_unknown:
        parts = [part or (("", 1.0),) for part in parts]
    else:
        parts = [tuple((name, value) for name, value in part if name) for part in parts]
    names = tuple(sorted({name for part in parts for name, value in part if value > 0}))
    column = {name: j for j, name in enumerate(names)}
    table = np.zeros((len(parts), len(names)))
    for b, part in enumerate(parts):
        for name, value in part:
            if value > 0:
                table[b, column[name]] = value
    return names, table


def _design(baseline: Baseline, ward: Floats, kind: Floats, size: Floats, weight: Floats, rules: Parameters) -> Design:
    """x = [1; last shares of the largest parties, centred; centred log size of the commonest type; types; wards]."""
    main = int(np.argmax(weight @ kind))
    slopes = baseline.parties - weight @ baseline.parties if baseline.by_ward else baseline.parties[:, :0]
    log_size = np.log(np.maximum(size, rules.least_votes))
    log_size = np.clip(log_size - weight @ log_size, -rules.size_most, rules.size_most) * kind[:, main]
    others = tuple(t for t in range(kind.shape[1]) if t != main)
    wards = ward if ward.shape[1] > 1 else ward[:, :0]
    blocks = [np.ones((len(size), 1)), slopes, log_size[:, None], kind[:, others], wards]
    ends = np.cumsum([block.shape[1] for block in blocks])
    at = [slice(int(end) - block.shape[1], int(end)) for end, block in zip(ends, blocks, strict=True)]
    return Design(np.column_stack(blocks), slopes=at[1], size=at[2], types=at[3], wards=at[4], others=others)
