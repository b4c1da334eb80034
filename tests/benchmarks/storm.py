"""A crowd: it connects, listens while many figures come, is cut off all at once, and comes back."""

from __future__ import annotations

import argparse
import random
import resource
import threading
import time
from statistics import median
from urllib.parse import urlsplit

from results.demo import stage
from results.models import Contest
from tests.benchmarks import night
from tests.benchmarks.peers import Ours
from tests.benchmarks.processes import SERVER_CORE
from tests.benchmarks.staged import Poster, server_on_one_core, staged_contest
from tests.benchmarks.table import Table, percentile
from tests.benchmarks.viewers import HANDSHAKES, Viewers, watching

TICK_SECONDS = 0.25
UPDATES_A_SECOND = 10
OFFICERS = 4
PAUSE_SECONDS = 0.2
"""Each of the officers rests so long after a sheet."""
CALM_SECONDS = 10.0
"""Before the first storm and after each: all is as it was."""
ROOMS = 650
IDLE_SECONDS = 20.0
"""So long that each viewer is pinged and hears a heartbeat in it."""


def run(given: argparse.Namespace) -> Table:
    """Everything against our server on one core: first with boards made for it, then with the ledger and officers."""
    viewers, seconds = (500, 5) if given.quick else (5000, 60)
    table = Table(f"storm: {viewers:,} viewers, one server on core {SERVER_CORE}")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    boards = night.write_boards(night.typical(night.play()))
    night.staged_for_viewers()
    peer = Ours(str(boards), tick=TICK_SECONDS)
    with peer.running(), watching(peer.port, peer.path) as crowd:
        _add_connects(table, crowd.connect(viewers), viewers)
        _add_busy(table, peer, crowd, viewers, seconds)
        _add_quiet(table, peer, crowd, 5 if given.quick else 30)
    _add_idle(table, str(boards), 100 if given.quick else ROOMS)
    _add_return(table, viewers, 1 if given.quick else 3)
    return table


def _add_connects(table: Table, done: dict[str, float], viewers: int) -> None:
    table.add(f"connects, {HANDSHAKES} at a time", viewers / done["seconds"], "/s", 1000, at_least=True)
    table.add("connect to the handshake's answer, median", done["p50_ms"], "ms")
    table.add("connect to the handshake's answer, p99", done["p99_ms"], "ms", 300)
    table.add("connect to the whole board, p99", done["board_p99_ms"], "ms")


def _add_busy(table: Table, peer: Ours, crowd: Viewers, viewers: int, seconds: float) -> None:
    """More news than ticks. Latency is that of the oldest news in each version: the others waited less for the tick."""
    peer.offers()
    crowd.ask("mark")
    begun = time.monotonic()
    for number in range(int(seconds * UPDATES_A_SECOND)):
        time.sleep(max(0.0, begun + number / UPDATES_A_SECOND - time.monotonic()))
        peer.publish(0)
    time.sleep(1)
    offers = peer.offers()
    crowd.offered(offers)
    said = crowd.ask("report")
    missed = len(offers) * viewers - said["deliveries"] + said["behind"] + said["lost"]
    table.add(f"{UPDATES_A_SECOND} updates a second: versions", len(offers) / seconds, "/s", 0.9 / TICK_SECONDS, True)
    table.add("deliveries missed", missed, "", 0)
    table.add("update offered to received, median", said["p50_ms"], "ms")
    table.add("update offered to received, p99", said["p99_ms"], "ms", TICK_SECONDS * 1000 + 150)


def _add_quiet(table: Table, peer: Ours, crowd: Viewers, times: int) -> None:
    crowd.ask("mark")
    chance = random.Random(1)
    for _ in range(times):
        time.sleep(chance.uniform(0.6, 1.2))
        peer.publish(0)
    time.sleep(0.5)
    crowd.offered(peer.offers())
    said = crowd.ask("report")
    table.add("after quiet: update offered to received, median", said["p50_ms"], "ms")
    table.add("after quiet: update offered to received, p95", said["p95_ms"], "ms", 150)


