"""How long the projection takes: one contest again and again as its counts come in, and a whole country from cold."""

from __future__ import annotations

import gc
import time

import numpy as np

from results.projection import DEFAULT, Call, Candidate, Counted, CountedSet, Setup, Unit, call, predictive, project
from results.projection import ground as grounds
from tests.benchmarks.table import Table, percentile

CANDIDATES, WARDS, UNITS = 13, 9, 100
ROUNDS = 300
CONTESTS = 650


def run() -> Table:
    """Bars for one thread; the peer is the sorting of as many draws, which any simulation must at least do."""
    table = Table(f"projection: {CANDIDATES} candidates, {WARDS} wards, {UNITS} units, one thread")
    gc.freeze()
    rng = np.random.default_rng(1)
    setup, sets = _night(rng)
    project(setup, Counted(tuple(sets[:50])))
    # Different counted sets in turn, and the peer between them: neither profits from what the other left in the caches.
    draws = rng.random((CANDIDATES, DEFAULT.draws))
    took: dict[str, list[float]] = {"project": [], "peer": []}
    for turn in range(ROUNDS):
        counted = Counted(tuple(sets[: 5 + turn % 94]))
        took["project"].append(_timed(lambda: project(setup, counted)))  # noqa: B023
        took["peer"].append(_timed(lambda: np.sort(draws, axis=1)))
    table.add("one projection, median", percentile(took["project"], 0.5), "ms")
    table.add("one projection, p95", percentile(took["project"], 0.95), "ms", 10)
    table.add(
        "against sorting as many draws, median", percentile(took["project"], 0.5) / percentile(took["peer"], 0.5), "x"
    )
    cold = []
    for _ in range(30):
        grounds.lay.cache_clear()
        cold.append(_timed(lambda: project(setup, Counted(tuple(sets[:60])))))
    table.add("one projection from a set-up never seen, p95", percentile(cold, 0.95), "ms")
    asked = [_timed(lambda: predictive(setup, Counted(tuple(sets[:60])), f"g{b}")) for b in range(60)]  # noqa: B023
    table.add("one group's figures given the others, p95", percentile(asked, 0.95), "ms", 10)
    table.add(f"one projection and call of each of {CONTESTS} contests, from cold", _country(rng), "s", 8)
    return table


def _timed(work: object) -> float:
    assert callable(work)
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _night(rng: np.random.Generator) -> tuple[Setup, list[CountedSet]]:
    candidates = tuple(Candidate(f"c{i}", f"p{i}", f"p{i}" if i < 9 else None) for i in range(CANDIDATES))
    lean = rng.dirichlet(np.full(CANDIDATES, 0.6))
    mixed = (("polling", 0.8), ("postal", 0.2))
    units = tuple(Unit(f"g{b}", 900, None, ((f"W{b % WARDS}", 1.0),), mixed) for b in range(UNITS))
    baseline = {
        f"W{w}": {f"p{i}": float(rng.integers(1, 50) + 4000 * lean[i]) for i in range(CANDIDATES)} for w in range(WARDS)
    }
    votes = [rng.multinomial(int(rng.integers(300, 500)), rng.dirichlet(60 * lean + 0.5)) for _ in units]
    sets = [CountedSet((unit.key,), tuple(int(v) for v in row)) for unit, row in zip(units, votes, strict=True)]
    return Setup(candidates, units, baseline, 0.45), sets


def _country(rng: np.random.Generator) -> float:
    """Seconds, with nothing kept from before; each contest somewhere between its first and its last count."""
    nights = [_night(rng) for _ in range(CONTESTS)]
    counted = [Counted(tuple(sets[: 1 + turn % (UNITS - 1)])) for turn, (_, sets) in enumerate(nights)]
    grounds.lay.cache_clear()
    begun = time.perf_counter()
    for (setup, _), figures in zip(nights, counted, strict=True):
        call(Call(), project(setup, figures))
    return time.perf_counter() - begun
