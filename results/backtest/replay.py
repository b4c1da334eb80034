"""One contest released again in one order: what each method said at the checkpoints, and what it called.

Releases are single units, in the worst case the smallest there are. A checkpoint is the first release at which that
fraction of all votes is in; where one release passes two, only the later is taken.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from results.backtest.elections import TURNOUT, Contest
from results.backtest.methods import COMPARATORS, Forecast, Seen
from results.backtest.orders import ORDERS, Order
from results.projection import DEFAULT, Call, Counted, Setup, call
from results.projection.baseline import Bools, Floats
from results.projection.ground import lay
from results.projection.model import Assessment, assess

CHECKPOINTS = (0.10, 0.25, 0.50, 0.75)
BAR, LEAST_UNITS, LEAST_FRACTION = DEFAULT.bar, DEFAULT.least_units, DEFAULT.least_fraction
"""What the comparators call by: the same probability, on two successive releases, with as many units and votes in."""


@dataclass(frozen=True)
class Score:
    """One forecast against the truth. Shares are fractions; `all_covered` is the fraction of candidates covered;
    `interval_score` that of the winner's interval (Gneiting and Raftery 2007); `forecasts` are the probabilities of
    all candidates and `winner` the place of the one who won."""

    method: str
    counted: float
    covered: bool
    all_covered: float
    error: float
    width: float
    interval_score: float
    brier: float
    log_loss: float
    forecasts: tuple[float, ...]
    winner: int


@dataclass(frozen=True)
class Called:
    """What a method called, if anything: when first, in fractions of all votes; `wrong` if it ever named somebody who
    did not win, `withdrawn` if it took anything back."""

    method: str
    counted: float | None = None
    wrong: bool = False
    withdrawn: bool = False


@dataclass(frozen=True)
class Replayed:
    """All of it for one contest in one order."""

    set: str
    contest: str
    order: str
    scores: tuple[Score, ...] = ()
    calls: tuple[Called, ...] = field(default=())


def replay(
    contest: Contest,
    order: str,
    type_baseline: bool = True,
    verified: bool = False,
    hear: Callable[[], None] = lambda: None,
) -> Replayed:
    """Release the units of a contest one by one. The same every time: chance is seeded by set, contest and order.

    `hear` is called after each release but the last, of which nothing is asked.
    """
    rng = generator(contest, order)
    released = ORDERS[order](contest, rng)
    setup = contest.setup(rng, type_baseline, verified)
    running = contest.votes[released].cumsum(axis=0)
    truth = running[-1] / running[-1].sum()
    fraction = running.sum(axis=1) / running[-1].sum()
    checkpoints = _checkpoints(fraction)
    sets = contest.sets()
    winner = int(np.argmax(truth))
    rules = {name: _Rule(name) for name in COMPARATORS}
    folded, first, wrong, withdrawn = Call(), None, False, False
    scores: list[Score] = []
    for n in range(1, len(released)):
        now = assess(setup, Counted(tuple(sets[b] for b in released[:n])))
        folded = call(folded, now.projection)
        if folded.candidate is not None:
            first = float(fraction[n - 1]) if first is None else first
            wrong = wrong or folded.candidate != contest.candidates[winner]
        withdrawn = withdrawn or folded.withdrawn
        seen = _seen(contest, setup, released[:n])
        for name, method in COMPARATORS.items():
            forecast = method(seen, rng)
            rules[name].take(forecast, n, float(fraction[n - 1]))
            if n in checkpoints:
                scores.append(_score(name, checkpoints[n], forecast, truth, winner))
        if n in checkpoints:
            scores.append(_score("model", checkpoints[n], _forecast(now), truth, winner))
        hear()
    mine = Called("model", first, wrong, withdrawn)
    return Replayed(
        contest.set,
        contest.name,
        order,
        tuple(scores),
        (mine, *(rule.called(winner) for rule in rules.values())),
    )


def generator(contest: Contest, purpose: str) -> np.random.Generator:
    """Chance that is the same on every machine and in every run."""
    return np.random.default_rng(zlib.crc32(f"{contest.set} {contest.name} {purpose}".encode()))


def _checkpoints(fraction: Floats) -> dict[int, float]:
    """How many units are in at each checkpoint, while any are out."""
    at: dict[int, float] = {}
    for checkpoint in CHECKPOINTS:
        n = int(np.searchsorted(fraction, checkpoint - 1e-9)) + 1
        if n < len(fraction):
            at[n] = checkpoint
    return at


def _forecast(now: Assessment) -> Forecast:
    return Forecast(now.mean, now.quantiles[0], now.quantiles[3], now.wins)


def _seen(contest: Contest, setup: Setup, units: Order) -> Seen:
    counted: Bools = np.zeros(len(contest.units), dtype=bool)
    counted[units] = True
    expected = np.array(
        [unit.electors * TURNOUT if unit.papers is None else float(unit.papers) for unit in setup.units], dtype=float
    )
    known = np.array([bool(setup.baseline.keys() & dict(u.wards)) for u in setup.units], dtype=bool)
    known |= np.array([bool(setup.type_baseline.keys() & dict(u.types)) for u in setup.units], dtype=bool)
    votes = np.where(counted[:, None], contest.votes, 0.0)
    return Seen(votes, counted, expected, lay(setup, DEFAULT).baseline.share, known)


def _score(method: str, checkpoint: float, forecast: Forecast, truth: Floats, winner: int) -> Score:
    low, high, share = float(forecast.low[winner]), float(forecast.high[winner]), float(truth[winner])
    outside = max(low - share, 0.0) + max(share - high, 0.0)
    happened = np.arange(len(truth)) == winner
    return Score(
        method=method,
        counted=checkpoint,
        covered=low <= share <= high,
        all_covered=float(np.mean((forecast.low <= truth) & (truth <= forecast.high))),
        error=abs(float(forecast.mean[winner]) - share),
        width=high - low,
        interval_score=high - low + 2 / 0.10 * outside,
        brier=float(((forecast.wins - happened) ** 2).sum()),
        log_loss=-float(np.log(max(float(forecast.wins[winner]), 1e-3))),
        forecasts=tuple(float(p) for p in forecast.wins),
        winner=winner,
    )


class _Rule:
    """The comparators' calls."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.holder: int | None = None
        self.counted: float | None = None

    def take(self, forecast: Forecast, units: int, fraction: float) -> None:
        if self.counted is not None:
            return
        best = int(np.argmax(forecast.wins))
        met = forecast.wins[best] >= BAR and units >= LEAST_UNITS and fraction >= LEAST_FRACTION
        if met and self.holder == best:
            self.counted = fraction
        self.holder = best if met else None

    def called(self, winner: int) -> Called:
        return Called(self.method, self.counted, self.counted is not None and self.holder != winner)
