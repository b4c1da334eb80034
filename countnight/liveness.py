"""Finding dead viewers: a ping now and then, and a connection that did not answer the last one, or says too much, is ended.

As Daphne and Autobahn do it, a ping costs twenty times what it costs to send the two bytes: a timer, random numbers, a
trip through the event loop for writing. With ten thousand viewers that was a tenth of a core, for nothing but waiting.
"""

from __future__ import annotations

import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

PING = b"\x89\x00"
SAID_AT_ONCE, SAID_PER_LOOK = 4608, 512
"""Bytes that a viewer may send at once (the largest message and a little), and for how many of them each look makes room
again. A frame costs 25 us however small it is: one read of empty pings held everybody up for 0.3 s."""


class PingedSocket(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's websocket, pinged through the writer where it has one."""

    writer: Any = None
    pinged: float | None = None
    answered = True
    said = 0

    def dataReceived(self, data: bytes) -> None:
        """Autobahn's own; but of a viewer who says more than a browser ever would, nothing is even looked at."""
        if self.state == self.STATE_CONNECTING or self._may_say(len(data)):
            super().dataReceived(data)

    def onOpen(self) -> None:
        """Daphne's own; what came together with the handshake is looked at next."""
        super().onOpen()
        self._may_say(len(self.data))

    def _may_say(self, size: int) -> bool:
        self.said += size
        if self.said > SAID_AT_ONCE:
            self.dropConnection(abort=True)
        return self.said <= SAID_AT_ONCE

    def check_timeouts(self) -> None:
        """Called by Daphne every two seconds: ping, or end the connection that left the last ping unanswered."""
        if self.said:
            self.said = max(0, self.said - SAID_PER_LOOK)
        if self.writer is None or self.state != self.STATE_OPEN:
            super().check_timeouts()
            return
        now = time.monotonic()
        if self.pinged is None:
            self.pinged = now
        if now - self.pinged <= self.server.ping_interval:
            return
        if not self.answered:
            self.writer.abort()
            return
        self.pinged = now
        # Who is full was not pinged and cannot answer: if it accepts nothing for too long, the hub hangs up.
        self.answered = not self.writer(PING)

    def onPong(self, payload: bytes) -> None:
        """The other end is there."""
        self.answered = True

    def _closeConnection(self, abort: bool = False) -> None:
        """Autobahn's own end of a connection; ours where it is abrupt, after which nothing more may be written."""
        if abort and self.writer is not None:
            self.writer.abort()
        else:
            super()._closeConnection(abort)
