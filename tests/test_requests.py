"""Pages on their threads: who logs in never takes them all."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse

from countnight.handler import PageHandler

LOG_IN, SHEET = "/desk/login/", "/desk/parl.testshire.2026-11-05/groups/1/count/"


class Pages(PageHandler):
    """Answers when it is told to, and notes what is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: list[str] = []
        self.most = 0
        self.go = threading.Event()
        self._lock = threading.Lock()

    def get_response(self, request: HttpRequest) -> HttpResponse:
        if request.path == LOG_IN:
            with self._lock:
                self.under_way.append(request.path)
                self.most = max(self.most, len(self.under_way))
            self.go.wait(20)
            with self._lock:
                self.under_way.remove(request.path)
        return HttpResponse(request.path)


def ask(pages: Pages, path: str) -> asyncio.Task[bytes]:
    scope = {
        "type": "http",
        "method": "POST",
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

    async def answer() -> bytes:
        line = ApplicationCommunicator(pages, scope)
        await line.send_input({"type": "http.request", "body": b"", "more_body": False})
        start = await line.receive_output(30)
        assert start["status"] == 200
        body: bytes = (await line.receive_output(30))["body"]
        await line.wait(30)
        return body

    return asyncio.ensure_future(answer())


@pytest.mark.parametrize(("threads", "at_once"), [(4, 2), (1, 1)])
async def test_it_takes_sheets_while_a_whole_hall_logs_in(settings: Any, threads: int, at_once: int) -> None:
    settings.REQUEST_THREADS = threads
    pages = Pages()
    crowd = [ask(pages, LOG_IN) for _ in range(60)]
    async with asyncio.timeout(20):
        while len(pages.under_way) < at_once:
            await asyncio.sleep(0.01)
        if threads > 1:
            # Nobody of the crowd has had an answer, and sheets do.
            assert await asyncio.gather(*[ask(pages, SHEET) for _ in range(20)]) == [SHEET.encode()] * 20
            assert not any(task.done() for task in crowd)
        pages.go.set()
        assert await asyncio.gather(*crowd) == [LOG_IN.encode()] * 60
    assert pages.most == at_once
