"""The closed form: wards eliminated one by one give what the whole system gives."""

from __future__ import annotations

import numpy as np
import pytest

from results.projection import DEFAULT, Candidate, Counted, CountedSet, Setup, Unit
from results.projection.night import arrange
from results.projection.regression import Data, _equations, _sums, fit


def test_it_solves_for_wards_that_stand_alone_as_for_all_together() -> None:
    rng = np.random.default_rng(1)
    sets, front, wards, candidates, points = 40, 5, 12, 3, 4
    rows = np.column_stack([rng.normal(size=(sets, front)), np.eye(wards)[rng.integers(0, wards, sets)]])
    change, noise = rng.normal(size=(sets, candidates)), rng.uniform(0.5, 2, sets)
    precision, a = rng.uniform(1, 9, (points, front + wards)), rng.normal(size=front + wards)
    solved = []
    for alone in (front, front + wards):
        x, own, right, _, _ = _sums(Data(rows, change, noise[None], alone), a, noise)
        solved.append(_equations(*(np.repeat(part[None], points, axis=0) for part in (x, own, right)), precision))
    for one, other in zip(*solved, strict=True):
        assert one == pytest.approx(other)
    whole = rows.T @ (rows / noise[:, None]) + np.diag(precision[2])
    assert solved[0][0][2] == pytest.approx(np.linalg.solve(whole, right))
    assert solved[0][1][2] == pytest.approx(np.linalg.slogdet(whole)[1])


@pytest.mark.parametrize("mixed", [False, True])
def test_it_fits_sets_of_one_ward_and_sets_of_two(mixed: bool) -> None:
    candidates = tuple(Candidate(name, name, name) for name in ("red", "blue", "green"))
    units = tuple(Unit(f"g{b}", 0, 600, ((f"W{b % 4}", 1.0),)) for b in range(16))
    setup = Setup(candidates, units, {f"W{w}": {"red": 40.0 + w, "blue": 40.0, "green": 20.0} for w in range(4)})
    pairs = [(b, b + 1) if mixed else (b, b + 4) for b in (0, 2, 8, 10)]
    sets = tuple(CountedSet((f"g{a}", f"g{b}"), (500, 450, 250)) for a, b in pairs)
    night = arrange(setup, Counted(sets), DEFAULT)
    posterior = fit(night, night.coming, DEFAULT)
    assert posterior.weight.sum() == pytest.approx(1) and (posterior.spread >= 0).all()
    expected = night.coming @ posterior.offset + posterior.change(night.coming @ night.ground.design.x)
    assert (posterior.weight @ expected / night.coming.sum()) == pytest.approx([0.42, 0.37, 0.21], abs=0.02)
