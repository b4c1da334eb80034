"""From set-up and counted sets to arrays: baseline shares, expected sizes, design rows. Everything the model knows
of a night is in `Night`; after this module there are no keys, only indices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .parameters import Parameters
from .types import Counted, CountedSet, Setup, Unit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Baseline:
    """Starting shares. `share` (B, K), rows adding up to 1; `scale` (K,) the shares p0 behind C; `known` (K,) who
    has a baseline or a poll; `informed`: anybody has; `by_ward`: units differ in it."""

    share: Floats
    scale: Floats
    known: Bools
    informed: bool
    by_ward: bool


@dataclass(frozen=True)
class Sizes:
    """Votes per unit. `expected` (B,) valid votes; `exact` (B,) papers verified; `most` (B,) papers that can still
    be in it, infinite where not known; `spread` (T, T): per-type log sizes vary as spread @ standard normals."""

    expected: Floats
    exact: Bools
    most: Floats
    spread: Floats


@dataclass(frozen=True)
class Night:
    """B units, S counted sets (sorted by their units), K candidates, W wards, T vote types.

    `votes` (S, K), `papers` (S,), `members` (S, B) which units a set holds, `out` (B,) not counted,
    `ward` (B, W) and `type` (B, T) fractions, `own` (T,) types with a baseline of their own.
    """

    wards: tuple[str, ...]
    types: tuple[str, ...]
    ward: Floats
    type: Floats
    own: Bools
    votes: Floats
    papers: Floats
    members: Bools
    out: Bools
    baseline: Baseline
    sizes: Sizes

    @cached_property
    def blend(self) -> Floats:
        """(S, B) fractions of each counted set by unit, from expected sizes; equal where none is expected."""
        size = self.members * self.sizes.expected
        total = size.sum(axis=1, keepdims=True)
        fractions: Floats = np.where(total > 0, size, self.members)
        fractions /= np.where(total > 0, total, self.members.sum(axis=1, keepdims=True))
        return fractions


def ordered(counted: Counted) -> list[CountedSet]:
    """The sets in one order, whatever order they came in."""
    return sorted(counted.sets, key=lambda item: sorted(item.units))


def counted_key(counted: Counted) -> str:
    """A name for the counted figures, the same for the same figures in any order."""
    plain = [[sorted(item.units), [int(v) for v in item.votes], int(item.rejected)] for item in ordered(counted)]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()[:16]


def arrange(setup: Setup, counted: Counted, parameters: Parameters) -> Night:
    """The night as arrays. Raises ValueError for a counted unit that is not set up and for a set whose votes do not
    match the candidates."""
    units = setup.units or (Unit("", 0),)  # a contest without units is one of unknown size
    index = {unit.key: i for i, unit in enumerate(setup.units)}
    sets = ordered(counted)
    for item in sets:
        unknown = [key for key in item.units if key not in index]
        if unknown:
            raise ValueError(f"counted but not set up: {', '.join(unknown)}")
        if len(item.votes) != len(setup.candidates):
            raise ValueError(
                f"{'+'.join(item.units)}: {len(item.votes)} figures for {len(setup.candidates)} candidates"
            )
    wards, ward = _composition([unit.wards for unit in units], with_unknown=False)
    types, kind = _composition([unit.types for unit in units], with_unknown=True)
    members = np.zeros((len(sets), len(units)), dtype=bool)
    for s, item in enumerate(sets):
        members[s, [index[key] for key in item.units]] = True
    out = np.asarray(~members.any(axis=0), dtype=bool)
    votes = np.array([item.votes for item in sets], dtype=float).reshape(len(sets), len(setup.candidates))
    rejected = np.array([item.rejected for item in sets], dtype=float)
    papers = votes.sum(axis=1) + rejected
    rows = np.array([_total(setup.type_baseline.get(name, {}), setup) > 0 for name in types], dtype=bool)
    return Night(
        wards=wards,
        types=types,
        ward=ward,
        type=kind,
        own=_own(setup, units, kind, rows),
        votes=votes,
        papers=papers,
        members=members,
        out=out,
        baseline=_baseline(setup, wards, ward, types, kind, rows, parameters),
        sizes=_sizes(units, setup.expected_turnout, kind, members, papers, float(rejected.sum()), parameters),
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


def _total(row: Mapping[str, float], setup: Setup) -> float:
    """Votes last time of the parties standing now."""
    return sum(row.get(party, 0.0) for party in {c.baseline_party for c in setup.candidates} if party is not None)


def _own(setup: Setup, units: tuple[Unit, ...], kind: Floats, rows: Bools) -> Bools:
    """(T,) types with a baseline of their own: those with a row of their own and, where there is one, the largest
    type of all, whose baseline the wards' (or the contest's) rows then are."""
    own = rows.copy()
    if rows.any() and any(_total(row, setup) > 0 for row in setup.baseline.values()):
        size = np.array([unit.electors if unit.papers is None else unit.papers for unit in units], dtype=float)
        own[np.argmax(size @ kind)] = True
    return own


def _shares(row: Mapping[str, float], setup: Setup) -> Floats:
    """(K,) shares of `row` among the parties standing now; two candidates of one party have half each."""
    parties = [candidate.baseline_party for candidate in setup.candidates]
    votes = np.array([0.0 if p is None else row.get(p, 0.0) / parties.count(p) for p in parties])
    shares: Floats = votes / votes.sum()
    return shares


def _baseline(
    setup: Setup,
    wards: tuple[str, ...],
    ward: Floats,
    types: tuple[str, ...],
    kind: Floats,
    own: Bools,
    parameters: Parameters,
) -> Baseline:
    """Unit b starts at sum over types t: t_bt x (the type's own baseline, or the ward's, or the contest's)."""
    k = len(setup.candidates)
    usable = {name: row for name, row in setup.baseline.items() if _total(row, setup) > 0}
    whole: dict[str, float] = {}
    for row in [usable[""]] if "" in usable else list(usable.values()) or list(setup.type_baseline.values()):
        for party, value in row.items():
            whole[party] = whole.get(party, 0.0) + value
    has_base = _total(whole, setup) > 0
    if not has_base:
        old = np.zeros((len(kind), k))
        seen = np.zeros(k, dtype=bool)
    else:
        contest = _shares(whole, setup)
        by_ward = np.array([_shares(usable[name], setup) if name in usable else contest for name in wards])
        old = ward @ by_ward.reshape(len(wards), k) + np.maximum(1 - ward.sum(axis=1), 0)[:, None] * contest
        by_type = [_shares(setup.type_baseline[types[t]], setup) for t in np.flatnonzero(own)]
        covered = kind[:, own]
        old = np.maximum(1 - covered.sum(axis=1), 0)[:, None] * old + covered @ np.array(by_type).reshape(-1, k)
        seen = np.array([c.baseline_party is not None and whole.get(c.baseline_party, 0) > 0 for c in setup.candidates])
    poll = np.array([(setup.poll or {}).get(candidate.key, 0.0) for candidate in setup.candidates])
    return _with_newcomers(old, seen, poll, bool(usable.keys() - {""}), parameters)


def _with_newcomers(old: Floats, seen: Bools, poll: Floats, by_ward: bool, parameters: Parameters) -> Baseline:
    """Make room for candidates of whom the last election says nothing: a poll's share, else a small one."""
    k = len(seen)
    polled = ~seen & (poll > 0)
    fresh = ~seen & ~polled
    new = np.where(polled, poll, 0.0)
    if seen.any() or polled.any():
        each = parameters.newcomer_share * fresh.sum()
        new[fresh] = min(each, parameters.newcomers_most) / max(fresh.sum(), 1)
        most = 0.9 if seen.any() else new.sum()
        new *= min(1.0, most / max(new.sum(), 1e-9))
    else:
        new[:] = 1.0
    share = old * (1 - new.sum()) + new if seen.any() else np.tile(new / new.sum(), (len(old), 1))
    centre = share.mean(axis=0) if len(share) else new / max(new.sum(), 1e-9) if new.sum() > 0 else np.full(k, 1 / k)
    scale = np.where(fresh, np.maximum(centre, parameters.newcomer_scale), centre)
    return Baseline(
        share=share,
        scale=scale / scale.sum(),
        known=seen | polled,
        informed=bool(seen.any() or polled.any()),
        by_ward=by_ward,
    )


def _sizes(
    units: tuple[Unit, ...],
    turnout: float | None,
    kind: Floats,
    members: Bools,
    papers: Floats,
    rejected: float,
    parameters: Parameters,
) -> Sizes:
    """Verified papers where there are any; else electors x turnout, turnout learned from whatever is counted or
    verified: log(papers / electors) = mu + type' delta + noise, conjugate normal; a unit of unknown size is taken
    to be an average one."""
    electors = np.array([unit.electors for unit in units], dtype=float)
    verified = np.array([-1.0 if unit.papers is None else float(unit.papers) for unit in units])
    exact = verified >= 0
    mean, spread = _turnout(turnout, kind, _known_turnouts(electors, verified, kind, members, papers), parameters)
    size = np.where(exact, verified, electors * np.minimum(np.exp(mean), 1.0))
    unknown = ~exact & (electors == 0)
    if unknown.any():
        known = size[~unknown]
        if len(known) == 0 or known.sum() == 0:
            size[unknown] = papers.sum() / max(members.sum(), 1)
        else:
            size[unknown] = known.mean()
    share_rejected = (rejected + parameters.rejected_rate * parameters.rejected_weight) / (
        papers.sum() + parameters.rejected_weight
    )
    return Sizes(
        expected=size * (1 - share_rejected),
        exact=exact,
        most=np.where(exact, verified, np.where(electors > 0, electors, np.inf)),
        spread=spread,
    )


def _known_turnouts(
    electors: Floats, verified: Floats, kind: Floats, members: Bools, papers: Floats
) -> tuple[Floats, Floats, Floats]:
    """Papers (N,), electors (N,) and type fractions (N, T) wherever both are known: counted sets, and verified units
    still out."""
    inside = np.array(members @ electors, dtype=float)
    whole = (papers > 0) & (inside > 0) & ~(members & (electors == 0)).any(axis=1)
    mixed = (members * electors)[whole] @ kind / inside[whole, None]
    early = ~members.any(axis=0) & (verified > 0) & (electors > 0)
    return (
        np.concatenate([papers[whole], verified[early]]),
        np.concatenate([inside[whole], electors[early]]),
        np.concatenate([mixed, kind[early]]),
    )


def _turnout(
    expected: float | None, kind: Floats, seen: tuple[Floats, Floats, Floats], parameters: Parameters
) -> tuple[Floats, Floats]:
    """(B,) log turnout of the units, and the (T, T) factor of the covariance of the types' log turnouts."""
    papers, electors, mixed = seen
    t = kind.shape[1]
    start = float(np.log(np.clip(parameters.turnout if expected is None else expected, 0.01, 1.0)))
    sd = parameters.turnout_sd_unknown if expected is None else parameters.turnout_sd
    rows = np.column_stack([np.ones(len(papers)), mixed])
    weighted = rows / (parameters.turnout_unit_sd**2 + 1 / electors)[:, None]
    precision = np.diag(np.r_[1 / sd**2, np.full(t, 1 / parameters.turnout_type_sd**2)]) + rows.T @ weighted
    covariance = np.linalg.inv(precision)
    change = np.clip(np.log(papers / electors) - start, -2.0, 2.0)
    both = np.column_stack([np.ones(t), np.eye(t)])
    mean: Floats = kind @ (start + both @ (covariance @ (weighted.T @ change)))
    spread = np.array(np.linalg.cholesky(both @ covariance @ both.T + 1e-12 * np.eye(t)), dtype=float)
    return mean, spread
