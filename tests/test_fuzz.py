"""Whatever bytes anybody sends, at whatever address: the answer is ours, and never an error of the server."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.demo.player import Form
from tests.builders import PASSWORD
from tests.conftest import Server
from tests.counts import make_count

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

CONTEST = "parl.testshire.2026-11-05"
WAIT = 20


class Site:
    """A server with an officer's log-in, asked by raw bytes."""

    def __init__(self, server: Server) -> None:
        self.server = server
        with httpx.Client(base_url=server.base) as browser:
            form = Form.of(browser.get("/desk/login/").text).hidden
            said = {**form, "username": "sam", "password": PASSWORD}
            assert browser.post("/desk/login/", data=said, headers={"Referer": server.base}).status_code == 302
            self.cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar).encode()
            page = Form.of(browser.get(f"/desk/{CONTEST}/").text).hidden
            self.token = (page or form)["csrfmiddlewaretoken"].encode()

    def send(self, raw: bytes, *, whole: bool = False) -> int:
        """The status of the answer; 0 where there is none but an end. Of what may not be whole the end is shown."""
        with socket.create_connection(("127.0.0.1", self.server.port), WAIT) as line:
            line.settimeout(WAIT)
            got = b""
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                line.sendall(raw)
                if not whole:
                    line.shutdown(socket.SHUT_WR)
                while (part := line.recv(65536)) and b"\r\n" not in got:
                    got += part
        status = re.match(rb"HTTP/1\.[01] (\d{3})", got)
        assert status or not got, got[:200]
        return int(status[1]) if status else 0

    def ask(
        self,
        method: bytes,
        target: bytes,
        body: bytes = b"",
        headers: tuple[bytes, ...] = (),
        cookies: bytes | None = None,
    ) -> int:
        """The status of a request of an officer."""
        lines = [
            method + b" " + target + b" HTTP/1.1",
            b"Host: 127.0.0.1",
            b"Connection: close",
            b"Referer: " + self.server.base.encode() + b"/",
            b"X-CSRFToken: " + self.token,
            b"Cookie: " + (self.cookies if cookies is None else cookies),
            b"Content-Length: %d" % len(body),
            *headers,
        ]
        status = self.send(b"\r\n".join([*lines, b"", body]), whole=True)
        assert status, (method, target, body, headers)
        return status


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    make_count().ready()
    server.environment["COUNTNIGHT_DEMO"] = "1"
    server.start()
    made = Site(server)
    yield made
    server.stop()
    log = server.log.read_text()
    assert "Traceback" not in log, log[-3000:]


ROUTES = (
    "/",
    "/calibration/",
    "/contests/{}/",
    "/contests/{}/updates",
    "/contests/{}/board.json",
    "/contests/{}/setup.json",
    "/contests/{}/events",
    "/ws/contests/{}/",
    "/healthz",
    "/metrics",
    "/static/{}",
    "/desk/",
    "/desk/login/",
    "/desk/{}/",
    "/desk/{}/public/",
    "/desk/{}/boxes/{}/",
    "/desk/{}/boxes/{}/arrived/",
    "/desk/{}/groups/new/",
    "/desk/{}/groups/{}/",
    "/desk/{}/groups/{}/count/",
    "/desk/{}/groups/{}/dissolve/",
    "/{}",
)
FORM = b"Content-Type: application/x-www-form-urlencoded"
PARTS = b"Content-Type: multipart/form-data; boundary=b"
HARD = (
    b"\0",
    b"%00",
    b"\xff\xfe",
    b"%ff%fe",
    b"..%2f",
    b"%2e%2e/",
    b"%0d%0aX: y",
    b"%ed%a0%80",
    b"9" * 20,
    b"-1",
    b"%F0%9F%97%B3",
)
SEGMENTS = st.one_of(
    st.sampled_from((CONTEST.encode(), b"1", b"new", *HARD)),
    st.binary(min_size=1, max_size=12).map(lambda raw: quote_from_bytes(raw, safe="").encode()),
    st.integers(min_value=0).map(lambda number: b"%d" % number),
)
NAMES = (
    "next",
    "seen",
    "submission_id",
    "papers",
    "votes-1",
    "acknowledge",
    "publish",
    "boxes",
    "username",
    "password",
    "sheet",
)
VALUES = st.one_of(
    SEGMENTS, st.text(max_size=20).map(lambda text: quote_from_bytes(text.encode("utf-8", "replace")).encode())
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6).map(
    lambda pairs: b"&".join(name.encode() + b"=" + value for name, value in pairs)
)
TYPES = (
    FORM,
    PARTS,
    *(
        FORM + b"; charset=" + name
        for name in (b"utf-16", b"utf-7", b"idna", b"nonsense", b"rot13", b'"latin-1"', b"UTF-8", b"")
    ),
    *(PARTS + b"; charset=" + name for name in (b"utf-16", b"hex", b"base64")),
    b"Content-Type: multipart/form-data",
    b"Content-Type: multipart/form-data; boundary=" + b"x" * 300,
    b"Content-Type: application/json; charset=utf-32",
    b"Content-Type: \xff\xfe",
    b"Content-Type:",
)


