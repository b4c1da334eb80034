"""The ASGI extension "countnight.writer": bytes that are ready go to a client's socket without a detour.

`send()` costs seven times what the kernel asks for a write: a task, a message, a check, a frame and two copies for each
viewer. Here the same frame is offered to every socket, and what the kernel does not accept at once is left to Twisted.
What this relies on inside Twisted, Autobahn and Daphne is pinned by tests/test_writer.py.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne.http_protocol import WebRequest
from twisted.internet import reactor, tcp

EXTENSION = "countnight.writer"
CONTROL_BYTES = 512
"""What may wait before a frame without making the client count as full: pings and their like, never a board."""

_OPEN = WebSocketServerProtocol.STATE_OPEN


class DirectWriter:
    """Writes ready bytes to one client; True when they are accepted, False when they are not and never will be.

    A client is full while its kernel buffer accepts nothing, or Twisted still holds the rest of a frame for it: it costs
    at most that rest. Never used past TLS.
    """

    __slots__ = ("_protocol", "_transport", "owner", "rest", "send")

    def __init__(self, protocol: Any, transport: tcp.Server) -> None:
        self._protocol = protocol
        self._transport = transport
        self.owner: Any = None
        # For those who write to very many at once, and have asked `waiting` just before.
        self.send = transport.getHandle().send
        self.rest = transport.write
        transport.writer = self

    def _write(self, data: bytes) -> bool:
        transport = self._transport
        waiting = transport._tempDataLen + len(transport.dataBuffer)
        if waiting:
            # In its turn behind a ping, but behind a board it would only make a slow client's queue longer.
            if waiting > CONTROL_BYTES:
                return False
            transport.write(data)
            return True
        try:
            accepted = self.send(data)
        except OSError:
            # Full, or gone: of the latter the reactor hears by itself, and ends the connection.
            return False
        if accepted < len(data):
            transport.write(data[accepted:])
        return True

    @staticmethod
    def waiting() -> list[Any]:
        """Owners of the connections that Twisted has something to write to, or is about to close."""
        writers = [getattr(transport, "writer", None) for transport in reactor.getWriters()]
        return [writer.owner for writer in writers if writer is not None and writer.owner is not None]

    def release(self) -> None:
        """The connection is gone: refer to it no more. What refers to itself in a circle waits for the collector."""
        # A request that came behind this one on the same connection may have its own writer there by now.
        if self._transport.writer is self:
            self._transport.writer = None
        self.owner = None

    def abort(self) -> None:
        """End the connection now, whatever still waits to be sent."""
        if not self._transport.connected:
            return
        # Twisted closes the socket only in the next turn, and until then the rest of a frame would be overtaken.
        with contextlib.suppress(OSError):
            self._transport.getHandle().shutdown(socket.SHUT_RDWR)
        self._transport.abortConnection()


class SocketWriter(DirectWriter):
    """Takes whole websocket frames."""

    __slots__ = ()

    def __call__(self, data: bytes) -> bool:
        """Offer a frame."""
        return self._protocol.state == _OPEN and not self._transport.disconnecting and self._write(data)


class BodyWriter(DirectWriter):
    """Takes parts of a response's body, once `send()` has carried its headers and its first part."""

    __slots__ = ()

    def __call__(self, data: bytes) -> bool:
        """Offer a part of the body."""
        request = self._protocol
        if not request.startedWriting or request.finished or request._disconnected or self._transport.disconnecting:
            return False
        return self._write(b"%x\r\n%b\r\n" % (len(data), data) if request.chunked else data)


def direct_writer(protocol: Any) -> DirectWriter | None:
    """The writer for a connection of Daphne's, or None where bytes may not go to its socket as they are (TLS)."""
    request = isinstance(protocol, WebRequest)
    transport = protocol.channel.transport if request else protocol.transport
    if type(transport) is not tcp.Server or transport.TLS:
        return None
    return BodyWriter(protocol, transport) if request else SocketWriter(protocol, transport)
