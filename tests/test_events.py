"""Server-sent events against a real server: the same frames as by websocket, and a way back after a break."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tests.conftest import Server, wait_for
from tests.counts import Count, make_count
from tests.hubs import follow_board, running_hub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]

ADDRESS = "/contests/parl.testshire.2026-11-05/events"


@pytest.fixture
async def count(server: Server) -> AsyncIterator[Count]:
    made = await sync_to_async(make_count)()
    await sync_to_async(connections.close_all)()
    await sync_to_async(server.start)()
    yield made
    await sync_to_async(server.stop)()
    await sync_to_async(connections.close_all)()


class Stream:
    """A browser's EventSource, as far as we need one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()
        self.last_id = ""

    async def next(self) -> dict[str, Any]:
        """The next event's document; comments are passed over."""
        data = None
        async for line in self._lines:
            if line.startswith("id: "):
                self.last_id = line.removeprefix("id: ")
            elif line.startswith("data: "):
                data = line.removeprefix("data: ")
            elif not line and data is not None:
                return json.loads(data)  # type: ignore[no-any-return]
        raise AssertionError("the stream ended")


def listen(server: Server, query: str = "", **headers: str) -> Any:
    client = httpx.AsyncClient(base_url=server.base, timeout=20)
    return client.stream("GET", ADDRESS + query, headers=headers)


async def follow(stream: Stream, board: dict[str, Any], version: int, until: Any) -> tuple[dict[str, Any], int]:
    return await follow_board(stream.next, board, version, until)


async def test_it_streams_what_an_officer_enters(server: Server, count: Count) -> None:
    async with listen(server) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert "set-cookie" not in response.headers
        stream = Stream(response)
        whole = await stream.next()
        assert stream.last_id == f"{whole['epoch']}-{whole['version']}"
        await sync_to_async(count.ready)()
        await sync_to_async(count.enter)(1)
        board, version = await follow(stream, whole["board"], whole["version"], lambda board: "candidates" in board)
        assert board["candidates"]["1"]["votes"] == 400
        assert board == await sync_to_async(count.board)()
        assert stream.last_id == f"{whole['epoch']}-{version}"


async def test_it_goes_on_from_the_last_event_a_browser_had(server: Server, count: Count) -> None:
    async with listen(server) as response:
        stream = Stream(response)
        whole = await stream.next()
        last = stream.last_id
    await sync_to_async(count.ready)()
    await sync_to_async(count.enter)(1)
    async with listen(server, **{"Last-Event-ID": last}) as response:
        board, _ = await follow(Stream(response), whole["board"], whole["version"], lambda board: "candidates" in board)
        assert board == await sync_to_async(count.board)()
    # The browser's word is newer than the address, which stays as it was when the page was opened.
    async with listen(
        server, f"?epoch={whole['epoch']}&since={whole['version']}", **{"Last-Event-ID": "x-7"}
    ) as response:
        assert (await Stream(response).next())["board"] == board


@pytest.mark.parametrize("last", ["", "7", "x-7", "-", "é-1", "a" * 3000, "0-99999999999"])
async def test_it_gives_the_whole_board_where_the_last_event_says_nothing(
    server: Server, count: Count, last: str
) -> None:
    async with listen(server, **{"Last-Event-ID": last.encode("latin-1")}) as response:  # type: ignore[arg-type]
        assert "board" in await Stream(response).next()


async def test_it_says_what_is_wrong_with_what_it_is_asked(server: Server, count: Count) -> None:
    async with httpx.AsyncClient(base_url=server.base, timeout=20) as client:
        unknown = await client.get("/contests/parl.nowhere.2026-11-05/events")
        assert (unknown.status_code, unknown.text) == (404, "There is no such contest.\n")
        posted = await client.post(ADDRESS)
        assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")
        head = await client.head(ADDRESS)
        assert head.status_code == 200
        assert head.headers["content-type"].startswith("text/event-stream")


async def test_it_sends_viewers_away_when_it_is_full_and_takes_them_again(server: Server, count: Count) -> None:
    await sync_to_async(server.stop)()
    server.environment["LIVE_MAX_VIEWERS"] = "1"
    await sync_to_async(server.start)()
    async with httpx.AsyncClient(base_url=server.base, timeout=20) as client:
        async with listen(server) as response:
            # Kept: what reads the answer hangs up when nobody refers to it any more.
            viewer = Stream(response)
            assert (await viewer.next())["board"]
            refused = await client.get(ADDRESS)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert "updates" in refused.text
            # What they are told to do instead works.
            assert (await client.get("/contests/parl.testshire.2026-11-05/updates")).json()["board"]

        def admitted() -> bool:
            with httpx.stream("GET", server.base + ADDRESS) as again:
                return again.status_code == 200

        await sync_to_async(wait_for)(admitted, what="the place of the one who left")


async def test_it_serves_an_old_proxy_without_chunks(server: Server, count: Count) -> None:
    """HTTP/1.0, as nginx speaks to what is behind it unless told otherwise: the stream is as it is, until it ends."""

    def read() -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), 20) as connection:
            connection.sendall(f"GET {ADDRESS} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            got = b""
            while b"\n\n" not in got.partition(b"data: ")[2]:
                got += connection.recv(65536)
            return got

    head, _, body = (await sync_to_async(read)()).partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    event = body.split(b"\n\n")[1].split(b"\ndata: ")[1]
    assert json.loads(event)["board"]


async def test_it_ends_a_stream_that_cannot_be_begun(
    server: Server, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    from results.live import consumers

    class Broken:
        left = 0

        async def admit(self, contest: str) -> int:
            return 1

        async def watch(self, *_: Any) -> None:
            raise OSError("the database is locked")

        def give_back(self) -> None:
            self.left += 1

    broken = Broken()
    monkeypatch.setattr(consumers, "hub", lambda: SimpleNamespace(joining=broken))
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        raise AssertionError("nobody is to be waited for")

    scope = {
        "method": "GET",
        "headers": [],
        "query_string": b"",
        "url_route": {"kwargs": {"contest": "parl.testshire.2026-11-05"}},
    }
    await consumers.viewer_events(scope, receive, send)
    assert not sent[-1].get("more_body")
    assert broken.left == 1


async def test_it_streams_to_a_server_without_the_extension(count: Count) -> None:
    """Any other ASGI server: through `send()`, a frame at a time."""
    from countnight.asgi import application

    sent: list[dict[str, Any]] = []
    told = asyncio.Event()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        told.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": ADDRESS,
        "raw_path": ADDRESS.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    async with running_hub() as here:
        running = asyncio.ensure_future(application(scope, receive, send))  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            while not any(b"data: " in message.get("body", b"") for message in sent):
                told.clear()
                await told.wait()
        assert sent[0]["type"] == "http.response.start"
        assert here.joining.viewers == 1
        gone.set()
        await running
        assert here.joining.viewers == 0
