"""The hint: "something was written about this contest". It carries no figure, and nobody waits for it.

Whoever misses a hint is healed by the hub's sweep (results/live/hub.py), so that a hint that cannot be sent is logged
and forgotten: a dead Redis never stops an officer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "countnight.hints"
SEND_SECONDS = 2.0

_loop: asyncio.AbstractEventLoop | None = None
_here: Callable[[int], None] | None = None


def listen(loop: asyncio.AbstractEventLoop, here: Callable[[int], None]) -> None:
    """Called by the process's hub when it starts: hints go to it directly, and from its loop to the other processes."""
    global _loop, _here
    _loop, _here = loop, here


def hint(contest: int) -> None:
    """Tell every process, from any thread and without waiting, that a contest's ledger has grown."""
    loop = _loop
    if loop is not None and not loop.is_closed() and loop.is_running():
        loop.call_soon_threadsafe(_from_loop, contest)
        return
    try:
        asyncio.run(_send(contest))
    except Exception:
        logger.warning("hint for contest %s not sent; the sweep will find it", contest, exc_info=True)


_tasks: set[asyncio.Task[None]] = set()


def _from_loop(contest: int) -> None:
    if _here is not None:
        _here(contest)
    task = asyncio.ensure_future(_quietly(contest))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _quietly(contest: int) -> None:
    try:
        await _send(contest)
    except Exception:
        logger.warning("hint for contest %s not sent; the sweep will find it", contest, exc_info=True)


async def _send(contest: int) -> None:
    layer = get_channel_layer()
    # The in-memory layer reaches this process alone, whose hub has been told already.
    if layer is not None and not isinstance(layer, InMemoryChannelLayer):
        async with asyncio.timeout(SEND_SECONDS):
            await layer.group_send(GROUP, {"type": "hint", "contest": contest})
