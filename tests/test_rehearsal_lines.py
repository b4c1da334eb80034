"""The lines of a rehearsal: a socket and an event stream of its own address, and none at that of a real count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from results.live.consumers import viewer_events, viewer_socket
from results.live.hub import Hub
from results.models import Contest
from tests import builders
from tests.hubs import count, here

__all__ = ["count", "here"]
pytestmark = pytest.mark.django_db(transaction=True)

DUMMY = "parl.dummy.2026-11-05"
UNKNOWN = 4404


@pytest.fixture
async def dummy() -> AsyncIterator[Contest]:
    yield await sync_to_async(builders.make_contest)(DUMMY, environment=Contest.Environment.REHEARSAL)
    # The thread that works for async tests keeps its connection, which would outlive the test's database.
    await sync_to_async(connections.close_all)()


async def first_word(contest: str, *, rehearsal: bool, wire: Any = viewer_socket) -> dict[str, Any]:
    """What a reader is told first after the line is open."""
    route = {"contest": contest} | ({"rehearsal": True} if rehearsal else {})
    scope = {"url_route": {"kwargs": route}, "query_string": b"", "method": "GET", "headers": []}
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    events = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, Any]:
        for event in events:
            return event
        await asyncio.Event().wait()
        raise AssertionError

    async def wait() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    attending = asyncio.ensure_future(wire(scope, receive if wire is viewer_socket else wait, said.put))
    try:
        async with asyncio.timeout(10):
            word = await said.get()
            return await said.get() if word["type"] == "websocket.accept" else word
    finally:
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)


async def test_a_rehearsal_has_lines_of_its_own_only(here: Hub, dummy: Contest) -> None:
    assert "board" in (await first_word(DUMMY, rehearsal=True))["text"]
    assert (await first_word(DUMMY, rehearsal=False))["code"] == UNKNOWN
    assert (await first_word(DUMMY, rehearsal=True, wire=viewer_events))["status"] == 200
    assert (await first_word(DUMMY, rehearsal=False, wire=viewer_events))["status"] == 404


async def test_a_real_count_has_none_among_rehearsals(here: Hub, count: Any) -> None:
    name = count.contest.ballot_paper_id
    assert "board" in (await first_word(name, rehearsal=False))["text"]
    assert (await first_word(name, rehearsal=True))["code"] == UNKNOWN


async def test_it_stays_so_once_the_hub_knows_the_rehearsal(here: Hub, dummy: Contest) -> None:
    """A hint about it opens its room before anybody asks for it by name."""
    await here.open(dummy.pk, hinted=True)
    assert (await first_word(DUMMY, rehearsal=False))["code"] == UNKNOWN
    assert "board" in (await first_word(DUMMY, rehearsal=True))["text"]
