"""Ports for the servers that tests start, which nobody else takes between the asking and the listening."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST, WORKERS = 10_000, 8
_given: set[int] = set()
_random = random.SystemRandom()  # Hypothesis makes the other one begin anew, alike in every worker.


def slice_of(worker: int) -> range:
    """The ports of one worker: below those that the system lends to outgoing connections, of which a crowd of viewers
    takes hundreds, also while a server that was killed starts again on its port. Where that leaves few, all of them."""
    lowest = int(LENT.read_text().split()[0]) if LENT.exists() else 0
    end = lowest if lowest > FIRST + 1000 * WORKERS else 32_768
    size = (end - FIRST) // WORKERS
    first = FIRST + size * (worker % WORKERS)
    return range(first, first + size)


def free_port() -> int:
    """A port on which nobody listens, and which no other test is given, nor one of another run that goes beside this
    one: TEST_PORTS_AFTER is how many workers that one has (bin/parts.sh)."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    mine = slice_of(worker + int(os.environ.get("TEST_PORTS_AFTER", "0")))
    while True:
        port = _random.choice(mine)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port
