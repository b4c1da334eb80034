"""Viewers at the end of different wires; to the hub they are all alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from results.live.frames import Frame

logger = logging.getLogger(__name__)


class Writer(Protocol):
    """The server's extension "countnight.writer" (countnight/writer.py)."""

    def __call__(self, data: bytes) -> bool:
        """Take bytes at once or not at all."""
        ...

    def abort(self) -> None:
        """End the connection."""
        ...


class Viewer:
    """One reader of a contest: the version it has, and whether it is to get a newer one."""

    __slots__ = ("behind", "version")

    def __init__(self) -> None:
        self.version = 0
        self.behind = True

    def offer(self, frame: Frame) -> bool:
        """Take a frame without waiting; False when the last one is still on its way (the viewer is then behind)."""
        raise NotImplementedError

    def drop(self) -> None:
        """End this viewer's connection: it has taken nothing for too long."""
        raise NotImplementedError


class DirectSocket(Viewer):
    """A websocket to whose connection frames are written directly."""

    __slots__ = ("_write",)

    def __init__(self, write: Writer) -> None:
        super().__init__()
        self._write = write

    def offer(self, frame: Frame) -> bool:
        """To the socket, or not at all."""
        return self._write(frame.wire)

    def drop(self) -> None:
        """Its own coroutine hears of the end."""
        self._write.abort()


class DirectStream(DirectSocket):
    """A stream of server-sent events to whose connection they are written directly."""

    __slots__ = ()

    def offer(self, frame: Frame) -> bool:
        """To the socket, or not at all."""
        return self._write(frame.event)


class SlotViewer(Viewer):
    """A viewer at the end of ASGI's `send()`, on servers without the extension: one frame on its way, never two.

    `send` carries one frame, `end` ends the connection, and `drained` is called when a frame has left.
    """

    __slots__ = ("_closed", "_end", "_send", "_sending", "drained")

    def __init__(self, send: Callable[[Frame], Awaitable[None]], end: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._send = send
        self._end = end
        self._sending: asyncio.Task[None] | None = None
        self._closed = False
        self.drained: Callable[[], None] | None = None

    def offer(self, frame: Frame) -> bool:
        """Send a frame unless the last one is still on its way."""
        if self._sending is not None or self._closed:
            return False
        self._sending = asyncio.get_running_loop().create_task(self._deliver(frame))
        return True

    async def _deliver(self, frame: Frame) -> None:
        try:
            await self._send(frame)
        except Exception:
            # Gone, or refused by the server: without a connection the page at least knows that it must ask.
            logger.warning("a frame of %d bytes could not be sent", len(frame), exc_info=True)
            self.drop()
            return
        self._sending = None
        if self.drained is not None and not self._closed:
            self.drained()

    def close(self) -> None:
        """Take nothing more."""
        self._closed = True
        if self._sending is not None:
            self._sending.cancel()

    def drop(self) -> None:
        """Give up the frame that does not leave, and hang up."""
        self._closed = True
        if self._sending is not None and self._sending is not asyncio.current_task():
            self._sending.cancel()
        self._sending = asyncio.get_running_loop().create_task(self._hang_up())

    async def _hang_up(self) -> None:
        try:
            await self._end()
        except Exception:
            logger.debug("nobody was there to hang up on", exc_info=True)
