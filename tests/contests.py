"""Contests for tests of the projection: small ones by hand, and nights drawn from a known truth."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np

from results.projection import Candidate, Counted, CountedSet, Projection, Setup, Unit

PARTIES = ("red", "blue", "green", "grey")
BASELINE = {"W0": {"red": 400, "blue": 350, "green": 150}, "W1": {"red": 300, "blue": 450, "green": 100}}


def contest(k: int = 2, units: int = 10, **given_units: object) -> Setup:
    """A contest of `k` parties over two wards and `units` groups of 1,000 electors."""
    candidates = tuple(Candidate(PARTIES[i], PARTIES[i], PARTIES[i]) for i in range(k))
    groups = (
        Unit(
            **(  # type: ignore[arg-type]
                {"key": f"g{b}", "electors": 1000, "wards": ((f"W{b % 2}", 1.0),), "types": (("polling", 1.0),)}
                | given_units
            )
        )
        for b in range(units)
    )
    return Setup(candidates, tuple(groups), BASELINE, 0.5)


def counted(*votes: tuple[int, ...], rejected: int = 0) -> Counted:
    return Counted(tuple(CountedSet((f"g{b}",), row, rejected) for b, row in enumerate(votes)))


def assert_honest(p: Projection) -> None:
    """No NaN, nothing outside its range, intervals around their mean, probability 1 only where certain."""
    for share in p.shares:
        assert all(math.isfinite(value) for value in (share.mean, share.low, share.high, share.win_probability))
        assert 0 <= share.low <= share.mean <= share.high <= 1
        assert 0 <= share.win_probability <= (1 if p.certain else 0.99)
    assert 0 <= p.counted_fraction <= 1
    assert p.expected_votes_left >= 0
    assert p.required_share is None or 0 <= p.required_share <= 1
    assert all(cell.expected_votes > 0 for cell in p.still_out)
    assert not p.certain or (p.meets_bar and p.leader is not None and not p.gates)
    json.dumps([dataclasses.asdict(p)], allow_nan=False)


def simulated(rng: np.random.Generator, late: float = 0.0) -> tuple[Setup, list[tuple[int, ...]]]:
    """A night of 60 units in six wards; the last quarter postal, where the leader does `late` worse."""
    k = 4
    last = {f"W{w}": rng.dirichlet(np.array([40, 36, 16, 8]) * 0.6) for w in range(6)}
    swing = rng.normal(0, 0.05, k)
    ward_change = rng.normal(0, 0.02, (6, k))
    units, votes = [], []
    for b in range(60):
        w, postal = int(rng.integers(6)), b >= 45
        p = last[f"W{w}"] + swing + ward_change[w] + rng.normal(0, 0.05, k)
        p = p + (late * np.array([-0.5, 0.5, 0, 0]) if postal else rng.normal(0, 0.004, k))
        p = np.clip(p, 0.005, None)
        size = int(rng.integers(250, 700))
        units.append(Unit(f"g{b}", 2 * size, size, ((f"W{w}", 1.0),), (("postal" if postal else "polling", 1.0),)))
        votes.append(tuple(int(v) for v in rng.multinomial(size, p / p.sum())))
    candidates = tuple(Candidate(PARTIES[i], PARTIES[i], PARTIES[i]) for i in range(k))
    baseline = {w: dict(zip(PARTIES, (1000 * row).tolist(), strict=True)) for w, row in last.items()}
    types = {"postal": {party: float(sum(row[party] for row in baseline.values())) for party in PARTIES}}
    return Setup(candidates, tuple(units), baseline, None, None, types), votes


def toronto(known: str) -> tuple[Setup, list[CountedSet], np.ndarray]:
    """Three quarters of the votes polled and alike, the last quarter of another type with a lead 25 points lower, and
    the final shares. `known` of the last result: nothing, the contest's, or every ward's."""
    rng = np.random.default_rng(2023)
    units, sets = [], []
    for b in range(80):
        late = b >= 60
        p = np.array([0.3595, 0.3505, 0.29]) + late * np.array([-0.125, 0.125, 0])
        units.append(Unit(f"g{b}", 2000, 800, ((f"W{b % 8}", 1.0),), (("advance" if late else "polling", 1.0),)))
        sets.append(CountedSet((f"g{b}",), tuple(int(v) for v in rng.multinomial(800, p))))
    last = {"red": 35.0, "blue": 34.0, "green": 31.0}
    baseline = {
        "nothing": {},
        "contest": {"": last},
        "wards": {f"W{w}": {"red": 35.0 + w - 3.5, "blue": 34.0 - w + 3.5, "green": 31.0} for w in range(8)},
    }[known]
    candidates = tuple(Candidate(PARTIES[i], PARTIES[i], PARTIES[i] if baseline else None) for i in range(3))
    votes = np.sum([item.votes for item in sets], axis=0)
    return Setup(candidates, tuple(units), baseline), sets, votes / votes.sum()
