"""Pages on their threads: each kind of request in a line of its own, so that no crowd keeps others waiting."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse

from countnight.handler import WAITING, PageHandler

LOG_IN, SHEET = "/desk/login/", "/desk/parl.testshire.2026-11-05/groups/1/count/"
PAGE, STYLE, HEALTH = "/contests/parl.testshire.2026-11-05/", "/static/css/base.css", "/healthz"


class Pages(PageHandler):
    """Answers what is held when it is told to, everything else at once, and notes what is under way."""

    def __init__(self, held: str) -> None:
        super().__init__()
        self.held = held
        self.under_way: list[str] = []
        self.most = 0
        self.go = threading.Event()
        self._lock = threading.Lock()

    def get_response(self, request: HttpRequest) -> HttpResponse:
        if request.path == self.held:
            with self._lock:
                self.under_way.append(request.path)
                self.most = max(self.most, len(self.under_way))
            self.go.wait(20)
            with self._lock:
                self.under_way.remove(request.path)
        return HttpResponse(request.path)


def ask(pages: Pages, path: str) -> asyncio.Task[tuple[int, bytes]]:
    scope = {
        "type": "http",
        "method": "POST" if path.startswith("/desk/") else "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def answer() -> tuple[int, bytes]:
        line = ApplicationCommunicator(pages, scope)
        await line.send_input({"type": "http.request", "body": b"", "more_body": False})
        start = await line.receive_output(30)
        body: bytes = (await line.receive_output(30))["body"]
        await line.wait(30)
        return start["status"], body

    return asyncio.ensure_future(answer())


async def under_way(pages: Pages, number: int) -> None:
    while len(pages.under_way) < number:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("threads", "crowd", "at_once"),
    [
        (4, LOG_IN, 1),
        (8, LOG_IN, 2),
        (1, LOG_IN, 1),
        (4, PAGE, 2),
        (1, PAGE, 1),
        (4, SHEET, 4),
        (4, STYLE, 1),
        (4, HEALTH, 1),
    ],
)
async def test_it_answers_everybody_else_while_a_crowd_waits(
    settings: Any, threads: int, crowd: str, at_once: int
) -> None:
    settings.REQUEST_THREADS = threads
    pages = Pages(crowd)
    waiting = [ask(pages, crowd) for _ in range(60)]
    async with asyncio.timeout(20):
        await under_way(pages, at_once)
        for path in {LOG_IN, SHEET, PAGE, STYLE, HEALTH} - {crowd}:
            # Nobody of the crowd has had an answer, and the others do.
            assert await asyncio.gather(*[ask(pages, path) for _ in range(20)]) == [(200, path.encode())] * 20
        assert not any(task.done() for task in waiting)
        pages.go.set()
        assert await asyncio.gather(*waiting) == [(200, crowd.encode())] * 60
    assert pages.most == at_once


async def test_it_tells_a_crowd_that_is_too_long_to_ask_again(settings: Any) -> None:
    settings.REQUEST_THREADS = 4
    pages = Pages(PAGE)
    waiting = [ask(pages, PAGE) for _ in range(WAITING + 2)]
    async with asyncio.timeout(20):
        await under_way(pages, 2)
        while pages._lanes["public"].waiting < WAITING:
            await asyncio.sleep(0.01)
        status, words = await ask(pages, PAGE)
        assert (status, b"ask again" in words) == (503, True)
        assert await ask(pages, SHEET) == (200, SHEET.encode())
        pages.go.set()
        assert await asyncio.gather(*waiting) == [(200, PAGE.encode())] * (WAITING + 2)
