"""Viewers' sockets: receive-only, without cookies, session or user. Plain ASGI: one coroutine for each viewer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from results.live.hub import FullError, hub
from results.live.rooms import Room, UnknownContestError

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

UNKNOWN_CONTEST = 4404
FULL = 4429
ONLY_LISTENS = 4400


class SocketViewer:
    """A viewer at the end of ASGI's `send()`: one frame on its way, and what is newest when it has left."""

    __slots__ = ("_closed", "_loop", "_send", "_sending", "behind", "room", "version")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sending: asyncio.Task[None] | None = None
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self.version = 0
        self.behind = True
        self.room: Room | None = None

    def offer(self, frame: str) -> bool:
        """Send a frame unless the last one is still on its way."""
        if self._sending is not None or self._closed:
            return False
        self._sending = self._loop.create_task(self._deliver(frame))
        return True

    async def _deliver(self, frame: str) -> None:
        try:
            await self._send({"type": "websocket.send", "text": frame})
        except Exception:
            # The socket went while the frame was under way; its own coroutine hears of it and leaves.
            self._closed = True
        finally:
            self._sending = None
        if self.room is not None and not self._closed:
            hub().drained(self.room, self)

    def close(self) -> None:
        """Take nothing more."""
        self._closed = True
        if self._sending is not None:
            self._sending.cancel()


def _since(query: bytes) -> tuple[str, int]:
    """The epoch and version that a viewer has; whatever cannot be read counts as having nothing."""
    given = parse_qs(query.decode("ascii", "replace"), max_num_fields=8) if query.count(b"&") < 8 else {}
    epoch, since = given.get("epoch", [""])[0], given.get("since", [""])[0]
    return epoch, int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0


async def viewer_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One viewer of one contest, from connect to disconnect."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    viewer = SocketViewer(send)
    here = hub()
    here.start(asyncio.get_running_loop())
    try:
        room = await here.join(scope["url_route"]["kwargs"]["contest"], viewer, *_since(scope["query_string"]))
    except UnknownContestError:
        await send({"type": "websocket.close", "code": UNKNOWN_CONTEST})
        return
    except FullError:
        await send({"type": "websocket.close", "code": FULL})
        return
    viewer.room = room
    try:
        here.drained(room, viewer)
        message = await receive()
        if message["type"] == "websocket.receive":
            await send({"type": "websocket.close", "code": ONLY_LISTENS})
    finally:
        viewer.close()
        here.leave(room, viewer)


async def unknown_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A path at which nobody speaks."""
    await receive()
    await send({"type": "websocket.close", "code": UNKNOWN_CONTEST})
