"""The queue before SQLite's one write lock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class FairLock:
    """A lock that is given in the order in which it was asked for.

    SQLite lets its writers poll for the lock, and twenty of them starve each other; in a process they queue here instead.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_writers = FairLock()


@contextmanager
def write_queue() -> Iterator[None]:
    """Wait for this process's turn to write on SQLite; on PostgreSQL the contest's row lock is queue enough."""
    if connection.vendor == "sqlite":
        with _writers:
            yield
    else:
        yield
