"""Short turns of the event loop, so that officers do not wait for a crowd that comes, or goes, all at once.

asyncio takes all events there are into one turn. Five thousand connections that break at once were a turn of more than a
second, in which no officer's figures were received. Here a turn takes a few, and the kernel hands out the rest in turn.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

EVENTS = 64
"""Taken in one turn: at the most expensive (a handshake, 0.4 ms) 26 ms."""


class FewEvents:
    """An epoll object that gives a few events at a time."""

    def __init__(self, epoll: Any) -> None:
        self._epoll = epoll

    def poll(self, timeout: float, most: int) -> Any:
        """As epoll.poll; what is left is level-triggered, and comes with the next call before what came already."""
        return self._epoll.poll(timeout, min(most, EVENTS))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._epoll, name)


def shorten(loop: asyncio.AbstractEventLoop) -> None:
    """Let this loop's turns be short; nothing is done on systems without epoll."""
    selector = getattr(loop, "_selector", None)
    if isinstance(selector, selectors.EpollSelector) and not isinstance(selector._selector, FewEvents):  # type: ignore[attr-defined]
        selector._selector = FewEvents(selector._selector)  # type: ignore[attr-defined]
