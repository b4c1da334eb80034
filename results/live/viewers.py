"""Viewers at the end of different wires; to the hub they are all alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from results.live.frames import Frame

logger = logging.getLogger(__name__)


class Writer(Protocol):
    """The server's extension "countnight.writer" (countnight/writer.py)."""

    owner: Any

    def __call__(self, data: bytes) -> bool:
        """Accept bytes at once or not at all."""
        ...

    def send(self, data: bytes) -> int:
        """The socket's own send: how many bytes it accepted; OSError where it accepts none."""
        ...

    def rest(self, data: bytes) -> None:
        """Leave what `send` did not accept to the server."""
        ...

    def waiting(self) -> list[Any]:
        """Owners of the connections for which the server itself has something to write: `send` would overtake it."""
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
        """Accept a frame without waiting; False when the last one is still on its way (the viewer is then behind)."""
        raise NotImplementedError

    @staticmethod
    def offer_all(viewers: dict[Any, None], frame: Frame) -> list[Any]:
        """Offer a frame to many of this kind; those who did not accept it."""
        return [viewer for viewer in viewers if not viewer.offer(frame)]

    def close(self) -> None:
        """The connection is gone: accept nothing more."""

    def drop(self) -> None:
        """End this viewer's connection: it has accepted nothing for too long."""
        raise NotImplementedError


class DirectSocket(Viewer):
    """A websocket to whose connection frames are written directly."""

    __slots__ = ("_send", "_write")

    def __init__(self, write: Writer) -> None:
        super().__init__()
        self._write = write
        self._send = write.send
        write.owner = self

    def offer(self, frame: Frame) -> bool:
        """To the socket, or not at all."""
        return self._write(frame.wire)

    @staticmethod
    def offer_all(viewers: dict[Any, None], frame: Frame) -> list[Any]:
        """As `offer`, but looking at each connection only if the server has something waiting for it.

        That is most of what our own code costs in a delivery: what is not in the processor's cache is what takes time.
        """
        if not viewers:
            return []
        held = [viewer for viewer in next(iter(viewers))._write.waiting() if viewer in viewers]
        refused = [viewer for viewer in held if not viewer.offer(frame)]
        free = viewers.keys() - held if held else viewers
        data = frame.wire
        size = len(data)
        for viewer in free:
            try:
                accepted = viewer._send(data)
            except OSError:
                refused.append(viewer)
            else:
                if accepted != size:
                    viewer._write.rest(data[accepted:])
        return refused

    def drop(self) -> None:
        """Its own coroutine hears of the end."""
        self._write.abort()


class DirectStream(DirectSocket):
    """A stream of server-sent events to whose connection they are written directly."""

    __slots__ = ()

    def offer(self, frame: Frame) -> bool:
        """To the socket, or not at all."""
        return self._write(frame.event)

    offer_all = Viewer.offer_all


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
        """Accept nothing more."""
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
