"""The hint: "something was written about this contest". It carries no figure, and nobody waits for it.

Whoever misses a hint is healed by the hub's sweep (results/live/hub.py), so that a hint that cannot be sent is logged
and forgotten: a dead Redis never stops an officer.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "countnight.hints"
NOTHING = 0
"""Sent instead of a contest's key, to show that the subscription works: no contest has this key."""
NOTHING_SECONDS = 15.0
"""Seconds between two such messages of a process; its viewers' heartbeat goes out at the same time."""
SILENCE_SECONDS = 2.5 * NOTHING_SECONDS
"""A process that received no message for so long, not even its own, has a dead subscription."""
SEND_SECONDS = 2.0

_self = uuid.uuid4().hex
"""This process's name: it ignores its own hints, which its hub was given directly."""
_loop: asyncio.AbstractEventLoop | None = None
_here: Callable[[int], None] | None = None
_at_desk: Callable[[int], None] | None = None
_make: Callable[[int], object] | None = None


def listen(
    loop: asyncio.AbstractEventLoop, here: Callable[[int], None], at_desk: Callable[[int], None] | None = None
) -> None:
    """Called by the process's hub when it starts: hints go to it directly, and from its loop to the other processes.

    `at_desk` hears of what concerns the screens of the desk alone.
    """
    global _loop, _here, _at_desk
    _loop, _here, _at_desk = loop, here, at_desk


def hint(contest: int) -> None:
    """Tell every process, from any thread and without waiting, that a contest's ledger has grown."""
    _announce(contest, desk=False)


def ring(contest: int) -> None:
    """As `hint`, of something beside the ledger that only the desk shows: no reader of the public page hears of it."""
    _announce(contest, desk=True)


def _announce(contest: int, *, desk: bool) -> None:
    loop = _loop
    if loop is not None and not loop.is_closed() and loop.is_running():
        loop.call_soon_threadsafe(_from_loop, contest, desk)
        return
    try:
        asyncio.run(_send(contest, desk))
    except Exception:
        logger.warning("hint for contest %s not sent; the sweep will find it", contest, exc_info=True)


def publish_with(make: Callable[[int], object]) -> None:
    """How a version of a contest is made where no hub runs, as in a command (results/apps.py)."""
    global _make
    _make = make


def committed(contest: int) -> None:
    """An entry is committed: where no hub makes the version, it is made here, so that no reader's request has to."""
    loop = _loop
    if _make is None or (loop is not None and not loop.is_closed() and loop.is_running()):
        return
    try:
        _make(contest)
    except Exception:
        logger.exception("no version made of contest %s; a hub's mending will make it", contest)


def nothing() -> None:
    """From the hub's loop: let all processes hear that hints come through."""
    _tell(NOTHING)


_tasks: set[asyncio.Task[None]] = set()


def _from_loop(contest: int, desk: bool) -> None:
    told = _at_desk if desk else _here
    if told is not None:
        told(contest)
    _tell(contest, desk)


def _tell(contest: int, desk: bool = False) -> None:
    task = asyncio.ensure_future(_quietly(contest, desk))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _quietly(contest: int, desk: bool) -> None:
    try:
        await _send(contest, desk)
    except Exception:
        logger.warning("hint for contest %s not sent; the sweep will find it", contest, exc_info=True)


async def _send(contest: int, desk: bool) -> None:
    layer = get_channel_layer()
    # The in-memory layer reaches this process alone, whose hub has been told already.
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return
    async with asyncio.timeout(SEND_SECONDS):
        message = {"type": "hint", "contest": contest, "desk": desk, "by": _self}
        try:
            await layer.group_send(GROUP, message)
        except Exception:
            # After a restart of Redis the first message is lost with the broken connection; the second opens a new one.
            await layer.group_send(GROUP, message)


class Subscription:
    """The process's one subscription to the hints; a layer that fails is asked again, and the sweep bridges the gap."""

    def __init__(
        self, notify: Callable[[int], None], pause: float, at_desk: Callable[[int], None] | None = None
    ) -> None:
        self._notify = notify
        self._at_desk = at_desk
        self._pause = pause
        self._heard: float | None = None
        # The in-memory layer reaches this process alone, and nothing is sent by it.
        self._alone = isinstance(get_channel_layer(), InMemoryChannelLayer)

    @property
    def hearing(self) -> bool:
        """Whether a message came lately: each process sends one now and then for this purpose (NOTHING)."""
        if self._alone:
            return True
        # Any thread may ask, and not every thread has a running loop.
        return _loop is not None and self._heard is not None and _loop.time() - self._heard < SILENCE_SECONDS

    async def hear(self) -> None:
        """Pass on hints for ever."""
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.warning("the channel layer does not answer; hints come by the sweep", exc_info=True)
                await self._begin_anew()
                await asyncio.sleep(self._pause)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel("countnight.hub")
        await layer.group_add(GROUP, channel)
        while True:
            # A machine that is switched off says no goodbye, and a connection to it stays open.
            async with asyncio.timeout(None if self._alone else SILENCE_SECONDS):
                message = await layer.receive(channel)
            self._heard = asyncio.get_running_loop().time()
            if message["contest"] != NOTHING and message.get("by") != _self:
                told = self._at_desk if message.get("desk") else self._notify
                if told is not None:
                    told(int(message["contest"]))

    async def _begin_anew(self) -> None:
        """Forget connections and channels: each that was ever subscribed has a queue of its own in the layer."""
        try:
            async with asyncio.timeout(2 * SEND_SECONDS):
                await get_channel_layer().flush()
        except Exception:
            logger.warning("the channel layer cannot be emptied; it is tried again", exc_info=True)
