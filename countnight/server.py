"""The Daphne server as countnight runs it: a deep backlog, small messages in, a hub, and a clean end."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
import daphne.server
from daphne.server import Server, twisted_loop
from twisted.internet import reactor

from countnight.edge import BoundedFactory, Door
from countnight.liveness import PingedSocket
from countnight.turns import shorten
from countnight.unread import leave_unread
from countnight.writer import EXTENSION, direct_writer

logger = logging.getLogger(__name__)

BACKLOG = 4096
"""Daphne's default of 50 makes a crowd wait: the slowest of a hundred connects took 1.9 s instead of 0.2 s."""
ACCEPTS = 8
"""Connections taken in one turn of the event loop. Twisted takes a hundred and more when a crowd comes, and what officers
send waits for all of them: 4.8 s with five thousand viewers coming back."""
LARGEST_MESSAGE = 4096
"""Viewers only listen; what they send is nothing or an attack."""
LARGEST_BOARD = 1 << 20
"""Autobahn holds what `send()` carries against the limit of what comes in; what is written directly it does not see."""
EVENTS = "/events"
"""Paths whose answers are event streams; all other answers are sent in one piece, and need no writer."""
LOOK_SECONDS = 5
COLLECT_AFTER, COLLECT_AT_LAST = 6, 60
"""Looks for a calm moment: the collector runs at the first after 30 seconds, and after five minutes in any case."""
CALM = 100
"""Viewers that came or went since the last look, at most, for the moment to be calm. A crowd that comes back is not the
time to stop everything for half a second."""
THAW_AFTER = 1000
"""So many viewers must have gone before everything is looked at again: 0.3 s with five thousand still here."""
PING_SECONDS = 25
"""A ping that was not answered when the next one is due ends the connection: nobody dead lasts a minute."""
UNANSWERED_MS = 45_000
"""A connection whose other end acknowledges nothing for so long is closed by the kernel."""
UNSENT_BYTES = 65_536
"""What the kernel keeps unsent for one client. Its own measure is megabytes: a slow reader would see old boards."""


class CountnightServer(Server):  # type: ignore[misc]
    """Daphne with the process's hub beside it, and the extension "countnight.writer" unless `direct` is False."""

    def __init__(self, application: Any, host: str, port: int, *, direct: bool = True, **options: Any) -> None:
        # In an endpoint's description a colon separates, so that those of an IPv6 address are escaped.
        interface = host.replace(":", r"\:")
        super().__init__(
            application,
            endpoints=[f"tcp:port={port}:interface={interface}:backlog={BACKLOG}"],
            websocket_max_message_size=LARGEST_MESSAGE if direct else LARGEST_BOARD,
            websocket_max_frame_size=LARGEST_MESSAGE,
            ping_interval=PING_SECONDS,
            server_name="countnight",
            **options,
        )
        self.failed = ""
        self.door = Door()
        self.moved = self.gone = self.looked = 0
        self.direct = direct

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; every task is ended before the interpreter is."""
        shorten(twisted_loop)
        daphne.server.HTTPFactory = BoundedFactory
        leave_unread(autobahn.websocket.protocol, autobahn.twisted.websocket)
        reactor.callWhenRunning(self._start)
        try:
            super().run()
        finally:
            self._end_tasks()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Daphne's own with our extension; and no client says where we are mounted (the header Daphne-Root-Path)."""
        scope["root_path"] = ""
        stream = scope["type"] == "http" and scope["path"].endswith(EVENTS)
        viewer = scope["type"] == "websocket" or stream
        if stream:
            # From here on it is the hub that counts it.
            self.door.gone(protocol.channel)
        if self.direct and viewer and (writer := direct_writer(protocol)) is not None:
            scope.setdefault("extensions", {})[EXTENSION] = protocol.writer = writer
        return super().create_application(protocol, scope)

    def protocol_connected(self, protocol: Any) -> None:
        """Daphne's own, counted."""
        super().protocol_connected(protocol)
        self.moved += 1

    def protocol_disconnected(self, protocol: Any) -> None:
        """Daphne's own; and viewers who went are counted, since what they leave is found by the collector alone."""
        super().protocol_disconnected(protocol)
        writer = getattr(protocol, "writer", None)
        if writer is not None:
            writer.release()
            protocol.writer = None
            self.gone += 1
            self.moved += 1

    def application_checker(self) -> None:
        """Daphne's own, which ends for ever at an answer that failed after it had begun: such a connection is cut."""
        for protocol, details in self.connections.items():
            running = details.get("application_instance")
            if (
                running is not None
                and running.done()
                and getattr(protocol, "_response_started", False)
                and "disconnected" not in details
                and not running.cancelled()
                and (error := running.exception()) is not None
            ):
                logger.error("an answer failed after it had begun", exc_info=error)
                del details["application_instance"]
                protocol.channel.transport.abortConnection()
        super().application_checker()

    def timeout_checker(self) -> None:
        """Daphne's own, every two seconds; and those who are too slow are ended."""
        self.door.look()
        super().timeout_checker()

    def listen_success(self, port: Any) -> None:
        """Daphne's own; what is set on the listening socket, every accepted one inherits."""
        super().listen_success(port)
        for option, value in (
            (socket.TCP_USER_TIMEOUT, UNANSWERED_MS),
            (socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES),
        ):
            port.socket.setsockopt(socket.IPPROTO_TCP, option, value)
        accept = port.doRead

        def accept_few() -> None:
            port.numberAccepts = ACCEPTS
            accept()

        port.doRead = accept_few

    def listen_error(self, failure: Any) -> None:
        """The port cannot be had: say so, and stop."""
        self.failed = failure.getErrorMessage()
        super().listen_error(failure)

    def kill_all_applications(self) -> Any:
        """Daphne's own, without the connections whose application has ended already, on which it would stumble."""
        self.connections: dict[Any, Any] = {
            protocol: details for protocol, details in self.connections.items() if "application_instance" in details
        }
        return super().kill_all_applications()

    def _start(self) -> None:
        from results.live.hub import hub

        self.ws_factory.protocol = PingedSocket
        hub().start(asyncio.get_event_loop())
        gc.set_threshold(50_000, 50, 50)
        self._collect()
        reactor.callLater(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Let the collector run when nobody comes or goes."""
        self.looked += 1
        calm, self.moved = self.moved < CALM, 0
        if (calm and self.looked >= COLLECT_AFTER) or self.looked >= COLLECT_AT_LAST:
            self._collect()
        reactor.callLater(LOOK_SECONDS, self._look)

    def _collect(self) -> None:
        """Only what has come since the last time is looked at: what lasts is frozen."""
        self.looked = 0
        if self.gone >= max(THAW_AFTER, len(self.connections) // 2):
            gc.unfreeze()
            self.gone = 0
        gc.collect()
        gc.freeze()

    def _end_tasks(self) -> None:
        # A task that outlives the reactor makes Python 3.11 crash while it shuts down with a socket open.
        if twisted_loop.is_closed():
            return
        # One that is cancelled may begin another.
        for _ in range(10):
            tasks = [task for task in asyncio.all_tasks(twisted_loop) if not task.done()]
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            twisted_loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
