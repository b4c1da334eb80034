"""The database frozen, gone or read-only: what is known is still shown, health tells, and everything heals by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.db import OperationalError

from countnight.postgresql.silence import AGAIN_SECONDS, Silence
from results.demo.player import Form
from results.public.newest import Kept
from tests.builders import PASSWORD
from tests.cluster import CONTEST, PREPARE
from tests.conftest import ROOT, Server, wait_for
from tests.services import PostgreSQL

PAGE = f"/contests/{CONTEST}/"
PUBLIC = ("/", PAGE, f"{PAGE}updates", f"{PAGE}board.json", f"{PAGE}setup.json")


class Night:
    """A served count on a PostgreSQL of its own."""

    def __init__(self, folder: Path) -> None:
        self.postgresql = PostgreSQL().start()
        self.server = Server(folder / "log", DATABASE_URL=self.postgresql.url, COUNTNIGHT_DATA=str(folder))
        done = subprocess.run(
            [sys.executable, "-c", PREPARE], cwd=ROOT, env=self.server.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        self.server.start()
        self.before = [self.get(path).content for path in PUBLIC]

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.server.base + path, timeout=40)

    def health(self) -> tuple[int, str]:
        answer = self.get("/healthz")
        return answer.status_code, answer.json()["database"]

    def log_in(self) -> int:
        """Something that writes; for whoever has the form already."""
        with httpx.Client(base_url=self.server.base, timeout=40) as browser:
            form = Form.of(browser.get("/desk/login/").text).hidden
            said = {**form, "username": "sam", "password": PASSWORD}
            return browser.post("/desk/login/", data=said, headers={"Referer": self.server.base}).status_code

    def freeze(self, number: signal.Signals = signal.SIGSTOP) -> None:
        """Stop all of PostgreSQL's processes, or let them go on."""
        assert self.postgresql.process is not None
        os.killpg(self.postgresql.process.pid, number)

    def ask(self, words: str) -> None:
        """As the database's operator."""
        with psycopg.connect(self.postgresql.url, autocommit=True) as line:
            line.execute("SET default_transaction_read_only = off")
            line.execute(words)  # type: ignore[call-overload]

    def shows_what_it_knew(self) -> None:
        for path, before in zip(PUBLIC, self.before, strict=True):
            answer = self.get(path)
            assert answer.status_code == 200, (path, answer.text)
            if path.endswith(".json"):
                assert answer.content == before
        assert '"version"' in self.get(PAGE).text


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path)
    try:
        yield made
    finally:
        made.freeze(signal.SIGCONT)
        made.server.stop()
        made.postgresql.stop()


@pytest.mark.server
def test_it_shows_what_it_knew_while_the_database_is_frozen(night: Night) -> None:
    night.freeze()
    with ThreadPoolExecutor(40) as crowd:
        readers = [crowd.submit(night.get, PAGE) for _ in range(40)]
        # Scripts and styles need no database, and wait for nobody who does.
        begun = time.monotonic()
        assert night.get("/static/css/base.css").status_code == 200
        assert time.monotonic() - begun < 5
        assert night.health() == (503, "does not answer")
        assert {reader.result().status_code for reader in readers} == {200}
    begun = time.monotonic()
    night.shows_what_it_knew()
    assert time.monotonic() - begun < 15, "it is known now, and nobody waits"
    assert night.log_in() == 503
    night.freeze(signal.SIGCONT)
    wait_for(lambda: night.health() == (200, "ok"), 30, "health")
    wait_for(lambda: night.log_in() == 302, 30, "a log-in")
    night.shows_what_it_knew()


@pytest.mark.server
def test_it_shows_what_it_knew_while_the_database_is_gone(night: Night) -> None:
    night.postgresql.kill()
    night.shows_what_it_knew()
    assert night.health() == (503, "does not answer")
    assert night.log_in() == 503
    assert night.get("/contests/parl.nowhere.2026-11-05/").status_code == 503, "nobody knows"
    night.postgresql.serve()
    wait_for(lambda: night.health() == (200, "ok"), 30, "health")
    assert night.log_in() == 302
    assert night.get("/contests/parl.nowhere.2026-11-05/").status_code == 404


@pytest.mark.server
def test_it_records_again_when_a_read_only_database_is_writable(night: Night) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'countnight'"
    night.ask("ALTER DATABASE countnight SET default_transaction_read_only = on")
    night.ask(end)
    assert wait_for(lambda: night.health()[0] == 503 and night.health()) == (503, "read-only")
    night.shows_what_it_knew()
    # On every thread, so that each has a session that began read-only.
    assert {night.log_in() for _ in range(6)} == {503}
    night.ask("ALTER DATABASE countnight SET default_transaction_read_only = off")
    assert night.health() == (200, "ok")
    assert {night.log_in() for _ in range(6)} == {302}


# --- the parts -----------------------------------------------------------------------------------------------------------


def test_it_lets_one_find_out_whether_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("countnight.postgresql.silence.time.monotonic", lambda: now[0])
    silence = Silence()
    assert not silence.wait_is_vain(8)
    silence.waited()
    assert [silence.wait_is_vain(8) for _ in range(3)] == [True] * 3
    now[0] += AGAIN_SECONDS
    assert [silence.wait_is_vain(8) for _ in range(3)] == [False, True, True]
    now[0] += 8
    assert [silence.wait_is_vain(8) for _ in range(2)] == [False, True], "the one before was never heard of again"
    silence.heard()
    assert [silence.wait_is_vain(8) for _ in range(3)] == [False] * 3


def test_it_keeps_what_was_asked_for_last() -> None:
    def away() -> str:
        raise OperationalError("the server closed the connection")

    kept: Kept[str] = Kept(most=2)
    for name in ("a", "b", "a", "c"):
        assert kept.read(name, lambda name=name: name.upper()) == name.upper()  # type: ignore[misc]
    assert kept.read("a", away) == "A"
    assert kept.read("c", away) == "C"
    with pytest.raises(OperationalError):
        kept.read("b", away)


def test_it_does_not_hide_faults_of_ours() -> None:
    def fault() -> Any:
        raise KeyError("votes")

    kept: Kept[str] = Kept()
    kept.read("a", lambda: "A")
    with pytest.raises(KeyError):
        kept.read("a", fault)
