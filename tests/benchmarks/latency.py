"""From "received" on the officer's tablet to the changed figure in a viewer's page."""

from __future__ import annotations

import threading
import time

from playwright.sync_api import Page, sync_playwright

from results.demo import stage
from tests.benchmarks.staged import Poster, server_on_one_core, staged_contest
from tests.benchmarks.table import Table, percentile

QUIET = 30
LOADED = 40
TICK_MS = 250.0
PAUSE_SECONDS = 0.4
"""Each of four others rests so long after a sheet: ten sheets a second in all, many times what a busy hall enters.
Faster would measure the page's correction log, since every repeated sheet is one."""
WATCH = """() => {
  window.seen = [];
  const figure = document.querySelector('[data-path="candidates.11.votes"]');
  new MutationObserver(() => window.seen.push([performance.timeOrigin + performance.now(), figure.textContent.trim()]))
    .observe(figure, {childList: true, characterData: true, subtree: true});
}"""


def run() -> Table:
    """One officer after quiet; then the same while four others enter ten sheets a second."""
    table = Table("latency: acknowledged POST to the change in a viewer's page")
    staged_contest(6)
    with server_on_one_core() as base, sync_playwright() as playwright:
        posters = [Poster(base, f"demo-bench-{number}", number + 1) for number in range(5)]
        for poster in posters:
            poster.post()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(bypass_csp=True)  # waiting for a condition runs a script of ours in the page
        page.goto(f"{base}/contests/{stage.CONTEST}/")
        page.wait_for_selector('#line[data-line="live"]')
        page.evaluate(WATCH)
        quiet = [_until_seen(page, posters[0]) for _ in range(QUIET) if not time.sleep(0.6)]
        table.add("after quiet, median", percentile(quiet, 0.5), "ms")
        table.add("after quiet, p95", percentile(quiet, 0.95), "ms", 150)
        loaded = _under_load(page, posters)
        table.add("under load, median", percentile(loaded, 0.5), "ms")
        table.add("under load, p95", percentile(loaded, 0.95), "ms", TICK_MS + 150)
        browser.close()
    return table


def _until_seen(page: Page, poster: Poster) -> float:
    """Milliseconds from the acknowledgement to the first change after it began to be posted."""
    begun = time.time() * 1000
    poster.post()
    acknowledged = time.time() * 1000
    changed = page.wait_for_function(
        "begun => window.seen.find(([at]) => at > begun)", arg=begun, polling=10, timeout=10_000
    ).json_value()
    return max(0.0, float(changed[0]) - acknowledged)


def _under_load(page: Page, posters: list[Poster]) -> list[float]:
    stop = threading.Event()

    def post(poster: Poster) -> None:
        while not stop.wait(PAUSE_SECONDS):
            poster.post()

    threads = [threading.Thread(target=post, args=(poster,)) for poster in posters[1:]]
    for thread in threads:
        thread.start()
    measured = []
    for _ in range(LOADED):
        begun = time.time() * 1000
        posters[0].post()
        acknowledged = time.time() * 1000
        # Others change the figure too: the first change after the acknowledgement has this one in it, or the next has.
        changed = page.wait_for_function(
            "at => window.seen.find(([then]) => then > at)", arg=acknowledged, polling=10, timeout=10_000
        ).json_value()
        measured.append(float(changed[0]) - acknowledged)
        assert begun < acknowledged
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    return measured
