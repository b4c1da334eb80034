"""Joining: whoever comes is admitted and brought to the newest version, from whatever it has."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from results.live import reading
from results.live.hub import Hub
from results.live.joining import FullError
from results.live.reading import UnknownContestError
from results.live.rooms import Room
from results.live.viewers import Viewer
from tests.counts import Count
from tests.hubs import Watcher, count, here, join

__all__ = ["count", "here"]
pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_gives_a_new_viewer_the_whole_board_and_then_patches(here: Hub, count: Count) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    assert "board" in watcher.frames[0]
    await sync_to_async(count.verify_all)()
    await watcher.until(lambda: watcher.board.get("status") == "verified")
    assert any("patch" in frame for frame in watcher.frames)
    newest = await sync_to_async(count.board)()
    assert watcher.board == newest


async def test_it_resumes_from_the_version_a_viewer_has(here: Hub, count: Count) -> None:
    first = Watcher()
    room = await join(here, count.contest.ballot_paper_id, first, "", 0)
    await first.until(lambda: first.known)
    kept_board, kept_version = first.board, first.known
    here.joining.leave(room, first)
    await sync_to_async(count.verify_all)()
    again = Watcher()
    again.board, again.known = kept_board, kept_version
    await join(here, count.contest.ballot_paper_id, again, count.contest.epoch, kept_version)
    await again.until(lambda: again.board.get("status") == "verified")
    assert again.board == await sync_to_async(count.board)()


async def test_it_gives_the_whole_board_to_a_viewer_of_another_epoch(here: Hub, count: Count) -> None:
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "another", 1)
    await watcher.until(lambda: watcher.frames)
    assert "board" in watcher.frames[0]


async def test_it_says_no_more_to_who_comes_with_everything_to_a_process_that_has_just_begun(
    here: Hub, count: Count
) -> None:
    await sync_to_async(count.verify_all)()
    newest, version = await sync_to_async(count.board)(), await sync_to_async(count.versions)()
    crowd = [Watcher() for _ in range(3)]
    for watcher in crowd:
        watcher.board, watcher.known = newest, version
    # They wait for the first version that this process reads; one of them cannot take what it is told at once.
    crowd[2].stalled = True
    joining = [join(here, count.contest.ballot_paper_id, w, count.contest.epoch, version) for w in crowd]
    await asyncio.gather(*joining)
    crowd[2].stalled = False
    for watcher in crowd:
        await watcher.until(lambda w=watcher: w.frames)
        assert [set(frame) for frame in watcher.frames] == [{"epoch", "version", "now"}]


async def test_it_reads_an_old_board_once_for_a_crowd_that_comes_back(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Watcher()
    room = await join(here, count.contest.ballot_paper_id, first, "", 0)
    await first.until(lambda: first.known)
    old, known = first.board, first.known
    await sync_to_async(count.verify_all)()
    await first.until(lambda: first.board.get("status") == "verified")
    room.patches.clear()
    read: list[int] = []

    def note(pk: int, version: int) -> Any:
        read.append(version)
        return reading.read_board(pk, version)

    monkeypatch.setattr("results.live.joining.read_board", note)
    crowd = [Watcher() for _ in range(50)]
    for watcher in crowd:
        watcher.board, watcher.known = old, known
    # One of them leaves while the board is read; the others must not notice.
    joining = [
        asyncio.ensure_future(join(here, count.contest.ballot_paper_id, watcher, room.epoch, known))
        for watcher in crowd
    ]
    while not read:
        await asyncio.sleep(0)
    joining[0].cancel()
    await asyncio.gather(*joining, return_exceptions=True)
    assert read == [known]
    for watcher in crowd[1:]:
        assert watcher.board == first.board
        assert "patch" in watcher.frames[0]
    assert here.joining.viewers == 50


async def test_it_shows_a_viewer_who_comes_what_there_is_and_looks_for_nothing(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await sync_to_async(count.board)()
    monkeypatch.setattr("results.live.hub.broadcast.committed", lambda contest: None)
    monkeypatch.setattr("results.live.hub.read_newest", lambda watched: {})
    monkeypatch.setattr("results.board.publishing.read_facts", lambda contest: pytest.fail("the ledger was read"))
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    assert watcher.board == known


async def test_it_refuses_an_unknown_contest_and_one_viewer_too_many(here: Hub, count: Count, settings: Any) -> None:
    with pytest.raises(UnknownContestError):
        await join(here, "parl.nowhere.2014-11-20", Watcher(), "", 0)
    assert here.joining.viewers == 0
    settings.LIVE_MAX_VIEWERS = 1
    room = await join(here, count.contest.ballot_paper_id, first := Watcher(), "", 0)
    with pytest.raises(FullError):
        await join(here, count.contest.ballot_paper_id, Watcher(), "", 0)
    here.joining.leave(room, first)
    await join(here, count.contest.ballot_paper_id, Watcher(), "", 0)


async def test_it_looks_at_once_when_a_viewer_knows_more_than_this_process(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    here._life[1].cancel()  # nobody sweeps
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    watcher = Watcher()
    await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    # Another process made versions, and its viewer comes over to this one.
    await sync_to_async(count.verify_all)()
    newest = await sync_to_async(count.board)()
    version = await sync_to_async(count.versions)()
    assert version > watcher.known
    async with asyncio.timeout(10):
        while here.rooms[count.contest.pk].ticking is not None:
            await asyncio.sleep(0)
    other = Watcher()
    other.board, other.known = newest, version
    room = await join(here, count.contest.ballot_paper_id, other, count.contest.epoch, version)
    await watcher.until(lambda: watcher.board == newest)
    assert [set(frame) for frame in other.frames] == [{"epoch", "version", "now"}]
    assert room.version == version


async def test_it_forgets_a_viewer_whose_joining_failed(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Watcher()
    room = await join(here, count.contest.ballot_paper_id, first, "", 0)
    await first.until(lambda: first.known)
    await sync_to_async(count.verify_all)()
    await first.until(lambda: first.board.get("status") == "verified")

    def fail(pk: int, version: int) -> Any:
        raise OSError("the disk is full")

    monkeypatch.setattr("results.live.joining.read_board", fail)
    room.patches.clear()
    # Without the version that it has there is no patch, but there is the whole board.
    again = Watcher()
    await join(here, count.contest.ballot_paper_id, again, room.epoch, 1)
    assert again.board == first.board

    def refuse(room: Room, viewer: Viewer, now: float) -> bool:
        raise OSError("the line broke")

    monkeypatch.setattr(Room, "bring", refuse)
    with pytest.raises(OSError, match="broke"):
        await join(here, count.contest.ballot_paper_id, Watcher(), "", 0)
    assert here.joining.viewers == 2
    assert set(room.viewers) == {first, again}


async def test_it_waits_for_the_look_of_a_running_tick(
    here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    here._life[1].cancel()  # nobody sweeps
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    watcher = Watcher()
    room = await join(here, count.contest.ballot_paper_id, watcher, "", 0)
    await watcher.until(lambda: watcher.known)
    async with asyncio.timeout(10):
        while room.ticking is not None:
            await asyncio.sleep(0)
    # Another process made versions, and its viewer comes over to this one while a tick runs here.
    await sync_to_async(count.verify_all)()
    newest, version = await sync_to_async(count.board)(), await sync_to_async(count.versions)()
    room.ticking = asyncio.get_running_loop().call_later(0.2, here._tock, room)
    here.tick = 0.4
    other = Watcher()
    other.board, other.known = newest, version
    await join(here, count.contest.ballot_paper_id, other, count.contest.epoch, version)
    assert [set(frame) for frame in other.frames] == [{"epoch", "version", "now"}]
