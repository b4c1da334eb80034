"""One contest in this process: its newest version, the frames that lead to it, and who watches."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Max, OuterRef, Subquery

from results import clock
from results.board.patches import make_patch
from results.board.publishing import current
from results.board.timeline import iso
from results.models import Contest, DemoClock, LedgerEntry, Publication


class UnknownContestError(LookupError):
    """No contest has this id."""


class Viewer(Protocol):
    """One reader of a contest, whatever the wire is."""

    version: int
    behind: bool

    def offer(self, frame: str) -> bool:
        """Take a frame without waiting; False when the last one is still on its way (the viewer is then behind)."""
        ...


def frame(document: dict[str, Any]) -> str:
    """A document as it goes over the wire."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


@dataclass
class Room:
    """One contest in this process: its newest version, and who watches it."""

    contest: Contest
    epoch: str = ""
    version: int = 0
    board: dict[str, Any] = field(default_factory=dict)
    whole: str = ""
    patches: dict[int, str] = field(default_factory=dict)
    played: DemoClock | None = None
    viewers: set[Viewer] = field(default_factory=set)
    ticking: asyncio.TimerHandle | None = None
    changed: bool = False
    refreshing: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        """The time at this count."""
        if self.played is None:
            return clock.real_now()
        return self.played.night_origin + (clock.real_now() - self.played.real_origin) * self.played.speed

    def heartbeat(self) -> str:
        """Proof that the line is alive, with the time at the count."""
        return frame({"epoch": self.epoch, "version": self.version, "now": iso(self.now())})

    def take(self, epoch: str, publication: Publication) -> bool:
        """Make this the newest version; False when it is no news."""
        if epoch == self.epoch and publication.version <= self.version:
            return False
        if epoch != self.epoch:
            # Version numbers begin anew: what a viewer has of the old epoch is worth nothing.
            self.patches.clear()
            for viewer in self.viewers:
                viewer.version = 0
        elif self.version:
            self._keep_patches(publication)
        self.epoch, self.version, self.board = epoch, publication.version, publication.board
        self.whole = frame({"epoch": epoch, "version": self.version, "board": self.board})
        return True

    def _keep_patches(self, publication: Publication) -> None:
        """Only the step from the last version is patched: for older ones the patch is made when somebody asks."""
        self.patches.clear()
        self.patches[self.version] = self.patch_from(self.version, self.board, publication.version, publication.board)

    def patch_from(self, since: int, board: dict[str, Any], version: int, newest: dict[str, Any]) -> str:
        """The frame from one version to another: the patch, or the whole where that is shorter."""
        patch = {"epoch": self.epoch, "since": since, "version": version, "patch": make_patch(board, newest)}
        whole = {"epoch": self.epoch, "version": version, "board": newest}
        return min(frame(patch), frame(whole), key=len)

    def frame_for(self, viewer: Viewer) -> str:
        """What brings this viewer to the newest version."""
        return self.patches.get(viewer.version, self.whole)


# --- reading, on the hub's thread -------------------------------------------------------------------------------------


def read_contest(pk: int) -> Contest:
    return Contest.objects.select_related("election").get(pk=pk)


def read_contest_pk(ballot_paper_id: str) -> int:
    pk = Contest.objects.filter(ballot_paper_id=ballot_paper_id).values_list("pk", flat=True).first()
    if pk is None:
        raise UnknownContestError(ballot_paper_id)
    return pk


def read_current(pk: int) -> tuple[str, Publication, DemoClock | None]:
    contest = read_contest(pk)
    return contest.epoch, current(contest), clock.demo_clock(contest.election)


def read_board(pk: int, version: int) -> dict[str, Any] | None:
    return Publication.objects.filter(contest_id=pk, version=version).values_list("board", flat=True).first()


_swept: dict[int, tuple[str, int]] = {}
"""By contest, the epoch and the last seq that the sweep has seen: in another epoch the same seq says nothing."""


def forget_swept(contest: int) -> None:
    """Let the next sweep look at this contest again."""
    _swept.pop(contest, None)


def read_newest(watched: list[int]) -> dict[int, tuple[str, int, bool]]:
    """By contest: epoch, newest version, and whether the ledger has grown since the last sweep."""
    last = LedgerEntry.objects.filter(contest=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    rows = (
        Contest.objects.filter(pk__in=watched)
        .annotate(version=Max("publications__version"), last=Subquery(last))
        .values_list("pk", "epoch", "version", "last")
    )
    newest = {}
    for pk, epoch, version, seq in rows:
        newest[pk] = (epoch, version or 0, _swept.get(pk) != (epoch, seq))
        _swept[pk] = (epoch, seq)
    return newest
