"""The newest that this process knows of a contest, shown while the database does not answer: with its age on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.shortcuts import get_object_or_404

from results.board.document import Document
from results.board.publishing import kept
from results.board.set_up_document import set_up_document
from results.models import Contest, Publication
from results.rehearsal import misplaced

logger = logging.getLogger(__name__)

T = TypeVar("T")

KEPT = 64
"""Contests asked for last: a board takes some hundred kilobytes in memory."""
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Newest:
    """A contest as it was read last. Its election holds the clock, which needs no database to go on."""

    contest: Contest
    publication: Publication
    setup: Document


class Kept(Generic[T]):
    """What was read last, by name."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._known: dict[str, T] = {}
        self._lock = threading.Lock()

    def read(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives or, where the database does not answer, what it gave last; raises where that is nothing."""
        try:
            made = read()
        except AWAY as error:
            with self._lock:
                if name not in self._known:
                    raise
                last = self._known[name]
            logger.warning("%s is shown as it was last known: %s", name, " ".join(str(error).split()))
            return last
        with self._lock:
            self._known.pop(name, None)
            self._known[name] = made
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()


_newest: Kept[Newest] = Kept()


def newest(ballot_paper_id: str) -> Newest:
    """The newest publication of a contest, with its set-up; Http404 where there is none at an address of this kind."""
    found = _newest.read(ballot_paper_id, lambda: _read(ballot_paper_id))
    if misplaced(found.contest):
        raise Http404
    return found


def _read(ballot_paper_id: str) -> Newest:
    contests = Contest.objects.select_related("election", "event__demo_clock")
    contest = get_object_or_404(contests, ballot_paper_id=ballot_paper_id)
    return Newest(contest, kept(contest), set_up_document(contest))


def forget() -> None:
    """Forget all contests."""
    _newest.clear()
