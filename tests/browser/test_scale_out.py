"""Several processes as one: hints by Redis, a Redis that dies, a process that dies, and nginx as shipped in front."""

from __future__ import annotations

import json
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Hall, figures, fill, log_in, never_reloaded, record, votes
from tests.cluster import CONTEST, Cluster, Officer, running
from tests.conftest import wait_for
from tests.counts import VOTES
from tests.crowd import Crowd
from tests.services import lines_to

pytestmark = pytest.mark.browser

CROWD = 500
POSTS = 5
PAGE = f"/contests/{CONTEST}/"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def crowd(cluster: Cluster) -> Iterator[Crowd]:
    """Five hundred viewers through nginx, for as long as these tests last."""
    with cluster.crowd(CROWD) as made:
        made.all_live(60)
        yield made
        assert made.mistakes == []


@pytest.fixture(scope="module")
def officer(cluster: Cluster) -> Officer:
    return Officer(cluster)


@pytest.fixture
def outside(cluster: Cluster, new_context: Callable[..., BrowserContext]) -> Iterator[Hall]:
    """Browsers that come through nginx, and trust its certificate."""

    def context(**options: Any) -> BrowserContext:
        return new_context(ignore_https_errors=True, **options)

    made = Hall(cluster, context)  # type: ignore[arg-type]
    yield made
    assert made.complaints == []


def live_page(outside: Hall) -> Page:
    """The live page of the contest, with its line open."""
    page = outside.page()
    page.goto(PAGE)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#line")).to_have_text("live")
    return page


def test_it_shows_everybody_what_an_officer_types(cluster: Cluster, crowd: Crowd, outside: Hall) -> None:
    """The whole way by TLS and nginx: a log-in with secure cookies, a form, 500 viewers at two processes, and a page."""
    assert lines_to(cluster.a.port) > CROWD / 4
    assert lines_to(cluster.b.port) > CROWD / 4
    viewer = live_page(outside)
    tablet = outside.page()
    tablet.goto(f"/desk/{CONTEST}/groups/1/count/")
    log_in(tablet, "olu")
    expect(tablet.get_by_label("Sheet number")).to_be_visible()
    fill(tablet, figures(VOTES[1]))
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("The figures add up and are agreed. Released.")
    expect(votes(viewer, 1)).to_have_text("400")
    crowd.shown(400)
    assert all(cookie["secure"] for cookie in tablet.context.cookies())
    assert len(tablet.context.cookies()) == 2
    assert never_reloaded(viewer)


