"""The projection: honest at every edge, the same for the same figures, certain only by arithmetic."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.projection import Call, Candidate, Counted, CountedSet, Setup, Unit, call, predictive, project
from tests.contests import BASELINE, PARTIES, assert_honest, contest, counted

# Edges


def test_it_knows_little_before_anything_is_counted() -> None:
    p = project(contest(3), Counted())
    assert_honest(p)
    assert [gate.code for gate in p.gates] == ["nothing_counted"]
    assert (p.leader, p.runner_up, p.required_share, p.certain) == (None, None, None, False)
    assert p.counted_fraction == 0 and p.expected_votes_left == pytest.approx(5000, rel=0.01)
    assert all(share.high - share.low > 0.1 for share in p.shares)


def test_it_gives_equal_chances_without_any_information() -> None:
    setup = dataclasses.replace(contest(2), baseline={})
    assert [share.win_probability for share in project(setup, Counted()).shares] == [0.5, 0.5]


@pytest.mark.parametrize("baseline", [{}, {"W0": {"other": 900}}, {"": {"red": 0}}, {"": {"red": 900, "blue": 800}}])
def test_it_works_with_whatever_baseline_there_is(baseline: dict[str, dict[str, float]]) -> None:
    setup = dataclasses.replace(contest(3), baseline=baseline)
    for figures in (Counted(), counted((200, 100, 50)), counted(*[(200, 100, 50)] * 10)):
        assert_honest(project(setup, figures))


def test_it_does_not_need_a_baseline_to_see_a_clear_lead() -> None:
    setup = dataclasses.replace(contest(2), baseline={})
    p = project(setup, counted(*[(390, 60), (380, 70), (400, 75), (385, 90), (395, 66), (400, 50)]))
    assert p.shares[0].win_probability == 0.99 and 0.7 < p.shares[0].mean < 0.95


@pytest.mark.parametrize(
    "unit",
    [
        {"electors": 0},
        {"electors": 0, "papers": 0},
        {"papers": 0},
        {"papers": 10},
        {"papers": 600},
        {"wards": ()},
        {"types": ()},
        {"wards": (), "types": (), "electors": 1},
        {"wards": (("W0", 0.5), ("elsewhere", 0.5)), "types": (("polling", 0.3), ("postal", 0.7))},
    ],
)
@pytest.mark.parametrize("k", [1, 2, 4])
def test_it_is_honest_for_odd_units(unit: dict[str, object], k: int) -> None:
    setup = contest(k, **unit)
    rows = [(300, 200, 100, 1)[:k], (0,) * k, (500, 500, 0, 0)[:k]]
    for n in range(4):
        assert_honest(project(setup, counted(*rows[:n])))
    assert_honest(project(setup, counted(*[rows[0]] * 10, rejected=3)))
    assert_honest(project(setup, counted(*[rows[1]] * 10)))


def test_it_takes_a_unit_of_unknown_size_for_an_average_one_and_is_never_certain_with_it() -> None:
    units = (*contest(2).units[:9], Unit("postal", 0, None, (), (("postal", 1.0),)))
    p = project(dataclasses.replace(contest(2), units=units), counted(*[(450, 0)] * 9))
    assert 300 < p.expected_votes_left < 600
    assert not p.certain


def test_it_stands_a_contest_without_units() -> None:
    assert_honest(project(dataclasses.replace(contest(3), units=()), Counted()))


def test_it_gives_exact_shares_when_everything_is_counted() -> None:
    p = project(contest(3), counted(*[(300, 200, 100)] * 10))
    assert [(s.mean, s.low, s.high, s.win_probability) for s in p.shares] == [
        (0.5, 0.5, 0.5, 1.0),
        (0.333, 0.333, 0.333, 0.0),
        (0.167, 0.167, 0.167, 0.0),
    ]
    assert (p.certain, p.leader, p.runner_up, p.counted_fraction) == (True, "red", "blue", 1.0)
    assert (p.expected_votes_left, p.still_out, p.gates) == (0, (), ())


def test_it_leaves_a_tie_to_the_lot() -> None:
    p = project(contest(3), counted(*[(200, 200, 100)] * 10))
    assert [share.win_probability for share in p.shares] == [0.5, 0.5, 0.0]
    assert (p.certain, p.meets_bar, p.leader, p.runner_up) == (False, False, None, None)
    assert call(Call(), p).state == "too_close"


def test_it_has_an_only_candidate_win() -> None:
    p = project(contest(1), counted((300,)))
    assert (p.certain, p.leader, p.runner_up, p.shares[0].mean) == (True, "red", None, 1.0)


@pytest.mark.parametrize(("k", "units"), [(2, 500), (20, 40), (20, 500)])
def test_it_stands_many_candidates_and_many_units(k: int, units: int) -> None:
    rng = np.random.default_rng(k + units)
    candidates = tuple(Candidate(f"c{i}", f"p{i}", f"p{i}" if i % 3 else None) for i in range(k))
    parts = tuple(
        Unit(f"g{b}", 900, None if b % 2 else 400, ((f"W{b % 40}", 1.0),), (("polling", 0.8), ("postal", 0.2)))
        for b in range(units)
    )
    baseline = {f"W{w}": {f"p{i}": float(rng.integers(0, 900)) for i in range(k + 2)} for w in range(40)}
    lean = rng.dirichlet(np.full(k, 0.3))
    rows = [tuple(int(v) for v in rng.multinomial(400, lean)) for _ in range(units)]
    for n in (0, 1, units // 3, units - 1, units):
        p = project(Setup(candidates, parts, baseline, 0.45), counted(*rows[:n]))
        assert_honest(p)
        assert len(p.shares) == k


@pytest.mark.parametrize("votes", [(500, 0, 0), (499, 1, 0), (0, 0, 500), (167, 167, 166)])
def test_it_is_honest_about_extreme_shares(votes: tuple[int, ...]) -> None:
    for baseline in (BASELINE, {}, {"": {"red": 1e9, "blue": 1.0}}, {"": {"red": 0.0, "blue": 1e-9}}):
        setup = dataclasses.replace(contest(3, papers=500), baseline=baseline)
        for n in (1, 5, 9):
            assert_honest(project(setup, counted(*[votes] * n)))


def test_it_takes_more_votes_than_expected_as_they_come() -> None:
    setup = contest(2, papers=300)
    p = project(setup, counted(*[(400, 200)] * 6))
    assert_honest(p)
    assert p.counted_votes == 3600 and not p.certain


def test_it_is_too_early_with_the_reason_where_nothing_is_known() -> None:
    nobody = Setup((Candidate("red", "red"), Candidate("blue", "blue")), (Unit("g0", 0), Unit("g1", 0)))
    p = project(nobody, Counted())
    assert_honest(p)
    now = call(Call(), p)
    assert now.state == "too_early" and [gate.code for gate in now.gates] == ["nothing_counted"]


def test_it_refuses_what_is_not_set_up() -> None:
    with pytest.raises(ValueError, match="not set up"):
        project(contest(2), Counted((CountedSet(("nowhere",), (1, 2)),)))
    with pytest.raises(ValueError, match="figures"):
        project(contest(2), counted((1, 2, 3)))
    with pytest.raises(ValueError, match="twice"):
        Counted((CountedSet(("g0",), (1, 2)), CountedSet(("g0", "g1"), (1, 2))))
    with pytest.raises(ValueError, match="add up"):
        Unit("g", 10, None, (("W0", 0.7),))


# Sizes and what is still out


def test_it_uses_verified_papers_exactly_and_turnout_elsewhere() -> None:
    units = (Unit("g0", 1000), Unit("g1", 1000, 700), Unit("g2", 1000))
    p = project(dataclasses.replace(contest(2), units=units), counted((300, 100)))
    without = project(dataclasses.replace(contest(2), units=(units[0], units[2], units[2])[:2]), counted((300, 100)))
    assert 690 < p.expected_votes_left - without.expected_votes_left < 800


def test_it_says_where_votes_are_still_out() -> None:
    units = (Unit("g0", 1000), Unit("g1", 0, 1000, (("A", 0.5), ("B", 0.5)), (("polling", 0.8), ("postal", 0.2))))
    p = project(dataclasses.replace(contest(2), units=units), counted((300, 100)))
    cells = {(cell.ward, cell.type): cell.expected_votes for cell in p.still_out}
    assert cells == {
        ("A", "polling"): pytest.approx(400, abs=2),
        ("A", "postal"): pytest.approx(100, abs=1),
        ("B", "polling"): pytest.approx(400, abs=2),
        ("B", "postal"): pytest.approx(100, abs=1),
    }


def test_it_tells_what_the_runner_up_needs() -> None:
    units = tuple(Unit(f"g{b}", 0, 500) for b in range(4))
    p = project(dataclasses.replace(contest(2), units=units), counted((300, 200), (300, 200)))
    assert p.required_share == pytest.approx((200 / 1000 + 1) / 2, abs=0.002)
    beyond = project(dataclasses.replace(contest(2), units=units), counted((500, 0), (500, 0), (500, 0)))
    assert beyond.required_share is None


# Invariance

sets = st.lists(st.tuples(*[st.integers(0, 400)] * 3), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(sets, st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order_of_counted_sets(rows: list[tuple[int, int, int]], random: object) -> None:
    figures = counted(*rows)
    shuffled = list(figures.sets)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert project(contest(3), figures) == project(contest(3), Counted(tuple(shuffled)))


def test_it_names_equal_figures_equally_and_others_otherwise() -> None:
    one = project(contest(2), Counted((CountedSet(("g0", "g1"), (300, 200)), CountedSet(("g2",), (1, 2)))))
    same = project(contest(2), Counted((CountedSet(("g2",), (1, 2)), CountedSet(("g1", "g0"), (300, 200)))))
    other = project(contest(2), Counted((CountedSet(("g0", "g1"), (300, 201)), CountedSet(("g2",), (1, 2)))))
    assert one == same
    assert one.counted_key != other.counted_key


@settings(max_examples=80, deadline=None)
@given(
    k=st.integers(1, 4),
    units=st.lists(
        st.tuples(st.integers(0, 2000), st.none() | st.integers(0, 900), st.sampled_from(["polling", "postal"])),
        max_size=7,
    ),
    data=st.data(),
)
def test_it_is_honest_for_anything(k: int, units: list[tuple[int, int | None, str]], data: st.DataObject) -> None:
    setup = dataclasses.replace(
        contest(k),
        units=tuple(Unit(f"g{b}", e, p, (("W0", 1.0),), ((t, 1.0),)) for b, (e, p, t) in enumerate(units)),
        baseline=data.draw(st.sampled_from([{}, BASELINE, {"": {"blue": 3}}, {"W9": {"red": 1e6}}])),
        type_baseline=data.draw(st.sampled_from([{}, {"postal": {"red": 5.0, "blue": 2.0}}])),
        expected_turnout=data.draw(st.none() | st.sampled_from([0.0, 0.4, 1.0])),
        poll=data.draw(st.none() | st.just({"red": 0.7, "green": 0.6})),
    )
    rows = data.draw(st.lists(st.tuples(*[st.integers(0, 3000)] * k), max_size=len(units)))
    p = project(setup, counted(*rows))
    assert_honest(p)
    folded = call(call(Call(), p), p)
    assert Call.from_dict(json.loads(json.dumps(folded.to_dict()))) == folded
    for unit in setup.units[:2]:
        seen = predictive(setup, counted(*rows), unit.key)
        assert seen.tail is None or 0 <= seen.tail <= 1
        assert all(0 <= c.low <= c.mean <= c.high <= 1 for c in seen.candidates)


# Certainty


@settings(max_examples=200, deadline=None)
@given(
    papers=st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=2, max_size=6),
    k=st.integers(2, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_it_is_never_certain_of_what_the_night_can_still_change(
    papers: list[tuple[int, bool]], k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    units = tuple(Unit(f"g{b}", size, size if verified else None) for b, (size, verified) in enumerate(papers))
    setup = dataclasses.replace(contest(k), units=units)
    lean = rng.dirichlet(np.full(k, 0.4))
    night = [rng.multinomial(int(rng.integers(size + 1)), lean) for size, _ in papers]
    n = int(rng.integers(1, len(papers) + 1))
    p = project(setup, counted(*[tuple(int(v) for v in row) for row in night[:n]]))
    assert_honest(p)
    have = np.sum(night[:n], axis=0)
    unknown = any(size == 0 and not verified for size, verified in papers[n:])
    # Papers of a verified group that its count does not hold may still be found in it.
    missing = sum(size - int(sum(row)) for (size, verified), row in zip(papers[:n], night[:n], strict=True) if verified)
    left = sum(size for size, _ in papers[n:]) + missing
    if p.certain:
        assert not unknown
        first = PARTIES.index(p.leader or "")
        endings = [have + np.sum(night[n:], axis=0) if n < len(night) else have]
        endings += [have + left * np.eye(k, dtype=int)[j] for j in range(k)]
        for final in endings:
            assert (np.delete(final, first) < final[first]).all()
    else:
        best = np.sort(have)
        assert unknown or best[-1] - best[-2] <= left


def test_it_is_not_certain_where_the_lead_can_still_be_equalled() -> None:
    units = (Unit("g0", 0, 300), Unit("g1", 0, 100))
    setup = dataclasses.replace(contest(2), units=units)
    assert not project(setup, counted((200, 100))).certain
    assert project(setup, counted((201, 99))).certain


def test_it_is_not_certain_of_what_papers_found_late_can_still_change() -> None:
    setup = dataclasses.replace(contest(2), units=(Unit("g0", 0, 1300),))
    assert not project(setup, counted((600, 400))).certain
    assert project(setup, counted((660, 340), rejected=0)).certain
    assert project(setup, counted((750, 550))).certain


def test_it_is_not_certain_while_a_set_holds_more_than_its_papers() -> None:
    units = (Unit("g0", 0, 300), Unit("g1", 0, 10))
    setup = dataclasses.replace(contest(2), units=units)
    assert not project(setup, counted((301, 0))).certain
    assert project(setup, counted((301, 0), (0, 10))).certain


# Gates


def test_it_names_the_evidence_that_is_missing() -> None:
    wards = [f"W{i}" for i in range(8)]
    units = tuple(
        Unit(f"g{b}", 1000, None, ((wards[b % 8], 1.0),), (("polling" if b < 72 else "postal", 1.0),))
        for b in range(96)
    )
    setup = dataclasses.replace(contest(2), units=units)
    p = project(setup, Counted((CountedSet(("g0",), (400, 100)), CountedSet(("g8",), (400, 100)))))
    gates = {gate.code: gate.args for gate in p.gates}
    assert gates["few_units"] == {"units": 2, "needed": 5}
    assert gates["little_counted"] == {"percent": 2, "needed": 5}
    assert gates["few_wards"] == {"wards": 1, "of": 8, "needed": 2}
    assert gates["type_unseen"]["type"] == "postal" and 20 <= int(gates["type_unseen"]["percent"]) <= 30
    own = dataclasses.replace(setup, type_baseline={"postal": {"red": 50, "blue": 50}})
    p = project(own, Counted((CountedSet(("g0",), (400, 100)),)))
    assert "type_unseen" not in {gate.code for gate in p.gates}


def test_it_trusts_a_vote_type_more_that_has_a_baseline_of_its_own() -> None:
    units = tuple(Unit(f"g{b}", 0, 600, (), (("polling" if b < 8 else "postal", 1.0),)) for b in range(10))
    setup = dataclasses.replace(contest(2), units=units)
    own = dataclasses.replace(setup, type_baseline={"postal": {"red": 40, "blue": 60}})
    alone, known = (project(s, counted(*[(320, 280)] * 8)).shares[0] for s in (setup, own))
    assert known.high - known.low < 0.5 * (alone.high - alone.low)
    assert known.mean < alone.mean


def test_it_counts_units_known_jointly_as_one() -> None:
    joint = CountedSet(tuple(f"g{b}" for b in range(6)), (2400, 600))
    assert "few_units" in {gate.code for gate in project(contest(2), Counted((joint,))).gates}
    assert not project(contest(2), counted(*[(400, 100)] * 6)).gates
