"""The door of a process: bodies, slow requests, slow readers and crowds of connections cost others nothing."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from countnight import edge
from countnight.limits import RESERVED
from results.demo.player import Form
from tests.builders import PASSWORD
from tests.conftest import ROOT, Server, wait_for
from tests.counts import Count, make_count
from tests.ports import free_port
from tests.services import lines_to

CONTEST = "parl.testshire.2026-11-05"


@pytest.fixture
def many_files() -> None:
    """As many open files as the test needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4096, hard)), hard))


@pytest.fixture
def count(server: Server, many_files: None) -> Iterator[Count]:
    made = make_count()
    server.start()
    yield made
    server.stop()


def dial(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), 20)
    line.settimeout(20)
    return line


def answer(line: socket.socket) -> bytes:
    """Everything that comes until the other end hangs up."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65536):
            got += part
    return got


def process(server: Server) -> Path:
    assert server.process is not None
    return Path(f"/proc/{server.process.pid}")


def peak_memory(server: Server) -> int:
    """The most memory that the server ever had, in bytes."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", (process(server) / "status").read_text())
    return int(kilobytes) * 1024


def log_in(server: Server) -> float:
    """An officer logs in; for how long that took."""
    begun = time.monotonic()
    with httpx.Client(base_url=server.base, timeout=30) as browser:
        form = Form.of(browser.get("/desk/login/").text).hidden
        said = {**form, "username": "sam", "password": PASSWORD}
        assert browser.post("/desk/login/", data=said, headers={"Referer": server.base}).status_code == 302
    return time.monotonic() - begun


# --- bodies --------------------------------------------------------------------------------------------------------------

PATHS = ("/desk/login/", f"/desk/{CONTEST}/groups/1/count/", "/", f"/contests/{CONTEST}/events", "/healthz", "/nowhere")
LARGE = 1_000_000_000


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_refuses_large_bodies_before_they_cost_anything(server: Server, count: Count) -> None:
    httpx.get(server.base)
    before = peak_memory(server)
    kinds = (
        f"Content-Length: {LARGE}",
        f"Content-Length: {LARGE}\r\nContent-Type: multipart/form-data; boundary=x",
        f"Content-Length: {10**40}",
        f"Content-Length: {edge.LARGEST_BODY + 1}\r\nExpect: 100-continue",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=x",
    )
    for path in PATHS:
        for kind in kinds:
            line = dial(server.port)
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}\r\n\r\n"
            line.sendall(head.encode())
            part = b"10000\r\n" + b"x" * 65536 + b"\r\n"
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # Twenty megabytes, for whoever listens to them.
                for _ in range(320):
                    line.sendall(part)
            assert answer(line).startswith(b"HTTP/1.1 413 "), (path, kind)
            line.close()
    assert peak_memory(server) - before < 20_000_000
    assert log_in(server) < 20


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_takes_bodies_that_a_form_may_have(server: Server, count: Count) -> None:
    body = b"x=" + b"y" * (edge.LARGEST_BODY - 2)
    plain = httpx.post(f"{server.base}/desk/login/", content=body, headers={"Content-Type": "text/plain"})
    parts = httpx.post(f"{server.base}/desk/login/", content=iter([b"x=1", b"&y=2"]))
    # No token, so refused as every other form without one, by a page of ours.
    assert (plain.status_code, parts.status_code) == (403, 403)


# --- connections ---------------------------------------------------------------------------------------------------------

HALF = (
    b"",
    b"POST /desk/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    b"POST /desk/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nusername=",
)


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_admits_officers_and_viewers_though_a_crowd_comes_and_says_nothing(server: Server, count: Count) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/contests/{CONTEST}/"
    crowd: list[socket.socket] = []
    events = httpx.stream("GET", f"{server.base}/contests/{CONTEST}/events", timeout=30)
    try:
        with connect(address, origin=server.base) as viewer, events as stream:  # type: ignore[arg-type]
            viewer.recv(timeout=20)
            lines = stream.iter_lines()
            next(lines)
            for number in range(1300):
                crowd.append(dial(server.port))
                crowd[-1].sendall(HALF[number % len(HALF)])
            assert log_in(server) < 20
            assert len(os.listdir(process(server) / "fd")) < RESERVED
            # Those who were there still are, and see what happens.
            count.verify_all()
            while "verified" not in str(viewer.recv(timeout=20)):
                pass
            while "verified" not in next(lines):
                pass
            with connect(address, origin=server.base) as another:  # type: ignore[arg-type]
                assert another.recv(timeout=20)
    finally:
        for line in crowd:
            line.close()


class Waiting:
    """A connection as the door sees it."""

    def __init__(self, door: edge.Door, address: str) -> None:
        self.address, self.requests, self.deadline, self.asking = address, [], 0.0, False
        self.told: list[bytes] = []
        self.ended = False
        self.transport = self
        self._door = door

    def abortConnection(self) -> None:
        self.ended = True

    def refuse(self, answer: bytes) -> None:
        self.told.append(answer)
        self._door.refused(self)  # type: ignore[arg-type]