def multipart(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n--b--\r\n' % (name, more, value)


def filled(route: str, segment: bytes) -> bytes:
    """A route with the contest in its first place and this in the others; where there is one place only, in that."""
    parts = route.encode().split(b"{}")
    places = [CONTEST.encode()] * (len(parts) - 2) + [segment] if len(parts) > 1 else []
    return b"".join(part + place for part, place in zip(parts, [*places, b""], strict=True))


def test_it_answers_what_was_once_an_error(site: Site) -> None:
    sheet = f"/desk/{CONTEST}/groups/1/count/".encode()
    body = b"seen=1&papers=2&submission_id=3"
    for route in ROUTES:
        for segment in HARD:
            for method in (b"GET", b"POST"):
                assert site.ask(method, filled(route, segment), b"", (FORM,)) < 500, (method, route, segment)
    for kind in TYPES:
        for given_body in (body, body.decode().encode("utf-16"), multipart(b"seen", b"1"), multipart(b"\xff", b"\0")):
            for target in (sheet, b"/desk/login/", f"/desk/{CONTEST}/public/".encode()):
                assert 400 <= site.ask(b"POST", target, given_body, (kind,)) < 500 or target == b"/desk/login/", (
                    kind,
                    target,
                )
    for cookies in (
        b'countnight_session="\\000"',
        b'countnight_session="\\000abc"; countnight_csrf="\\377"',
        b"countnight_session=" + b"a" * 5000,
        b"countnight_session=%00",
        b"=;;;==; ;countnight_session",
        b"countnight_session=\xff\xfe",
    ):
        assert site.ask(b"GET", f"/desk/{CONTEST}/".encode(), cookies=cookies) < 500, cookies
    for number in ("9" * 20, "9" * 4000, "-1", "1e3", "%C2%B2", "0"):
        for rest in ("", "count/", "dissolve/"):
            assert site.ask(b"GET", f"/desk/{CONTEST}/groups/{number}/{rest}".encode()) in (404, 405, 302)


def test_it_answers_requests_that_are_hardly_any(site: Site) -> None:
    for raw in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET //evil.example/desk HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nDaphne-Root-Path: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Prefix: /count\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"GET /ws/contests/\xff/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: \xff,,"\r\nIf-Modified-Since: never\r\n\r\n',
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: " + b"x-," * 3000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        assert site.send(raw) < 500, raw


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    segment=SEGMENTS,
    method=st.sampled_from((b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"DELETE")),
    query=st.one_of(st.just(b""), PAIRS, st.binary(max_size=20).map(lambda raw: quote_from_bytes(raw).encode())),
    kind=st.sampled_from(TYPES),
    body=st.one_of(PAIRS, st.binary(max_size=60), st.tuples(VALUES, VALUES).map(lambda pair: multipart(*pair))),
    header=st.one_of(
        st.just(()),
        st.tuples(
            st.sampled_from(
                (b"Accept", b"X-Forwarded-For", b"If-None-Match", b"Accept-Language", b"Range", b"X-Requested-With")
            ),
            st.binary(max_size=30).map(lambda raw: bytes(byte for byte in raw if byte not in b"\r\n\0")),
        ).map(lambda pair: (pair[0] + b": " + pair[1],)),
    ),
)
def test_it_answers_whatever_it_is_asked(
    site: Site,
    route: str,
    segment: bytes,
    method: bytes,
    query: bytes,
    kind: bytes,
    body: bytes,
    header: tuple[bytes, ...],
) -> None:
    target = filled(route, segment).replace(b"\0", b"%00") + (b"?" + query if query else b"")
    status = site.ask(method, target, body if method not in (b"GET", b"HEAD") else b"", (kind, *header))
    assert status < 500, (status, method, target, kind, body, header)


def test_it_answers_bytes_that_are_no_request_at_all(site: Site) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.binary(min_size=1, max_size=200))
    def noise(raw: bytes) -> None:
        assert site.send(raw + b"\r\n\r\n") < 500, raw

    noise()
