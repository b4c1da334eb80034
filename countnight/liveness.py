"""Finding dead viewers: a ping now and then, and a connection that did not answer the last one is ended.

As Daphne and Autobahn do it, a ping costs twenty times what it costs to send the two bytes: a timer, random numbers, a
trip through the event loop for writing. With ten thousand viewers that was a tenth of a core, for nothing but waiting.
"""

from __future__ import annotations

import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

PING = b"\x89\x00"


class PingedSocket(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's websocket, pinged through the writer where it has one."""

    writer: Any = None
    last_ping: float
    answered = True

    def check_timeouts(self) -> None:
        """Called by Daphne every two seconds: ping, or end the connection that left the last ping unanswered."""
        if self.writer is None or self.state != self.STATE_OPEN:
            super().check_timeouts()
            return
        now = time.time()
        if now - self.last_ping <= self.server.ping_interval:
            return
        if not self.answered:
            self.writer.abort()
            return
        self.last_ping = now
        self.answered = False
        # Who is full is not pinged: that it takes nothing will be seen in the same way.
        self.writer(PING)

    def onPong(self, payload: bytes) -> None:
        """The other end is there."""
        self.answered = True

    def connectionLost(self, reason: Any) -> None:
        """Let go of each other: what refers to itself in a circle waits for the collector."""
        super().connectionLost(reason)
        if self.writer is not None:
            self.writer.release()
            self.writer = None
