"""When the last release and the declaration are to be expected, from the rate of the night. Pure: Released alone.

Releases come at times t_0 < t_1 < ... < t_k (those of the same second are one), with p_i papers each; P = p_1 + ... + p_k,
D = as_of - t_0, and R papers are still to come. How long the first release takes says how long counting takes to get
under way and nothing of the rate, so that it begins the clock. Waits are assumed exponential with the same mean per
paper: the superposition of many tables tends to that, and it leaves lulls their place. With m = max(1, R k / P) more
waits to come, each a like share of R,

    T = (R D / P) F,    F ~ F(2m, 2k),    last release = as_of + T,

which is exact for the ratio of two gamma times. F's quantiles are Paulson's (1942): with a = 1/(9m), b = 1/(9k), its cube
root x solves ((1-b) x - (1-a))^2 = z^2 (b x^2 + a). `expected` is the median, `low` and `high` the 10 % and 90 %
quantiles: about four nights in five inside. A wider interval would say nothing before the night is half over, and a reader who
plans by it is helped by "one in ten later". It is wide while k is small, and narrows with k and with R.

Towards the end tables stand idle while the last ones finish, and the rate of the night falls. How far nobody outside the
hall knows: `high` is put off by the factor 1 + c^2 with c the share of the papers released. Without it half of the nights
simulated with 12 tables for 24 groups ended later than `high` in their last quarter; with it one in five, and one in 8 to
100 with fewer tables or more groups. Not in it: a recount.

The declaration follows by the last adjudications, the provisional result shown to candidates and agents, and sealing.
LAG is a judgement: 15 minutes, 5 to 35 in four nights of five. (Rochester and Strood, 2014: the last group about 04:06,
declared 04:15.) Both deviations are independent: they add as squares, on each side.

Only + - * / and square roots of IEEE doubles are used: every machine rebuilds the same times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from results.policy import PublicBox, Released

Z_80 = 1.2815515655446004
"""Standard normal quantile at 0.9: an interval of 80 %."""
LEAST_WAITS = 4
"""Before the fifth release the interval spans most of a night: what is planned says more. The call asks for five too."""
WIDEST = timedelta(hours=12)
"""Times are shown without their day: an interval that reaches further is not shown."""
STEP = timedelta(minutes=5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExpectedTime:
    """A time to be expected and its 80 % interval: whole five minutes, the ends rounded outwards, none before as_of."""

    expected: datetime
    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """What is to be expected; `last` is None once everything is released."""

    last: ExpectedTime | None
    declaration: ExpectedTime


@dataclass(frozen=True, slots=True)
class _Wait:
    """Minutes from now: median, 10 % and 90 % quantiles."""

    expected: float
    low: float
    high: float

    def then(self, other: _Wait) -> _Wait:
        """One wait after the other."""
        expected = self.expected + other.expected
        below = _root_of_squares(self.expected - self.low, other.expected - other.low)
        above = _root_of_squares(self.high - self.expected, other.high - other.expected)
        return _Wait(expected, expected - below, expected + above)


LAG = _Wait(15.0, 5.0, 35.0)


def pace(released: Released) -> Pace | None:
    """When the last release and the declaration are to be expected; None where the night does not say yet, or where
    set-up does not ask for this estimate: the hour of the declaration is the Returning Officer's to tell.

    Where only progress is public, the groups counted stand for releases. None before LEAST_WAITS waits between
    them, while new figures are on hold or wait for the Returning Officer, and where nothing is public.
    """
    as_of = released.as_of
    if not released.definition.expected_time or as_of is None or not released.boxes:
        return None
    out = _out(released)
    if not out and released.packs_open:
        # The last postal votes are still being opened: nobody knows how many, or how long that takes.
        return None
    if not out:
        return Pace(None, _expected_time(as_of, LAG))
    if (released.held or released.last_waits) and released.publish == "totals":
        return None
    left = _until_last(as_of, _steps(released), _papers(released.boxes, out))
    if left is None or timedelta(minutes=left.then(LAG).high) > WIDEST:
        return None
    return Pace(_expected_time(as_of, left), _expected_time(as_of, left.then(LAG)))


def _out(released: Released) -> list[PublicBox]:
    """Boxes whose papers are still to be released, or to be counted where only progress is public."""
    counted = {label for group in released.groups if group.counted for label in group.boxes}
    return [box for box in released.boxes if box.label not in counted]


def _steps(released: Released) -> list[tuple[datetime, int]]:
    """Times at which papers were released for the first time, and how many; a revised release is no progress."""
    standing = {made.number: made.papers for made in released.sets}
    steps = [
        (event.at, standing.get(event.released.number, event.released.papers))
        for event in released.events
        if event.replaced is None
    ]
    if released.publish != "totals":
        steps = [(group.counted_at, group.papers or 0) for group in released.groups if group.counted_at is not None]
    papers_at: dict[datetime, int] = {}
    for at, papers in sorted(steps):
        papers_at[at] = papers_at.get(at, 0) + papers
    return list(papers_at.items())


def _papers(boxes: Iterable[PublicBox], out: Iterable[PublicBox]) -> float:
    """Papers in the boxes that are out; one not verified yet counts as the mean of its kind, else of all."""
    verified: dict[str, list[int]] = {}
    for box in boxes:
        if box.papers is not None:
            verified.setdefault(box.kind, []).append(box.papers)
    every = [papers for kind in verified.values() for papers in kind]
    total = 0.0
    for box in out:
        alike = verified.get(box.kind, every)
        total += box.papers if box.papers is not None else sum(alike) / len(alike) if alike else 0.0
    return total


def _until_last(as_of: datetime, steps: list[tuple[datetime, int]], left: float) -> _Wait | None:
    """The wait for the last release, or None where there are too few to tell."""
    waits = len(steps) - 1
    if waits < LEAST_WAITS:
        return None
    done = sum(papers for _, papers in steps[1:])
    minutes = (as_of - steps[0][0]).total_seconds() / 60
    if done <= 0 or minutes <= 0:
        return None
    scale = left * minutes / done
    more = max(1.0, left * waits / done)
    middle, low, high = (scale * f_quantile(more, waits, z) for z in (0.0, -Z_80, Z_80))
    released = sum(papers for _, papers in steps)
    share = released / (released + left)
    return _Wait(middle, low, high * (1 + share * share))


def f_quantile(more: float, waits: float, z: float) -> float:
    """Quantile of F(2 `more`, 2 `waits`) at the standard normal `z`, after Paulson (1942); `waits` above z^2 / 9.

    >>> round(f_quantile(10, 10, 0.0), 3), round(f_quantile(1, 10, Z_80), 2), round(f_quantile(10, 4, Z_80), 2)
    (1.0, 2.57, 2.42)
    """
    a, b = 1 / (9 * more), 1 / (9 * waits)
    first, half, last = (1 - b) * (1 - b) - z * z * b, (1 - a) * (1 - b), (1 - a) * (1 - a) - z * z * a
    root = math.sqrt(max(half * half - first * last, 0.0))
    cube_root = max((half + root if z > 0 else half - root) / first, 0.0)
    return cube_root * cube_root * cube_root


def _root_of_squares(one: float, other: float) -> float:
    return math.sqrt(one * one + other * other)


def _expected_time(as_of: datetime, wait: _Wait) -> ExpectedTime:
    """A wait as times of day that do not quiver: the ends outwards to whole steps, the middle to the nearest one."""
    low, middle, high = (as_of + timedelta(minutes=minutes) for minutes in (wait.low, wait.expected, wait.high))
    first = _floor(low) if _floor(low) >= as_of else _ceiling(as_of)
    last = max(_ceiling(high), first + STEP)
    return ExpectedTime(min(max(_floor(middle + STEP / 2), first), last), first, last)


def _floor(at: datetime) -> datetime:
    return EPOCH + (at - EPOCH) // STEP * STEP


def _ceiling(at: datetime) -> datetime:
    return EPOCH - (EPOCH - at) // STEP * STEP
