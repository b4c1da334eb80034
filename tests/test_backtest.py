"""manage.py backtest: elections released again, honestly scored, the same every time, and clear about bad files."""

from __future__ import annotations

import gzip
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from results.backtest import elections, methods
from results.backtest.alarms import alarms
from results.backtest.elections import Contest
from results.backtest.orders import ORDERS
from results.backtest.progress import Job, largest_first, standing, total
from results.backtest.record import make_record, sources, table
from results.backtest.replay import CHECKPOINTS, replay
from results.management.commands import backtest as command

PARTIES = ("red", "blue", "green")


def write(folder: Path, name: str, results: str, baseline: str) -> None:
    for kind, text in (("results", results), ("baseline", baseline)):
        with gzip.open(folder / f"{name}.{kind}.csv.gz", "wt", encoding="utf-8") as file:
            file.write(text)


def an_election(folder: Path, name: str = "XX20", contests: int = 3, units: int = 24) -> Path:
    """Contests of three parties in six wards with a postal ward of its own; small units are red, postal ones blue."""
    rng = np.random.default_rng(20)
    results, baseline = ["contest,unit,ward,type,candidate,votes"], ["contest,ward,party,votes"]
    for c in range(contests):
        wards = [f"Ward {w}" for w in range(6)] + ["~postal"]
        last = {ward: rng.dirichlet([40, 36, 14]) for ward in wards}
        for ward in wards:
            baseline += [f"{name}:{c},{ward},{p},{int(4000 * last[ward][k])}" for k, p in enumerate(PARTIES)]
        for unit in range(units):
            postal = unit >= units - 3
            ward = "~postal" if postal else wards[unit % 6]
            size = int(rng.integers(150, 900)) * (1 + postal)
            share = np.clip(last[ward] + np.array([0.05, -0.02, -0.03]) + rng.normal(0, 0.03, 3), 0.01, None)
            votes = rng.multinomial(size, share / share.sum())
            kind = "postal" if postal else "station"
            results += [f"{name}:{c},{unit},{ward},{kind},{p},{votes[k]}" for k, p in enumerate(PARTIES)]
    write(folder, name, "\n".join(results) + "\n", "\n".join(baseline) + "\n")
    return folder


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    return elections.read(an_election(tmp_path, contests=1), "XX20")[0]


def run(folder: Path, *options: str) -> tuple[str, dict[str, Any]]:
    out, file = io.StringIO(), folder / "record.json"
    call_command("backtest", str(folder), "--processes", "1", "--json", str(file), *options, stdout=out)
    return out.getvalue(), json.loads(file.read_text())


# Reading


def test_it_reads_contests_with_a_vote_type_of_its_own(contest: Contest) -> None:
    assert (len(contest.units), contest.candidates) == (24, ("blue", "green", "red"))
    assert contest.own_wards == {"postal": "~postal"}
    rng = np.random.default_rng(1)
    setup = contest.setup(rng, type_baseline=True, verified=False)
    assert setup.type_baseline.keys() == {"postal"} and "~postal" not in setup.baseline
    assert all(unit.papers is None and unit.electors > 0 for unit in setup.units)
    assert [unit.wards for unit in setup.units if unit.types[0][0] == "postal"] == [()] * 3
    forgotten = contest.setup(rng, type_baseline=False, verified=True)
    assert not forgotten.type_baseline
    assert [unit.papers for unit in forgotten.units] == contest.votes.sum(axis=1).astype(int).tolist()


def test_it_leaves_out_what_has_no_votes_and_contests_of_nobody(tmp_path: Path) -> None:
    rows = ["contest,unit,ward,type,candidate,votes", "a,1,W,station,red,10", "a,1,W,station,blue,5"]
    rows += ["a,2,W,station,red,0", "a,3,W,station,red,8", "b,1,W,station,red,4", "b,2,W,station,red,4"]
    write(tmp_path, "S", "\n".join(rows), "contest,ward,party,votes\n")
    assert [(c.name, c.units) for c in elections.read(tmp_path, "S")] == [("a", ("1", "3"))]


