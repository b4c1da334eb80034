"""The extension "countnight.writer", and what it relies on inside Twisted, Autobahn and Daphne: an upgrade fails here first."""

from __future__ import annotations

import inspect
import os
import select
import socket
import ssl
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import autobahn.websocket.protocol as autobahn_protocol
import daphne.server
import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import abstract, tcp
from twisted.internet.error import ConnectionLost
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web import http

from countnight.writer import CONTROL_BYTES, BodyWriter, SocketWriter, direct_writer
from results.live.frames import Frame, websocket_frame
from tests.conftest import ROOT, wait_for
from tests.ports import free_port


class Reactor:
    """Notes who wants to write; it never writes by itself."""

    def __init__(self) -> None:
        self.writers: list[Any] = []

    def addReader(self, reader: Any) -> None: ...

    def removeReader(self, reader: Any) -> None: ...

    def addWriter(self, writer: Any) -> None:
        self.writers.append(writer)

    def removeWriter(self, writer: Any) -> None:
        self.writers = [other for other in self.writers if other is not writer]


class Line:
    """A connection: Twisted's end as it is, and the client's."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.client = socket.create_connection(listener.getsockname())
        served, address = listener.accept()
        listener.close()
        served.setblocking(False)
        served.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.reactor = Reactor()
        self.protocol = WebSocketProtocol()
        self.transport = tcp.Server(served, self.protocol, address, None, 1, self.reactor)  # type: ignore[arg-type]
        self.protocol.transport = self.transport
        self.protocol.state = WebSocketServerProtocol.STATE_OPEN

    def writer(self) -> SocketWriter:
        made = direct_writer(self.protocol)
        assert isinstance(made, SocketWriter)
        return made

    def waiting(self) -> int:
        return len(self.transport.dataBuffer) - self.transport.offset + self.transport._tempDataLen

    def read(self, size: int) -> bytes:
        """So many bytes from the client's end, while Twisted is let write what it holds."""
        got = b""
        while len(got) < size:
            if self.reactor.writers:
                self.transport.doWrite()
            assert select.select([self.client], [], [], 10)[0], f"{len(got)} of {size} bytes came"
            got += self.client.recv(65536)
        return got

    def fill(self, writer: SocketWriter, frame: bytes) -> int:
        """Offer a frame until it is not taken; how often it was."""
        taken = 0
        while writer(frame):
            taken += 1
            assert taken < 10_000
        return taken


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    served = made.transport.socket
    yield made
    made.client.close()
    served.close()


FRAME = Frame({"epoch": "e", "version": 1, "board": {"x": "y" * 3000}}).wire


def test_it_gives_a_frame_to_the_socket_before_it_returns(line: Line) -> None:
    assert line.writer()(FRAME)
    assert line.client.recv(65536) == FRAME
    assert line.waiting() == 0
    assert line.reactor.writers == []


def test_it_takes_no_more_from_a_client_that_does_not_read_and_keeps_less_than_a_frame(line: Line) -> None:
    writer = line.writer()
    taken = line.fill(writer, FRAME)
    assert line.waiting() < len(FRAME)
    assert not writer(FRAME)
    # What was taken arrives whole and in order, and then there is room again.
    assert line.read(taken * len(FRAME)) == FRAME * taken
    assert line.waiting() == 0
    assert writer(FRAME)


def test_it_never_writes_past_what_twisted_holds(line: Line) -> None:
    writer = line.writer()
    line.transport.write(b"\x89\x00")
    assert writer(FRAME), "a ping that waits is not a full client"
    assert line.read(2 + len(FRAME)) == b"\x89\x00" + FRAME
    line.transport.write(b"b" * (CONTROL_BYTES + 1))
    assert not writer(FRAME)
    assert line.read(CONTROL_BYTES + 1) == b"b" * (CONTROL_BYTES + 1)


def test_it_ends_nothing_that_is_gone_already(line: Line) -> None:
    writer = line.writer()
    line.transport.protocol = Protocol()
    line.transport.connectionLost(Failure(ConnectionLost()))
    writer.abort()
    assert not writer(FRAME)


