"""A hub of its own for a test, in the test's event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from results.live import broadcast
from results.live.hub import Hub, hub


@contextlib.asynccontextmanager
async def running_hub() -> AsyncIterator[Hub]:
    """The process's hub, made anew and running; ended and forgotten afterwards."""
    hub.cache_clear()
    made = hub()
    made.start(asyncio.get_running_loop())
    try:
        yield made
    finally:
        for task in list(made._tasks):
            task.cancel()
        await asyncio.gather(*made._tasks, return_exceptions=True)
        made._reader.shutdown()
        hub.cache_clear()
        broadcast._loop = broadcast._here = None
