"""predictive(): would the other counted sets have expected these figures? For the desk's outlier alert (a bundle on
the wrong pile, figures against the wrong names: the totals still balance).

The set s of the unit is left out of the fit; its shares then follow, per grid point, a multivariate t with df degrees
of freedom, mean o_s + M'x_s and scale (x_s'P^-1 x_s + tau^2 sum w^2 + phi/n_s) Psi/df (see `regression`).
Per candidate the tail is two-sided Student t; of all together, T^2/r is F(r, df). Both are averaged over the grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .design import Floats, Night, arrange, ordered
from .parameters import DEFAULT, Parameters
from .regression import LEAST_VOTES, fit
from .types import CandidatePrediction, Counted, Prediction, Setup


def predictive(setup: Setup, counted: Counted, unit: str, parameters: Parameters = DEFAULT) -> Prediction:
    """What the other counted sets expect of the set `unit` is counted in (or of the unit, where it is not counted).

    Shares are fractions of valid votes, tails probabilities. Raises ValueError for a unit that is not set up.
    """
    keys = [item.key for item in setup.units]
    if unit not in keys:
        raise ValueError(f"no such unit: {unit}")
    night = arrange(setup, counted, parameters)
    sets = ordered(counted)
    held = next((s for s, item in enumerate(sets) if unit in item.units), None)
    units = (unit,) if held is None else tuple(sorted(sets[held].units))
    votes = None if held is None else night.votes[held]
    others = int(sum(night.votes[s].sum() > 0 for s in range(len(sets)) if s != held))
    counted_votes = None if votes is None else tuple(int(value) for value in votes)
    names = [candidate.key for candidate in setup.candidates]
    if len(names) == 1:
        own = None if counted_votes is None else counted_votes[0]
        return Prediction(units, (CandidatePrediction(names[0], 1.0, 1.0, 1.0, own),), None, others)
    weights = np.eye(len(keys))[keys.index(unit)] if held is None else night.blend[held]
    total = float(weights @ night.sizes.expected) if votes is None else float(votes.sum())
    expected = _expect(night, weights, total, held, parameters)
    observed = votes / votes.sum() if votes is not None and votes.sum() > 0 else None
    tails = None if observed is None else expected.tails(observed)
    low, mean, high = (np.clip(value, 0, 1) for value in expected.interval())
    return Prediction(
        units=units,
        candidates=tuple(
            CandidatePrediction(
                key=name,
                mean=round(float(mean[k]), 3),
                low=round(float(low[k]), 3),
                high=round(float(high[k]), 3),
                votes=None if counted_votes is None else counted_votes[k],
                tail=None if tails is None else round(float(tails[k]), 6),
            )
            for k, name in enumerate(names)
        ),
        tail=None if observed is None else round(expected.tail(observed), 6),
        others=others,
    )


@dataclass(frozen=True)
class Expected:
    """A mixture of G multivariate t: `weight` (G,), `mean` (G, K), `scale` (G, r, r) over the candidates `keep`,
    `sd` (G, K) the square roots of all candidates' scales, `df`."""

    weight: Floats
    mean: Floats
    scale: Floats
    sd: Floats
    keep: NDArray[np.intp]
    df: float

    def interval(self) -> tuple[Floats, Floats, Floats]:
        """(K,) 5 % point, mean and 95 % point, of the t with the mixture's first two moments."""
        mean = self.weight @ self.mean
        sd = np.sqrt(self.weight @ (self.sd**2 + (self.mean - mean) ** 2))
        reach = _t_point(self.df) * sd
        return mean - reach, mean, mean + reach

    def tails(self, observed: Floats) -> Floats:
        """(K,) probability, for each candidate alone, of a share at least as far from the expected."""
        square = ((observed - self.mean) / self.sd) ** 2
        table = np.array([[tail(value, 1, self.df) for value in row] for row in square])
        both: Floats = self.weight @ table
        return both

    def tail(self, observed: Floats) -> float:
        """Probability of shares at least as far from the expected, all candidates together."""
        error = (observed - self.mean)[:, self.keep, None]
        square = (error * np.linalg.solve(self.scale, error)).sum(axis=(1, 2))
        return float(self.weight @ np.array([tail(value, len(self.keep), self.df) for value in square]))


def _expect(night: Night, weights: Floats, votes: float, held: int | None, parameters: Parameters) -> Expected:
    """The shares of units mixed by `weights` (B,), with `votes` in all, given all sets but `held`."""
    posterior = fit(night, parameters, without=held)
    x, keep = weights @ posterior.x, posterior.keep
    parts = posterior.components
    mean = np.tile(weights @ night.baseline.share, (len(parts), 1))
    sd = np.empty_like(mean)
    scales = []
    for g, part in enumerate(parts):
        mean[g, keep] += x @ part.m
        mean[g, posterior.last] = 1 - mean[g, keep].sum()
        noise = part.tau**2 * float(weights @ weights) + parameters.overdispersion / max(votes, LEAST_VOTES)
        scale = posterior.scale(part, float(x @ part.v @ x), noise)
        sd[g, keep] = np.sqrt(np.diagonal(scale))
        sd[g, posterior.last] = np.sqrt(scale.sum())
        scales.append(scale)
    weight = np.array([part.weight for part in parts])
    return Expected(weight, mean, np.array(scales), sd, keep, posterior.df)


def tail(square: float, dimensions: int, df: float) -> float:
    """P(T^2 >= square) for the squared length of a standard t of `dimensions` with `df` degrees of freedom.

    >>> round(tail(2.228139 ** 2, 1, 10), 4)  # Student's 5 % point, two-sided
    0.05
    >>> round(tail(3 * 3.708265, 3, 10), 4)  # the 5 % point of F(3, 10)
    0.05
    """
    if square <= 0:
        return 1.0
    return _beta(df / 2, dimensions / 2, df / (df + square))


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    fraction, c, d = 1.0, 1.0, 0.0
    for i in range(400):
        m = i // 2
        if i == 0:
            step = 1.0
        elif i % 2 == 0:
            step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _off_zero(1 + step * d)
        c = _off_zero(1 + step / c)
        fraction *= c * d
        if abs(1 - c * d) < 1e-12:
            break
    return min(max(front * (fraction - 1) / a, 0.0), 1.0)


def _off_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300


@lru_cache(maxsize=256)
def _t_point(df: float) -> float:
    """The 95 % point of Student's t, by bisection of its tail."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle**2, 1, df) > 0.10 else (low, middle)
    return high
