"""A database that does not answer is asked by one request at a time; the others are told at once.

Otherwise each request would wait as long as it may, and a hall would wait for the requests of everybody before it.
"""

from __future__ import annotations

import threading
import time

AGAIN_SECONDS = 2.0
"""Between two requests that find out whether the database is back."""


class Silence:
    """Whether the database is known not to answer; shared by all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None
        self._next = 0.0

    def heard(self) -> None:
        """The database has answered."""
        self._since = None

    def waited(self) -> None:
        """The database was asked, and was silent for too long."""
        with self._lock:
            now = time.monotonic()
            self._since = self._since or now
            self._next = now + AGAIN_SECONDS

    def wait_is_vain(self, seconds: float) -> bool:
        """Whether to give up without asking. The one who is told to ask may take `seconds`, and nobody else asks meanwhile."""
        if self._since is None:
            return False
        with self._lock:
            now = time.monotonic()
            if self._since is None or now >= self._next:
                self._next = now + seconds
                return False
            return True


silence = Silence()
