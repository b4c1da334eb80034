"""Possible endings of the night: draws of the final votes given the posterior.

    final votes of k = counted votes + sum over units out of m_b (o_b + Theta' x_b + e_b)

with m_b expected votes. A sum a = sum m_b x_b of rows makes all units out one multivariate t per grid point; what is
out may differ from what is in by late_difference x the fraction out (`late`) and along the guards (`guard`); the size
of each vote type is uncertain where it is not verified. Draws are the same for every call (common random numbers),
clipped at 0 and added to the counted votes, which are never doubted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .baseline import Floats
from .guard import order_guard, swing_guard
from .night import Night
from .parameters import Parameters
from .regression import Posterior, fit


@dataclass(frozen=True)
class Outlook:
    """Final votes: `have` (K,) counted, `centre` (K,) expected, `draws` (K, D) possible; one column where exact."""

    have: Floats
    centre: Floats
    draws: Floats

    def wins(self, stress: float = 1.0) -> Floats:
        """(K,) probability of the most votes, the spread widened by `stress`; a tie counts in equal parts."""
        votes = self.draws
        if stress != 1.0:
            centre = self.centre[:, None]
            votes = np.maximum(centre + stress * (votes - centre), self.have[:, None])
        first = votes == votes.max(axis=0)
        probability: Floats = (first / first.sum(axis=0)).mean(axis=1)
        return probability

    def shares(self) -> tuple[Floats, Floats]:
        """(K,) mean and (4, K) 5, 25, 75 and 95 % points of the final shares."""
        totals = self.draws.sum(axis=0)
        share = self.draws / np.where(totals > 0, totals, 1)
        return share.mean(axis=1), _quantiles(share, (0.05, 0.25, 0.75, 0.95))


def foresee(night: Night, rules: Parameters) -> Outlook:
    """Final votes: exact where nothing is out (or only empty units), else simulated."""
    have = night.votes.sum(axis=0)
    coming = night.coming
    if len(have) == 1:
        final = have + max(float(coming.sum()), 1.0)
        return Outlook(have, final, final[:, None])
    if coming.any():
        return _simulate(night, have, coming, rules)
    if have.any() or not night.out.any():
        return Outlook(have, have, have[:, None])
    # Neither votes nor sizes are known: the draws are of shares, every unit weighing the same.
    return _simulate(night, have, night.out.astype(float), rules)


def _simulate(night: Night, have: Floats, size: Floats, rules: Parameters) -> Outlook:
    """`size` (B,) votes expected of the units out, 0 elsewhere."""
    posterior = fit(night, size, rules)
    left = float(size.sum())
    centres = size @ posterior.offset + posterior.change(size @ night.ground.design.x)
    mean = np.maximum(posterior.weight @ centres, 0)
    mean *= left / mean.sum()
    random = common_random(len(have), len(night.ground.types), rules.draws, rules.seed)
    out = _drawn(posterior, centres, _scales(night, posterior, have, mean, size, rules), random)
    out[posterior.last] = left - out.sum(axis=0)
    # Nobody has fewer than no votes; what that adds is taken from the others, for the papers stay as many as they are.
    out = np.maximum(out, 0.0)
    out *= left / out.sum(axis=0)
    out += _uncertain_sizes(night, posterior, size, random)
    return Outlook(have, have + mean, have[:, None] + np.maximum(out, 0))


def _scales(night: Night, posterior: Posterior, have: Floats, mean: Floats, size: Floats, rules: Parameters) -> Floats:
    """(G, r, r) scale matrices of the votes that are out."""
    left = float(size.sum())
    by_ward = night.ground.baseline.by_ward
    late = rules.late_difference if by_ward else rules.late_difference_uninformed
    late *= left / (left + float(have.sum())) * left
    unit = size**1.5 * np.where(night.sizes.exact, 1.0, 1 + rules.turnout_unit_sd**2)
    # Sigma is the scale of errors with heavy tails, whose variance is more.
    tails = rules.unit_freedom / (rules.unit_freedom - 2)
    noise = posterior.unit * float(unit.sum()) * tails + left + late**2
    second, first = np.argsort(have + mean, kind="stable")[-2:]
    pair = (int(first), int(second))
    shifts = [order_guard(night, posterior, size, pair, rules), swing_guard(night, size, rules)]
    scales = posterior.scale(noise)
    for shift in shifts:
        kept = left * shift[posterior.keep]
        scales = scales + np.outer(kept, kept)
    return scales


@dataclass(frozen=True)
class Random:
    """`normal` (K + T, D) antithetic normals; `uniform` (D,) stratified uniforms and `spread` (D,) normals for the t;
    the two halves of a pair share the last two, so that two candidates of whom nothing is known have 0.5 each."""

    normal: Floats
    uniform: Floats
    spread: Floats


@lru_cache(maxsize=32)
def common_random(candidates: int, types: int, draws: int, seed: int) -> Random:
    """The same numbers at every call: the display moves when the counted votes do, and never else."""
    generator = np.random.default_rng(seed)
    half = max(draws // 2, 1)
    z = generator.standard_normal((candidates + types, half))
    u = generator.permutation((np.arange(half) + 0.5) / half)
    t = generator.standard_normal(half)
    numbers = Random(np.concatenate([z, -z], axis=1), np.concatenate([u, u]), np.concatenate([t, t]))
    for array in (numbers.normal, numbers.uniform, numbers.spread):
        array.setflags(write=False)
    return numbers


def _drawn(posterior: Posterior, centres: Floats, scales: Floats, random: Random) -> Floats:
    """(K, D) draws around the centres (G, K), row `last` left at 0; each draw belongs to one grid point."""
    which = np.minimum(np.searchsorted(np.cumsum(posterior.weight), random.uniform), len(posterior.weight) - 1)
    keep = posterior.keep
    wide = _widen(random.spread, posterior.df)
    out = np.zeros((centres.shape[1], len(wide)))
    for g in np.unique(which):
        columns = np.flatnonzero(which == g)
        moved = np.linalg.cholesky(scales[g]) @ (random.normal[: len(keep), columns] * wide[columns])
        out[np.ix_(keep, columns)] = centres[g, keep][:, None] + moved
    return out


def _widen(normal: Floats, df: float) -> Floats:
    """sqrt(df / chi2) with chi2 from standard normals (Wilson and Hilferty 1931): smooth in df, where sampling a
    chi2 anew for each df would make the display jump."""
    chi2 = df * (1 - 2 / (9 * df) + normal * np.sqrt(2 / (9 * df))) ** 3
    widened: Floats = np.sqrt(df / np.maximum(chi2, 0.05 * df))
    return widened


def _uncertain_sizes(night: Night, posterior: Posterior, size: Floats, random: Random) -> Floats | float:
    """(K, D) votes more or fewer because a vote type not verified is larger or smaller than expected."""
    guessed = (night.ground.type * (size * ~night.sizes.exact)[:, None]).T
    if not guessed.any():
        return 0.0
    share = posterior.offset.copy()
    share[:, posterior.keep] += night.ground.design.x @ np.tensordot(posterior.weight, posterior.m, axes=1)
    share[:, posterior.last] += 1 - share.sum(axis=1)
    spread = night.sizes.spread
    factor = np.exp(spread @ random.normal[-len(spread) :] - 0.5 * (spread**2).sum(axis=1)[:, None])
    votes: Floats = (guessed @ np.clip(share, 0, 1)).T @ (factor - 1)
    return votes


def _quantiles(values: Floats, points: tuple[float, ...]) -> Floats:
    """(points, K) quantiles along the last axis, linear between the two nearest draws."""
    last = values.shape[1] - 1
    places = [point * last for point in points]
    below = [int(place) for place in places]
    parted = np.partition(values, sorted({min(b + extra, last) for b in below for extra in (0, 1)}), axis=1)
    return np.array(
        [
            parted[:, b] + (place - b) * (parted[:, min(b + 1, last)] - parted[:, b])
            for place, b in zip(places, below, strict=True)
        ]
    )
