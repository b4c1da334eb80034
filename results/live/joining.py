"""How a viewer joins: it is admitted, enters the contest's room, and is brought from the version that it has to the newest.

A viewer enters the room first, then the newest version is read, then delivered, so that nothing falls between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from django.conf import settings

from results.live import metrics
from results.live.names import Names
from results.live.reading import read_board
from results.live.rooms import Room
from results.live.viewers import Viewer

logger = logging.getLogger(__name__)
T = TypeVar("T")


class FullError(RuntimeError):
    """The process has as many viewers as it may."""


class Rooms(Protocol):
    """What joining asks of the hub (results/live/hub.py, which says what each does)."""

    rooms: dict[int, Room]
    names: Names
    tick: float

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]: ...
    async def read(self, function: Callable[..., T], *arguments: Any) -> T: ...
    def now(self) -> float: ...
    async def open(self, contest: int) -> Room: ...
    def look(self, room: Room) -> None: ...
    def try_again(self) -> None: ...


class Joining:
    """Admits viewers up to a limit, and brings each to the newest version of its contest."""

    def __init__(self, hub: Rooms) -> None:
        self._hub = hub
        self.most: int | None = None
        self.viewers = 0
        metrics.VIEWERS.set_function(lambda: self.viewers)
        metrics.CAPACITY.set_function(self._capacity)

    def _capacity(self) -> int:
        most = int(settings.LIVE_MAX_VIEWERS)
        return most if self.most is None else min(most, self.most)

    def take_place(self) -> None:
        """Count one more open line, of whatever kind: each is an open file. `give_back` ends it; FullError without room."""
        if self.viewers >= self._capacity():
            metrics.REFUSED.inc()
            raise FullError
        self.viewers += 1

    async def admit(self, contest: str) -> int:
        """Count one more viewer of a contest, by its ballot paper id; the contest's key. `leave` or `give_back` ends it.

        Raises UnknownContestError, or FullError when the process has no room for one more.
        """
        self.take_place()
        try:
            return await self._hub.names.find(contest)
        except BaseException:
            self.viewers -= 1
            raise

    async def watch(self, contest: int, viewer: Viewer, epoch: str, since: int) -> Room:
        """Let an admitted viewer watch a contest, and bring it from `since` to the newest version."""
        room = self._hub.rooms.get(contest) or await self._hub.open(contest)
        if room.version and ((epoch and epoch != room.epoch) or since > room.version):
            # It knows more than this process: another made a version, or a backup was restored.
            self._hub.look(room)
            if room.refreshing is None:
                # A tick runs, and the look is at its end: without it the viewer would be told what it had before.
                await asyncio.sleep(self._hub.tick)
            if room.refreshing is not None:
                await asyncio.wait([room.refreshing])
        # From here on a version that comes in between is delivered by the ordinary way.
        room.enter(viewer, epoch, since)
        try:
            while not room.version and room.refreshing is not None:
                await asyncio.wait([room.refreshing])
            if room.version and viewer.behind:
                await self._catch_up(room, viewer, epoch, since)
        except BaseException:
            room.leave(viewer)
            raise
        return room

    async def _catch_up(self, room: Room, viewer: Viewer, epoch: str, since: int) -> None:
        if epoch == room.epoch and since == room.version:
            viewer.version = since
        elif epoch == room.epoch and 0 < since < room.version:
            if since not in room.patches:
                await self._make_patch(room, since)
            if viewer.behind and room.epoch == epoch and since in room.patches:
                viewer.version = since
        if not room.bring(viewer, self._hub.now()):
            self._hub.try_again()

    async def _make_patch(self, room: Room, since: int) -> None:
        """Once for all who come back with the same version at the same time, as a crowd does."""
        making = room.making.get(since)
        if making is None:
            making = room.making[since] = self._hub.begin(self._read_patch(room, since))
            making.add_done_callback(lambda _: room.making.pop(since))
        # Cancelling the one who leaves meanwhile must not cancel the patch of the others.
        await asyncio.shield(making)

    async def _read_patch(self, room: Room, since: int) -> None:
        newest = room.epoch, room.version
        try:
            board = await self._hub.read(read_board, room.contest.pk, since)
        except Exception:
            logger.exception("version %s of %s cannot be read: its viewers get the whole board", since, room.contest)
            return
        if board is not None and newest == (room.epoch, room.version):
            room.keep_patch(since, board)

    def drained(self, room: Room, viewer: Viewer) -> None:
        """The viewer has accepted its last frame: bring it to the newest version if it was skipped."""
        if viewer in room.late and not room.bring(viewer, self._hub.now()):
            self._hub.try_again()

    def leave(self, room: Room, viewer: Viewer) -> None:
        """A viewer that watched is gone, and another may come."""
        room.leave(viewer)
        self.give_back()

    def give_back(self) -> None:
        """One who was admitted does not watch after all, and another may come."""
        self.viewers -= 1
