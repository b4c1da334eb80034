"""The hub: one per process. It turns hints into versions, and versions into one frame for all viewers of a contest.

    hint, or the sweep every two seconds -> tick -> publication -> patch, framed once -> every viewer

Leading-edge tick: the first change after quiet leaves at once, then at most one in a tick. A viewer who has not accepted
the last frame yet is skipped, and gets what is newest when it has: memory per viewer is one frame. How a viewer joins is
in `joining`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

from results.live import broadcast, metrics
from results.live.desk_lines import DeskLines
from results.live.joining import Joining
from results.live.mending import mend
from results.live.names import Names
from results.live.reading import (
    Newest,
    UnknownContestError,
    forget_swept,
    read_afresh,
    read_contest,
    read_current,
    read_kept,
    read_newest,
)
from results.live.rooms import Room
from results.rehearsal import name_of

logger = logging.getLogger(__name__)
T = TypeVar("T")

UNWATCHED_SECONDS = 60.0
"""A contest that nobody watches is forgotten after this: 650 of them must not cost the memory of 650 boards."""


class Hub:
    """All contests that are watched, or were written about, in this process."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.names = Names(lambda *work: self.read(*work), self.begin)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._life: list[asyncio.Task[Any]] = []
        self._trying: asyncio.TimerHandle | None = None
        # One thread for all reading: versions are made one after the other, and requests keep the other threads.
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub")
        self.tick = float(settings.LIVE_TICK_SECONDS)
        self.sweep = float(settings.LIVE_SWEEP_SECONDS)
        self.desk = DeskLines()
        self._subscription = broadcast.Subscription(self.notify, self.sweep, self.desk.ring)
        self.joining = Joining(self)
        metrics.ROOMS.set_function(lambda: len(self.rooms))
        metrics.LATE.set_function(lambda: sum(len(room.late) for room in list(self.rooms.values())))

    # --- its life ---

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen for hints, and sweep for those that never came; starting twice changes nothing."""
        if self._loop is loop:
            return
        self._loop = loop
        broadcast.listen(loop, self.notify, self.desk.ring)
        mending = mend(self.read, self._grown)
        self._life = [self.begin(life) for life in (self._subscription.hear(), self._sweep(), mending, self._beat())]

    @property
    def running(self) -> bool:
        """Whether it listens, sweeps and beats."""
        return self._loop is not None and self._loop.is_running() and not any(task.done() for task in self._life)

    @property
    def hearing(self) -> bool:
        """Whether hints come through; without them the sweep finds what is new."""
        return self._subscription.hearing

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run this beside everything else, until the hub ends."""
        assert self._loop is not None
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """What a function reads from the database, on the hub's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, read_afresh, function, *arguments)

    async def _sweep(self) -> None:
        """One cheap query in two seconds over the contests that are watched: what a lost hint should have said."""
        while True:
            await asyncio.sleep(self.sweep)
            self._forget_unwatched()
            watched = [pk for pk, room in self.rooms.items() if room.watched]
            watched += [pk for pk in self.desk.contests if pk not in watched]
            if not watched:
                continue
            try:
                newest = await self.read(read_newest, watched)
                for pk, (epoch, version, grown) in newest.items():
                    if grown:
                        self.desk.ring(pk)
                    room = self.rooms.get(pk)
                    if room is not None and (grown or (epoch, version) != (room.epoch, room.version)):
                        room.swept = True
                        self.look(room)
            except Exception:
                logger.exception("the sweep failed; it goes on")

    def _forget_unwatched(self) -> None:
        now = self.now()
        for pk, room in list(self.rooms.items()):
            if room.watched or room.refreshing is not None or room.ticking is not None:
                room.unwatched_since = now
            elif now - room.unwatched_since > UNWATCHED_SECONDS:
                del self.rooms[pk]

    async def _beat(self) -> None:
        while True:
            broadcast.nothing()
            await asyncio.sleep(broadcast.NOTHING_SECONDS)
            for room in list(self.rooms.values()):
                try:
                    if room.watched and room.version and room.beat(self.now()):
                        self.try_again()
                except Exception:
                    logger.exception("no heartbeat for %s; the others have theirs", room.contest)

    def now(self) -> float:
        """The event loop's time, in seconds."""
        assert self._loop is not None
        return self._loop.time()

    # --- news ---

    def notify(self, contest: int) -> None:
        """Something was written about this contest: look now, or at the end of the tick that runs."""
        metrics.HINTS.inc()
        self.desk.ring(contest)
        self._grown(contest)

    def _grown(self, contest: int) -> None:
        room = self.rooms.get(contest)
        if room is None:
            self.begin(self.open(contest, hinted=True))
        else:
            room.hinted = True
            self.look(room)

    def look(self, room: Room) -> None:
        """Look for a newer version: now, or at the end of the tick that runs."""
        if room.ticking is None and room.refreshing is None:
            self._refresh(room)
        else:
            room.changed = True

    def _refresh(self, room: Room) -> None:
        assert self._loop is not None
        metrics.TICKS.inc()
        swept = room.swept and not room.hinted
        # For a viewer who comes no version is made, or looked for: how long it waits must not tell of hidden entries.
        read = read_current if room.swept or room.hinted else read_kept
        room.changed = room.swept = room.hinted = False
        room.ticking = self._loop.call_later(self.tick, self._tock, room)
        room.refreshing = self.begin(self._bring(room, read, swept))

    def _tock(self, room: Room) -> None:
        room.ticking = None
        if room.changed and room.refreshing is None:
            self._refresh(room)

    async def _bring(self, room: Room, read: Callable[[int], Newest], swept: bool) -> None:
        begun = self.now()
        try:
            epoch, publication, played = await self.read(read, room.contest.pk)
            room.played = played
            if room.adopt(epoch, publication):
                # What the sweep saw a moment before its hint came was not lost.
                if swept and not room.hinted:
                    metrics.HEALED.inc()
                metrics.PUBLISH_SECONDS.observe(self.now() - begun)
                self._deliver(room)
                room.make_whole()
        except Exception:
            # The ledger has what officers said; the sweep tries again.
            forget_swept(room.contest.pk)
            logger.exception("no version made of %s", room.contest)
        room.refreshing = None
        if room.changed and room.ticking is None:
            self._refresh(room)

    def _deliver(self, room: Room) -> None:
        begun = self.now()
        accepted, skipped = room.deliver(begun)
        metrics.VERSIONS.inc()
        metrics.SENT.inc(accepted)
        metrics.SKIPPED.inc(skipped)
        if accepted or skipped:
            metrics.SEND_SECONDS.observe(self.now() - begun)
        if skipped:
            self.try_again()

    def try_again(self) -> None:
        """Offer late viewers the newest version in a tick from now: no event tells that a connection has drained."""
        if self._trying is None:
            assert self._loop is not None
            self._trying = self._loop.call_later(self.tick, self._retry)

    def _retry(self) -> None:
        self._trying = None
        now = self.now()
        late = False
        for room in list(self.rooms.values()):
            if room.late:
                try:
                    metrics.DROPPED.inc(room.retry(now))
                except Exception:
                    logger.exception("the late viewers of %s are tried again later", room.contest)
                late = late or bool(room.late)
        if late:
            self.try_again()

    async def open(self, contest: int, hinted: bool = False) -> Room:
        """The contest's room, made if it is not there, with a look for its newest version; UnknownContestError."""
        room = self.rooms.get(contest)
        if room is None:
            try:
                found = await self.read(read_contest, contest)
            except ObjectDoesNotExist as error:
                self.names.forget(contest)
                raise UnknownContestError(contest) from error
            room = self.rooms.setdefault(contest, Room(found))
            self.names.learn(name_of(found.ballot_paper_id, found.environment), contest)
        room.hinted = room.hinted or hinted
        if room.refreshing is None and room.ticking is None:
            self._refresh(room)
        elif hinted or not room.version:
            room.changed = True
        return room


@cache
def hub() -> Hub:
    """The hub of this process."""
    return Hub()
