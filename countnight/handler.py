"""Django's ASGI handler, with requests that take turns on a few threads.

As Django ships it, each request starts a thread of its own, opens a database connection in it, and goes to and fro
between that thread and the event loop for each middleware. All our pages are synchronous: here a request goes to a
thread once, the threads are kept, and so are their connections. Whoever comes when all are busy waits in line.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from results import metrics


class PageHandler(ASGIHandler):
    """Serves pages on REQUEST_THREADS threads."""

    def __init__(self) -> None:
        super().__init__()
        # The chain once more, as for WSGI: no step of it changes threads.
        self.load_middleware(is_async=False)
        self._idle: asyncio.LifoQueue[ThreadPoolExecutor] | None = None
        # To check a password is made to take a third of a second: a hall that logs in, or somebody who guesses, must leave
        # threads to those who enter figures.
        self._log_ins = asyncio.Semaphore(max(1, settings.REQUEST_THREADS // 2))
        self._log_in = reverse(settings.LOGIN_URL)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, on the thread that was idle last: its caches are warm."""
        entry = scope["method"] == "POST" and scope["path"].startswith("/desk/")
        begun = time.monotonic()
        async with self._log_ins if entry and scope["path"] == self._log_in else nullcontext():
            await self._in_turn(scope, receive, send)
        if entry:
            metrics.ENTRY_SECONDS.observe(time.monotonic() - begun)

    async def _in_turn(self, scope: Any, receive: Any, send: Any) -> None:
        if self._idle is None:
            self._idle = asyncio.LifoQueue()
            for number in range(settings.REQUEST_THREADS):
                self._idle.put_nowait(ThreadPoolExecutor(1, thread_name_prefix=f"page-{number}"))
        thread = await self._idle.get()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        except asyncio.CancelledError:
            # The reader went away, and the thread may still be at work for it: it is idle only after that.
            loop, idle = asyncio.get_running_loop(), self._idle
            thread.submit(loop.call_soon_threadsafe, idle.put_nowait, thread)
            raise
        except BaseException:
            self._idle.put_nowait(thread)
            raise
        self._idle.put_nowait(thread)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The whole synchronous chain in one go."""
        return await sync_to_async(self.get_response)(request)
