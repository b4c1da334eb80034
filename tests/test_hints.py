"""Hints by Redis: whatever becomes of it, they come again, nothing is left behind, and nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from countnight import settings as shipped
from results.live import broadcast
from results.live.broadcast import GROUP, Subscription
from tests.services import Redis


class Road:
    """The way to Redis. It can go silent, as to a machine that was switched off: nothing comes, and nobody says so."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.connections: list[tuple[asyncio.Task[None], ...]] = []

    async def open(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, on = await asyncio.open_connection("127.0.0.1", self._port)
        self.connections.append((asyncio.ensure_future(carry(near, on)), asyncio.ensure_future(carry(far, back))))

    def go_silent(self) -> None:
        """Of all that are open now; those that are opened later go through."""
        for both in self.connections:
            for way in both:
                way.cancel()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    made = Redis(tmp_path)
    yield made
    made.stop()


def by_redis(settings: Any, port: int) -> None:
    """The settings as they are with REDIS_URL."""
    settings.CHANNEL_LAYERS = {"default": shipped.channel_layer(f"redis://127.0.0.1:{port}/0")}


@contextlib.asynccontextmanager
async def hearing() -> AsyncIterator[asyncio.Queue[int]]:
    """A subscription as the hub has one, and what it heard."""
    heard: asyncio.Queue[int] = asyncio.Queue()
    task = asyncio.ensure_future(Subscription(heard.put_nowait, 0.05).hear())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await get_channel_layer().flush()


async def say(contest: int) -> None:
    """As another process says it."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(broadcast.SEND_SECONDS):
            await get_channel_layer().group_send(GROUP, {"type": "hint", "contest": contest, "by": "another"})


async def said_until_heard(heard: asyncio.Queue[int], contest: int) -> None:
    async with asyncio.timeout(20):
        while True:
            await say(contest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    if await heard.get() == contest:
                        return


async def test_it_hears_again_when_redis_went_silent(
    redis: Redis, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(broadcast, "SEND_SECONDS", 0.2)
    await sync_to_async(redis.start)()
    road = Road(redis.port)
    async with await road.open() as served:
        by_redis(settings, served.sockets[0].getsockname()[1])
        async with hearing() as heard:
            await said_until_heard(heard, 1)
            before = len(road.connections)
            road.go_silent()
            await said_until_heard(heard, 2)
            assert len(road.connections) > before
            # One queue in the layer for the one subscription.
            assert len(get_channel_layer().channels) == 1
        for both in road.connections:
            for way in both:
                way.cancel()


async def test_it_hears_as_soon_as_redis_is_there_and_leaves_nothing_behind(redis: Redis, settings: Any) -> None:
    by_redis(settings, redis.port)
    async with hearing() as heard:
        layer = get_channel_layer()
        tries = 0
        with socket.socket() as nobody:
            # Taken and never listened to: every connection is refused.
            nobody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            nobody.bind(("127.0.0.1", redis.port))
            async with asyncio.timeout(20):
                while tries < 200:
                    tries += 1
                    await asyncio.sleep(0.005)
                    assert len(layer.channels) <= 1
        await sync_to_async(redis.start)()
        await said_until_heard(heard, 3)
        assert len(layer.channels) == 1


def test_it_asks_the_kernel_for_no_keepalive_on_the_way_to_redis() -> None:
    # Where one fails, Python 3.11 raises TimeoutError, and redis-py and channels-redis then ask again without a pause.
    (host,) = shipped.channel_layer("redis://127.0.0.1:6379/0")["CONFIG"]["hosts"]
    assert host["socket_keepalive"] is False
    assert host["socket_timeout"] is None
