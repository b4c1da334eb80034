"""The door of a process: how much a request may carry, how long it may take to come, and how many connections there are.

All of it is decided by the event loop, before a thread, a file or the memory of a body is spent. Viewers are not counted here,
once they are viewers: the hub has a limit for them (countnight/limits.py).
"""

from __future__ import annotations

import re
import time
from collections import Counter
from io import BytesIO
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web import http

LARGEST_BODY = 262_144
"""The largest form of a count is a tenth of it."""
REQUEST_SECONDS = 20.0
"""A request has so long to be complete, from its first byte or from the connection: a sheet on the worst line takes three."""
IDLE_SECONDS = 60.0
"""A connection may idle so long between two requests; reading the first one's answer is included."""
REFUSED_SECONDS = 5.0
"""A refused connection stays open so long: closed while the client still sends, its kernel would throw our answer away."""
CONNECTIONS = 400
"""Connections of others than viewers. Fewer than the files that countnight/limits.py keeps free for them and the database."""


METHOD = re.compile(rb"[A-Z]{1,20}")


def _answer(status: bytes, words: str, *headers: bytes) -> bytes:
    body = f"{words}\n".encode()
    lines = [b"HTTP/1.1 " + status, b"Content-Type: text/plain; charset=utf-8", b"Content-Length: %d" % len(body)]
    return b"\r\n".join([*lines, b"Connection: close", *headers, b"", body])


TOO_LARGE = _answer(b"413 Content Too Large", f"A request may carry {LARGEST_BODY:,} bytes here.")
TOO_SLOW = _answer(b"408 Request Timeout", f"The request was not complete after {REQUEST_SECONDS:g} seconds.")
TOO_MANY = _answer(b"503 Service Unavailable", "Too many are being answered: ask again.", b"Retry-After: 2")


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """Daphne's request, whose body is kept in memory: it is small, and needs no file."""

    def process(self) -> Any:
        """Daphne's own, for requests it can read: an odd method, or a header that says where we are, is an error there."""
        self.requestHeaders.removeHeader(b"daphne-root-path")
        if not METHOD.fullmatch(self.method):
            return self.basic_error(400, b"Bad Request", "There is no such method")
        return super().process()

    def gotLength(self, length: int | None) -> None:
        """The headers are read."""
        self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        """A part of the body; of one that is refused nothing is kept."""
        if not self.content.closed:
            self.content.write(data)


class BoundedChannel(http.HTTPChannel):  # type: ignore[misc]
    """Twisted's connection, which refuses what is too large, and ends what is too slow."""

    requestFactory = BoundedRequest

    address = ""
    deadline = 0.0
    asking = False
    """Whether a part of a request has come, or none ever."""
    refused = False
    _body = 0

    def connectionMade(self) -> None:
        """Counted from now on."""
        super().connectionMade()
        self.address = getattr(self.transport.getPeer(), "host", "")
        self.door.came(self)

    @property
    def door(self) -> Door:
        """The door of this process."""
        door: Door = self.factory.door
        return door

    def dataReceived(self, data: bytes) -> None:
        """The first byte of a request starts its time."""
        if self.refused:
            return
        if not self.asking and not self._handlingRequest:
            self.door.asks(self)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        """Refuse by what the headers announce."""
        self._body = 0
        if self.length is not None and self.length > LARGEST_BODY:
            self.refuse(TOO_LARGE)
        else:
            super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        """Refuse by what really comes: of a body in chunks nobody has said the size."""
        if self.refused:
            return
        if not self._handlingRequest:
            self._body += len(data)
            # What follows the body on the same line was read with it, and is at most one read.
            if self.length is None and self._body > LARGEST_BODY:
                self.refuse(TOO_LARGE)
                return
        super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        """The request is whole."""
        if self.refused:
            return
        self.door.handled(self)
        super().allContentReceived()
        if self.transport is not None and self.transport.protocol is not self:
            # It is a websocket now.
            self.door.gone(self)

    def requestDone(self, request: Any) -> None:
        """The answer is on its way, and the next request may come."""
        self.door.idles(self)
        super().requestDone(request)

    def refuse(self, answer: bytes) -> None:
        """Say why, read nothing more, and close the connection when the client has read the answer."""
        self.refused = True
        self.persistent = 0
        self.door.refused(self)
        for request in self.requests:
            if request.content is not None:
                request.content.close()
        self.transport.write(answer)
        self.transport.loseWriteConnection()

    def connectionLost(self, reason: Any) -> None:
        """Counted no more."""
        self.door.gone(self)
        super().connectionLost(reason)


