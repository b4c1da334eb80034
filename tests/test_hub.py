"""The hub: one frame for all, nothing lost, nobody delayed by anybody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from prometheus_client import REGISTRY

from results.board import publishing
from results.live import reading
from results.live.hub import Hub
from results.live.reading import read_current
from results.models import Contest, LedgerEntry
from tests.counts import Count
from tests.hubs import Watcher, count, here, join, running_hub

__all__ = ["count", "here"]
pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_frames_once_for_all(here: Hub, count: Count) -> None:
    watchers = [Watcher() for _ in range(50)]
    for watcher in watchers:
        await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await sync_to_async(count.verify_all)()
    for watcher in watchers:
        await watcher.until(lambda w=watcher: w.board.get("status") == "verified")
    assert len({json.dumps(watcher.board, sort_keys=True) for watcher in watchers}) == 1


async def test_it_says_only_that_it_lives_to_a_viewer_who_has_everything(here: Hub, count: Count) -> None:
    await sync_to_async(count.verify_all)()
    first = Watcher()
    await join(here, count.contest.ballot_paper_id, first, "", 0)
    await first.until(lambda: first.board.get("status") == "verified")
    second = Watcher()
    await join(here, count.contest.ballot_paper_id, second, count.contest.epoch, first.known)
    await second.until(lambda: second.frames)
    assert set(second.frames[0]) == {"epoch", "version", "now"}


async def test_it_skips_a_stalled_viewer_and_gives_it_the_newest_when_it_drains(here: Hub, count: Count) -> None:
    slow, quick = Watcher(), Watcher()
    room = await join(here, count.contest.ballot_paper_id, slow, "", 0)
    await join(here, count.contest.ballot_paper_id, quick, "", 0)
    await slow.until(lambda: slow.known)
    slow.stalled = True
    await sync_to_async(count.verify_all)()
    await quick.until(lambda: quick.board.get("status") == "verified")
    assert slow.behind
    assert slow.board.get("status") != "verified"
    slow.stalled = False
    here.joining.drained(room, slow)
    assert slow.board == quick.board


async def test_it_tries_late_viewers_again_by_itself(here: Hub, count: Count) -> None:
    slow = Watcher()
    await join(here, count.contest.ballot_paper_id, slow, "", 0)
    await slow.until(lambda: slow.known)
    slow.stalled = True
    await sync_to_async(count.verify_all)()
    async with asyncio.timeout(10):
        while not slow.behind:
            await asyncio.sleep(0)
    slow.stalled = False
    await slow.until(lambda: slow.board.get("status") == "verified")
    assert not slow.dropped


async def test_it_hangs_up_on_a_viewer_that_takes_nothing_for_too_long(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("results.live.rooms.STALLED_SECONDS", 0.2)
    slow, quick = Watcher(), Watcher()
    room = await join(here, count.contest.ballot_paper_id, slow, "", 0)
    await join(here, count.contest.ballot_paper_id, quick, "", 0)
    await slow.until(lambda: slow.known)
    slow.stalled = True
    await sync_to_async(count.verify_all)()
    async with asyncio.timeout(10):
        while not slow.dropped:
            await asyncio.sleep(0)
    await quick.until(lambda: quick.board.get("status") == "verified")
    assert not quick.dropped
    here.joining.leave(room, slow)
    assert here.joining.viewers == 1
    assert room.viewers == [quick]


async def test_it_forgets_a_contest_that_nobody_watches(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("results.live.hub.UNWATCHED_SECONDS", 0.2)
    watcher = Watcher()
    room = await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    swept: list[Any] = []
    sweep = here._forget_unwatched
    monkeypatch.setattr(here, "_forget_unwatched", lambda: swept.append(sweep()))
    async with asyncio.timeout(10):
        while len(swept) < 4:  # longer than the time after which it would be forgotten
            await asyncio.sleep(0.01)
    assert here.rooms == {count.contest.pk: room}
    here.joining.leave(room, watcher)
    async with asyncio.timeout(10):
        while here.rooms:
            await asyncio.sleep(0.01)
    again = Watcher()
    await join(here, count.contest.ballot_paper_id, again, "", 0)
    await again.until(lambda: again.known)
    assert again.board == watcher.board


async def test_it_heals_a_lost_hint_by_the_sweep(here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")


async def test_it_looks_again_at_a_ledger_of_another_epoch_that_is_as_long(here: Hub, count: Count) -> None:
    await sync_to_async(count.verify_all)()
    seq = await LedgerEntry.objects.filter(contest=count.contest).acount()
    # What the sweep saw of a contest that had this place in the database before.
    reading._swept[count.contest.pk] = ("before", seq)
    newest = await sync_to_async(reading.read_newest)([count.contest.pk])
    assert newest[count.contest.pk][2]
    newest = await sync_to_async(reading.read_newest)([count.contest.pk])
    assert not newest[count.contest.pk][2]


async def test_it_begins_anew_after_a_restored_backup(here: Hub, count: Count) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    await sync_to_async(Contest.objects.filter(pk=count.contest.pk).update)(epoch="restored")
    await watcher.until(lambda: watcher.frames[-1].get("epoch") == "restored")
    assert "board" in watcher.frames[-1]


async def test_it_sends_at_most_one_frame_in_a_tick(here: Hub, count: Count) -> None:
    here.tick = 0.3
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")
    patches = [frame for frame in watcher.frames if "patch" in frame or "board" in frame]
    # Seven boxes were verified one after the other, far quicker than seven ticks.
    assert len(patches) < 6


async def test_it_makes_versions_that_nobody_watches(here: Hub, count: Count) -> None:
    await sync_to_async(count.verify_all)()
    async with asyncio.timeout(10):
        while (await sync_to_async(count.versions)()) < 1:
            await asyncio.sleep(0)


async def test_it_makes_the_versions_that_a_process_left_behind(
    count: Count, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashed:
        crashed.setattr("results.live.broadcast._make", None)
        await sync_to_async(count.verify_all)()
    assert await sync_to_async(publishing.latest)(count.contest) is None
    async with running_hub():
        async with asyncio.timeout(10):
            while (made := await sync_to_async(publishing.latest)(count.contest)) is None:
                await asyncio.sleep(0.02)
    assert made.board["status"] == "verified"
    assert await sync_to_async(publishing.behind)() == []


def at_the_fourth_try(does: Callable[[Any], Any], tries: list[Any]) -> Callable[[Any], Any]:
    """What does this once it has failed three times; it notes each try."""

    def doing(about: Any) -> Any:
        tries.append(about)
        if len(tries) < 4:
            raise OSError("the disk is full")
        return does(about)

    return doing


async def test_it_tries_again_when_a_version_could_not_be_made(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    tries: list[Any] = []
    monkeypatch.setattr("results.live.hub.read_current", at_the_fourth_try(read_current, tries))
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")
    assert len(tries) >= 4


async def test_it_tries_again_although_there_is_an_older_version_to_show(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    tries: list[Any] = []
    monkeypatch.setattr("results.board.publishing.publish", at_the_fourth_try(publishing.publish, tries))
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")
    assert len(tries) >= 4


async def test_it_counts_only_what_no_hint_brought(here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    def healed() -> float:
        return REGISTRY.get_sample_value("countnight_hints_lost_total") or 0

    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    before = healed()
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")
    swept = asyncio.Event()
    monkeypatch.setattr("results.live.hub.read_newest", lambda watched: swept.set() or reading.read_newest(watched))
    await asyncio.wait_for(swept.wait(), 10)
    assert healed() == before
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    await sync_to_async(count.form_all)()
    await sync_to_async(count.enter)(1)
    await watcher.until(lambda: "candidates" in watcher.board)
    assert healed() > before
