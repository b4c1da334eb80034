"""A hub of its own for a test, in the test's event loop, and viewers who watch there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from results.board.patches import apply_patch
from results.live import broadcast
from results.live.frames import Frame
from results.live.hub import Hub, hub
from results.live.rooms import Room
from results.live.viewers import Viewer
from tests.counts import Count, make_count


@contextlib.asynccontextmanager
async def running_hub() -> AsyncIterator[Hub]:
    """The process's hub, made anew and running; ended and forgotten afterwards."""
    hub.cache_clear()
    made = hub()
    made.start(asyncio.get_running_loop())
    try:
        yield made
    finally:
        for task in list(made._tasks):
            task.cancel()
        await asyncio.gather(*made._tasks, return_exceptions=True)
        made._reader.shutdown()
        hub.cache_clear()
        broadcast._loop = broadcast._here = broadcast._at_desk = None


@pytest.fixture
async def here(settings: Any) -> AsyncIterator[Hub]:
    """A hub whose ticks and sweeps a test need not wait for."""
    settings.LIVE_TICK_SECONDS = 0.05
    settings.LIVE_SWEEP_SECONDS = 0.2
    async with running_hub() as made:
        yield made


@pytest.fixture
async def count() -> AsyncIterator[Count]:
    """A contest that is set up and grouped, for async tests."""
    yield await sync_to_async(make_count)()
    # The thread that works for async tests keeps its connection, which would outlive the test's database.
    await sync_to_async(connections.close_all)()


class Watcher(Viewer):
    """A viewer that notes what it is offered, and can be slow."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[dict[str, Any]] = []
        self.stalled = False
        self.arrived = asyncio.Event()
        self.board: dict[str, Any] = {}
        self.known = 0
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True

    def offer(self, frame: Frame) -> bool:
        if self.stalled:
            return False
        document = json.loads(frame.payload)
        self.frames.append(document)
        if "board" in document:
            self.board, self.known = document["board"], document["version"]
        elif "patch" in document:
            assert document["since"] == self.known
            self.board, self.known = apply_patch(self.board, document["patch"]), document["version"]
        self.arrived.set()
        return True

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.arrived.clear()
                await self.arrived.wait()


async def join(here: Hub, contest: str, viewer: Viewer, epoch: str, since: int) -> Room:
    key = await here.joining.admit(contest)
    try:
        return await here.joining.watch(key, viewer, epoch, since)
    except BaseException:
        here.joining.give_back()
        raise


async def follow_board(
    news: Callable[[], Awaitable[dict[str, Any]]], board: dict[str, Any], version: int, until: Callable[[Any], Any]
) -> tuple[dict[str, Any], int]:
    """Apply what comes, each patch only to the version that it was made from, until the board is as wanted."""
    while not until(board):
        document = await news()
        if "board" in document:
            board, version = document["board"], document["version"]
        elif "patch" in document:
            assert document["since"] == version
            board, version = apply_patch(board, document["patch"]), document["version"]
    return board, version
