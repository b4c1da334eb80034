"""Who waits at the desk for news of a contest: pages of people appointed there, each with a line of its own.

A line says that something has changed, and nothing else: what it is the page asks for, and is told what its person may know.
"""

from __future__ import annotations

import asyncio


class DeskLine:
    """One page of the desk that waits. Any number of changes while it is not looking are one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        self._rung.set()

    async def news(self) -> None:
        """Return when something has changed since the last time."""
        await self._rung.wait()
        self._rung.clear()


class DeskLines:
    """The lines of a process, by contest; only the event loop's thread uses it."""

    def __init__(self) -> None:
        self._lines: dict[int, set[DeskLine]] = {}

    @property
    def contests(self) -> list[int]:
        """The contests for which anybody waits."""
        return list(self._lines)

    @property
    def number(self) -> int:
        """How many wait."""
        return sum(len(lines) for lines in self._lines.values())

    def enter(self, contest: int) -> DeskLine:
        """One more line."""
        line = DeskLine()
        self._lines.setdefault(contest, set()).add(line)
        return line

    def leave(self, contest: int, line: DeskLine) -> None:
        """The page is gone."""
        lines = self._lines.get(contest, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(contest, None)

    def ring(self, contest: int) -> None:
        """Something changed at a contest."""
        for line in self._lines.get(contest, ()):
            line.ring()
