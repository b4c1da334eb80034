"""nginx as it is shipped, in front of two stand-ins for processes that note what they are asked."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services import HOST, Nginx

PAGE = "/contests/parl.testshire.2026-11-05/"


class Backend(ThreadingHTTPServer):
    """A stand-in that notes what it is asked, and answers what a test tells it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], None] = Asked.page
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A proxy that hangs up is no error here."""


class Asked(BaseHTTPRequestHandler):
    """One request."""

    server: Backend
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self)
        self.server.answer(self)

    do_POST = do_HEAD = do_GET

    def page(self, text: str = "a page", status: int = 200, **headers: str) -> None:
        """Answer as a public page does: no word about its freshness, unless it is given."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Site:
    """nginx and the two behind it."""

    def __init__(self, folder: Path) -> None:
        self.static = folder / "static"
        self.static.mkdir()
        self.backends = [Backend(), Backend()]
        (folder / "nginx").mkdir()
        first, second = (backend.server_address[1] for backend in self.backends)
        self.nginx = Nginx(folder / "nginx", first, second, self.static)

    @property
    def asked(self) -> list[Asked]:
        """What both were asked, in no order."""
        return [asked for backend in self.backends for asked in backend.asked]

    def answer(self, answer: Callable[[Asked], None]) -> None:
        """Let both answer so."""
        for backend in self.backends:
            backend.answer = answer

    def raw(self, target: str, method: str = "GET", headers: dict[str, str] | None = None) -> int:
        """The status of a request whose target nobody has tidied up."""
        trusting = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(HOST, self.nginx.port, context=trusting, timeout=20)
        connection.request(method, target, headers=headers or {})
        return connection.getresponse().status


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    try:
        made.nginx.start()
        yield made
    finally:
        made.nginx.stop()
        for backend in made.backends:
            backend.shutdown()
            backend.server_close()


@pytest.fixture
def reader(site: Site) -> Iterator[httpx.Client]:
    with site.nginx.client() as client:
        yield client
