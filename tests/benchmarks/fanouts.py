"""One peer, so many viewers, publications one after the other: what they cost and how long they take."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.peers import Peer
from tests.benchmarks.viewers import Viewers, watching

PAUSE_SECONDS = 0.05
"""After the last viewer has a version, until the next one is asked for. What a server does by the clock (pings, checks)
weighs on each delivery the more the longer this is; at a version each 70 ms it is little, and nothing is subtracted."""
MOST_SECONDS = 120


@dataclass
class Measured:
    """One peer in one round."""

    cpu: float
    """Microseconds of the server's CPU for a delivery."""
    last: float
    """Milliseconds from the publication to the last viewer, in the median."""
    slowest: float
    client: float
    """The client's share of its core in percent, while versions were on their way."""
    connect: float
    """Milliseconds from connect() to the answer of the handshake, p99."""


def measure(peer: Peer, viewers: int, publications: int, warm_up: int) -> Measured:
    """Start a peer, let the viewers connect, and publish; RuntimeError where a viewer did not get all."""
    with peer.running() as server, watching(peer.port, peer.path) as crowd:
        connected = crowd.connect(viewers, peer.hears)
        begin = int(crowd.ask("report")["newest"]) + 1
        for version in range(begin, begin + warm_up):
            _publish(peer, crowd, version)
        crowd.ask("mark")
        cpu = server.cpu()
        first = begin + warm_up
        took = [_publish(peer, crowd, version) for version in range(first, first + publications)]
        cpu = server.cpu() - cpu
        said = crowd.ask("report")
    deliveries = viewers * publications
    if (said["deliveries"], said["lost"], said["unusable"]) != (deliveries, 0, 0):
        raise RuntimeError(f"{peer.name} was to make {deliveries} deliveries: {said}")
    client = said["cpu"] * 1000 / sum(took) * 100
    return Measured(cpu * 1e6 / deliveries, median(took), max(took), client, connected["p99_ms"])


def _publish(peer: Peer, crowd: Viewers, version: int) -> float:
    """One version; milliseconds until the last viewer has it."""
    # Said before, so that the client is not woken by us when the first viewer's bytes come.
    crowd.say(f"await {version} {MOST_SECONDS}")
    begun = peer.publish(version)
    answer = crowd.answer()
    peer.published()
    if answer["missing"]:
        raise RuntimeError(f"{peer.name}: version {version} did not come to all: {answer}")
    time.sleep(PAUSE_SECONDS)
    return float(answer["last"] - begun) * 1000


def alone(peer: Peer, viewers: int) -> float:
    """Microseconds of the client's CPU for a message when all have come already: less than a server's, or it would be
    the client that is measured."""
    with peer.running(), watching(peer.port, peer.path) as crowd:
        crowd.connect(viewers, peer.hears)
        for version in range(1, 11):
            _publish(peer, crowd, version)
        crowd.ask("mark")
        crowd.process.send_signal(signal.SIGSTOP)
        peer.publish(11)
        time.sleep(1)
        crowd.process.send_signal(signal.SIGCONT)
        crowd.ask(f"await 11 {MOST_SECONDS}")
        return float(crowd.ask("report")["cpu"]) * 1e6 / viewers