def _add_idle(table: Table, boards: str, rooms: int) -> None:
    """As many viewers in one room and in a room each."""
    contest = Contest.objects.order_by("pk")[0]
    copies = [Contest(**_but_its_name(contest), ballot_paper_id=f"{stage.CONTEST}.{n}") for n in range(rooms)]
    Contest.objects.bulk_create(copies)
    for title, path in (("one room", Ours.path), (f"{rooms} rooms", f"/ws/contests/{stage.CONTEST}.#/")):
        peer = Ours(boards, tick=TICK_SECONDS)
        with peer.running() as server, watching(peer.port, path) as crowd:
            crowd.connect(rooms)
            time.sleep(4)
            cpu = server.cpu()
            time.sleep(IDLE_SECONDS)
            table.add(f"idle, {rooms} viewers in {title}: CPU", (server.cpu() - cpu) / IDLE_SECONDS * 100, "% core")


def _but_its_name(contest: Contest) -> dict[str, object]:
    fields = [field.attname for field in Contest._meta.concrete_fields]
    return {name: getattr(contest, name) for name in fields if name not in ("id", "ballot_paper_id")}


def _add_return(table: Table, viewers: int, storms: int) -> None:
    """The real ledger and the real command; officers post before, while the crowd comes back, and after."""
    staged_contest(OFFICERS)
    with server_on_one_core(SERVER_CORE) as base:
        posters = [Poster(base, f"demo-bench-{number}", number + 1) for number in range(OFFICERS)]
        for poster in posters:
            poster.post()
        with watching(urlsplit(base).port or 0, Ours.path) as crowd, Officers(posters) as officers:
            crowd.connect(viewers)
            calm = [officers.between(*_pause(CALM_SECONDS))]
            returns, during = [], []
            for _ in range(storms):
                begun = time.monotonic()
                dropped = crowd.ask("drop")
                returns.append(crowd.ask(f"back {dropped['version']} 90"))
                back = begun + returns[-1]["seconds"]
                calm.append(officers.between(*_pause(CALM_SECONDS)))
                # One that was begun in the storm may have been acknowledged after it.
                during += officers.between(begun, back)
            officers.end()
            time.sleep(1)
            said = crowd.ask("report")
    table.add(f"{storms} reconnect storms: viewers not back", sum(one["missing"] for one in returns), "", 0)
    table.add("all back and current after, worst", max(one["seconds"] for one in returns), "s", 60)
    table.add("a viewer back after, median", median(one["p50_ms"] for one in returns), "ms")
    table.add("tries that failed", returns[-1]["failures"], "")
    table.add("viewers that would have begun to poll", returns[-1]["would_poll"], "")
    table.add("viewers behind in the end, or with a patch of no use", said["behind"] + said["unusable"], "", 0)
    quiet = [took for one in calm for took in one]
    table.add(f"POST of {OFFICERS} officers before and after, p99 of {len(quiet)}", percentile(quiet, 0.99), "ms")
    table.add(f"POST while viewers come back, p99 of {len(during)}", percentile(during, 0.99), "ms", 1000)
    table.add("POSTs that failed", officers.failed, "", 0)


def _pause(seconds: float) -> tuple[float, float]:
    """Let time go by; when that began and ended."""
    begun = time.monotonic()
    time.sleep(seconds)
    return begun, time.monotonic()


class Officers:
    """Officers who post one sheet after the other until they are told to end."""

    def __init__(self, posters: list[Poster]) -> None:
        self.failed = 0
        self._taken: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(poster,)) for poster in posters]

    def __enter__(self) -> Officers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _post(self, poster: Poster) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            begun = time.monotonic()
            try:
                self._taken.append((begun, poster.post() * 1000))
            except Exception as error:
                print(f"  {error!r}"[:300], flush=True)
                self.failed += 1
                return

    def between(self, begin: float, end: float) -> list[float]:
        """Milliseconds of each POST that began in this time and is acknowledged by now."""
        return [took for begun, took in self._taken if begin <= begun <= end]

    def end(self) -> None:
        """No more sheets; returns when the last is acknowledged."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
