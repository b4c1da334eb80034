"""When the last release and the declaration are to be expected: from the rate of the night, honestly wide, never past."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.facts.types import PastRelease, ReleasedSet
from results.pace import LEAST_WAITS, STEP, Z_80, ExpectedTime, Pace, f_quantile, pace
from results.policy import PublicBox, PublicGroup, Released
from tests.nights import CLOSE, Plan, definition, plans, play
from tests.staging import sheets
from tests.test_policy import publications

START = CLOSE + timedelta(hours=3)
PAPERS = 1000


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def night(*minutes: float, groups: int = 20, papers: int = PAPERS, as_of: float | None = None) -> Released:
    """A night of equal groups of two boxes each, of which these were released at these minutes."""
    boxes, mixed, sets, events = [], [], [], []
    for number in range(1, groups + 1):
        labels = (f"{number}a", f"{number}b")
        boxes += [PublicBox(label, "E05000001", "polling", START, papers // 2, START) for label in labels]
        counted = number <= len(minutes)
        mixed.append(PublicGroup(number, labels, papers, START, counted, None))
        if counted:
            when = at(minutes[number - 1])
            sets.append(ReleasedSet(number, when, (number,), (number,), labels, papers, (600, 400), (0, 0)))
            events.append(PastRelease(when, number, sets[-1], None))
    return Released(
        definition=definition(),
        publish="totals",
        projection=True,
        held=False,
        as_of=at(as_of) if as_of is not None else max((event.at for event in events), default=START),
        boxes=tuple(boxes),
        groups=tuple(mixed),
        sets=tuple(sets),
        events=tuple(events),
        policies=(),
    )


def sized(released: Released, papers: list[int]) -> Released:
    """The same night with so many papers in each group."""
    half = {label: papers[group.number - 1] // 2 for group in released.groups for label in group.boxes}
    boxes = tuple(replace(box, papers=half[box.label]) for box in released.boxes)
    sets = tuple(replace(made, papers=papers[made.number - 1]) for made in released.sets)
    return replace(released, boxes=boxes, sets=sets)


def progress(released: Released) -> Released:
    """The same night where only progress is public: no votes, and when groups were counted."""
    when = {event.released.groups[0]: event.at for event in released.events}
    groups = tuple(replace(group, counted_at=when.get(group.number)) for group in released.groups)
    return replace(released, publish="progress", projection=False, groups=groups, sets=(), events=())


def last(released: Released) -> ExpectedTime:
    known = pace(released)
    assert known is not None
    assert known.last is not None
    return known.last


def test_it_expects_the_rest_at_the_rate_of_the_night() -> None:
    known = pace(night(*range(20, 120, 10)))  # ten of twenty, one every ten minutes
    assert known is not None
    assert known.last is not None
    assert at(205) <= known.last.expected <= at(215)
    assert known.last.low < known.last.expected < known.last.high
    assert known.declaration.expected == known.last.expected + timedelta(minutes=15)
    assert known.declaration.low > known.last.low


def test_it_takes_groups_counted_where_only_progress_is_public() -> None:
    released = night(*range(20, 120, 10))
    assert pace(progress(released)) == pace(released)


def test_it_says_nothing_while_too_few_are_released_to_tell() -> None:
    assert pace(night()) is None
    assert pace(night(20)) is None
    assert pace(night(20, 30, 40, 50)) is None
    assert pace(night(20, 30, 40, 50, 60)) is not None


def test_it_says_nothing_of_what_is_not_public() -> None:
    released = night(*range(20, 120, 10))
    assert pace(replace(released, publish="off", boxes=(), groups=(), sets=(), events=())) is None
    assert pace(replace(released, as_of=None)) is None


def test_it_says_nothing_unless_set_up_asks_for_the_estimate() -> None:
    released = night(*range(20, 220, 10))
    assert pace(released) is not None
    unasked = replace(released, definition=replace(released.definition, expected_time=False))
    assert pace(unasked) is None
    assert pace(progress(unasked)) is None


def test_it_counts_releases_of_the_same_second_as_one() -> None:
    assert pace(night(*[20] * 10)) is None  # ten at once say nothing of a rate
    assert pace(night(20, 20, 30, 30, 40, 40)) is None
    assert pace(night(20, 20, 30, 30, 40, 40, 50, 50, 60, 60)) is not None


def test_it_narrows_as_the_night_goes_on() -> None:
    widths = [
        (known.high - known.low).total_seconds()
        for known in (last(night(*range(20, 20 + 10 * count, 10))) for count in range(5, 20))
    ]
    assert all(later <= earlier + STEP.total_seconds() * 2 for earlier, later in pairwise(widths))
    assert widths[-1] < widths[0] / 4


def test_it_only_expects_the_declaration_once_everything_is_released() -> None:
    known = pace(night(*range(20, 220, 10)))
    assert known == Pace(None, ExpectedTime(at(225), at(215), at(245)))
    assert pace(progress(night(*range(20, 220, 10)))) == known


def test_it_expects_no_declaration_while_the_last_postal_votes_are_opened() -> None:
    whole = night(*range(0, 200, 10))
    assert pace(whole) is not None
    assert pace(replace(whole, packs_open=True)) is None


def test_a_correction_is_no_progress_and_no_standstill() -> None:
    released = night(*range(20, 120, 10))
    first = released.events[0].released
    again = replace(first, votes=(500, 500))
    revised = replace(
        released, sets=(again, *released.sets[1:]), events=(*released.events, PastRelease(at(110), 99, again, first))
    )
    assert pace(revised) == pace(released)


def test_a_lull_puts_the_end_off() -> None:
    times = range(20, 120, 10)
    assert last(night(*times, as_of=140)).expected > last(night(*times)).expected + timedelta(minutes=30)


def test_it_expects_nothing_while_new_figures_are_on_hold() -> None:
    held = replace(night(*range(20, 120, 10)), held=True)
    assert pace(held) is None
    assert pace(progress(held)) is not None
    assert pace(replace(night(*range(20, 220, 10)), held=True)) is not None


def test_it_reckons_with_boxes_that_are_not_verified_yet() -> None:
    released = night(*range(20, 120, 10))
    boxes = (*released.boxes[:-2], *(replace(box, papers=None, verified_at=None) for box in released.boxes[-2:]))
    groups = (*released.groups[:-1], replace(released.groups[-1], papers=None))
    assert pace(replace(released, boxes=boxes, groups=groups)) == pace(released)


def test_a_set_of_several_groups_is_one_release_of_all_their_papers() -> None:
    released = night(*range(20, 120, 10))
    paired = [
        ReleasedSet(n, at(10 * n + 10), (2 * n - 1, 2 * n), (n,), (f"{2 * n - 1}a",), 2 * PAPERS, (1200, 800), (0, 0))
        for n in range(1, 6)
    ]
    events = tuple(PastRelease(made.at, made.number, made, None) for made in paired)
    twice_as_fast = replace(released, sets=tuple(paired), events=events, as_of=at(60))
    assert last(twice_as_fast).expected == at(110)


@given(st.lists(st.floats(0.2, 40), min_size=LEAST_WAITS + 1, max_size=18), st.floats(0, 30))
@settings(max_examples=200, deadline=None)
def test_it_is_never_before_what_is_known_and_always_in_whole_five_minutes(waits: list[float], idle: float) -> None:
    minutes = list(np.cumsum(waits))
    released = night(*minutes, as_of=minutes[-1] + idle)
    assert released.as_of is not None
    known = pace(released)
    if known is None:
        return
    for forecast in (known.last, known.declaration):
        assert forecast is not None
        assert released.as_of <= forecast.low <= forecast.expected <= forecast.high
        assert forecast.low < forecast.high
        for moment in (forecast.low, forecast.expected, forecast.high):
            assert (moment.minute % 5, moment.second, moment.microsecond) == (0, 0, 0)
    assert known.last is not None
    assert known.last.expected <= known.declaration.expected
    assert known.last.high <= known.declaration.high


@given(st.lists(st.floats(0.2, 20), min_size=LEAST_WAITS + 1, max_size=18), st.floats(1, 30))
@settings(max_examples=100, deadline=None)
def test_less_to_come_or_an_earlier_hour_never_puts_it_off(waits: list[float], later: float) -> None:
    minutes = list(np.cumsum(waits))
    now, idle = pace(night(*minutes)), pace(night(*minutes, as_of=minutes[-1] + later))
    if now is not None and now.last is not None and idle is not None and idle.last is not None:
        assert now.last.expected <= idle.last.expected
    fewer = pace(night(*minutes, groups=19))
    if now is not None and now.last is not None and fewer is not None and fewer.last is not None:
        assert fewer.last.expected <= now.last.expected


def hall(rng: random.Random, groups: int, tables: int) -> list[tuple[float, int]]:
    """A count at several tables of their own speed: minutes at which groups were counted, and their papers."""
    speeds = [15 * rng.lognormvariate(0, 0.25) for _ in range(tables)]
    free = [(rng.uniform(0, 8), table) for table in range(tables)]
    counted = []
    for _ in range(groups):
        begun, table = min(free)
        free.remove((begun, table))
        papers = rng.randint(900, 2900)
        lull = rng.expovariate(1 / 25) if rng.random() < 0.1 else 0
        done = begun + 5 + papers / speeds[table] * rng.lognormvariate(0, 0.25) + lull
        free.append((done + rng.uniform(1, 4), table))
        counted.append((done, papers))
    return sorted(counted)


@pytest.mark.parametrize("tables", [4, 12])
def test_it_is_seldom_too_early_though_the_last_tables_take_their_time(tables: int) -> None:
    rng = random.Random(20141120)
    late = []
    for _ in range(40):
        counted = hall(rng, 24, tables)
        minutes, papers = [at for at, _ in counted], [number for _, number in counted]
        for made in (6, 12, 18, 22):
            known = pace(sized(night(*minutes[:made], groups=24), papers))
            if known is not None and known.last is not None:
                late.append(at(minutes[-1]) > known.last.high)
    assert len(late) > 60
    assert sum(late) / len(late) < 0.2


def test_it_would_have_served_on_the_night_of_rochester_and_strood() -> None:
    counted = sorted((datetime.fromisoformat(sheet["at"]), sum(sheet["votes"])) for sheet in sheets().values())
    ends = counted[-1][0].replace(tzinfo=START.tzinfo)
    minutes = [(at.replace(tzinfo=START.tzinfo) - START).total_seconds() / 60 for at, _ in counted]
    held = []
    for made in range(5, len(counted)):
        known = last(sized(night(*minutes[:made], groups=len(counted)), [votes for _, votes in counted]))
        held.append(known.low <= ends <= known.high)
    assert sum(held) / len(held) >= 0.8


def test_its_intervals_hold_four_times_in_five_where_waits_are_as_it_takes_them() -> None:
    rng = random.Random(20141120)
    inside = []
    for _ in range(300):
        sizes = [rng.randint(900, 2900) for _ in range(24)]
        waits = [rng.expovariate(200 / size) for size in sizes]
        for released in (6, 12, 18, 22):
            done, left = sum(sizes[1:released]), sum(sizes[released:])
            scale = left * sum(waits[1:released]) / done
            more = max(1.0, left * (released - 1) / done)
            low, high = (scale * f_quantile(more, released - 1, z) for z in (-Z_80, Z_80))
            inside.append(low <= sum(waits[released:]) <= high)
    assert 0.77 <= sum(inside) / len(inside) <= 0.83


@pytest.mark.parametrize(
    ("more", "waits", "z", "exact"),
    # Tables of F(2 more, 2 waits) at 50, 90 and 10 %.
    [(10, 10, 0.0, 1.0), (1, 10, Z_80, 2.59), (10, 4, Z_80, 2.42), (1, 20, -Z_80, 0.106), (6, 8, Z_80, 1.99)],
)
def test_its_quantiles_are_those_of_f(more: float, waits: float, z: float, exact: float) -> None:
    assert abs(f_quantile(more, waits, z) - exact) < 0.03


@given(plans)
@settings(max_examples=20, deadline=None)
def test_the_board_says_it_only_where_something_is_known(plan: Plan) -> None:
    script = play(plan)
    for board in publications(script.definition, script.entries):
        known = board.get("pace")
        if known is None:
            continue
        assert board["status"] in ("counting", "counted")
        assert ("last" in known) == (board["status"] == "counting")
        assert known["declaration"]["low"] >= board["as_of"]
