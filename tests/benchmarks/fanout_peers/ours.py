"""Our own server as `manage.py serve` starts it, with boards that are made here instead of read from the database.

    python -m tests.benchmarks.fanout_peers.ours PORT BOARDS [--send] [--backlog N] [--plain-gc]

BOARDS is a JSON list of boards, of which the next is the next version, and after the last the first again; or a number,
for boards of about so many bytes that have nothing in common. All else is real: the hint, the hub's tick and its thread,
patches, frames, rooms, viewers, the sweep's query, the sockets. Datagrams at UDP PORT:

    publish TIME     something was written at this time (time.monotonic()): what an officer's entry says to the hub
    offers           answered with the oldest such time of each version made since it was asked last, as JSON
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from daphne.server import twisted_loop  # noqa: E402
from django.core.management import call_command  # noqa: E402
from twisted.internet import reactor  # noqa: E402

from countnight import server  # noqa: E402
from results.live import hub as hubs  # noqa: E402
from results.models import Contest, Publication  # noqa: E402
from tests.benchmarks.fanout_peers.boards import differing  # noqa: E402


class Press:
    """Makes the next version when it is read after something was written; reading is on the hub's thread."""

    def __init__(self, boards: list[dict[str, Any]] | int) -> None:
        self.boards = boards
        self.contest = Contest.objects.order_by("pk")[0]
        self.versions: dict[int, int] = {}
        self.waiting: float | None = None
        self.offers: dict[int, float] = {}
        self.lock = threading.Lock()
        self.read_newest = hubs.read_newest

    def write(self, at: float) -> None:
        """Something was written."""
        with self.lock:
            self.waiting = at if self.waiting is None else self.waiting
        hubs.hub().notify(self.contest.pk)

    def current(self, pk: int) -> tuple[str, Publication, None]:
        """In place of results.live.hub.read_current: all contests share the boards, and one is written about."""
        with self.lock:
            version = self.versions.setdefault(pk, 1)
            if pk == self.contest.pk and self.waiting is not None:
                version = self.versions[pk] = version + 1
                self.offers[version] = self.waiting
                self.waiting = None
        given = self.boards
        board = differing(version, given) if isinstance(given, int) else given[version % len(given)]
        return self.contest.epoch, Publication(contest_id=pk, version=version, board=board), None

    def newest(self, watched: list[int]) -> dict[int, tuple[str, int, bool]]:
        """The sweep's own query, answered as if the versions made here were stored: else it would tick without news."""
        swept = self.read_newest(watched)
        return {pk: (self.contest.epoch, self.versions.get(pk, 1), behind) for pk, (_, _, behind) in swept.items()}


class Datagrams(asyncio.DatagramProtocol):
    """What the driver says."""

    def __init__(self, press: Press) -> None:
        self.press = press

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        """Write, or tell."""
        word, _, at = data.decode().partition(" ")
        if word == "publish":
            self.press.write(float(at))
            return
        with self.press.lock:
            offers, self.press.offers = self.press.offers, {}
        self.transport.sendto(json.dumps(offers).encode(), address)


class PlainCollector(server.CountnightServer):
    """With Python's collector as it comes, for comparison."""

    def _start(self) -> None:
        import gc

        super()._start()
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)

    def _collect(self) -> None:
        pass


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("boards")
    parser.add_argument("--send", action="store_true")
    parser.add_argument("--backlog", type=int, default=server.BACKLOG)
    parser.add_argument("--plain-gc", action="store_true")
    given = parser.parse_args()
    press = Press(int(given.boards) if given.boards.isdigit() else json.loads(Path(given.boards).read_text()))
    # Names that went elsewhere would leave the database in the path, unnoticed.
    assert hubs.read_current and hubs.read_newest
    hubs.read_current, hubs.read_newest = press.current, press.newest  # type: ignore[assignment]
    server.BACKLOG = given.backlog
    kind = PlainCollector if given.plain_gc else server.CountnightServer
    server.CountnightServer = partial(kind, direct=not given.send)  # type: ignore[misc, assignment]

    def listen() -> None:
        endpoint = twisted_loop.create_datagram_endpoint(lambda: Datagrams(press), ("127.0.0.1", given.port))
        press.listening = twisted_loop.create_task(endpoint)  # type: ignore[attr-defined]

    reactor.callWhenRunning(listen)  # type: ignore[attr-defined]
    call_command("serve", port=given.port)


if __name__ == "__main__":
    main()
