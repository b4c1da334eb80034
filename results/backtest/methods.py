"""What the projection is compared with: three ways of saying the same from the same counted units.

leader      the counted shares as they are, with binomial intervals: what a naive page shows
swing       matched swing: the change since last time where counted, applied to what is out; sd from the spread between
            units
conformal   per candidate, the median change relative to last time's votes, its error from the half of the counted
            units that the median was not taken from: as the public elex-model does (nonparametric conformal intervals)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.projection.baseline import Bools, Floats

Z90 = 1.6449
DRAWS = 1000
FEW = 4
"""Of fewer counted units half cannot be set aside."""


@dataclass(frozen=True)
class Forecast:
    """Final shares: `mean`, `low`, `high` (K,), a 90 % interval; `wins` (K,) the probability of the most votes."""

    mean: Floats
    low: Floats
    high: Floats
    wins: Floats


@dataclass(frozen=True)
class Seen:
    """`votes` (B, K), those of units not `counted` (B,) being zeros; `expected` (B,) votes before the count; `baseline`
    (B, K) starting shares, `known` (B,) where they are a ward's or vote type's own."""

    votes: Floats
    counted: Bools
    expected: Floats
    baseline: Floats
    known: Bools

    @property
    def total(self) -> Floats:
        """(K,) counted votes."""
        return np.asarray(self.votes[self.counted].sum(axis=0), dtype=float)

    @property
    def coming(self) -> Floats:
        """(B', ) votes expected of the units out, as far as the counted ones bear the expectation out."""
        inside = self.votes[self.counted].sum() / max(self.expected[self.counted].sum(), 1.0)
        return np.asarray(self.expected[~self.counted] * np.clip(inside, 0.7, 1.4), dtype=float)


def _normal(mean: Floats, sd: Floats, rng: np.random.Generator) -> Forecast:
    first = (mean + sd * rng.standard_normal((DRAWS, len(mean)))).argmax(axis=1)
    wins = np.bincount(first, minlength=len(mean)) / DRAWS
    return Forecast(mean, mean - Z90 * sd, mean + Z90 * sd, wins)


def leader(seen: Seen, rng: np.random.Generator) -> Forecast:
    """Counted shares, binomial errors, less what of the votes is in."""
    n = float(seen.total.sum())
    share = seen.total / n
    out = 1 - n / (n + float(seen.coming.sum()))
    return _normal(share, np.sqrt(np.maximum(share * (1 - share), 1e-9) / n * out), rng)


def swing(seen: Seen, rng: np.random.Generator) -> Forecast:
    """The mean change of counted units, by votes, on the baseline of those out."""
    used = seen.counted & seen.known
    if used.sum() < 2:
        used = seen.counted
    n = seen.votes[used].sum(axis=1)
    weight = n / n.sum()
    change = seen.votes[used] / n[:, None] - seen.baseline[used]
    mean = weight @ change
    final = float(seen.total.sum() + seen.coming.sum())
    share = (seen.total + seen.coming @ np.clip(seen.baseline[~seen.counted] + mean, 0, 1)) / final
    out = float(seen.coming.sum()) / final
    if used.sum() < 2:
        return _normal(share, np.full(len(share), 0.15) * out, rng)
    inside = 1 / float((weight**2).sum())
    outside = float(seen.coming.sum()) ** 2 / max(float((seen.coming**2).sum()), 1.0)
    variance = weight @ (change - mean) ** 2 * inside / max(inside - 1, 0.5)
    return _normal(share, np.sqrt(variance * (1 / inside + 1 / max(outside, 1.0))) * out + 1e-6, rng)


def conformal(seen: Seen, rng: np.random.Generator) -> Forecast:
    """Median relative change of each candidate, with the spread of the other half's errors."""
    counted = np.flatnonzero(seen.counted)
    if len(counted) < FEW:
        return leader(seen, rng)
    before = np.maximum(seen.baseline * seen.expected[:, None], 1.0)
    relative = (seen.votes - before) / before
    shuffled = rng.permutation(counted)
    fitted, held = shuffled[: len(shuffled) // 2], shuffled[len(shuffled) // 2 :]
    final, sd = seen.total.copy(), np.zeros(seen.votes.shape[1])
    for k in range(len(final)):
        coming = before[~seen.counted, k]
        final[k] += max(float((coming * (1 + _median(relative[counted, k], before[counted, k]))).sum()), 0.0)
        error = relative[held, k] - _median(relative[fitted, k], before[fitted, k])
        weight = before[held, k] / before[held, k].sum()
        spread = np.sqrt(max(float(weight @ (error - weight @ error) ** 2), 1e-8) * len(held) / max(len(held) - 1, 1))
        sd[k] = spread * np.sqrt(float((coming**2).sum()) + float(coming.sum()) ** 2 * float((weight**2).sum()))
    return _normal(final / max(final.sum(), 1.0), sd / max(final.sum(), 1.0), rng)


def _median(values: Floats, weights: Floats) -> float:
    order: NDArray[np.intp] = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


COMPARATORS: dict[str, Callable[[Seen, np.random.Generator], Forecast]] = {
    "swing": swing,
    "conformal": conformal,
    "leader": leader,
}
METHODS = ("model", *COMPARATORS)
