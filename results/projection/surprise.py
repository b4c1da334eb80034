"""predictive(): would the other counted sets have expected these figures? For the desk's outlier alert (a bundle on
the wrong pile, figures against the wrong names: the totals still balance).

The set s of the unit is left out of the fit; its shares then follow, per grid point, a multivariate t with f degrees
of freedom (those of the units' own heavy tails, where they are fewer than the posterior's), mean o_s + M'x_s and scale
(x_s'P^-1 x_s + v_s) Psi/df (see `regression`). Per candidate the tail is two-sided Student t; of
all together, T^2/r is F(r, f). Both are averaged over the grid.

A swap: for a pair of candidates, the density of their two shares as they stand against that of the same exchanged, all
others left aside (small parties are odd in places, and would drown it). It is a likelihood ratio between two readings of
the same sheet, so it finds a swap where the figures as they stand are not yet unlikely enough to be alarming by
themselves. It must exceed `swap_odds` for the two who lead in the other sets, whose exchange would matter most, and as
many times more as there are pairs for any other: of many pairs one looks exchanged by chance. The pair that exceeds its
bar by most is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .baseline import Floats
from .night import Night, arrange, ordered
from .parameters import DEFAULT, Parameters
from .regression import fit, unit_noise
from .types import CandidatePrediction, Counted, Prediction, Setup, Swap


def predictive(setup: Setup, counted: Counted, unit: str, parameters: Parameters = DEFAULT) -> Prediction:
    """What the other counted sets expect of the set `unit` is counted in (or of the unit, where it is not counted).

    Shares are fractions of valid votes, tails probabilities. Raises ValueError for a unit that is not set up.
    """
    night = arrange(setup, counted, parameters)
    if unit not in night.ground.place:
        raise ValueError(f"no such unit: {unit}")
    sets = ordered(counted)
    held = next((s for s, item in enumerate(sets) if unit in item.units), None)
    units = (unit,) if held is None else tuple(sorted(sets[held].units))
    votes = None if held is None else night.votes[held]
    others = int(sum(night.votes[s].sum() > 0 for s in range(len(sets)) if s != held))
    names = [candidate.key for candidate in setup.candidates]
    if len(names) == 1:
        own = None if votes is None else int(votes[0])
        return Prediction(units, (CandidatePrediction(names[0], 1.0, 1.0, 1.0, own),), None, others)
    weights = np.eye(len(night.out))[night.ground.place[unit]] if held is None else night.blend[held]
    total = float(weights @ night.sizes.expected) if votes is None else float(votes.sum())
    expected = _expect(night, weights, total, held, parameters)
    low, mean, high = (np.clip(value, 0, 1) for value in expected.interval())
    candidates = [
        CandidatePrediction(name, round(float(mean[k]), 3), round(float(low[k]), 3), round(float(high[k]), 3))
        for k, name in enumerate(names)
    ]
    if votes is None:
        return Prediction(units, tuple(candidates), None, others)
    seen = [(candidate, int(count)) for candidate, count in zip(candidates, votes, strict=True)]
    if not votes.any():
        return Prediction(units, tuple(_with(c, count, None) for c, count in seen), None, others)
    observed = votes / votes.sum()
    tails = expected.tails(observed)
    overall = expected.tail(observed)
    enough = others >= parameters.surprise_least and votes.sum() >= parameters.surprise_votes
    return Prediction(
        units=units,
        candidates=tuple(_with(c, count, float(tails[k])) for k, (c, count) in enumerate(seen)),
        tail=round(overall, 6),
        others=others,
        surprising=enough and overall < parameters.surprise_tail,
        swap=_swap(expected, observed, night.votes.sum(axis=0) - votes, names, parameters) if enough else None,
    )


def _with(candidate: CandidatePrediction, votes: int, tail: float | None) -> CandidatePrediction:
    rounded = None if tail is None else round(tail, 6)
    return CandidatePrediction(candidate.key, candidate.mean, candidate.low, candidate.high, votes, rounded)


@dataclass(frozen=True)
class Expected:
    """A mixture of G multivariate t: `weight` (G,), `mean` (G, K), `scale` (G, r, r) over the candidates `keep`,
    `covariance` (G, K, K) that of all and `sd` (G, K) the square roots of its diagonals, `df`."""

    weight: Floats
    mean: Floats
    scale: Floats
    covariance: Floats
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
        errors = (observed - self.mean)[:, self.keep, None]
        square = (errors * np.linalg.solve(self.scale, errors)).sum(axis=(1, 2))
        return float(self.weight @ np.array([tail(value, len(self.keep), self.df) for value in square]))

    def log_density(self, pairs: NDArray[np.intp], shares: Floats) -> Floats:
        """(P,) log densities of the `shares` (P, 2) of pairs (P, 2) of candidates, up to one constant."""
        first, second = pairs.T
        # A hair of noise of each one's own: of two candidates' shares, one is what the other leaves.
        own = self.sd[:, first] ** 2 + 1e-9, self.sd[:, second] ** 2 + 1e-9
        both = self.covariance[:, first, second]
        errors = shares[:, 0] - self.mean[:, first], shares[:, 1] - self.mean[:, second]
        determinant = own[0] * own[1] - both**2
        length = own[1] * errors[0] ** 2 - 2 * both * errors[0] * errors[1] + own[0] * errors[1] ** 2
        logs = np.log(np.maximum(self.weight, 1e-300))[:, None] - 0.5 * np.log(determinant)
        logs -= 0.5 * (self.df + 2) * np.log1p(length / determinant / self.df)
        top = logs.max(axis=0)
        density: Floats = top + np.log(np.exp(logs - top).sum(axis=0))
        return density


def _expect(night: Night, weights: Floats, votes: float, held: int | None, parameters: Parameters) -> Expected:
    """The shares of units mixed by `weights` (B,), with `votes` in all, given all sets but `held`."""
    posterior = fit(night, weights, parameters, without=held)
    mean = weights @ posterior.offset + posterior.change(weights @ night.ground.design.x)
    mean[:, posterior.last] += 1 - mean.sum(axis=1)
    noise = unit_noise(posterior.unit[:, None], weights[None, :], np.array([votes]), parameters)[:, 0]
    scale = posterior.scale(noise)
    covariance = np.array([posterior.whole_scale(part) for part in scale])
    sd = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    df = min(posterior.df, parameters.unit_freedom)
    return Expected(posterior.weight, mean, scale, covariance, sd, posterior.keep, df)


def _swap(
    expected: Expected, observed: Floats, elsewhere: Floats, names: list[str], parameters: Parameters
) -> Swap | None:
    """The exchange of two candidates' figures that the other sets, with `elsewhere` (K,) votes, would expect most, where
    it is so much likelier than the figures as they stand."""
    pairs = np.column_stack(np.triu_indices(len(names), 1))
    bar = np.full(len(pairs), math.log(parameters.swap_odds * len(pairs)))
    leaders = np.sort(np.argsort(-elsewhere, kind="stable")[:2])
    bar[(pairs == leaders).all(axis=1)] = math.log(parameters.swap_odds)
    apart = np.abs(observed[pairs[:, 0]] - observed[pairs[:, 1]]) >= parameters.swap_least
    pairs, bar = pairs[apart], bar[apart]
    if not len(pairs):
        return None
    shares = observed[pairs]
    gain = expected.log_density(pairs, shares[:, ::-1]) - expected.log_density(pairs, shares)
    best = int(np.argmax(gain - bar))
    if gain[best] < bar[best]:
        return None
    exchanged = observed.copy()
    exchanged[pairs[best]] = shares[best, ::-1]
    first, second = (names[k] for k in pairs[best])
    return Swap(first, second, round(expected.tail(exchanged), 6), round(math.exp(min(float(gain[best]), 700.0)), 1))


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
