"""Guessing pass phrases: how many wrong ones are looked at, from one address and for one name.

A check is slow on purpose, so that guesses keep honest people waiting. What is refused here is refused before it is checked.

- A name is closed for one address after five wrong pass phrases from there, for half a minute, then twice as long each time.
  It is open from every other address: nobody can lock somebody out from afar.
- After many wrong ones from one address, or from everywhere, names that do not exist are not checked any more. A hall behind
  one address is never closed: whoever there has a name, and has not been wrong with it, is checked as ever.

Kept in memory, by each process for itself: nothing is written for a guess, so that guessers keep no entry waiting. With several
processes a guesser gets so many times the tries (docs/SECURITY.md).
"""

from __future__ import annotations

import ipaddress
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from results import clock

WRONG_FOR_A_NAME = 5
WRONG_FROM_AN_ADDRESS = 20
WRONG_FROM_EVERYWHERE = 100
RECENT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
KEPT = 20_000
"""Pairs of a name and an address that are remembered; beyond these the oldest are forgotten."""


@dataclass(slots=True)
class _Wrong:
    times: int
    last: datetime

    def closed_until(self) -> datetime:
        over = self.times - WRONG_FOR_A_NAME
        return self.last if over < 0 else self.last + min(FIRST_PAUSE * 2 ** min(over, 10), LONGEST_PAUSE)


class Guesses:
    """What has been tried in vain."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: dict[tuple[str, str], _Wrong] = {}
        self._recent: deque[tuple[datetime, str]] = deque(maxlen=KEPT)

    def pause(self, address: str, name: str) -> int:
        """For how many seconds this name is not looked at from this address; 0 where it is."""
        now = clock.real_now()
        with self._lock:
            self._forget(now)
            tried = self._wrong.get((address, name))
            left = tried.closed_until() - now if tried else timedelta()
            many = len(self._recent) >= WRONG_FROM_EVERYWHERE or (
                sum(one == address for _, one in self._recent) >= WRONG_FROM_AN_ADDRESS
            )
        if left > timedelta():
            return int(left.total_seconds()) + 1
        if many and not User.objects.filter(username=name).exists():
            return int(FIRST_PAUSE.total_seconds())
        return 0

    def wrong(self, address: str, name: str) -> None:
        """The pass phrase was wrong, or the name."""
        now = clock.real_now()
        with self._lock:
            tried = self._wrong.pop((address, name), None)
            self._wrong[address, name] = _Wrong(tried.times + 1 if tried else 1, now)
            self._recent.append((now, address))
            if len(self._wrong) > KEPT:
                del self._wrong[next(iter(self._wrong))]

    def right(self, address: str, name: str) -> None:
        """The pass phrase was right."""
        with self._lock:
            self._wrong.pop((address, name), None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._wrong.clear()
            self._recent.clear()

    def _forget(self, now: datetime) -> None:
        while self._recent and now - self._recent[0][0] > RECENT:
            self._recent.popleft()
        # Each is moved to the end when it is wrong again, so that the first is the oldest.
        while self._wrong:
            first = next(iter(self._wrong))
            if now - self._wrong[first].last <= REMEMBERED:
                return
            del self._wrong[first]


guesses = Guesses()


def address_of(request: HttpRequest) -> str:
    """Whoever asks, as far as we know it: of an IPv6 address the first half, since one person has all the others."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last one is the proxy's own word; what stands before it may be anybody's.
        said = request.headers.get("X-Forwarded-For", said).rpartition(",")[2].strip() or said
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