def test_it_sends_a_large_frame_through_twisted_in_order(line: Line) -> None:
    large = websocket_frame(b"z" * 400_000)
    assert line.writer()(large)
    assert 0 < line.waiting() < len(large)
    assert line.reactor.writers, "Twisted must be told that there is something to write"
    assert line.read(len(large)) == large


@pytest.mark.parametrize(
    "state", ["STATE_CLOSED", "STATE_CONNECTING", "STATE_CLOSING", "STATE_PROXY_CONNECTING"], ids=str.lower
)
def test_it_writes_only_to_an_open_websocket(line: Line, state: str) -> None:
    writer = line.writer()
    line.protocol.state = getattr(WebSocketServerProtocol, state)
    assert not writer(FRAME)
    assert not select.select([line.client], [], [], 0)[0]


def test_it_writes_nothing_to_a_client_that_is_gone(line: Line) -> None:
    writer = line.writer()
    line.transport.disconnecting = True
    assert not writer(FRAME)
    line.transport.disconnecting = False
    line.client.close()
    wait_for(lambda: not writer(FRAME), what="the reset")
    line.transport.socket.close()
    assert not writer(FRAME), "a closed socket's number may be another's by now"


def test_it_overtakes_nothing_between_an_abrupt_end_and_the_closing(line: Line) -> None:
    writer = line.writer()
    writer.owner = "viewer"
    line.fill(writer, FRAME)
    assert line.waiting()
    line.transport.connected = 1
    line.transport.reactor.callLater = lambda *_: None  # type: ignore[attr-defined]
    writer.abort()
    # Twisted does not count it among those that wait any more, and has not closed the socket yet.
    with pytest.raises(OSError):
        writer.send(FRAME)
    assert not writer(FRAME)


def test_it_lets_go_of_a_connection_but_not_of_the_next_request_on_it(line: Line) -> None:
    first = line.writer()
    assert line.transport.writer is first  # type: ignore[attr-defined]
    second = line.writer()
    first.release()
    assert line.transport.writer is second  # type: ignore[attr-defined]
    second.release()
    assert line.transport.writer is None  # type: ignore[attr-defined]


def test_it_never_goes_past_tls(line: Line) -> None:
    line.transport.TLS = True
    assert direct_writer(line.protocol) is None
    line.transport.TLS = False

    class Wrapped:
        """As a transport looks through Twisted's TLS: everything of the one below, but not that one."""

        def __getattr__(self, name: str) -> Any:
            return getattr(line.transport, name)

    line.protocol.transport = Wrapped()
    assert direct_writer(line.protocol) is None


def test_it_writes_parts_of_a_body_only_between_the_headers_and_the_end(line: Line) -> None:
    class Channel:
        transport = line.transport

    request = WebRequest.__new__(WebRequest)
    request.channel, request.startedWriting, request.finished, request._disconnected, request.chunked = (
        Channel(),
        0,
        0,
        False,
        1,
    )
    writer = direct_writer(request)
    assert isinstance(writer, BodyWriter)
    assert not writer(b"data: x\n\n")
    request.startedWriting = 1
    assert writer(b"data: x\n\n")
    assert line.client.recv(100) == b"9\r\ndata: x\n\n\r\n"
    request.chunked = 0
    assert writer(b"data: y\n\n")
    assert line.client.recv(100) == b"data: y\n\n"
    request._disconnected = True
    assert not writer(b"data: z\n\n")
    request._disconnected, request.finished = False, 1
    assert not writer(b"data: z\n\n")


# --- what upgrades may not change ---------------------------------------------------------------------------------------


def test_it_finds_in_twisted_what_it_relies_on() -> None:
    write = inspect.getsource(abstract.FileDescriptor.write)
    assert "self._tempDataBuffer.append(data)" in write and "self._tempDataLen += len(data)" in write
    flush = inspect.getsource(abstract.FileDescriptor.doWrite)
    assert "self.dataBuffer" in flush and "self._tempDataLen = 0" in flush
    assert (abstract.FileDescriptor.dataBuffer, abstract.FileDescriptor.disconnecting) == (b"", 0)
    assert tcp.Server.TLS is False
    assert callable(tcp.Server.getHandle) and callable(tcp.Server.abortConnection)
    body = inspect.getsource(http.Request.write)
    assert "self.channel.writeSequence(toChunk(data))" in body, "bodies are written to the channel, in chunks"
    assert "self.transport.writeSequence(iovec)" in inspect.getsource(http.HTTPChannel.writeSequence)
    assert {"startedWriting", "finished", "_disconnected", "chunked"} <= set(dir(http.Request)) | set(
        inspect.getsource(http.Request.__init__).replace("self.", " ").split()
    )