@pytest.mark.parametrize(
    ("results", "baseline", "words"),
    [
        ("contest,unit,ward,type,candidate\n", "contest,ward,party,votes\n", "first line must name the columns"),
        ("contest,unit,ward,type,candidate,votes\na,1,W,s,red,many\n", "contest,ward,party,votes\n", "line 2"),
        ("contest,unit,ward,type,candidate,votes\na,1,W,s,red,-1\n", "contest,ward,party,votes\n", "votes are '-1'"),
        ("contest,unit,ward,type,candidate,votes\n", "contest,ward,party,votes\na,W,red,nan\n", "votes are 'nan'"),
        ("contest,unit,ward,type,candidate,votes\n", "contest,ward,party,votes\n", "no contest has two candidates"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(tmp_path: Path, results: str, baseline: str, words: str) -> None:
    write(tmp_path, "BAD", results, baseline)
    with pytest.raises(CommandError, match=words):
        call_command("backtest", str(tmp_path))


def test_it_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file is called"):
        call_command("backtest", str(tmp_path))
    an_election(tmp_path)
    with pytest.raises(CommandError, match="has no set ZZ"):
        call_command("backtest", str(tmp_path), "--sets", "ZZ")
    (tmp_path / "XX20.baseline.csv.gz").unlink()
    with pytest.raises(CommandError, match=r"has no XX20\.baseline\.csv\.gz beside it"):
        call_command("backtest", str(tmp_path))
    (tmp_path / "XX20.baseline.csv.gz").write_bytes(b"not compressed")
    with pytest.raises(CommandError, match="gzip"):
        call_command("backtest", str(tmp_path))


# Orders


@pytest.mark.parametrize("order", list(ORDERS))
def test_it_releases_every_unit_once(contest: Contest, order: str) -> None:
    released = ORDERS[order](contest, np.random.default_rng(3))
    assert sorted(released.tolist()) == list(range(24))


def test_it_orders_as_it_says(contest: Contest) -> None:
    rng = np.random.default_rng(3)
    votes = contest.votes.sum(axis=1)
    small = votes[ORDERS["small"](contest, rng)]
    assert small[:8].mean() < 0.6 * small[-8:].mean()
    kinds = [contest.types[b] for b in ORDERS["postal_last"](contest, rng)]
    assert kinds == ["station"] * 21 + ["postal"] * 3
    rural = [contest.wards[b] for b in ORDERS["rural"](contest, rng)]
    assert len({ward for ward, after in pairwise(rural) if ward != after}) == 6
    second, first = np.argsort(contest.votes.sum(axis=0))[-2:]
    released = ORDERS["adverse"](contest, rng)
    lead = contest.votes[:, first] - contest.votes[:, second]
    assert lead[released[:8]].sum() < lead[released[-8:]].sum()


# Comparators


def seen(counted: int) -> methods.Seen:
    """Twenty units of 100 votes where red gained ten points everywhere."""
    before = np.tile([0.4, 0.5, 0.1], (20, 1)) + np.linspace(-0.1, 0.1, 20)[:, None] * np.array([1, -1, 0])
    votes = 100 * (before + np.array([0.1, -0.1, 0]))
    inside = np.arange(20) < counted
    return methods.Seen(
        np.where(inside[:, None], votes, 0.0), inside, np.full(20, 100.0), before, np.ones(20, dtype=bool)
    )


def test_it_compares_with_a_swing_that_is_carried_over() -> None:
    forecast = methods.swing(seen(8), np.random.default_rng(1))
    assert forecast.mean == pytest.approx([0.5, 0.4, 0.1], abs=1e-6)
    assert forecast.wins[0] == 1.0


def test_it_compares_with_the_leader_so_far_who_may_be_wrong() -> None:
    forecast = methods.leader(seen(8), np.random.default_rng(1))
    assert forecast.mean[0] == pytest.approx(0.437, abs=0.001)
    assert (forecast.low < forecast.mean).all() and forecast.wins.sum() == pytest.approx(1)


def test_it_compares_with_conformal_intervals_and_falls_back_on_the_leader() -> None:
    forecast = methods.conformal(seen(10), np.random.default_rng(1))
    assert forecast.mean[0] == pytest.approx(0.5, abs=0.03) and forecast.high[0] > forecast.low[0]
    few = methods.conformal(seen(3), np.random.default_rng(1))
    assert few.mean == pytest.approx(methods.leader(seen(3), np.random.default_rng(1)).mean)


# Replays and the record


def test_it_replays_a_contest_the_same_every_time(contest: Contest) -> None:
    one = replay(contest, "random")
    assert one == replay(contest, "random") and one != replay(contest, "random", verified=True)
    assert {score.method for score in one.scores} == set(methods.METHODS)
    assert {score.counted for score in one.scores} <= set(CHECKPOINTS)
    for score in one.scores:
        assert 0 <= score.all_covered <= 1 and score.interval_score >= score.width >= 0
        assert 0 <= score.brier <= 2 and score.log_loss >= 0 and sum(score.forecasts) == pytest.approx(1)


def test_it_scores_an_interval_that_misses_by_how_much(contest: Contest) -> None:
    for score in replay(contest, "random").scores:
        assert score.covered == (score.interval_score == pytest.approx(score.width))


def test_it_asks_about_groups_as_they_are_and_with_two_exchanged(contest: Contest) -> None:
    found = alarms(contest, type_baseline=True, verified=True)
    assert found.asked == 10 and 0 <= found.false <= found.asked and found.detected <= found.swapped


def test_it_names_the_model_by_what_its_sources_do() -> None:
    assert len(sources()) == 16 and sources() == sources()


@pytest.mark.parametrize("options", [(), ("--no-type-baseline", "--orders", "random", "adverse")])
def test_it_prints_a_table_and_writes_the_record(tmp_path: Path, options: tuple[str, ...]) -> None:
    text, record = run(an_election(tmp_path, units=18), *options)
    orders = ["random", "adverse"] if options else list(ORDERS)
    assert record["about"]["type_baseline"] == (not options)
    assert record["about"]["sources"] == sources() and record["about"]["elections"] == 3
    keys = {"set", "order", "method", "counted", "n", "coverage_winner", "coverage_all", "mae", "width"}
    keys |= {"interval_score", "brier", "log_loss"}
    assert all(row.keys() == keys for row in record["checkpoints"])
    assert {row["order"] for row in record["checkpoints"]} == set(orders)
    assert {row["method"] for row in record["calls"]} == set(methods.METHODS)
    for row in record["calls"]:
        assert row["contests"] == 3 and row["wrong"] <= row["called"] <= 3
        assert (row["median_counted"] is None) == (row["called"] == 0)
    for row in record["reliability"]:
        assert row["low"] - 1e-6 <= row["forecast"] <= row["high"] + 1e-6 and row["n"] > 0
    assert record["surprise"]["units"] > 0
    for words in ("3 contests: XX20 3 (54 units)", "all orders but adverse", "conformal", "wrong", "alarms:"):
        assert words in text
    assert ("without" if options else "with") + " baselines of vote types" in text


def test_it_pools_into_a_table_what_the_rows_say(contest: Contest) -> None:
    replayed = [replay(contest, order) for order in ("random", "small")]
    record = make_record([contest], replayed, [], ["random", "small"], True, False)
    rows = [row for row in record["checkpoints"] if row["method"] == "swing" and row["counted"] == 0.5]
    mean = sum(row["mae"] for row in rows) / len(rows)
    line = next(line for line in table(record).splitlines() if line.split()[:2] == ["50%", "swing"])
    assert float(line.split()[4]) == pytest.approx(mean, abs=6e-5)
    assert make_record([contest], replayed[::-1], [], ["random", "small"], True, False) == record


# Progress


def test_it_takes_the_largest_first_and_gives_the_same_record_in_any_order(tmp_path: Path) -> None:
    an_election(tmp_path, "AA20", contests=2, units=12)
    an_election(tmp_path, "BB20", contests=1, units=40)
    contests = [contest for name in ("AA20", "BB20") for contest in elections.read(tmp_path, name)]
    jobs = largest_first([Job(contest, order) for contest in contests for order in ("random", None)])
    assert [(len(job.contest.units), job.order) for job in jobs[:2]] == [(40, "random"), (12, "random")]
    done = [replay(c, o) for c in contests for o in ("random", "small")]
    asked = [alarms(c, True, False) for c in contests]
    record = make_record(contests, done, asked, ["random", "small"], True, False)
    assert record == make_record(contests, done[::-1], asked[::-1], ["random", "small"], True, False)


def test_it_hears_of_every_step_that_it_weighed(contest: Contest) -> None:
    heard: list[str] = []
    replay(contest, "random", hear=lambda: heard.append("release"))
    assert len(heard) == Job(contest, "random").steps
    alarms(contest, True, False, lambda: heard.append("unit"))
    assert 0 < heard.count("unit") <= Job(contest, None).steps
    job = Job(contest, "random")
    assert total([job] * 2) == pytest.approx(2 * sum(job.weight(step) for step in range(1, 24)))
    assert job.weight(23) > job.weight(1)


def test_it_says_where_it_stands_long_before_a_large_contest_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "SCREEN_SECONDS", 0.05)
    monkeypatch.setattr(command, "LINE_SECONDS", 0.0)
    an_election(tmp_path, contests=1, units=150)
    err = io.StringIO()
    call_command("backtest", str(tmp_path), "--processes", "1", "--orders", "random", stdout=io.StringIO(), stderr=err)
    lines = err.getvalue().splitlines()
    assert lines[0].startswith("0 of 2 done, 0 % of the work")
    before = [int(line.split(", ")[1].split()[0]) for line in lines if line.startswith("0 of 2")]
    assert before == sorted(before) and len(set(before)) > 3, "it moves while the first contest is under way"
    assert any("left" in line for line in lines)
    assert lines[-1].startswith("2 of 2 done, 100 % of the work") and lines[-1].endswith("about 0 s left")


@pytest.mark.parametrize(
    ("fraction", "seconds", "said"),
    [
        (0.004, 2, "0 % of the work, 2 s"),
        (0.25, 61, "25 % of the work, 1 min 1 s; about 3 min left"),
        (0.9, 300, "90 % of the work, 5 min; about 35 s left"),
        (0.1, 1440, "10 % of the work, 24 min; about 3 h 36 min left"),
    ],
)
def test_it_says_how_long_it_will_take_no_finer_than_it_knows(fraction: float, seconds: float, said: str) -> None:
    assert standing(3, 2616, fraction, seconds) == f"3 of 2,616 done, {said}"