def test_it_brings_to_one_process_what_is_posted_to_the_other(
    cluster: Cluster, crowd: Crowd, officer: Officer, outside: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    """A does not sweep in the time of a test: what it shows of B's came by the hint."""
    page = live_page(outside)
    at_a, at_all = [], []
    with cluster.viewer_of(cluster.a) as viewer:
        viewer.all_live()
        for _ in range(POSTS):
            figure, begun, _ = officer.post(cluster.b)
            at_a.append(viewer.shown(figure) - begun)
            at_all.append(crowd.shown(figure) - begun)
            expect(votes(page, 1)).to_have_text(str(figure))
    with capsys.disabled():
        print(f"\nposted to B, seconds until A's viewer shows it: {seconds(at_a)}; all {CROWD}: {seconds(at_all)}")
    assert statistics.median(at_a) < 1


def test_it_goes_on_without_redis(
    cluster: Cluster, crowd: Crowd, officer: Officer, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster.viewer_of(cluster.a) as at_a, cluster.viewer_of(cluster.b) as at_b:
        at_a.all_live()
        at_b.all_live()
        told = []
        for how in (signal.SIGKILL, signal.SIGSTOP):
            cluster.redis.signal(how)
            figure, begun, took = officer.post(cluster.a)
            shown = at_b.shown(figure) - begun
            told.append(f"{how.name}: acknowledged in {took:.2f} s, shown by B's sweep after {shown:.2f} s")
            assert took < 2
            assert shown < 5
            if how is signal.SIGKILL:
                cluster.redis.stop()
                cluster.redis.start()
            else:
                cluster.redis.signal(signal.SIGCONT)
            again = time.monotonic()
            cluster.hearing()
            told.append(f"both subscribed again after {time.monotonic() - again:.2f} s")
            figure, begun, _ = officer.post(cluster.b)
            told.append(f"and the next hint took {at_a.shown(figure) - begun:.2f} s")
            # A, which could not send its last one, sends its next.
            with cluster.overheard() as hints:
                figure, *_ = officer.post(cluster.a)
                wait_for(lambda hints=hints: hints.get_message(timeout=1), what="A's hint")
            crowd.shown(figure)
    with capsys.disabled():
        print("\n" + "\n".join(told))


def read_afresh(client: httpx.Client, path: str) -> httpx.Response:
    """What a process answers, once the proxy's copy is too old."""
    return wait_for(lambda: (got := client.get(path)).headers["X-Cache-Status"] != "HIT" and got, what="a new copy")


def said_afresh(client: httpx.Client) -> tuple[str, dict[str, Any]]:
    """The public page as a process gives it: its text, and its data without the hour."""
    page = read_afresh(client, PAGE)
    assert page.status_code == 200
    start, tag, rest = page.text.partition('<script id="live" type="application/json">')
    data, _, end = rest.partition("</script>")
    known = {name: value for name, value in json.loads(data).items() if name in ("epoch", "version", "board")}
    assert len(known) == 3
    return start + tag + end, known


def test_it_comes_back_with_the_database(cluster: Cluster, crowd: Crowd, officer: Officer) -> None:
    with cluster.nginx.client() as client:
        before = said_afresh(client)
        cluster.postgresql.kill()
        try:
            # Nothing can be recorded, and nobody is told otherwise.
            assert officer.browser.get(f"/desk/{CONTEST}/").status_code == 503
            assert cluster.nginx.client().get("/healthz").status_code == 503
            # Readers get the version that is known.
            assert said_afresh(client) == before
        finally:
            # The tests that follow need it, whatever was found here.
            cluster.postgresql.serve()
    wait_for(lambda: cluster.nginx.client().get("/healthz").status_code == 200, what="the processes to be well")
    figure, *_ = officer.post(cluster.b)
    crowd.shown(figure)


def test_it_brings_viewers_of_a_killed_process_to_the_other(
    cluster: Cluster, crowd: Crowd, officer: Officer, outside: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    """One process after the other is killed, so that the page has lost its own whichever it was."""
    page = live_page(outside)
    before = sum(viewer.lines for viewer in crowd.viewers)
    for killed, left in ((cluster.a, cluster.b), (cluster.b, cluster.a)):
        begun = time.monotonic()
        killed.kill()
        figure, _, took = officer.post()
        crowd.shown(figure)
        gone = time.monotonic() - begun
        wait_for(lambda left=left: lines_to(left.port) > CROWD, what="everybody to have come to the other process")
        expect(votes(page, 1)).to_have_text(str(figure))
        expect(page.locator("#line")).to_have_text("live")
        with capsys.disabled():
            print(f"\nkill -9: a sheet acknowledged in {took:.2f} s, and all {CROWD} current after {gone:.2f} s")
        killed.start()
        cluster.hearing()
    assert sum(viewer.lines for viewer in crowd.viewers) >= before + CROWD
    assert never_reloaded(page)


def test_it_streams_events_to_those_without_sockets(cluster: Cluster, officer: Officer) -> None:
    with cluster.nginx.client() as client, client.stream("GET", f"{PAGE}events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        whole = next(line for line in lines if line.startswith("data: "))
        assert "board" in json.loads(whole.removeprefix("data: "))
        figure, *_ = officer.post()
        patch = next(line for line in lines if line.startswith("data: ") and '"patch"' in line)
        assert json.loads(patch.removeprefix("data: "))["patch"]["candidates"]["1"]["votes"] == figure


# --- nginx before the real thing ---------------------------------------------------------------------------------------


def test_it_asks_a_process_once_a_second_for_a_page_that_many_read(cluster: Cluster, officer: Officer) -> None:
    paths = (PAGE, f"{PAGE}board.json")

    def read(_: int) -> list[httpx.Response]:
        with cluster.nginx.client() as client:
            return [client.get(path) for path in paths for _ in range(20)]

    begun = time.monotonic()
    with cluster.nginx.client() as client, ThreadPoolExecutor(5) as readers:
        answers = [read_afresh(client, path) for path in paths]
        answers += [answer for read in readers.map(read, range(5)) for answer in read]
    took = time.monotonic() - begun
    assert {answer.status_code for answer in answers} == {200}
    reached = [answer for answer in answers if answer.headers["X-Cache-Status"] in ("MISS", "EXPIRED", "REVALIDATED")]
    assert 2 <= len(reached) <= 2 * (took + 1)
    assert {answer.headers.get("Set-Cookie") for answer in answers} == {None}
    # The same for somebody who is logged in, with or without the cookie.
    assert officer.browser.get(f"{PAGE}setup.json").text == cluster.nginx.client().get(f"{PAGE}setup.json").text


def test_it_keeps_the_desk_and_the_figures_of_the_machine_apart(cluster: Cluster, officer: Officer) -> None:
    for _ in range(2):
        mine = officer.browser.get(f"/desk/{CONTEST}/")
        assert mine.status_code == 200
        assert "X-Cache-Status" not in mine.headers
        assert "no-store" in mine.headers["Cache-Control"]
    with cluster.nginx.client() as stranger:
        assert stranger.get(f"/desk/{CONTEST}/").headers["Location"].startswith("/desk/login/")
        assert stranger.get("/metrics").status_code == 403
        assert stranger.get("/healthz").json()["status"] == "ok"
    # As the supervisors of this machine and of a container ask: the process itself, by plain http.
    for path in ("/healthz", "/metrics"):
        assert httpx.get(f"{cluster.b.base}{path}").status_code == 200


def test_it_believes_nothing_that_a_client_says_of_itself(cluster: Cluster) -> None:
    claims = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    with cluster.nginx.client() as client:
        # Whoever is believed to come by plain http is sent to https.
        answer = client.get("/desk/login/", headers=claims | {"Daphne-Root-Path": "/evil"})
        assert answer.status_code == 200
        assert "evil" not in answer.text
        assert "Strict-Transport-Security" in answer.headers
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/", headers={"Host": "evil.example"})


def test_it_leaves_a_ledger_that_stands(cluster: Cluster) -> None:
    cluster.command("manage.py", "verify_ledger")


def seconds(measured: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in measured)
