"""Which contest is meant by a ballot paper id: asked by everybody who connects, and by those who try names at random."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from results.live.reading import UnknownContestError, read_names

READ_SECONDS = 0.1
"""Between two readings of all names. Versions are read by the same thread, and names that do not exist must not stand
before them one by one: two thousand of these took 1.2 s."""


class Names:
    """The contests by their ballot paper ids; names that are not known are looked up together."""

    def __init__(
        self,
        read: Callable[..., Awaitable[dict[str, int]]],
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._read = read
        self._begin = begin
        self._known: dict[str, int] = {}
        self._may_read = 0.0
        self._reading: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def find(self, name: str) -> int:
        """The key of a contest; UnknownContestError where there is none by now."""
        if name not in self._known:
            # Cancelling one who leaves meanwhile must not cancel the reading for the others.
            await asyncio.shield(self._look())
        try:
            return self._known[name]
        except KeyError:
            raise UnknownContestError(name) from None

    def learn(self, name: str, key: int) -> None:
        """Keep the key of a contest that was read for another reason."""
        self._known[name] = key

    def forget(self, key: int) -> None:
        """Forget a contest that is no longer there."""
        self._known = {name: pk for name, pk in self._known.items() if pk != key}

    def _look(self) -> asyncio.Task[None]:
        # A reading under way may have begun before the contest was there: all who come meanwhile share the next one.
        if self._next is None:
            self._next = self._begin(self._read_after(self._reading))
        return self._next

    async def _read_after(self, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._may_read - loop.time())
        self._reading, self._next = self._next, None
        try:
            self._known = await self._read(read_names)
        finally:
            self._may_read = loop.time() + READ_SECONDS
