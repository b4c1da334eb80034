"""How long an officer waits for "received", alone and among twenty."""

from __future__ import annotations

import threading
import time

from tests.benchmarks.readings import agreements_a_second
from tests.benchmarks.staged import Poster, server_on_one_core, staged_contest
from tests.benchmarks.table import Table, percentile

ALONE = 150
OFFICERS = 20
SECONDS = 10.0


def run() -> Table:
    """One officer while totals are public: what is entered, its agreement and its release are three entries.

    Twenty on the usual night, progress only: here a sheet is entered again and again, and while totals are public each
    time would be one more correction in the public log, of which a night has none or two and not a thousand.
    """
    table = Table("entry: POST of a count until it is acknowledged (SQLite, durable commits)")
    staged_contest(1)
    with server_on_one_core() as base:
        poster = Poster(base, "demo-bench-0", 1)
        poster.post()
        alone = [poster.post() * 1000 for _ in range(ALONE)]
        table.add("one officer, totals public, median", percentile(alone, 0.5), "ms", 25)
        table.add("one officer, totals public, p95", percentile(alone, 0.95), "ms")
    staged_contest(OFFICERS, "progress")
    with server_on_one_core() as base:
        posters = [Poster(base, f"demo-bench-{number}", number + 1) for number in range(OFFICERS)]
        for poster in posters:
            poster.post()
        times, pages, took = _at_once(posters)
        table.add(f"{OFFICERS} officers at once", len(times) / took, "/s", 100, at_least=True)
        table.add(f"{OFFICERS} officers at once, median", percentile(times, 0.5), "ms")
        table.add(f"{OFFICERS} officers at once, p99", percentile(times, 0.99), "ms", 1000)
        table.add("officers' pages meanwhile, p95", percentile(pages, 0.95), "ms", 300)
    rate = agreements_a_second()
    table.add("two readings of every sheet by 20 officers: agreements", rate, "/s", 50, at_least=True)
    return table


def _at_once(posters: list[Poster]) -> tuple[list[float], list[float], float]:
    times: list[float] = []
    pages: list[float] = []
    end = time.perf_counter() + SECONDS

    def post(poster: Poster) -> None:
        while time.perf_counter() < end:
            times.append(poster.post() * 1000)

    def read() -> None:
        reader = posters[0].client
        url = posters[0].url.split("groups/")[0]
        while time.perf_counter() < end:
            begun = time.perf_counter()
            assert reader.get(url).status_code == 200
            pages.append((time.perf_counter() - begun) * 1000)
            time.sleep(0.2)

    threads = [threading.Thread(target=post, args=(poster,)) for poster in posters] + [threading.Thread(target=read)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, pages, time.perf_counter() - begun
