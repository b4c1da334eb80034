"""Orders in which units are released: the ones that fool naive projections.

random          any unit next
small           small units first, as they are counted sooner
rural           whole wards at a time, those with small units first, other vote types last
postal_last     units of the commonest vote type in any order, then the other types
adverse         whole wards at a time, the runner-up's best first: no night is so unkind by chance
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from results.backtest.elections import Contest
from results.projection.baseline import Bools, Floats

Order = NDArray[np.intp]


def _random(contest: Contest, rng: np.random.Generator) -> Order:
    return rng.permutation(len(contest.units))


def _small(contest: Contest, rng: np.random.Generator) -> Order:
    return np.argsort(contest.votes.sum(axis=1) * np.exp(rng.normal(0, 0.15, len(contest.units))))


def _rural(contest: Contest, rng: np.random.Generator) -> Order:
    votes = contest.votes.sum(axis=1)
    size = {w: float(np.median(votes[_at(contest, w)])) for w in sorted(set(contest.wards))}
    return _by_wards(contest, {w: s * np.exp(rng.normal(0, 0.10)) for w, s in size.items()}, rng, others_last=True)


def _postal_last(contest: Contest, rng: np.random.Generator) -> Order:
    # The commonest first, the rarest last.
    size = Counter(contest.types)
    place = {t: i for i, (t, _) in enumerate(size.most_common())}
    return np.argsort(rng.random(len(contest.units)) + np.array([place[t] for t in contest.types]))


def _adverse(contest: Contest, rng: np.random.Generator) -> Order:
    second, first = np.argsort(contest.votes.sum(axis=0))[-2:]

    def lean(ward: str) -> float:
        votes = contest.votes[_at(contest, ward)].sum(axis=0)
        return float((votes[first] - votes[second]) / votes.sum())

    return _by_wards(contest, {w: lean(w) for w in sorted(set(contest.wards))}, rng, others_last=False)


def _at(contest: Contest, ward: str) -> Bools:
    return np.array([w == ward for w in contest.wards])


def _by_wards(contest: Contest, keys: dict[str, float], rng: np.random.Generator, others_last: bool) -> Order:
    place = {ward: i for i, ward in enumerate(sorted(keys, key=lambda ward: keys[ward]))}
    rank: Floats = np.array([place[w] for w in contest.wards]) + 0.9 * rng.random(len(contest.units))
    if others_last:
        commonest = Counter(contest.types).most_common(1)[0][0]
        rank += len(place) * np.array([t != commonest for t in contest.types])
    return np.argsort(rank)


ORDERS: dict[str, Callable[[Contest, np.random.Generator], Order]] = {
    "random": _random,
    "small": _small,
    "rural": _rural,
    "postal_last": _postal_last,
    "adverse": _adverse,
}