class Door:
    """All connections of this process that are no viewers, by what they do."""

    def __init__(self, most: int = CONNECTIONS) -> None:
        self.most = most
        # In the order of their coming into that state, so that the first is the oldest.
        self._asking: dict[BoundedChannel, None] = {}
        self._idle: dict[BoundedChannel, None] = {}
        self._handled: dict[BoundedChannel, None] = {}
        self._refused: dict[BoundedChannel, None] = {}

    def __len__(self) -> int:
        return len(self._asking) + len(self._idle) + len(self._handled) + len(self._refused)

    def came(self, channel: BoundedChannel) -> None:
        """A new connection; where there are too many, the one that is missed least makes room."""
        if len(self) >= self.most and not self._make_room():
            channel.refuse(TOO_MANY)
            return
        self.asks(channel)

    def asks(self, channel: BoundedChannel) -> None:
        """A request has begun to come."""
        self._move(channel, self._asking, REQUEST_SECONDS)
        channel.asking = True

    def handled(self, channel: BoundedChannel) -> None:
        """A whole request is being answered, which takes as long as it takes."""
        self._move(channel, self._handled, 0)
        channel.asking = False

    def idles(self, channel: BoundedChannel) -> None:
        """An answer has been given."""
        self._move(channel, self._idle, IDLE_SECONDS)

    def refused(self, channel: BoundedChannel) -> None:
        """The refusal has been sent."""
        self._move(channel, self._refused, REFUSED_SECONDS)

    def gone(self, channel: BoundedChannel) -> None:
        """The connection has ended, or is a viewer's now."""
        for state in (self._asking, self._idle, self._handled, self._refused):
            state.pop(channel, None)

    def look(self) -> None:
        """End those whose time is over."""
        now = time.monotonic()
        for state in (self._asking, self._idle, self._refused):
            for channel in list(state):
                if channel.deadline > now:
                    break
                if state is self._asking and channel.requests:
                    channel.refuse(TOO_SLOW)
                else:
                    self._end(channel)

    def _move(self, channel: BoundedChannel, state: dict[BoundedChannel, None], seconds: float) -> None:
        self.gone(channel)
        state[channel] = None
        channel.deadline = time.monotonic() + seconds

    def _make_room(self) -> bool:
        """End one connection: where most requests are unfinished, the oldest of the address that has most; else an idle one."""
        if self._refused:
            self._end(next(iter(self._refused)))
        elif len(self._asking) > self.most // 2 or (self._asking and not self._idle):
            ((greediest, _),) = Counter(channel.address for channel in self._asking).most_common(1)
            self._end(next(channel for channel in self._asking if channel.address == greediest))
        elif self._idle:
            self._end(next(iter(self._idle)))
        else:
            return False
        return True

    def _end(self, channel: BoundedChannel) -> None:
        self.gone(channel)
        channel.transport.abortConnection()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """Daphne's factory, whose connections are bounded. Twisted's own time-out is off: any byte would put it off."""

    protocol = BoundedChannel

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.timeOut = None
        self.door = server.door

    def buildProtocol(self, addr: Any) -> Any:
        """Daphne's own, with a request of ours."""
        channel = super().buildProtocol(addr)
        channel.requestFactory = BoundedRequest
        return channel
