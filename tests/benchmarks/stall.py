"""Viewers that never read: what they cost the server and the others, and how long a dead one stays."""

from __future__ import annotations

import argparse
import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from tests.benchmarks import night
from tests.benchmarks.peers import Ours
from tests.benchmarks.processes import SERVER_CORE, Pinned
from tests.benchmarks.table import Table
from tests.benchmarks.viewers import HANDSHAKES, Viewers, watching

HEALTHY, STALLED = 200, 100
DEAD, HEALTHY_BESIDE_DEAD = 20, 5
BOARD_BYTES = "10000"
TICK_SECONDS = 0.02
STEP_SECONDS = 0.03
"""Longer than the tick: each board is a version of its own."""
WARM_UP = 50
GONE_SECONDS = 60


@dataclass
class Measured:
    """One run: the server's growth in MB, versions made, the healthy viewers' p99 in ms, and how often one missed one."""

    growth: float
    versions: int
    p99: float
    missed: float


def run(given: argparse.Namespace) -> Table:
    """Rounds with and without viewers that never read; then two kinds of dead viewers, until they are gone."""
    boards, rounds = (200, 1) if given.quick else (1000, 4)
    table = Table(f"stall: {STALLED} viewers that never read beside {HEALTHY}, one server on core {SERVER_CORE}")
    night.staged_for_viewers()
    runs = []
    for number in range(rounds):
        order = (STALLED, 0) if number % 2 else (0, STALLED)
        one = {stalled: _measure(stalled, boards) for stalled in order}
        runs.append((one[STALLED], one[0]))
    size = f"{boards:,} boards of {int(BOARD_BYTES) // 1000} KB"
    table.add(f"the server grows over {size}, most of {rounds}", max(one.growth for one, _ in runs), "MB", 20)
    table.add("it grows without the stalled", max(other.growth for _, other in runs), "MB")
    # A machine that is busy otherwise may put two boards into one tick.
    table.add("versions made, least", min(one.versions for one, _ in runs), "", 0.95 * boards, at_least=True)
    table.add("versions that a healthy viewer missed", sum(one.missed for one, _ in runs), "", 0)
    table.add("healthy viewers' p99", median(one.p99 for one, _ in runs), "ms")
    table.add("healthy viewers' p99 without the stalled", median(other.p99 for _, other in runs), "ms")
    table.add("the ratio of both, median of rounds", median(one.p99 / other.p99 for one, other in runs), "x", 1.5)
    table.add("one that never reads is gone after", _gone(_never_read), "s", GONE_SECONDS)
    table.add("one that answers no ping is gone after", _gone(_stopped), "s", GONE_SECONDS)
    return table


def _measure(stalled: int, boards: int) -> Measured:
    peer = Ours(BOARD_BYTES, tick=TICK_SECONDS)
    with peer.running() as server, watching(peer.port, peer.path) as crowd:
        # First, so that in the order of the room they stand before the healthy.
        if stalled:
            done = crowd.ask(f"stall {stalled} {HANDSHAKES} 30")
            assert done["stalled"] == stalled, done
        crowd.connect(HEALTHY)
        _publish(peer, WARM_UP)
        memory = server.memory()
        peer.offers()
        crowd.ask("mark")
        _publish(peer, boards)
        offers = peer.offers()
        crowd.offered(offers)
        said = crowd.ask("report")
        missed = len(offers) * HEALTHY - said["deliveries"] + said["behind"] + said["lost"]
        assert peer.viewers() == HEALTHY + stalled, "the stalled were dropped before the end"
        return Measured(server.memory() - memory, len(offers), said["p99_ms"], missed)


def _publish(peer: Ours, boards: int) -> None:
    begun = time.monotonic()
    for number in range(boards):
        time.sleep(max(0.0, begun + number * STEP_SECONDS - time.monotonic()))
        peer.publish(0)
    time.sleep(0.5)


def _gone(die: Callable[[Ours, Viewers], contextlib.AbstractContextManager[None]]) -> float:
    """Seconds until the server holds no connection of viewers that died; twice the bar where it still does then."""
    peer = Ours(BOARD_BYTES, tick=TICK_SECONDS)
    with peer.running() as server, watching(peer.port, peer.path) as healthy, watching(peer.port, peer.path) as dead:
        healthy.connect(HEALTHY_BESIDE_DEAD)
        without = server.files()
        with die(peer, dead):
            begun = time.monotonic()
            assert _connections(server, without) == DEAD
            while _connections(server, without) and time.monotonic() - begun < 2 * GONE_SECONDS:
                # Four a second, as in the busiest minutes.
                time.sleep(0.25)
                if die is _never_read:
                    peer.publish(0)
            took = time.monotonic() - begun
        assert healthy.ask("report")["lost"] == 0, "a healthy viewer was taken for dead"
        assert took > GONE_SECONDS or peer.viewers() == HEALTHY_BESIDE_DEAD, (
            "the server counts connections that are gone"
        )
        return took


def _connections(server: Pinned, without: int) -> int:
    """Those that it holds beyond the healthy ones': the kernel's word, since the server's own count could be wrong."""
    return max(0, server.files() - without)


@contextlib.contextmanager
def _never_read(peer: Ours, dead: Viewers) -> Iterator[None]:
    """Boards come, and nobody takes them; the connection answers."""
    dead.ask(f"stall {DEAD} {HANDSHAKES} 10")
    yield


@contextlib.contextmanager
def _stopped(peer: Ours, dead: Viewers) -> Iterator[None]:
    """Nothing is published, and nobody answers pings; the kernel still takes what comes."""
    dead.connect(DEAD)
    dead.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        dead.process.send_signal(signal.SIGCONT)
