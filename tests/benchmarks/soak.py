"""Viewers coming and going for an hour: what the server holds must not grow."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from statistics import median

from tests.benchmarks import night
from tests.benchmarks.peers import Ours
from tests.benchmarks.processes import SERVER_CORE, Pinned
from tests.benchmarks.table import Table
from tests.benchmarks.viewers import Viewers, watching

VIEWERS, CHANGING = 500, 5
"""In a second so many leave and so many come."""
SAMPLE_SECONDS = 10
WARM_UP_SECONDS = 300


@dataclass
class Sample:
    """Memory in MB, and open files beside the viewers' connections."""

    at: float
    memory: float
    files: int


def run(given: argparse.Namespace) -> Table:
    """A board a second, and every second some viewers go, by turns with a goodbye and without, and others come."""
    seconds = 60.0 if given.quick else given.minutes * 60
    table = Table(
        f"soak: {VIEWERS} viewers, {CHANGING} of them new each second, {seconds / 60:g} minutes, core {SERVER_CORE}"
    )
    boards = night.write_boards(night.typical(night.play()))
    night.staged_for_viewers()
    peer = Ours(str(boards), tick=0.25)
    with peer.running() as server, watching(peer.port, peer.path) as crowd:
        crowd.connect(VIEWERS)
        soak = Soak(server, crowd, peer)
        soak.go_on(seconds)
    warm = [sample for sample in soak.samples if sample.at >= min(WARM_UP_SECONDS, seconds / 6)]
    quarter = max(1, len(warm) // 4)
    begin, end = warm[:quarter], warm[-quarter:]
    memory = median(sample.memory for sample in begin)
    table.add("memory, first quarter after the warm-up", memory, "MB")
    table.add("memory, last quarter", median(sample.memory for sample in end), "MB", round(memory * 1.05 + 4, 2))
    files = median(sample.files for sample in begin)
    table.add("open files beside viewers', first quarter", files, "")
    table.add("open files, last against first quarter", abs(median(s.files for s in end) - files), "", 20)
    table.add("viewers lost, behind, or with a patch of no use", soak.faults, "", 0)
    table.add("viewers that came", soak.came, "")
    table.add("latency p99, worst minute", max(soak.worst), "ms")
    return table


class Soak:
    """What happens each second, and what is looked at each ten seconds and each minute."""

    def __init__(self, server: Pinned, crowd: Viewers, peer: Ours) -> None:
        self.server, self.crowd, self.peer = server, crowd, peer
        self.samples: list[Sample] = []
        self.worst: list[float] = []
        self.faults = self.came = 0

    def go_on(self, seconds: float) -> None:
        """So long, on the clock and not by counting, since a sample takes a while."""
        self.peer.offers()
        self.crowd.ask("mark")
        begun = time.monotonic()
        for turn in range(1, int(seconds) + 1):
            time.sleep(max(0.0, begun + turn - time.monotonic()))
            self.peer.publish(0)
            self.crowd.ask(f"leave {CHANGING} {'rst' if turn % 2 else 'close'}")
            self.crowd.connect(CHANGING)
            self.came += CHANGING
            if turn % SAMPLE_SECONDS == 0:
                # The server is to have noticed who left.
                time.sleep(0.3)
                files = self.server.files() - VIEWERS
                self.samples.append(Sample(time.monotonic() - begun, self.server.memory(), files))
            if turn % 60 == 0:
                self._report(turn // 60)

    def _report(self, minute: int) -> None:
        self.crowd.offered(self.peer.offers())
        said = self.crowd.ask("report")
        self.crowd.ask("mark")
        last = self.samples[-1]
        self.worst.append(said["p99_ms"])
        self.faults += said["lost"] + said["behind"] + said["unusable"]
        print(
            f"  minute {minute}: {said['open']} viewers, version {said['newest']}, p99 {said['p99_ms']:.1f} ms, "
            f"{last.memory:.1f} MB, {last.files} files beside theirs",
            flush=True,
        )
