"""The projection: honest at every edge, certain only by arithmetic, calibrated on nights whose truth is known."""

from __future__ import annotations

import dataclasses
import json
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.projection import (
    DEFAULT,
    Call,
    Candidate,
    Counted,
    CountedSet,
    Gate,
    Projection,
    Setup,
    Unit,
    call,
    predictive,
    project,
)
from results.projection.surprise import tail

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
    left = sum(size for size, _ in papers[n:])
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


# The call


def seen(
    key: str,
    leader: str | None = "red",
    bar: bool = True,
    gates: int = 0,
    certain: bool = False,
    keeps: bool | None = None,
) -> Projection:
    p = project(contest(2), counted((400, 100)))
    open_gates = (Gate("few_units", {"units": 1, "needed": 5}),) * gates
    keeps = bar if keeps is None else keeps
    changed = {"counted_key": key, "leader": leader, "meets_bar": bar, "keeps_bar": keeps, "certain": certain}
    return dataclasses.replace(p, gates=open_gates, **changed)  # type: ignore[arg-type]


def test_it_projects_on_two_successive_changes() -> None:
    first = call(Call(), seen("a"))
    assert (first.state, first.candidate, first.streak) == ("too_early", None, 1)
    assert [gate.code for gate in first.gates] == ["unconfirmed"]
    assert call(first, seen("a")) == first
    second = call(first, seen("b"))
    assert (second.state, second.candidate, second.gates) == ("projected", "red", ())


@pytest.mark.parametrize("between", [seen("b", bar=False), seen("b", gates=1), seen("b", leader="blue")])
def test_it_starts_again_after_a_failure_between(between: Projection) -> None:
    now = call(call(call(Call(), seen("a")), between), seen("c"))
    assert (now.state, now.streak, now.withdrawn) == ("too_early", 1, False)


def test_it_is_too_early_with_an_open_gate_and_too_close_below_the_bar() -> None:
    assert call(Call(), seen("a", gates=1)).state == "too_early"
    assert call(Call(), seen("a", gates=1, bar=False)).gates == seen("a", gates=1).gates
    close = call(Call(), seen("a", bar=False))
    assert (close.state, close.gates, close.streak) == ("too_close", (), 0)


def test_it_withdraws_only_when_the_model_fails_its_own_bar() -> None:
    projected = call(call(Call(), seen("a")), seen("b"))
    assert call(projected, seen("c", gates=1)).state == "projected"
    # A chance that fell below the bar for making it does not withdraw it; one below the bar for keeping it does.
    assert call(projected, seen("c", bar=False, keeps=True)).state == "projected"
    gone = call(projected, seen("c", bar=False))
    assert (gone.state, gone.candidate, gone.withdrawn) == ("too_close", None, True)
    assert gone.reason is not None and gone.reason.code == "below_bar"
    assert call(gone, seen("c", bar=False)) == gone
    other = call(projected, seen("c", leader="blue"))
    assert (other.state, other.withdrawn, other.streak) == ("too_early", True, 1)
    assert other.reason == Gate("leader_changed", {"candidate": "blue"})
    again = call(other, seen("d", leader="blue"))
    assert (again.state, again.candidate, again.withdrawn, again.reason) == ("projected", "blue", False, None)
    assert call(projected, project(contest(2), Counted())).reason == Gate("level")


def test_it_needs_no_second_look_for_certainty() -> None:
    sure = call(Call(), seen("a", certain=True))
    assert (sure.state, sure.candidate) == ("certain", "red")
    assert call(sure, seen("b")).state == "projected"
    assert call(sure, seen("b", bar=False)).withdrawn


@pytest.mark.parametrize("p", [seen("a"), seen("a", bar=False), seen("a", gates=2), seen("a", certain=True)])
def test_it_keeps_a_call_as_plain_json_without_nulls(p: Projection) -> None:
    now = call(call(call(Call(), seen("x")), seen("y")), p)
    text = json.dumps(now.to_dict())
    assert "null" not in text and Call.from_dict(json.loads(text)) == now
    with pytest.raises(ValueError, match="unknown state"):
        Call.from_dict(now.to_dict() | {"state": "called"})


