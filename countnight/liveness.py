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
    pinged: float | None = None
    answered = True

    def check_timeouts(self) -> None:
        """Called by Daphne every two seconds: ping, or end the connection that left the last ping unanswered."""
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
        # Who is full was not pinged and cannot answer: if it takes nothing for too long, the hub hangs up.
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
