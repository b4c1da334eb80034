"""Whom the hub tells at the desk, of what, and that readers of the public page hear nothing of it."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async

from results.floor import announcements, claims, tablets
from results.live import broadcast
from results.live.desk_lines import DeskLine, DeskLines
from results.live.hub import Hub
from tests.counts import Count
from tests.hubs import Watcher, count, here, join

__all__ = ["count", "here"]
pytestmark = pytest.mark.django_db(transaction=True)


async def rung(line: DeskLine) -> None:
    async with asyncio.timeout(10):
        await line.news()


async def is_quiet(line: DeskLine) -> bool:
    """Whether nothing was said: whatever was rung before this is heard, since the loop runs what is due first."""
    await asyncio.sleep(0)
    waiting = asyncio.ensure_future(line.news())
    await asyncio.sleep(0)
    quiet = not waiting.done()
    waiting.cancel()
    return quiet


async def test_many_changes_are_one_for_a_page_that_is_not_looking() -> None:
    lines = DeskLines()
    line, other = lines.enter(1), lines.enter(2)
    for _ in range(5):
        lines.ring(1)
    await rung(line)
    assert await is_quiet(line)
    assert await is_quiet(other)
    assert (lines.contests, lines.number) == ([1, 2], 2)
    lines.leave(1, line)
    lines.leave(2, other)
    assert (lines.contests, lines.number) == ([], 0)


async def test_it_tells_the_desk_of_an_entry_at_once(here: Hub, count: Count) -> None:
    line = here.desk.enter(count.contest.pk)
    await sync_to_async(count.verify_all)()
    await rung(line)


async def test_the_sweep_finds_a_hint_that_was_lost(here: Hub, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    line = here.desk.enter(count.contest.pk)
    await rung(line)
    await sync_to_async(count.verify_all)()
    await rung(line)


async def test_what_is_beside_the_ledger_is_told_to_the_desk_alone(here: Hub, count: Count) -> None:
    reader = Watcher()
    await join(here, count.contest.ballot_paper_id, reader, "", 0)
    await reader.until(lambda: reader.frames)
    line = here.desk.enter(count.contest.pk)
    await rung(line)
    room = here.rooms[count.contest.pk]
    olu, event = count.cast.olu, count.contest.event

    def announce() -> None:
        announcements.announce(event, "Tea", actor=count.cast.sam, submission_id=uuid.uuid4(), seen=0)

    for happens in (
        lambda: claims.take(count.contest, "group:1", olu),
        lambda: tablets.report(count.contest, "a" * 32, olu, 1, None),
        announce,
    ):
        await sync_to_async(happens)()
        await rung(line)
        assert not room.hinted
    assert [frame for frame in reader.frames if "patch" in frame] == []


async def test_another_process_hears_by_the_layer_which_of_both_it_is() -> None:
    heard: list[tuple[str, int]] = []
    subscription = broadcast.Subscription(
        lambda contest: heard.append(("ledger", contest)), 1.0, lambda contest: heard.append(("desk", contest))
    )
    layer = broadcast.get_channel_layer()
    await layer.flush()
    hearing = asyncio.ensure_future(subscription.hear())
    async with asyncio.timeout(10):
        while not getattr(layer, "groups", {}).get(broadcast.GROUP):
            await asyncio.sleep(0.01)
        for desk in (True, False):
            message = {"type": "hint", "contest": 7, "desk": desk, "by": "another"}
            await layer.group_send(broadcast.GROUP, message)
        while len(heard) < 2:
            await asyncio.sleep(0.01)
    hearing.cancel()
    assert heard == [("desk", 7), ("ledger", 7)]
