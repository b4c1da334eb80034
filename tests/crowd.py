"""Many viewers of one contest, in a thread of their own: each lives by frames alone, and comes back when its line breaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from results.board.patches import apply_patch
from tests.conftest import wait_for

AT_ONCE = 50
"""Handshakes under way; the machine is small, and the crowd is not what is measured."""
BACKOFF_SECONDS = 0.5


@dataclass
class Viewer:
    """One viewer: what it shows, and since when."""

    address: str
    origin: str
    epoch: str = ""
    version: int = 0
    board: dict[str, Any] = field(default_factory=dict)
    live: bool = False
    lines: int = 0
    mistakes: list[str] = field(default_factory=list)
    since: dict[int, float] = field(default_factory=dict)
    """By the votes of the first candidate, the moment at which they were first shown."""

    async def watch(self, gate: asyncio.Semaphore) -> None:
        """Watch for ever."""
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                await self._line(gate)
            self.live = False
            await asyncio.sleep(random.uniform(0, BACKOFF_SECONDS))

    async def _line(self, gate: asyncio.Semaphore) -> None:
        trusting = ssl._create_unverified_context() if self.address.startswith("wss") else None
        since = f"?epoch={self.epoch}&since={self.version}"
        async with gate:
            line = await connect(
                self.address + since,
                origin=self.origin,  # type: ignore[arg-type]
                ssl=trusting,
                compression=None,
                ping_interval=None,
                max_queue=None,
            )
        self.lines += 1
        try:
            async for text in line:
                self._take(json.loads(text))
        finally:
            await line.close()

    def _take(self, frame: dict[str, Any]) -> None:
        self.live = True
        if "board" in frame:
            self.board = frame["board"]
        elif "patch" in frame:
            if (frame["epoch"], frame["since"]) != (self.epoch, self.version):
                self.mistakes.append(f"{frame['since']} to {frame['version']} for one that has {self.version}")
            self.board = apply_patch(self.board, frame["patch"])
        else:
            return
        if frame["epoch"] == self.epoch and frame["version"] <= self.version:
            self.mistakes.append(f"{frame['version']} after {self.version}")
        self.epoch, self.version = frame["epoch"], frame["version"]
        votes = self.board.get("candidates", {}).get("1", {}).get("votes")
        if votes is not None:
            self.since.setdefault(votes, time.monotonic())


class Crowd:
    """`size` viewers at one address."""

    def __init__(self, address: str, origin: str, size: int = 1) -> None:
        self.viewers = [Viewer(address, origin) for _ in range(size)]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: list[asyncio.Task[None]] = []

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self._come)
        self._loop.run_forever()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    def _come(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        self._tasks = [self._loop.create_task(viewer.watch(gate)) for viewer in self.viewers]

    def __enter__(self) -> Crowd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def all_live(self, seconds: float = 30) -> None:
        """Wait until every line is open and has spoken."""
        wait_for(lambda: all(viewer.live for viewer in self.viewers), seconds, f"all of {self}")

    def shown(self, votes: int, seconds: float = 20) -> float:
        """The moment at which the last of them showed these votes of the first candidate."""
        wait_for(lambda: all(votes in viewer.since for viewer in self.viewers), seconds, f"{votes} at all of {self}")
        return max(viewer.since[votes] for viewer in self.viewers)

    @property
    def mistakes(self) -> list[str]:
        """Frames that did not fit what a viewer had."""
        return [mistake for viewer in self.viewers for mistake in viewer.mistakes]

    def __str__(self) -> str:
        live = sum(viewer.live for viewer in self.viewers)
        return f"{len(self.viewers)} viewers at {self.viewers[0].address}, {live} of them live"
