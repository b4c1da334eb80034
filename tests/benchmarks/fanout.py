"""What it costs to say one version to everybody, against the least that it can cost and against others."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks import night
from tests.benchmarks.fanouts import Measured, alone, measure
from tests.benchmarks.peers import Ours, Peer, WriteLoop, all_peers
from tests.benchmarks.processes import SERVER_CORE
from tests.benchmarks.table import Table

LOOP, OURS, SEND, NCHAN, NODE, TUTORIAL = (
    "write loop",
    "countnight",
    "countnight by send()",
    "nchan",
    "node ws",
    "tutorial",
)
MOST_TIMES = {OURS: {"cpu": {LOOP: 1.35, NCHAN: 1.1, NODE: 0.9}, "last": {LOOP: 1.4}}}
"""Bars: ours in units of the other's."""


@dataclass
class Size:
    """So many viewers for each of these, in so many rounds of so many publications; the tutorial's are fewer."""

    viewers: int
    names: tuple[str, ...]
    rounds: int
    publications: int
    tutorial: int
    least_times: float
    """The bar: publish to the last viewer of the tutorial, in units of ours."""


FAST = (LOOP, OURS, SEND, NCHAN, NODE)
SIZES = (
    Size(1000, (OURS, TUTORIAL), 4, 30, 8, 30),
    Size(2000, FAST, 6, 30, 0, 0),
    Size(5000, (*FAST, TUTORIAL), 4, 30, 2, 150),
)
QUICK = (Size(200, (OURS, TUTORIAL), 2, 5, 3, 5), Size(500, FAST, 2, 10, 0, 0))


@dataclass
class Figures:
    """All rounds at one number of viewers, by peer."""

    size: Size
    of: dict[str, list[Measured]] = field(default_factory=dict)

    def middle(self, name: str, what: str) -> float:
        """The median of a peer's rounds."""
        return median(getattr(one, what) for one in self.of[name])

    def ratio(self, name: str, what: str, to: str) -> float:
        """The median over rounds of the ratio within a round: what disturbs a round disturbs both."""
        pairs = zip(self.of[name], self.of[to], strict=True)
        return median(getattr(one, what) / getattr(other, what) for one, other in pairs)


def run(given: argparse.Namespace) -> Table:
    """Rounds in which each peer publishes to the same number of viewers, and ratios within rounds."""
    table = Table(f"fanout: one version to every viewer; the server on core {SERVER_CORE}, viewers on another")
    played = night.play()
    step = night.typical(played)
    boards = night.write_boards(step)
    peers = all_peers(step.patch, boards)
    night.staged_for_viewers()
    table.absent = {peer.name: why for peer in peers if (why := peer.absent())}
    present = [peer for peer in peers if peer.name not in table.absent]
    table.add("bytes of a patch in the hours of counting, median", step.patch, "B")
    for size in QUICK if given.quick else SIZES:
        _add_rows(table, _rounds([peer for peer in present if peer.name in size.names], size))
    viewers = QUICK[-1].viewers if given.quick else SIZES[-1].viewers
    table.add("the client's own CPU for a message that waits for it", alone(WriteLoop(step.patch), viewers), "us")
    _add_settings(table, str(boards), viewers)
    table.add("bytes of an update / of the whole board, whole night", night.median_ratio(played), "x", 0.25)
    table.add("the same in the hours of counting", night.median_ratio(night.counting(played)), "x")
    return table


def _rounds(peers: list[Peer], size: Size) -> Figures:
    """Each peer is started anew for each round: nobody else's pings and checks take time of the core, and where a
    process happened to get its memory is a matter of chance that is drawn again. Every round begins with another."""
    figures = Figures(size)
    for number in range(size.rounds):
        begin = number % len(peers)
        for peer in peers[begin:] + peers[:begin]:
            publications = size.tutorial if peer.name == TUTORIAL else size.publications
            begun = time.monotonic()
            one = measure(peer, size.viewers, publications, 1 if peer.name == TUTORIAL else 10)
            figures.of.setdefault(peer.name, []).append(one)
            print(
                f"  {size.viewers} viewers, round {number + 1}, {peer.name}: {one.cpu:.2f} us a delivery, "
                f"last after {one.last:.1f} ms ({time.monotonic() - begun:.0f} s)",
                flush=True,
            )
    return figures


def _add_rows(table: Table, figures: Figures) -> None:
    viewers = f"{figures.size.viewers:,}"
    for name in figures.of:
        table.add(f"{viewers}: {name}, CPU of a delivery", figures.middle(name, "cpu"), "us")
        table.add(f"{viewers}: {name}, publish to the last viewer", figures.middle(name, "last"), "ms")
        table.add(f"{viewers}: {name}, client's share of its core", figures.middle(name, "client"), "%")
    for what, title in (("cpu", "CPU of a delivery"), ("last", "publish to the last")):
        for other in (LOOP, NCHAN, NODE):
            if other in figures.of:
                ratio = figures.ratio(OURS, what, other)
                table.add(f"{viewers}: {title}, countnight / {other}", ratio, "x", MOST_TIMES[OURS][what].get(other))
        if SEND in figures.of:
            table.add(f"{viewers}: {title}, by send() / {LOOP}", figures.ratio(SEND, what, LOOP), "x")
    if TUTORIAL in figures.of:
        ratio = figures.ratio(TUTORIAL, "last", OURS)
        least = figures.size.least_times
        table.add(f"{viewers}: publish to the last, tutorial / countnight", ratio, "x", least, at_least=True)


def _add_settings(table: Table, boards: str, viewers: int) -> None:
    """What two settings of our server are worth: its backlog, and when Python's collector may run."""
    for title, options in (("backlog 4096", ()), ("Daphne's backlog of 50", ("--backlog", "50"))):
        table.add(f"connect p99, {title}", measure(Ours(boards, *options), viewers, 1, 0).connect, "ms")
    for title, options in (("collector at our times", ()), ("collector as it comes", ("--plain-gc",))):
        table.add(f"slowest of 60, {title}", measure(Ours(boards, *options), viewers, 60, 10).slowest, "ms")
