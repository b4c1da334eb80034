"""What the hub reads, on its own thread: the newest publication, and which ledgers have grown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections
from django.db.models import Max, OuterRef, Subquery

from results import clock
from results.board.publishing import behind, current, kept
from results.models import Contest, DemoClock, LedgerEntry, Publication
from results.rehearsal import name_of

T = TypeVar("T")
Newest = tuple[str, Publication, DemoClock | None]
"""A contest's epoch, its newest version, and the clock of a played night."""


class UnknownContestError(LookupError):
    """No contest has this id."""


def read_afresh(function: Callable[..., T], *arguments: Any) -> T:
    """Read on a connection that works, if there can be one; without asgiref's detours, since versions wait for it."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


def read_contest(pk: int) -> Contest:
    return Contest.objects.select_related("election", "event").get(pk=pk)


def read_names() -> dict[str, int]:
    """The keys of all contests by the names that they are asked for by."""
    rows = Contest.objects.values_list("ballot_paper_id", "environment", "pk")
    return {name_of(ballot_paper_id, environment): pk for ballot_paper_id, environment, pk in rows}


def read_current(pk: int) -> Newest:
    contest = read_contest(pk)
    # Where a version could not be made, the next sweep tries again.
    return contest.epoch, current(contest, partial(forget_swept, pk)), clock.demo_clock(contest.event)


def read_kept(pk: int) -> Newest:
    """The newest version there is, without looking at the ledger: what a viewer who comes is shown first."""
    contest = read_contest(pk)
    return contest.epoch, kept(contest), clock.demo_clock(contest.event)


def read_behind() -> list[int]:
    """Contests of which a version may be missing: a process died between an entry and its version, or could not make it."""
    return behind()


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
