"""The desk's alarm: figures that the other groups did not expect, and two candidates exchanged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from results.projection import DEFAULT, Counted, CountedSet, predictive
from results.projection.surprise import tail
from tests.contests import contest, counted


def test_it_is_surprised_by_figures_under_the_wrong_names_only() -> None:
    rng = np.random.default_rng(3)
    rows = [tuple(int(v) for v in rng.multinomial(600, [0.42, 0.38, 0.15, 0.05])) for _ in range(20)]
    swapped = (*rows[:7], (rows[7][2], rows[7][1], rows[7][0], rows[7][3]), *rows[8:])
    setup = contest(4, units=24)
    odd, fair = predictive(setup, counted(*swapped), "g7"), predictive(setup, counted(*swapped), "g8")
    assert odd.tail is not None and odd.tail < 0.001 and odd.others == 19
    assert odd.candidates[0].tail is not None and odd.candidates[0].tail < 0.01
    assert odd.candidates[0].votes == swapped[7][0]
    assert fair.tail is not None and fair.tail > 0.01
    assert odd.surprising and not fair.surprising and fair.swap is None
    assert odd.swap is not None and {odd.swap.first, odd.swap.second} == {"red", "green"}
    assert odd.swap.odds > 100 and odd.swap.tail > 0.01


def test_it_names_the_two_candidates_whose_figures_were_exchanged() -> None:
    rng = np.random.default_rng(11)
    rows = [tuple(int(v) for v in rng.multinomial(700, [0.50, 0.30, 0.20])) for _ in range(12)]
    setup = contest(3, units=14)
    assert all(predictive(setup, counted(*rows), f"g{b}").swap is None for b in range(12))
    rows[4] = (rows[4][1], rows[4][0], rows[4][2])
    found = predictive(setup, counted(*rows), "g4").swap
    assert found is not None and (found.first, found.second) == ("red", "blue")


def test_it_needs_more_to_name_a_pair_that_does_not_lead() -> None:
    rng = np.random.default_rng(5)
    rows = [tuple(int(v) for v in rng.multinomial(700, [0.42, 0.28, 0.17, 0.13])) for _ in range(14)]
    setup = contest(4, units=16)

    def named(first: int, second: int, **rules: float) -> set[str]:
        """Whom it names when two candidates' figures are exchanged in a group."""
        row = list(rows[6])
        row[first], row[second] = row[second], row[first]
        found = predictive(setup, counted(*rows[:6], tuple(row), *rows[7:]), "g6", replace(DEFAULT, **rules)).swap
        return set() if found is None else {found.first, found.second}

    def odds(first: int, second: int) -> float:
        """What the exchange is said to be likelier by, with the bar out of the way."""
        row = list(rows[6])
        row[first], row[second] = row[second], row[first]
        rules = replace(DEFAULT, swap_odds=1e-3)
        found = predictive(setup, counted(*rows[:6], tuple(row), *rows[7:]), "g6", rules).swap
        assert found is not None
        return found.odds

    # Six pairs of four candidates: another pair than the leading one needs six times the odds.
    for first, second, times in ((0, 1, 1), (0, 2, 6)):
        found, pair = odds(first, second), {setup.candidates[k].key for k in (first, second)}
        assert named(first, second, swap_odds=found / times * 0.99) == pair
        assert named(first, second, swap_odds=found / times * 1.02) != pair


def test_it_knows_the_leading_pair_by_the_other_groups() -> None:
    # In this group alone green leads: with red's figures, which are what is to be found.
    rows = [(300, 200, 60)] * 12
    swapped = (60, 200, 300)
    found = predictive(contest(3, units=14), counted(*rows, swapped), "g12").swap
    assert found is not None and {found.first, found.second} == {"red", "green"}


def test_it_says_nothing_of_few_groups_or_few_votes() -> None:
    rng = np.random.default_rng(12)
    rows = [tuple(int(v) for v in rng.multinomial(700, [0.6, 0.4])) for _ in range(12)]
    early = predictive(contest(2, units=14), counted(*rows[:4], (200, 500)), "g4")
    assert early.others == 4 and not early.surprising and early.swap is None
    small = predictive(contest(2, units=14), counted(*rows, (10, 80)), "g12")
    assert small.tail is not None and not small.surprising and small.swap is None


def test_it_is_not_thrown_by_equal_figures_or_a_candidate_without_votes() -> None:
    level = predictive(contest(3, units=14), counted(*[(300, 300, 0)] * 8), "g3")
    assert level.tail is not None and level.swap is None and not level.surprising
    alone = predictive(contest(1, units=14), counted(*[(300,)] * 8), "g3")
    assert (alone.tail, alone.swap, alone.candidates[0].votes) == (None, None, 300)
    empty = predictive(contest(3, units=14), counted(*[(300, 200, 100)] * 8, (0, 0, 0)), "g8")
    assert (empty.tail, empty.surprising, empty.candidates[0].votes) == (None, False, 0)


def test_it_predicts_a_unit_still_out_without_judging_it() -> None:
    p = predictive(contest(3), counted(*[(300, 200, 100)] * 5), "g9")
    assert (p.units, p.tail, p.others) == (("g9",), None, 5)
    assert all(c.votes is None and c.tail is None and c.low <= c.mean <= c.high for c in p.candidates)
    with pytest.raises(ValueError, match="no such unit"):
        predictive(contest(3), Counted(), "nowhere")


def test_it_judges_units_counted_jointly_as_one() -> None:
    joint = CountedSet(("g1", "g0"), (600, 400), 3)
    p = predictive(contest(2), Counted((joint, CountedSet(("g2",), (300, 200)))), "g0")
    assert (p.units, p.others, p.candidates[0].votes) == (("g0", "g1"), 1, 600)


@pytest.mark.parametrize(
    ("point", "dimensions", "df"), [(2.228139**2, 1, 10), (3 * 3.708265, 3, 10), (2 * 3.0, 2, 1e6)]
)
def test_its_tails_agree_with_the_tables(point: float, dimensions: int, df: float) -> None:
    assert tail(point, dimensions, df) == pytest.approx(0.05, abs=3e-4)