def test_it_finds_in_autobahn_and_daphne_what_it_relies_on() -> None:
    sending = inspect.getsource(autobahn_protocol.WebSocketProtocol.sendData)
    assert "self.transport.write(data)" in sending, "Autobahn must keep no queue of its own beside Twisted's"
    assert "send_queue" not in inspect.getsource(autobahn_protocol.WebSocketProtocol.sendMessage)
    assert WebSocketServerProtocol.STATE_OPEN == 3
    assert "transport.protocol = protocol" in inspect.getsource(WebRequest.process), "the socket is handed over whole"
    assert list(inspect.signature(daphne.server.Server.create_application).parameters) == ["self", "protocol", "scope"]
    assert "self.perMessageCompressionAccept" not in inspect.getsource(daphne.server.Server.run)


# --- the whole server, without and with the extension -------------------------------------------------------------------

SERVER = """
    import sys
    from countnight.server import CountnightServer

    async def application(scope, receive, send):
        writer = (scope.get("extensions") or {}).get("countnight.writer")
        said = b"direct" if writer else b"none"
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x-writer", said)]})
            await send({"type": "http.response.body", "body": said})
            return
        await receive()
        await send({"type": "websocket.accept"})
        if writer:
            assert writer(b"\\x81\\x05hello")
        else:
            await send({"type": "websocket.send", "text": "x" * 100_000})
        await receive()

    import countnight.server
    countnight.server.CountnightServer._start = lambda self: None
    server = CountnightServer(application, "127.0.0.1", int(sys.argv[1]), direct=sys.argv[2] == "direct")
    if len(sys.argv) > 3:
        server.endpoints = [f"ssl:{sys.argv[1]}:privateKey={sys.argv[3]}:certKey={sys.argv[3]}:interface=127.0.0.1"]
    server.run()
"""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Any]:
    processes = []

    def start(*options: str) -> int:
        port = free_port()
        log = (tmp_path / "log").open("ab")
        command = [sys.executable, "-c", textwrap.dedent(SERVER), str(port), *options]
        processes.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=log))
        wait_for(lambda: _listens(port), what=f"the server: {(tmp_path / 'log').read_text()}")
        return port

    yield start
    for process in processes:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def shake_hands(connection: socket.socket) -> bytes:
    """Become a websocket; what came after the server's answer, if anything did in the same piece."""
    connection.sendall(
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    assert got.startswith(b"HTTP/1.1 101"), got
    return got.split(b"\r\n\r\n", 1)[1]


def received(connection: socket.socket, got: bytes, size: int) -> bytes:
    while len(got) < size:
        more = connection.recv(65536)
        assert more, f"ended after {len(got)} of {size} bytes"
        got += more
    return got


@pytest.mark.server
def test_it_offers_the_extension_as_soon_as_a_websocket_is_accepted(serve: Any) -> None:
    with socket.create_connection(("127.0.0.1", serve("direct")), 10) as connection:
        assert received(connection, shake_hands(connection), 7) == b"\x81\x05hello"


@pytest.mark.server
def test_it_sends_whole_boards_without_the_extension_too(serve: Any) -> None:
    with socket.create_connection(("127.0.0.1", serve("none")), 10) as connection:
        frame = websocket_frame(b"x" * 100_000)
        assert received(connection, shake_hands(connection), len(frame)) == frame


@pytest.mark.server
def test_it_offers_nothing_on_a_server_that_speaks_tls(serve: Any, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", both, "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    both.write_text(both.read_text() + (tmp_path / "cert.pem").read_text())
    port = serve("direct", str(both))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b"X-Writer: none\r\n" in answer, answer
