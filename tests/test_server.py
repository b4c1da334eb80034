"""The server as we run it: short turns, few accepts in each, the collector in calm moments, dead viewers found."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import selectors
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import tcp
from twisted.internet.protocol import Factory, Protocol

from countnight import server as server_module
from countnight.liveness import PING, SAID_AT_ONCE, SAID_PER_LOOK, PingedSocket
from countnight.server import (
    ACCEPTS,
    CALM,
    COLLECT_AFTER,
    COLLECT_AT_LAST,
    THAW_AFTER,
    UNANSWERED_MS,
    UNSENT_BYTES,
    CountnightServer,
)
from countnight.turns import EVENTS, shorten
from tests.conftest import ROOT, wait_for
from tests.ports import free_port
from tests.test_writer import Line, received, shake_hands


def made() -> CountnightServer:
    server = CountnightServer(None, "127.0.0.1", 0)
    server.connections = {}
    return server


# --- turns ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    both = [socket.socketpair() for _ in range(3 * EVENTS)]
    yield both
    for one, other in both:
        one.close()
        other.close()


def test_it_takes_few_events_in_a_turn_and_forgets_none(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    loop = asyncio.SelectorEventLoop(selectors.EpollSelector())
    shorten(loop)
    shorten(loop)  # twice is as once
    heard: list[int] = []
    turns: list[int] = []

    def hear(number: int) -> None:
        pairs[number][0].recv(1)
        heard.append(number)

    def turn() -> None:
        turns.append(len(heard))
        if len(heard) == len(pairs):
            loop.stop()
        else:
            loop.call_soon(turn)

    for number, (one, other) in enumerate(pairs):
        one.setblocking(False)
        loop.add_reader(one, hear, number)
        other.send(b"x")
    loop.call_soon(turn)
    loop.run_forever()
    assert sorted(heard) == list(range(len(pairs)))
    assert max(after - before for before, after in itertools.pairwise(turns)) == EVENTS
    for one, _ in pairs:
        loop.remove_reader(one)
    loop.close()


def test_it_serves_an_officer_while_a_crowd_never_stops(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    loop = asyncio.SelectorEventLoop(selectors.EpollSelector())
    shorten(loop)
    served = 0

    def crowd() -> None:
        """Ready in each turn, since nobody reads."""
        nonlocal served
        served += 1
        assert served < 10 * len(pairs), "the officer was never served"

    for one, other in pairs:
        loop.add_reader(one, crowd)
        other.send(b"x")
    officer, tablet = socket.socketpair()
    loop.add_reader(officer, loop.stop)
    tablet.send(b"figures")
    loop.run_forever()
    assert served <= 2 * len(pairs), "each of the crowd goes before the officer once, and not again and again"
    for end in (officer, tablet):
        end.close()
    loop.close()


class Reactor:
    def addReader(self, reader: Any) -> None: ...

    def removeReader(self, reader: Any) -> None: ...

    def removeWriter(self, writer: Any) -> None: ...


def test_it_accepts_few_in_a_turn_and_each_with_our_settings() -> None:
    built: list[Protocol] = []

    class Counted(Factory):
        def buildProtocol(self, address: Any) -> Protocol:
            protocol = Protocol()
            built.append(protocol)
            return protocol

    port = tcp.Port(0, Counted(), 200, "127.0.0.1", reactor=Reactor())  # type: ignore[arg-type]
    port.startListening()
    made().listen_success(port)
    clients = [socket.create_connection(("127.0.0.1", port.getHost().port)) for _ in range(5 * ACCEPTS)]
    for turn in range(1, 6):
        port.doRead()
        assert len(built) == turn * ACCEPTS
    accepted: socket.socket = built[0].transport.getHandle()  # type: ignore[union-attr]
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNANSWERED_MS
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == UNSENT_BYTES
    for client in clients:
        client.close()
    for protocol in built:
        protocol.transport.getHandle().close()  # type: ignore[union-attr]
    port.socket.close()


# --- the collector -------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the collector."""
    told: list[str] = []
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda name=name: told.append(name))
    monkeypatch.setattr(server_module.reactor, "callLater", lambda *_: None, raising=False)
    return told


def viewers(server: CountnightServer, number: int) -> list[PingedSocket]:
    class Writer:
        def release(self) -> None: ...

    crowd = [PingedSocket() for _ in range(number)]
    for viewer in crowd:
        server.protocol_connected(viewer)
        viewer.writer = Writer()
    return crowd


def test_it_collects_at_the_first_calm_moment(done: list[str]) -> None:
    server = made()
    for _ in range(COLLECT_AFTER - 1):
        server._look()
    assert done == []
    viewers(server, CALM)
    server._look()
    assert done == [], "not while a crowd comes"
    server._look()
    assert done == ["collect", "freeze"]


def test_it_collects_in_the_end_though_it_is_never_calm(done: list[str]) -> None:
    server = made()
    for _ in range(COLLECT_AT_LAST):
        viewers(server, CALM)
        server._look()
    assert done == ["collect", "freeze"]


def test_it_looks_at_everything_again_when_many_have_gone(done: list[str]) -> None:
    server = made()
    crowd = viewers(server, THAW_AFTER)
    server._collect()
    for viewer in crowd[1:]:
        server.protocol_disconnected(viewer)
    server._collect()
    assert "unfreeze" not in done
    server.protocol_disconnected(crowd[0])
    server._collect()
    assert done[-3:] == ["unfreeze", "collect", "freeze"]
    server._collect()
    assert done[-3:] != ["unfreeze", "collect", "freeze"], "once for those who went"


async def test_it_cuts_an_answer_that_failed_half_way_and_goes_on_checking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again: list[Any] = []
    monkeypatch.setattr(server_module.reactor, "callLater", lambda *call: again.append(call), raising=False)
    cut: list[str] = []

    class Half:
        """An event stream that began and then failed."""

        _response_started = True

        class channel:
            class transport:
                abortConnection = staticmethod(lambda: cut.append("cut"))

        def handle_exception(self, error: Exception) -> None:
            raise ValueError("HTTP response has already been started")

    async def fail() -> None:
        raise OSError("the database is locked")

    async def end() -> None: ...

    server, half, gone = made(), Half(), Half()
    failed, ended = asyncio.ensure_future(fail()), asyncio.ensure_future(end())
    await asyncio.wait([failed, ended])
    server.connections = {
        half: {"connected": 0.0, "application_instance": failed},
        gone: {"connected": 0.0, "application_instance": ended, "disconnected": 1.0},
    }
    server.application_checker()
    assert cut == ["cut"]
    assert list(server.connections) == [half], "the other is reaped"
    assert again, "and the next check is due"
    server.protocol_disconnected(half)
    server.application_checker()
    assert not server.connections


# --- the dead ------------------------------------------------------------------------------------------------------------


def test_it_pings_and_ends_who_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("countnight.liveness.time.monotonic", lambda: now)

    class Settings:
        ping_interval = 25

    line = Line()
    viewer = PingedSocket()
    viewer.transport, viewer.state, viewer.server = line.transport, PingedSocket.STATE_OPEN, Settings()
    ended = []
    full = False

    class Writer:
        def __call__(self, data: bytes) -> bool:
            return not full and bool(line.transport.getHandle().send(data))

        def abort(self) -> None:
            ended.append(now)

    viewer.writer = Writer()
    viewer.check_timeouts()
    now += 26
    viewer.check_timeouts()
    assert line.client.recv(100) == PING
    viewer.onPong(b"")
    now += 26
    viewer.check_timeouts()
    assert line.client.recv(100) == PING
    assert not ended
    now += 20
    viewer.check_timeouts()
    assert not ended, "it has until the next ping is due"
    now += 6
    viewer.check_timeouts()
    assert ended == [now]

    # One who was full when the ping was due has nothing to answer, and is not ended for that.
    ended.clear()
    viewer.onPong(b"")
    full = True
    now += 26
    viewer.check_timeouts()
    full = False
    now += 26
    viewer.check_timeouts()
    assert not ended
    assert line.client.recv(100) == PING
    line.client.close()
    line.transport.socket.close()


def test_it_hangs_up_on_a_viewer_that_says_more_than_any_browser() -> None:
    viewer = PingedSocket()
    viewer.state = PingedSocket.STATE_OPEN
    viewer.writer = SimpleNamespace(abort=lambda: None)
    viewer.server = SimpleNamespace(ping_interval=1000)
    ended: list[bool] = []
    parsed: list[bytes] = []
    viewer.dropConnection = lambda abort: ended.append(abort)
    viewer._dataReceived = parsed.append
    # As much as the largest message at once, and a little again after each look, for as long as it likes.
    viewer.dataReceived(b"x" * SAID_AT_ONCE)
    for _ in range(50):
        viewer.check_timeouts()
        viewer.dataReceived(b"x" * SAID_PER_LOOK)
    assert not ended
    assert len(parsed) == 51
    viewer.dataReceived(b"x")
    assert ended == [True]
    assert len(parsed) == 51, "nothing of it is looked at"


SERVER = """
    import sys
    from countnight import server as module

    module.PING_SECONDS = 1
    module.CountnightServer._start = lambda self: setattr(self.ws_factory, "protocol", module.PingedSocket)

    async def application(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        message = await receive()
        print(message["type"], flush=True)

    module.CountnightServer(application, "127.0.0.1", int(sys.argv[1])).run()
"""


@pytest.mark.server
def test_it_notices_a_viewer_that_answers_no_ping(tmp_path: Path) -> None:
    port = free_port()
    out = (tmp_path / "out").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=out,
        stderr=out,
    )
    try:

        def connected() -> socket.socket | None:
            try:
                return socket.create_connection(("127.0.0.1", port), 10)
            except ConnectionRefusedError:
                return None

        with wait_for(connected, what="the server") as viewer:
            assert received(viewer, shake_hands(viewer), 2) == PING
            wait_for(lambda: "websocket.disconnect" in (tmp_path / "out").read_text(), what="the viewer to be gone")
    finally:
        process.kill()
        process.wait()
