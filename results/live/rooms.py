"""One contest in this process: its newest version, the frames that lead to it, and who watches."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from results import clock
from results.board.patches import make_patch
from results.board.timeline import iso
from results.live.frames import Frame
from results.live.viewers import Viewer
from results.models import Contest, DemoClock, Publication

STALLED_SECONDS = 40.0
"""A viewer that has taken nothing for so long is not reading any more; with the ping's timeout nobody dead lasts a minute."""
KEPT_PATCHES = 32
"""Patches kept for viewers who come back: at four versions a second the last eight seconds, else minutes."""


@dataclass
class Room:
    """One contest in this process: its newest version, and who watches it."""

    contest: Contest
    epoch: str = ""
    version: int = 0
    board: dict[str, Any] = field(default_factory=dict)
    whole: Frame | None = None
    patches: dict[int, Frame] = field(default_factory=dict)
    played: DemoClock | None = None
    # In the order of their coming, which is the order in memory: a set's order costs cache misses.
    viewers: dict[Viewer, None] = field(default_factory=dict)
    late: dict[Viewer, float] = field(default_factory=dict)
    ticking: asyncio.TimerHandle | None = None
    changed: bool = False
    refreshing: asyncio.Task[None] | None = None
    unwatched_since: float = 0.0

    def now(self) -> datetime:
        """The time at this count."""
        if self.played is None:
            return clock.real_now()
        return self.played.night_origin + (clock.real_now() - self.played.real_origin) * self.played.speed

    def heartbeat(self) -> Frame:
        """Proof that the line is alive, with the time at the count."""
        return Frame({"epoch": self.epoch, "version": self.version, "now": iso(self.now())})

    # --- versions ---

    def take(self, epoch: str, publication: Publication) -> bool:
        """Make this the newest version; False when it is no news."""
        if epoch == self.epoch and publication.version <= self.version:
            return False
        if epoch != self.epoch:
            # Version numbers begin anew: what a viewer has of the old epoch is worth nothing.
            self.patches.clear()
            for viewer in self.viewers:
                viewer.version = 0
        before, board = self.version, self.board
        known = before and epoch == self.epoch
        self.epoch, self.version, self.board = epoch, publication.version, publication.board
        self.whole = Frame({"epoch": epoch, "version": self.version, "board": self.board})
        if known:
            # Only the step from the last version is patched: for older ones the patch is made when somebody asks.
            self.patches.clear()
            self.keep_patch(before, board)
        return True

    def keep_patch(self, since: int, board: dict[str, Any]) -> None:
        """Keep the frame from an older version to the newest: the patch, or the whole where that is shorter."""
        assert self.whole is not None
        if len(self.patches) >= KEPT_PATCHES:
            self.patches.clear()
        document = {"epoch": self.epoch, "since": since, "version": self.version}
        patch = Frame({**document, "patch": make_patch(board, self.board)})
        self.patches[since] = min(patch, self.whole, key=len)

    # --- viewers ---

    def deliver(self, now: float) -> tuple[int, int]:
        """Offer every viewer what brings it to the newest version; how many took it, and how many could not."""
        taken = 0
        version, patches, whole = self.version, self.patches, self.whole
        assert whole is not None
        skipped = []
        for viewer in list(self.viewers):
            if viewer.version == version and not viewer.behind:
                continue
            if viewer.offer(patches.get(viewer.version, whole)):
                viewer.version = version
                viewer.behind = False
                taken += 1
            else:
                skipped.append(viewer)
        for viewer in skipped:
            self.skip(viewer, now)
        return taken, len(skipped)

    def bring(self, viewer: Viewer, now: float) -> bool:
        """Offer one viewer what brings it to the newest version, if it lacks anything; whether it has it now."""
        assert self.whole is not None
        if viewer.version != self.version or viewer.behind:
            if not viewer.offer(self.patches.get(viewer.version, self.whole)):
                self.skip(viewer, now)
                return False
            viewer.version, viewer.behind = self.version, False
        self.late.pop(viewer, None)
        return True

    def skip(self, viewer: Viewer, now: float) -> None:
        """Mark a viewer that could not take a frame: it gets the newest when it drains."""
        viewer.behind = True
        self.late.setdefault(viewer, now)

    def retry(self, now: float) -> int:
        """Try those that were skipped once more, and drop those that have taken nothing for too long; how many dropped."""
        dropped = 0
        for viewer, since in list(self.late.items()):
            if not self.bring(viewer, now) and now - since > STALLED_SECONDS:
                del self.late[viewer]
                viewer.drop()
                dropped += 1
        return dropped

    def leave(self, viewer: Viewer) -> bool:
        """The viewer is gone; False when it was not here."""
        self.late.pop(viewer, None)
        return self.viewers.pop(viewer, viewer) is None
