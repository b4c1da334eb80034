"""A document made ready for its readers once, however many they are."""

from __future__ import annotations

import json
from typing import Any


class Frame:
    """A document as JSON, as a frame of a websocket, and as a server-sent event; each made once.

    `event_id` is what a browser gives back in Last-Event-ID: the epoch and the version that the reader then has.
    """

    __slots__ = ("_event", "event_id", "payload", "wire")

    def __init__(self, document: dict[str, Any]) -> None:
        self.payload = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        self.wire = websocket_frame(self.payload)
        self.event_id = f"{document['epoch']}-{document['version']}"
        self._event = b""

    @property
    def text(self) -> str:
        """The JSON as text."""
        return self.payload.decode()

    @property
    def event(self) -> bytes:
        """The JSON as a server-sent event."""
        if not self._event:
            self._event = b"id: %b\ndata: %b\n\n" % (self.event_id.encode(), self.payload)
        return self._event

    def __len__(self) -> int:
        return len(self.payload)


def websocket_frame(payload: bytes) -> bytes:
    """A text message in one unmasked frame, as a server sends it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload
