"""Names of contests: known ones are answered at once, unknown ones together, however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from results.live import names as names_module
from results.live.names import Names
from results.live.reading import UnknownContestError

CONTEST = "parl.testshire.2026-11-05"


class Table:
    """The contests there are, read when a test says so."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.reads = 0
        self.fails = False

    async def read(self, *_: Any) -> dict[str, int]:
        self.reads += 1
        # What is written after a reading has begun is not seen by it.
        rows = dict(self.rows)
        await self.open.wait()
        if self.fails:
            raise OSError("the disk is full")
        return rows


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)


@pytest.fixture
async def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setattr(names_module, "READ_SECONDS", 0.0)
    return Table()


async def test_it_reads_a_name_once(table: Table) -> None:
    names = Names(table.read, begin)
    table.rows[CONTEST] = 7
    assert [await names.find(CONTEST) for _ in range(3)] == [7, 7, 7]
    assert table.reads == 1


async def test_it_reads_twice_for_two_thousand_names_that_do_not_exist(table: Table) -> None:
    names = Names(table.read, begin)
    table.rows[CONTEST] = 7
    table.open.clear()
    first = begin_all(names, ["nowhere.0"])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    crowd = begin_all(names, [f"nowhere.{number}" for number in range(1, 2000)] + [CONTEST])
    await asyncio.sleep(0)
    table.open.set()
    *unknown, known = await asyncio.gather(*first, *crowd, return_exceptions=True)
    assert known == 7
    assert len(unknown) == 2000
    assert all(isinstance(answer, UnknownContestError) for answer in unknown)
    assert table.reads <= 2


def begin_all(names: Names, asked: list[str]) -> list[asyncio.Task[int]]:
    return [asyncio.get_running_loop().create_task(names.find(name)) for name in asked]


async def test_it_finds_a_contest_that_was_made_while_the_names_were_read(table: Table) -> None:
    names = Names(table.read, begin)
    table.open.clear()
    (early,) = begin_all(names, ["nowhere"])
    while not table.reads:
        await asyncio.sleep(0)
    table.rows[CONTEST] = 7
    (asked,) = begin_all(names, [CONTEST])
    await asyncio.sleep(0)
    table.open.set()
    assert await asked == 7
    with pytest.raises(UnknownContestError):
        await early


async def test_it_asks_again_after_a_reading_that_failed(table: Table) -> None:
    names = Names(table.read, begin)
    table.rows[CONTEST] = 7
    table.fails = True
    for _ in range(2):
        with pytest.raises(OSError, match="the disk is full"):
            await names.find(CONTEST)
    table.fails = False
    assert await names.find(CONTEST) == 7


async def test_it_goes_on_for_the_others_when_one_of_them_leaves(table: Table) -> None:
    names = Names(table.read, begin)
    table.rows[CONTEST] = 7
    table.open.clear()
    leaving, staying = begin_all(names, [CONTEST, CONTEST])
    while not table.reads:
        await asyncio.sleep(0)
    leaving.cancel()
    table.open.set()
    assert await staying == 7


async def test_it_forgets_a_contest_that_is_gone(table: Table) -> None:
    names = Names(table.read, begin)
    names.learn(CONTEST, 7)
    assert await names.find(CONTEST) == 7
    assert table.reads == 0
    names.forget(7)
    with pytest.raises(UnknownContestError):
        await names.find(CONTEST)


async def test_it_leaves_time_between_two_readings(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "READ_SECONDS", 0.2)
    names = Names(table.read, begin)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(3):
        with pytest.raises(UnknownContestError):
            await names.find(f"nowhere.{number}")
    assert table.reads == 3
    assert loop.time() - begun >= 0.4
