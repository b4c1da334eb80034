"""Nights whose truth is known: coverage, recovery, and the orders and vote types that fool projections."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from results.projection import Call, Candidate, Counted, CountedSet, Setup, Unit, call, project
from tests.contests import PARTIES, contest, counted, simulated, toronto


def test_its_intervals_cover_about_nine_in_ten() -> None:
    rng = np.random.default_rng(5)
    inside = {6: [], 15: [], 30: []}  # type: dict[int, list[bool]]
    for _ in range(70):
        setup, votes = simulated(rng)
        final = np.sum(votes, axis=0) / np.sum(votes)
        order = rng.permutation(60)
        for n, hits in inside.items():
            p = project(setup, Counted(tuple(CountedSet((f"g{b}",), votes[b]) for b in order[:n])))
            hits += [s.low - 5e-4 <= x <= s.high + 5e-4 for s, x in zip(p.shares, final, strict=True)]
    for n, hits in inside.items():
        assert 0.85 <= np.mean(hits) <= 0.995, n


def test_it_narrows_as_votes_come_in() -> None:
    setup, votes = simulated(np.random.default_rng(2))
    widths = []
    for n in (3, 15, 40, 59):
        share = project(setup, Counted(tuple(CountedSet((f"g{b}",), votes[b]) for b in range(n)))).shares[0]
        widths.append(share.high - share.low)
    assert widths == sorted(widths, reverse=True) and widths[-1] < 0.01


@pytest.mark.parametrize("known", ["nothing", "contest", "wards"])
def test_it_is_not_fooled_by_a_vote_type_that_comes_last(known: str) -> None:
    setup, sets, final = toronto(known)
    now = Call()
    for n in range(1, 61):
        p = project(setup, Counted(tuple(sets[:n])))
        now = call(now, p)
        assert now.state == "too_early" and "type_unseen" in {gate.code for gate in p.gates}
        if n >= 40:
            assert max(share.win_probability for share in p.shares) <= 0.80
    assert p.leader == "red"
    if known != "wards":
        assert all(share.low <= x <= share.high for share, x in zip(p.shares, final, strict=True))
    # A fifth of the late votes is enough to see it.
    p = project(setup, Counted(tuple(sets[:64])))
    assert p.leader == "blue" and p.shares[1].win_probability >= 0.95
    assert all(share.low <= x <= share.high for share, x in zip(p.shares, final, strict=True))
    p = project(setup, Counted(tuple(sets)))
    assert (p.leader, p.certain) == ("blue", True)


def test_it_recovers_the_swing_and_the_turnout_it_was_drawn_from() -> None:
    rng = np.random.default_rng(8)
    last = {f"W{w}": {"red": 500.0 + 30 * w, "blue": 400.0 - 20 * w, "green": 100.0} for w in range(6)}
    swing, turnout = np.array([-0.08, 0.06, 0.02]), 0.37
    units, votes = [], []
    for b in range(60):
        row = np.array(list(last[f"W{b % 6}"].values()))
        papers = int(rng.normal(turnout, 0.02) * 1500)
        units.append(Unit(f"g{b}", 1500, None, ((f"W{b % 6}", 1.0),), (("polling", 1.0),)))
        votes.append(tuple(int(v) for v in rng.multinomial(papers, row / row.sum() + swing)))
    candidates = tuple(Candidate(party, party, party) for party in PARTIES[:3])
    # Only the first five wards come in: the sixth has to be foreseen from its own baseline.
    counted_sets = [CountedSet((f"g{b}",), votes[b]) for b in range(60) if b % 6 < 5]
    p = project(Setup(candidates, tuple(units), last, 0.5), Counted(tuple(counted_sets)))
    out = np.sum([votes[b] for b in range(60) if b % 6 == 5], axis=0)
    assert p.expected_votes_left == pytest.approx(out.sum(), rel=0.03)
    shares = np.array([share.mean for share in p.shares])
    final = np.sum(votes, axis=0) / np.sum(votes)
    assert shares == pytest.approx(final, abs=0.006)
    mine = (shares * (p.counted_votes + p.expected_votes_left) - np.sum([s.votes for s in counted_sets], axis=0)) / (
        p.expected_votes_left
    )
    row = np.array(list(last["W5"].values()))
    assert mine == pytest.approx(row / row.sum() + swing, abs=0.03)


def test_it_lets_losers_lose_where_they_had_votes() -> None:
    # Green halves: 40 % to 20 % in four wards, and so 4 % to 2 % in the one still out, not to nothing.
    last = {f"W{w}": {"red": 30.0 + w, "blue": 30.0 - w, "green": 40.0} for w in range(4)}
    last["W4"] = {"red": 48.0, "blue": 48.0, "green": 4.0}
    units = tuple(Unit(f"g{b}", 0, 2000, ((f"W{b % 5}", 1.0),)) for b in range(50))
    sets = tuple(CountedSet((f"g{b}",), (800 + 20 * (b % 5), 800 - 20 * (b % 5), 400)) for b in range(50) if b % 5 < 4)
    p = project(dataclasses.replace(contest(3), units=units, baseline=last), Counted(sets))
    coming = p.shares[2].mean * (p.counted_votes + p.expected_votes_left) - 400 * 40
    assert 0.005 <= coming / p.expected_votes_left <= 0.04


def one_sided(order: list[int]) -> tuple[Setup, list[CountedSet]]:
    """Two wards for red, two for blue, by last time and by this; units in this order of wards."""
    last = {f"W{w}": {"red": 30.0 + 10 * w, "blue": 70.0 - 10 * w} for w in range(5)}
    units = tuple(Unit(f"g{b}", 0, 600, ((f"W{b % 5}", 1.0),)) for b in range(50))
    rng = np.random.default_rng(4)
    lean = [0.3 + 0.1 * (b % 5) + rng.normal(0, 0.08) for b in range(50)]
    votes = [tuple(int(v) for v in rng.multinomial(600, [share, 1 - share])) for share in lean]
    setup = dataclasses.replace(contest(2), units=units, baseline=last)
    return setup, [CountedSet((f"g{b}",), votes[b]) for w in order for b in range(50) if b % 5 == w]


def test_it_is_less_sure_when_the_wards_in_lie_on_one_side() -> None:
    setup, sets = one_sided([4, 3, 2, 1, 0])
    _, mixed = one_sided([2, 0, 4, 1, 3])
    width = []
    for order in (sets, mixed):
        share = project(setup, Counted(tuple(order[:20]))).shares[0]
        width.append(share.high - share.low)
    assert width[0] > 1.15 * width[1]


def test_it_lets_one_odd_group_move_the_rest_but_little() -> None:
    setup = contest(2, units=20)
    fair = [(270, 230)] * 14
    odd = [*fair[:13], (20, 480)]
    left = []
    for rows in (fair, odd):
        p = project(setup, counted(*rows))
        coming = p.shares[0].mean * (p.counted_votes + p.expected_votes_left) - sum(row[0] for row in rows)
        left.append(coming / p.expected_votes_left)
    # The mean of all fourteen would move by 3.6 points.
    assert left[0] - left[1] < 0.018


def test_it_moves_only_when_the_figures_do() -> None:
    setup, votes = simulated(np.random.default_rng(6))
    figures = Counted(tuple(CountedSet((f"g{b}",), votes[b]) for b in range(30)))
    assert project(setup, figures) == project(dataclasses.replace(setup), figures)
    one_more = (votes[7][0] + 1, *votes[7][1:])
    amended = Counted(tuple(CountedSet((f"g{b}",), one_more if b == 7 else votes[b]) for b in range(30)))
    before, after = project(setup, figures), project(setup, amended)
    for a, b in zip(before.shares, after.shares, strict=True):
        assert abs(a.mean - b.mean) <= 0.001 and abs(a.low - b.low) <= 0.002 and abs(a.high - b.high) <= 0.002


def test_it_learns_a_vote_type_from_mixed_groups() -> None:
    mixed = (("polling", 0.7), ("postal", 0.3))
    units = tuple(Unit(f"g{b}", 0, 600, ((f"W{b % 2}", 1.0),), mixed) for b in range(20))
    setup = dataclasses.replace(contest(2), units=units)
    p = project(setup, counted(*[(330 + b, 270 - b) for b in range(10)]))
    assert not p.gates and p.shares[0].high - p.shares[0].low < 0.06
