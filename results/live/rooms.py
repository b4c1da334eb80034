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
"""A viewer that accepted nothing for so long is not reading any more; with the ping's timeout nobody dead lasts a minute."""
KEPT_PATCHES = 32
"""Patches kept for viewers who come back: at four versions a second the last eight seconds, else minutes."""


def _patch_frame(epoch: str, since: int, board: dict[str, Any], version: int, newest: dict[str, Any]) -> Frame:
    return Frame({"epoch": epoch, "since": since, "version": version, "patch": make_patch(board, newest)})


def _whole_frame(epoch: str, version: int, board: dict[str, Any]) -> Frame:
    return Frame({"epoch": epoch, "version": version, "board": board})


@dataclass
class Room:
    """One contest in this process: its newest version, and who watches it."""

    contest: Contest
    epoch: str = ""
    version: int = 0
    before: int = 0
    board: dict[str, Any] = field(default_factory=dict)
    _whole: Frame | None = None
    patches: dict[int, Frame] = field(default_factory=dict)
    making: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    played: DemoClock | None = None
    # Viewers who have the newest version, by the kind of their wire; dicts, since they are gone through in the order of
    # their coming, which is about their order in memory.
    crowds: dict[type[Viewer], dict[Viewer, None]] = field(default_factory=dict)
    # Those who have had nothing yet, with the epoch and version that they came with; and those who could not accept the
    # last frame, with the time of the first such.
    joining: dict[Viewer, tuple[str, int]] = field(default_factory=dict)
    late: dict[Viewer, float] = field(default_factory=dict)
    ticking: asyncio.TimerHandle | None = None
    changed: bool = False
    swept: bool = False
    hinted: bool = False
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

    def adopt(self, epoch: str, publication: Publication) -> bool:
        """Make this the newest version; False when it is no news."""
        if epoch == self.epoch and publication.version <= self.version:
            return False
        before, board = (self.version, self.board) if epoch == self.epoch else (0, {})
        # Only the step from the last version is patched: for older ones the patch is made when somebody asks.
        step = {before: _patch_frame(epoch, before, board, publication.version, publication.board)} if before else {}
        whole = None
        if before and len(step[before]) > len(self.whole):
            # Only now is the new board framed before it is sent: a patch this long is rare, and every version would wait.
            whole = _whole_frame(epoch, publication.version, publication.board)
            step = {before: min(step[before], whole, key=len)}
        # From here on nothing can fail: a version is adopted with its frames, or not at all.
        if not before:
            # Version numbers begin anew: what a viewer has of the old epoch is worth nothing.
            for viewer in self.late:
                viewer.version = 0
        self.epoch, self.version, self.board = epoch, publication.version, publication.board
        self.before, self._whole, self.patches = before, whole, step
        return True

    @property
    def whole(self) -> Frame:
        """The newest board."""
        return self._whole or self.make_whole()

    def make_whole(self) -> Frame:
        """Frame the newest board, where it is not yet: after a version was sent, and not when the next viewer comes."""
        if self._whole is None:
            self._whole = _whole_frame(self.epoch, self.version, self.board)
        return self._whole

    def keep_patch(self, since: int, board: dict[str, Any]) -> None:
        """Keep the frame from an older version to the newest: the patch, or the whole where that is shorter."""
        if len(self.patches) >= KEPT_PATCHES:
            self.patches.clear()
        patch = _patch_frame(self.epoch, since, board, self.version, self.board)
        self.patches[since] = min(patch, self.whole, key=len)

    def _bringing(self, since: int) -> Frame:
        if since == self.version:
            # It could not accept a heartbeat, and has everything else.
            return self.heartbeat()
        return self.patches.get(since) or self.whole

    # --- viewers ---

    @property
    def watched(self) -> bool:
        """Whether anybody is here."""
        return bool(self.joining or self.late or any(self.crowds.values()))

    @property
    def viewers(self) -> list[Viewer]:
        """All who are here."""
        return [*self.joining, *self.late, *(viewer for crowd in self.crowds.values() for viewer in crowd)]

    def enter(self, viewer: Viewer, epoch: str = "", since: int = 0) -> None:
        """One more viewer, who gets the newest version by `bring`, or the next by `deliver` if that comes first."""
        viewer.version, viewer.behind = 0, True
        self.joining[viewer] = epoch, since

    def leave(self, viewer: Viewer) -> None:
        """The viewer is gone."""
        self.joining.pop(viewer, None)
        self.late.pop(viewer, None)
        self.crowds.get(type(viewer), {}).pop(viewer, None)

    def deliver(self, now: float) -> tuple[int, int]:
        """Offer everybody what brings them to the newest version; how many accepted it, and how many could not.

        Those who are late get it by `retry`.
        """
        accepted, skipped = 0, 0
        step = self._bringing(self.before)
        for kind, crowd in self.crowds.items():
            refused = kind.offer_all(crowd, step)
            for viewer in refused:
                del crowd[viewer]
                viewer.version = self.before
                self._skip(viewer, now)
            accepted += len(crowd)
            skipped += len(refused)
        for viewer, has in list(self.joining.items()):
            if has == (self.epoch, self.version):
                # It comes from another process, which had made this version before: it needs no more than a heartbeat.
                viewer.version = self.version
            if self.bring(viewer, now):
                accepted += 1
            else:
                skipped += 1
        return accepted, skipped

    def bring(self, viewer: Viewer, now: float) -> bool:
        """Offer one viewer what brings it to the newest version; whether it has that now."""
        if not viewer.behind:
            return True
        if not viewer.offer(self._bringing(viewer.version)):
            self._skip(viewer, now)
            return False
        self.arrived(viewer)
        return True

    def arrived(self, viewer: Viewer) -> None:
        """The viewer has the newest version."""
        viewer.behind = False
        self.joining.pop(viewer, None)
        self.late.pop(viewer, None)
        self.crowds.setdefault(type(viewer), {})[viewer] = None

    def _skip(self, viewer: Viewer, now: float) -> None:
        viewer.behind = True
        self.joining.pop(viewer, None)
        self.late.setdefault(viewer, now)

    def retry(self, now: float) -> int:
        """Try those that were skipped once more, and drop those that have accepted nothing for too long; how many dropped."""
        dropped = 0
        for viewer, since in list(self.late.items()):
            if not self.bring(viewer, now) and now - since > STALLED_SECONDS:
                del self.late[viewer]
                viewer.drop()
                dropped += 1
        return dropped

    def beat(self, now: float) -> int:
        """Tell those who have everything that the line is alive; how many could not accept it.

        They count as late from now on: in quiet hours too, who accepts nothing for too long is gone.
        """
        heartbeat = self.heartbeat()
        full = 0
        for kind, crowd in self.crowds.items():
            for viewer in kind.offer_all(crowd, heartbeat):
                del crowd[viewer]
                viewer.version = self.version
                self._skip(viewer, now)
                full += 1
        return full