# Nights


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


def toronto(baseline: bool) -> tuple[Setup, Counted, list[tuple[int, ...]]]:
    """Three quarters of the votes in and alike; the last quarter of another type, its lead 25 points lower."""
    rng = np.random.default_rng(2023)
    units, votes = [], []
    for b in range(80):
        late = b >= 60
        p = np.array([0.3595, 0.3505, 0.29]) + late * np.array([-0.125, 0.125, 0])
        units.append(Unit(f"g{b}", 2000, 800, ((f"W{b % 8}", 1.0),), (("advance" if late else "polling", 1.0),)))
        votes.append(tuple(int(v) for v in rng.multinomial(800, p)))
    candidates = tuple(Candidate(PARTIES[i], PARTIES[i], PARTIES[i] if baseline else None) for i in range(3))
    setup = Setup(candidates, tuple(units), {"": {"red": 35, "blue": 34, "green": 31}} if baseline else {})
    return setup, Counted(tuple(CountedSet((f"g{b}",), votes[b]) for b in range(60))), votes


@pytest.mark.parametrize("baseline", [True, False])
def test_it_is_not_fooled_by_a_vote_type_that_comes_last(baseline: bool) -> None:
    setup, before, votes = toronto(baseline)
    now = Call()
    for n in range(1, 61):
        p = project(setup, Counted(before.sets[:n]))
        now = call(now, p)
        assert now.state == "too_early" and "type_unseen" in {gate.code for gate in p.gates}
        if n >= 40:
            assert max(share.win_probability for share in p.shares) <= 0.80
    assert p.leader == "red"
    final = np.sum(votes, axis=0) / np.sum(votes)
    assert all(share.low <= x <= share.high for share, x in zip(p.shares, final, strict=True))
    p = project(setup, Counted(before.sets + tuple(CountedSet((f"g{b}",), votes[b]) for b in range(60, 80))))
    assert (p.leader, p.certain) == ("blue", True)


def test_it_learns_a_vote_type_from_mixed_groups() -> None:
    mixed = (("polling", 0.7), ("postal", 0.3))
    units = tuple(Unit(f"g{b}", 0, 600, ((f"W{b % 2}", 1.0),), mixed) for b in range(20))
    setup = dataclasses.replace(contest(2), units=units)
    p = project(setup, counted(*[(330 + b, 270 - b) for b in range(10)]))
    assert not p.gates and p.shares[0].high - p.shares[0].low < 0.06


def test_it_answers_in_time() -> None:
    rng = np.random.default_rng(1)
    candidates = tuple(Candidate(f"c{i}", f"p{i}", f"p{i}") for i in range(13))
    units = tuple(Unit(f"g{b}", 800, None, ((f"W{b % 9}", 1.0),), (("polling", 1.0),)) for b in range(100))
    baseline = {f"W{w}": {f"p{i}": float(rng.integers(10, 3000)) for i in range(13)} for w in range(9)}
    setup = Setup(candidates, units, baseline, 0.5)
    figures = counted(*[tuple(int(v) for v in rng.integers(0, 60, 13)) for _ in range(70)])
    project(setup, figures)
    took = []
    for _ in range(15):
        start = time.perf_counter()
        project(setup, figures)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.010


# Surprise


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


def test_it_has_the_constants_of_the_published_rule() -> None:
    assert (DEFAULT.bar, DEFAULT.stress, DEFAULT.stress_bar, DEFAULT.changes) == (0.995, 1.5, 0.98, 2)
    assert (DEFAULT.least_units, DEFAULT.least_fraction, DEFAULT.least_wards, DEFAULT.most_unseen) == (
        5,
        0.05,
        0.25,
        0.1,
    )
