"""For those who run the machines: whether a process is well, its figures, and how many viewers it can have."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from countnight.limits import RESERVED, files_for_viewers
from results import clock
from tests.conftest import ROOT, Server, wait_for
from tests.counts import Count, make_count


def figures(server: Server) -> dict[str, float]:
    answer = httpx.get(f"{server.base}/metrics")
    assert answer.status_code == 200, answer.text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.labels
    }


@pytest.fixture
def count(server: Server) -> Iterator[Count]:
    made = make_count()
    server.start()
    yield made
    server.stop()


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_counts_viewers_versions_and_what_they_took(server: Server, count: Count) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/contests/{count.contest.ballot_paper_id}/"
    with connect(address, origin=server.base) as viewer:  # type: ignore[arg-type]
        viewer.recv(timeout=20)
        before = figures(server)
        assert before["countnight_viewers"] == 1
        assert before["countnight_contests"] == 1
        assert before["countnight_viewers_most"] > 100
        count.verify_all()
        while "verified" not in str(viewer.recv(timeout=20)):
            pass
        # The viewer may read before the server has counted.
        wait_for(lambda: figures(server)["countnight_frames_sent_total"] > before["countnight_frames_sent_total"])
        after = figures(server)
        assert after["countnight_versions_total"] > before["countnight_versions_total"]
        assert after["countnight_ticks_total"] > before["countnight_ticks_total"]
        assert after["countnight_send_seconds_count"] > 0
        assert after["countnight_publish_seconds_count"] > 0
        assert after["countnight_frames_skipped_total"] == 0
        # Written by this process and not by the server's: the sweep found it.
        assert after["countnight_hints_lost_total"] > before["countnight_hints_lost_total"]
        assert after["process_open_fds"] > 5
    wait_for(lambda: figures(server)["countnight_viewers"] == 0, what="the viewer to be gone")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_counts_how_long_officers_wait(server: Server, count: Count) -> None:
    assert figures(server)["countnight_entry_seconds_count"] == 0
    assert httpx.post(f"{server.base}/desk/login/").status_code == 403
    httpx.get(f"{server.base}/desk/login/")
    assert figures(server)["countnight_entry_seconds_count"] == 1


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_says_that_it_is_well_also_without_tls(server: Server, count: Count) -> None:
    server.stop()
    server.environment |= {"COUNTNIGHT_HTTPS": "1", "COUNTNIGHT_BEHIND_PROXY": "1"}
    server._answers = lambda: bool(_get(server, "/healthz"))  # type: ignore[method-assign]
    server.start()
    answer = httpx.get(f"{server.base}/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "live": "ok", "hints": "heard"}
    assert "no-store" in answer.headers["cache-control"]
    assert httpx.get(f"{server.base}/metrics").status_code == 200
    assert httpx.get(f"{server.base}/").status_code == 301


def _get(server: Server, path: str) -> httpx.Response | None:
    try:
        return httpx.get(server.base + path, timeout=2)
    except httpx.TransportError:
        return None


@pytest.mark.django_db
def test_it_says_that_it_is_not_well_where_nobody_serves_viewers(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["live"] == "failing"
    assert answer.json()["database"] == "ok"


def test_it_says_that_it_is_not_well_without_its_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    def refuse(*_: Any) -> Any:
        raise OSError("the database is gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["elsewhere.example", "10.1.2.3:8001", "web1:8000", "_", "[::"])
def test_it_tells_its_health_by_whatever_name_it_is_asked(settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["count.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/metrics"):
        assert Client().get(path, headers={"Host": host}).status_code in (503, 403)
    assert Client().get("/healthz", headers={"Host": host}).json()["database"] == "ok"
    assert Client().get("/", headers={"Host": host}).status_code == 400


@pytest.mark.django_db
@pytest.mark.skipif("sqlite" not in connection.settings_dict["ENGINE"], reason="of SQLite's own disk")
def test_it_says_why_nothing_can_be_recorded_on_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    def trouble() -> str:
        answer = Client().get("/healthz")
        assert answer.status_code == 503
        return str(answer.json()["database"])

    with monkeypatch.context() as patched:
        patched.setattr("results.public.health.os.access", lambda *_: False)
        assert trouble() == "read-only"
    with monkeypatch.context() as patched:
        patched.setattr("results.public.health.shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        assert trouble() == "disk full"
    assert trouble() == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "sqlstate"), [("database or disk is full", ""), ("could not extend file", "53100")])
def test_it_remembers_that_a_disk_was_full_for_somebody(
    monkeypatch: pytest.MonkeyPatch, words: str, sqlstate: str
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        cause = Exception(words)
        cause.sqlstate = sqlstate  # type: ignore[attr-defined]
        raise OperationalError(words) from cause

    now = [clock.real_now()]
    monkeypatch.setattr(clock, "real_now", lambda: now[0])
    with monkeypatch.context() as patched:
        patched.setattr("results.public.views.render", refuse)
        assert Client().get("/calibration/", secure=True).status_code == 503
    assert Client().get("/healthz").json()["database"] == "disk full"
    now[0] += timedelta(minutes=2)
    assert Client().get("/healthz").json()["database"] == "ok"


@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("::1", {}, "", 200),
        ("192.0.2.7", {}, "", 403),
        ("", {}, "", 403),
        # The proxy is on this machine, whoever speaks through it.
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "", 403),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, "", 403),
        ("127.0.0.1", {"Via": "1.1 somewhere"}, "", 403),
        ("127.0.0.1", {"Host": "count.example.org"}, "", 403),
        ("127.0.0.1", {"Host": "elsewhere.example"}, "", 403),
        ("127.0.0.1", {"Host": "no host at all"}, "", 403),
        ("127.0.0.1", {"Host": "[nor this"}, "", 403),
        ("127.0.0.1", {"Host": "127.0.0.1"}, "", 200),
        ("127.0.0.1", {"Host": "[::1]:8001"}, "", 200),
        ("192.0.2.7", {"Authorization": "Bearer s3cret"}, "s3cret", 200),
        ("192.0.2.7", {"Authorization": "Bearer s3cret", "Host": "web1:8000"}, "s3cret", 200),
        ("192.0.2.7", {"Authorization": "Bearer s3cres"}, "s3cret", 403),
        ("192.0.2.7", {"Authorization": "Bearer é"}, "s3cret", 403),
        ("127.0.0.1", {}, "s3cret", 403),
    ],
)
def test_it_tells_its_figures_only_to_its_operator(
    settings: Any, address: str, headers: dict[str, str], token: str, status: int
) -> None:
    settings.METRICS_TOKEN = token
    settings.ALLOWED_HOSTS = ["count.example.org", "127.0.0.1", "localhost", "[::1]"]
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers={"Host": "localhost:8001", **headers})
    assert answer.status_code == status
    assert (b"countnight_viewers" in answer.content) == (status == 200)


def test_it_admits_as_many_viewers_as_it_may_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [1024, 4096]
    monkeypatch.setattr(resource, "getrlimit", lambda which: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda which, given: limits.__setitem__(slice(None), given))
    # As far as it may raise the limit, it does.
    assert files_for_viewers(3000) == (3000, "")
    assert limits == [3000 + RESERVED, 4096]
    fit, warning = files_for_viewers(20_000)
    assert fit == 4096 - RESERVED
    assert limits == [4096, 4096]
    for said in ("4,096 files", "3,584 viewers", "ulimit -n 20512", "LimitNOFILE=20512", "LIVE_MAX_VIEWERS=3584"):
        assert said in warning
    limits[:] = [resource.RLIM_INFINITY, resource.RLIM_INFINITY]
    assert files_for_viewers(1_000_000) == (1_000_000, "")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_says_at_its_start_that_the_open_files_are_few_and_admits_no_more(server: Server) -> None:
    made = make_count()
    with server.log.open("ab") as log:
        server.process = subprocess.Popen(
            ["sh", "-c", f"ulimit -n {RESERVED + 1}; exec {sys.executable} manage.py serve --port {server.port}"],
            cwd=ROOT,
            env=server.environment,
            stdout=log,
            stderr=log,
        )
    wait_for(server._answers, 30, server.log.read_text())
    assert f"This process may open {RESERVED + 1} files: it admits 1 viewers, not 20,000." in server.log.read_text()
    address = f"ws://127.0.0.1:{server.port}/ws/contests/{made.contest.ballot_paper_id}/"
    with connect(address, origin=server.base) as first:  # type: ignore[arg-type]
        first.recv(timeout=20)
        with connect(address, origin=server.base) as second:  # type: ignore[arg-type]
            wait_for(lambda: second.close_code is not None or _closed(second), what="the second to be refused")
            assert second.close_code == 4429


def _closed(socket: Any) -> bool:
    try:
        socket.recv(timeout=0.1)
    except TimeoutError:
        return False
    except Exception:
        return True
    return False
