"""How much work a back-test is, before it is done: for an honest word on how long it will take.

Work is counted in steps: a release of a replay, or a unit that is asked about. The weight of a step is read off runs of
the tuning elections, from 28 units to 697; its scale means nothing. The last release of 697 units in 323 wards takes ten
times as long as the first, while for 100 units all take the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from results.backtest.alarms import ASKED
from results.backtest.elections import Contest


@dataclass(frozen=True)
class Job:
    """A contest to be released in an order, or, where that is None, to be asked about."""

    contest: Contest
    order: str | None

    @property
    def steps(self) -> int:
        """How often it will be heard of; an upper bound where units are asked about."""
        units = len(self.contest.units)
        return min(units // 2, ASKED) if self.order is None else units - 1

    def weight(self, step: int) -> float:
        """What a step weighs, the first being 1: with more units in there is more to fit."""
        units, wards = len(self.contest.units), len(set(self.contest.wards))
        return 90_000 + (units // 2 if self.order is None else step) * (units + 1.5 * wards)

    @cached_property
    def work(self) -> float:
        """What all its steps weigh."""
        return sum(self.weight(step) for step in range(1, self.steps + 1))


def largest_first(jobs: list[Job]) -> list[Job]:
    """The jobs in the order in which none is waited for at the end."""
    return sorted(jobs, key=lambda job: -job.work)


def total(jobs: list[Job]) -> float:
    """The weight of all of it."""
    return sum(job.work for job in jobs)


def standing(done: int, jobs: int, fraction: float, seconds: float) -> str:
    """Where it stands: jobs done, the fraction of the work, and, from one percent on, how long it will still take.

    >>> standing(3, 2616, 0.25, 61.0)
    '3 of 2,616 done, 25 % of the work, 1 min 1 s; about 3 min left'
    >>> standing(0, 2616, 0.004, 2.0)
    '0 of 2,616 done, 0 % of the work, 2 s'
    """
    said = f"{done:,} of {jobs:,} done, {100 * fraction:.0f} % of the work, {_long(seconds)}"
    return f"{said}; about {_about(seconds * (1 - fraction) / fraction)} left" if fraction >= 0.01 else said


def _long(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"


def _about(seconds: float) -> str:
    """No finer than it is known: by five seconds below two minutes, then by minutes."""
    return _long(5 * round(seconds / 5) if seconds < 120 else 60 * round(seconds / 60))