def knock(door: edge.Door, address: str, number: int = 1) -> list[Any]:
    found: list[Any] = [Waiting(door, address) for _ in range(number)]
    for one in found:
        door.came(one)
    return found


def test_it_ends_the_connections_of_whoever_has_most() -> None:
    door = edge.Door(most=20)
    officer = knock(door, "10.0.0.1", 3)
    crowd = knock(door, "192.0.2.9", 100)
    assert len(door) == 20
    assert not any(one.ended for one in officer)
    assert [one.ended for one in crowd] == [True] * 83 + [False] * 17, "the oldest first"


def test_it_ends_idle_connections_before_those_that_ask() -> None:
    door = edge.Door(most=20)
    readers = knock(door, "10.0.0.1", 15)
    for reader in readers:
        door.handled(reader)
        door.idles(reader)
    officers = knock(door, "10.0.0.2", 10)
    assert not any(one.ended for one in officers)
    assert [one.ended for one in readers] == [True] * 5 + [False] * 10


def test_it_says_so_where_all_are_being_answered() -> None:
    door = edge.Door(most=5)
    asked = knock(door, "10.0.0.1", 5)
    for one in asked:
        door.handled(one)
    (late,) = knock(door, "10.0.0.2")
    assert late.told == [edge.TOO_MANY]
    assert not any(one.ended or one.told for one in asked)
    door.idles(asked[0])
    (next_one,) = knock(door, "10.0.0.3")
    assert next_one.told == []


# --- time ----------------------------------------------------------------------------------------------------------------

SERVER = """
    import sys
    from countnight import edge
    from countnight.server import CountnightServer

    edge.REQUEST_SECONDS, edge.IDLE_SECONDS, edge.REFUSED_SECONDS = 1.5, 1.5, 1.0
    CountnightServer._start = lambda self: None

    async def application(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * int(scope["path"][1:])})

    CountnightServer(application, "127.0.0.1", int(sys.argv[1])).run()
"""


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[int]:
    """The port of a server that waits for a second and a half."""
    port = free_port()
    words = [sys.executable, "-c", textwrap.dedent(SERVER), str(port)]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/1").status_code == 200
        return False

    try:
        wait_for(answers, 30, "the server")
        yield port
    finally:
        started.kill()
        started.wait()


def drip(line: socket.socket, words: bytes, seconds: float) -> float:
    """Say a byte now and then until the other end hangs up; for how long that was."""
    begun = time.monotonic()
    line.settimeout(0.1)
    for number in range(int(seconds / 0.1)):
        try:
            line.send(words[number : number + 1])
            with contextlib.suppress(TimeoutError):
                if not line.recv(1000):
                    break
        except (BrokenPipeError, ConnectionResetError):
            break
    return time.monotonic() - begun


@pytest.mark.server
@pytest.mark.parametrize("begin", [b"", b"GET /1 HTTP/1.1\r\n", b"POST /1 HTTP/1.1\r\nContent-Length: 9000\r\n\r\n"])
def test_it_hangs_up_on_a_request_that_comes_byte_by_byte(impatient: int, begin: bytes) -> None:
    with dial(impatient) as line:
        line.sendall(begin)
        assert drip(line, b"X-Slow: " + b"x" * 1000, 20) < 10


@pytest.mark.server
def test_it_tells_why_it_hangs_up(impatient: int) -> None:
    with dial(impatient) as line:
        line.sendall(b"GET /1 HTTP/1.1\r\nHost: a\r\n")
        assert answer(line).startswith(b"HTTP/1.1 408 ")


@pytest.mark.server
def test_it_hangs_up_on_a_second_request_that_comes_byte_by_byte(impatient: int) -> None:
    with dial(impatient) as line:
        line.sendall(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 200 ")
        assert drip(line, b"GET /1 HTTP/1.1\r\nX-Slow: " + b"x" * 1000, 20) < 10


@pytest.mark.server
def test_it_hangs_up_on_a_reader_of_an_answer_that_takes_it_byte_by_byte(impatient: int) -> None:
    with dial(impatient) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /50000000 HTTP/1.1\r\nHost: a\r\n\r\n")

        def ended() -> bool:
            with contextlib.suppress(ConnectionResetError):
                line.recv(1)
            return lines_to(impatient) == 0

        assert lines_to(impatient) == 1
        wait_for(ended, 10, "the server to hang up")


@pytest.mark.server
def test_it_keeps_a_connection_that_asks_again_in_time(impatient: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{impatient}") as reader:
        used = set()
        for _ in range(30):
            said = reader.get("/10")
            assert said.text == "x" * 10
            used.add(said.extensions["network_stream"].get_extra_info("client_addr"))
        assert len(used) == 1
