"""Django's ASGI handler, with requests that take turns on a few threads.

As Django ships it, each request starts a thread of its own, opens a database connection in it, and goes to and fro
between that thread and the event loop for each middleware. All our pages are synchronous: here a request goes to a
thread once, the threads are kept, and so are their connections. Whoever comes when all are busy waits in line.

There are several lines, each with threads of its own, so that readers, guessers of pass phrases, or a database that does not
answer keep nobody waiting but their like.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from countnight.plain import refuse
from results.live import metrics
from results.rehearsal import PREFIX

WAITING = 150
"""Requests that may wait in one line: at ten milliseconds a page, nobody waits longer. The next is told to ask again."""


class Lane:
    """Requests of one kind, one after the other on each of its threads."""

    def __init__(self, name: str, threads: int) -> None:
        self._idle: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        self.waiting = 0
        for number in range(threads):
            self._idle.put_nowait(ThreadPoolExecutor(1, thread_name_prefix=f"{name}-{number}"))

    @property
    def full(self) -> bool:
        """Whether so many wait that one more would wait in vain."""
        return self.waiting >= WAITING

    async def run(self, work: Any) -> None:
        """Do it on the thread that was idle last: its caches are warm."""
        self.waiting += 1
        try:
            thread = await self._idle.get()
        finally:
            self.waiting -= 1
        try:
            async with ThreadSensitiveContext(executor=thread):
                await work()
        except asyncio.CancelledError:
            # The reader went away, and the thread may still be at work for it: it is idle only after that.
            loop, idle = asyncio.get_running_loop(), self._idle
            thread.submit(loop.call_soon_threadsafe, idle.put_nowait, thread)
            raise
        except BaseException:
            self._idle.put_nowait(thread)
            raise
        self._idle.put_nowait(thread)


class PageHandler(ASGIHandler):
    """Serves the desk on REQUEST_THREADS threads, public pages on half as many, and what else there is on one each."""

    def __init__(self) -> None:
        super().__init__()
        # The chain once more, as for WSGI: no step of it changes threads.
        self.load_middleware(is_async=False)
        self._lanes: dict[str, Lane] = {}
        self._log_in = reverse(settings.LOGIN_URL)
        self._well = (reverse("healthz"), reverse("metrics"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, in its line."""
        entry = scope["method"] == "POST" and scope["path"].removeprefix(PREFIX).startswith("/desk/")
        begun = time.monotonic()
        lane = self._lane(scope)
        if lane.full:
            await refuse(send, 503, "Too many are being answered: ask again.", (b"retry-after", b"2"))
        else:
            await lane.run(lambda: self.handle(scope, receive, send))
        if entry:
            metrics.ENTRY_SECONDS.observe(time.monotonic() - begun)

    def _lane(self, scope: Any) -> Lane:
        threads: int = settings.REQUEST_THREADS
        path = scope["path"].removeprefix(PREFIX)
        if path == self._log_in and scope["method"] == "POST":
            # To check a pass phrase is made to be slow, and keeps a whole core busy.
            name, most = "log-in", max(1, threads // 4)
        elif path.startswith("/desk/"):
            name, most = "desk", threads
        elif path in self._well:
            name, most = "health", 1
        elif path.startswith(settings.STATIC_URL):
            name, most = "static", 1
        else:
            name, most = "public", max(1, threads // 2)
        if name not in self._lanes:
            self._lanes[name] = Lane(name, most)
        return self._lanes[name]

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The whole synchronous chain in one go."""
        return await sync_to_async(self.get_response)(request)
