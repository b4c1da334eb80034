"""Where shares start: the last election's, by ward and vote type, made over to the candidates standing now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .parameters import Parameters
from .types import Setup

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Baseline:
    """Starting shares of B units.

    `share` (B, K), rows adding up to 1; `parties` (B, J) last shares of the J largest parties, standing now or not;
    `scale` (K,) the shares p0 behind C; `known` (K,) who has a baseline or a poll; `informed`: anybody has;
    `compared`: anybody stood last time; `by_ward`: it is known of wards.
    """

    share: Floats
    parties: Floats
    scale: Floats
    known: Bools
    informed: bool
    compared: bool
    by_ward: bool


@dataclass(frozen=True)
class Last:
    """Votes last time of P parties: `ward` (W, P) and `type` (T, P) by place, rows of zeros where there are none of
    the parties standing now; `whole` (P,) of the contest; `standing` (K,) the party's place or -1, `sharing` (K,) how
    many candidates stand for it."""

    ward: Floats
    type: Floats
    whole: Floats
    standing: NDArray[np.intp]
    sharing: Floats

    def of_candidates(self, votes: Floats) -> Floats:
        """(..., K) votes of the candidates' parties; two candidates of one party have half each."""
        padded = np.concatenate([votes, np.zeros((*votes.shape[:-1], 1))], axis=-1)
        mine: Floats = padded[..., self.standing] / self.sharing
        return mine


def last_result(setup: Setup, wards: tuple[str, ...], types: tuple[str, ...]) -> Last:
    """The last result by ward and type. Without a row for the contest it is the sum of the wards', else of the types'."""
    rows = (*setup.baseline.values(), *setup.type_baseline.values())
    parties = sorted({party for row in rows for party in row})
    place = {party: p for p, party in enumerate(parties)}
    names = [candidate.baseline_party for candidate in setup.candidates]

    def votes(row: Mapping[str, float] | None) -> Floats:
        counts = np.zeros(len(parties))
        for party, count in (row or {}).items():
            counts[place[party]] = count
        # What only other parties had says nothing of the candidates standing now.
        return counts if any(name in place and counts[place[name]] > 0 for name in names if name) else 0 * counts

    every = {name: votes(row) for name, row in setup.baseline.items()}
    by_type = {name: votes(row) for name, row in setup.type_baseline.items()}
    nothing = np.zeros(len(parties))
    whole = every.pop("", nothing)
    if not whole.any():
        whole = sum(every.values(), nothing)
    if not whole.any():
        whole = sum(by_type.values(), nothing)
    return Last(
        ward=np.array([every.get(name, nothing) for name in wards]).reshape(len(wards), len(parties)),
        type=np.array([by_type.get(name, nothing) for name in types]).reshape(len(types), len(parties)),
        whole=whole,
        standing=np.array([place.get(name, -1) if name else -1 for name in names], dtype=np.intp),
        sharing=np.array([max(names.count(name), 1) for name in names], dtype=float),
    )


def make_baseline(setup: Setup, last: Last, ward: Floats, kind: Floats, size: Floats, rules: Parameters) -> Baseline:
    """Unit b starts at sum over types t: t_bt x (the type's own baseline, or the ward's, or the contest's).

    `ward` (B, W) and `kind` (B, T) are the units' fractions, `size` (B,) their weights.
    """
    mine = last.of_candidates(last.whole)
    seen = mine > 0
    share = _mixed(last, ward, kind, last.of_candidates)
    parties = _mixed(last, ward, kind, lambda votes: votes)
    largest = np.argsort(-(size @ parties), kind="stable")[: rules.slope_parties]
    poll = np.array([(setup.poll or {}).get(candidate.key, 0.0) for candidate in setup.candidates])
    new = _newcomers(seen, poll, rules)
    share = share * (1 - new.sum()) + new if seen.any() else np.tile(new / new.sum(), (len(kind), 1))
    known = seen | (poll > 0)
    centre = share.mean(axis=0)
    scale = np.where(known, centre, np.maximum(centre, rules.newcomer_scale))
    return Baseline(
        share=share,
        parties=parties[:, largest],
        scale=scale / scale.sum(),
        known=known,
        informed=bool(known.any()),
        compared=bool(seen.any()),
        by_ward=bool(last.ward.any()),
    )


def _mixed(last: Last, ward: Floats, kind: Floats, of: Callable[[Floats], Floats]) -> Floats:
    """(B, ...) shares of the votes `of` maps to, mixed by ward and type."""
    contest = _shares(of(last.whole[None, :]))
    wards = _shares(of(last.ward))
    wards = np.where(wards.any(axis=1, keepdims=True), wards, contest)
    by_ward = ward @ wards + np.maximum(1 - ward.sum(axis=1), 0)[:, None] * contest
    own = last.type.any(axis=1)
    covered = kind[:, own]
    left = np.maximum(1 - covered.sum(axis=1), 0)[:, None]
    mixed: Floats = left * by_ward + covered @ _shares(of(last.type[own]))
    return mixed


def _shares(votes: Floats) -> Floats:
    total = votes.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(votes, total, out=np.zeros_like(votes), where=total > 0)
    return shares


def _newcomers(seen: Bools, poll: Floats, rules: Parameters) -> Floats:
    """(K,) starting shares of candidates of whom the last election says nothing: a poll's, else a small one."""
    polled = ~seen & (poll > 0)
    fresh = ~seen & ~polled
    new = np.where(polled, poll, 0.0)
    if not seen.any() and not polled.any():
        return np.ones(len(seen))
    new[fresh] = min(rules.newcomer_share * fresh.sum(), rules.newcomers_most) / max(fresh.sum(), 1)
    most = 0.9 if seen.any() else new.sum()
    fitted: Floats = new * min(1.0, most / max(new.sum(), 1e-9))
    return fitted
