"""Viewers' sockets against a real server: origins, frames, what they may send, restarts."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conftest import Server
from tests.counts import Count, make_count
from tests.hubs import follow_board

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


@pytest.fixture
async def count(server: Server) -> AsyncIterator[Count]:
    made = await sync_to_async(make_count)()
    await sync_to_async(connections.close_all)()
    await sync_to_async(server.start)()
    yield made
    await sync_to_async(server.stop)()
    await sync_to_async(connections.close_all)()


def watch(server: Server, contest: str = "parl.testshire.2026-11-05", query: str = "", origin: str = "") -> Any:
    address = f"ws://127.0.0.1:{server.port}/ws/contests/{contest}/{query}"
    return connect(address, origin=origin or server.base)  # type: ignore[arg-type]


async def frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        return json.loads(await socket.recv())  # type: ignore[no-any-return]


async def follow(
    socket: ClientConnection, board: dict[str, Any], version: int, until: Any
) -> tuple[dict[str, Any], int]:
    return await follow_board(lambda: frame(socket), board, version, until)


async def test_it_shows_every_viewer_what_an_officer_enters(server: Server, count: Count) -> None:
    async with watch(server) as one, watch(server) as other:
        boards = [(await frame(one))["board"], (await frame(other))["board"]]
        assert boards[0] == boards[1]
        await sync_to_async(count.ready)()
        await sync_to_async(count.enter)(1)
        # These were written by another process: the sweep finds them, since no Redis carries the hint.
        first, _ = await follow(one, boards[0], 1, lambda board: "candidates" in board)
        second, _ = await follow(other, boards[1], 1, lambda board: "candidates" in board)
        assert first["candidates"]["1"]["votes"] == second["candidates"]["1"]["votes"] == 400


async def test_it_catches_a_viewer_up_after_the_server_was_killed(server: Server, count: Count) -> None:
    async with watch(server) as socket:
        whole = await frame(socket)
        board, version = whole["board"], whole["version"]
        await sync_to_async(server.kill)()
        with pytest.raises(ConnectionClosed):
            await frame(socket)
    await sync_to_async(count.ready)()
    await sync_to_async(count.enter)(1)
    await sync_to_async(server.start)()
    async with watch(server, query=f"?epoch={whole['epoch']}&since={version}") as again:
        caught_up, _ = await follow(again, board, version, lambda board: "candidates" in board)
        assert caught_up == await sync_to_async(count.board)()
        assert caught_up["candidates"]["1"]["votes"] == 400


async def test_it_refuses_a_foreign_origin(server: Server, count: Count) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with watch(server, origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_it_closes_on_an_unknown_contest(server: Server, count: Count) -> None:
    async with watch(server, contest="parl.nowhere.2026-11-05") as socket:
        with pytest.raises(ConnectionClosed):
            await frame(socket)
        assert socket.close_code == 4404


@pytest.mark.parametrize("path", ["", "ws/", "ws/contests/", "desk/"])
async def test_it_closes_where_nobody_speaks(server: Server, count: Count, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://127.0.0.1:{server.port}/{path}", origin=server.base):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    assert "Traceback" not in await sync_to_async(server.log.read_text)()


@pytest.mark.parametrize("message", ["hello", b"\x00\x01", "{" * 1000])
async def test_it_closes_on_a_viewer_that_speaks(server: Server, count: Count, message: Any) -> None:
    async with watch(server) as socket:
        await frame(socket)
        await socket.send(message)
        with pytest.raises(ConnectionClosed):
            await frame(socket)
        assert socket.close_code == 4400


async def test_it_closes_on_an_oversize_frame_and_serves_the_others(server: Server, count: Count) -> None:
    async with watch(server) as loud, watch(server) as quiet:
        await frame(loud)
        whole = await frame(quiet)
        await loud.send("x" * 100_000)
        with pytest.raises(ConnectionClosed):
            await frame(loud)
        assert loud.close_code in (1009, 1006)
        await sync_to_async(count.verify_all)()
        board, _ = await follow(quiet, whole["board"], whole["version"], lambda b: b["status"] == "verified")
        assert board["progress"]["boxes_verified"] == 7


PING = b"\x89\x80\x00\x00\x00\x00"
"""Masked, and empty."""


@pytest.mark.parametrize("when", ["as its body", "afterwards"])
async def test_it_hangs_up_on_who_floods_it_and_serves_the_others(server: Server, count: Count, when: str) -> None:
    flood = PING * 10_000
    handshake = (
        f"GET /ws/contests/{count.contest.ballot_paper_id}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {server.base}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (f"Content-Length: {len(flood)}\r\n" if when == "as its body" else "")
        + "\r\n"
    ).encode()
    async with watch(server) as quiet:
        whole = await frame(quiet)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(handshake if when == "afterwards" else handshake + flood)
        async with asyncio.timeout(20):
            if when == "afterwards":
                await reader.readuntil(b"\r\n\r\n")
                writer.write(flood)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while more := await reader.read(65536):
                    answer += more
        writer.close()
        assert answer.count(b"\x8a\x00") == 0, "not one ping of the flood was answered"
        await sync_to_async(count.verify_all)()
        board, _ = await follow(quiet, whole["board"], whole["version"], lambda b: b["status"] == "verified")
        assert board["progress"]["boxes_verified"] == 7


@pytest.mark.parametrize(
    "query", ["?since=-1", "?since=x&epoch=y", "?since=99999999999", "?" + "&".join("a" * 50), "?since=1.5"]
)
async def test_it_gives_the_whole_board_for_a_since_that_says_nothing(server: Server, count: Count, query: str) -> None:
    async with watch(server, query=query) as socket:
        assert "board" in await frame(socket)


async def test_it_speaks_no_cookie_and_asks_no_session(server: Server, count: Count) -> None:
    async with watch(server) as socket:
        assert socket.response is not None
        assert "set-cookie" not in {name.lower() for name in socket.response.headers}


async def test_it_ends_cleanly_with_sockets_open(server: Server, count: Count) -> None:
    sockets = [await watch(server) for _ in range(20)]
    for socket in sockets:
        await frame(socket)
    assert await sync_to_async(server.stop)() in (0, -15)
    log = await sync_to_async(server.log.read_text)()
    assert "Traceback" not in log
    assert "Segmentation" not in log
    for socket in sockets:
        await socket.close()
