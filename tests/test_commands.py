"""Commands on a database that cannot be used, or is not the one that was meant: one line, and not "ok"."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from results.management.commands.serve import where
from tests.conftest import ROOT
from tests.ports import free_port
from tests.services import PostgreSQL


def manage(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "COUNTNIGHT_DATA": str(folder), "COUNTNIGHT_HTTPS": "0", **environment}
    words = (sys.executable, "manage.py", *words)
    return subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True)


COMMANDS = (
    ("verify_ledger",),
    ("verify_ledger", "parl.testshire.2026-11-05"),
    ("serve", "--port", "1"),
    ("begin_epoch",),
    ("enrol", "parl.testshire.2026-11-05", "--username", "ada", "--name", "Ada", "--role", "supervisor"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_it_says_that_nothing_has_been_migrated(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = manage(tmp_path, *words)
    assert done.returncode == 1, done.stdout
    assert "migrate" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_it_does_not_call_a_database_good_that_holds_no_contest(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate").returncode == 0
    for words in ((), ("--json",)):
        done = manage(tmp_path, "verify_ledger", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "There is no contest in this database: does DATABASE_URL name the one that was meant?" in done.stderr


def test_it_says_in_one_line_that_the_database_does_not_let_us_in(tmp_path: Path) -> None:
    server = PostgreSQL().start()
    away = f"postgres://postgres@127.0.0.1:{free_port()}/countnight"
    try:
        for url, said in (
            (server.url.replace("/countnight", "/another"), 'database "another" does not exist'),
            (server.url.replace("postgres@", "nobody:s3cret@"), 'role "nobody" does not exist'),
            (away, "refused"),
        ):
            for words in (("migrate",), ("verify_ledger",), ("serve", "--port", "1")):
                done = manage(tmp_path, *words, DATABASE_URL=url)
                assert done.returncode == 1
                (line,) = done.stderr.splitlines()
                assert line.startswith("The database that DATABASE_URL names cannot be used: ")
                assert said in line
                assert "s3cret" not in line
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("host", "https", "proxy", "hosts", "said"),
    [
        ("127.0.0.1", False, False, ["localhost"], "at http://127.0.0.1:8000/"),
        ("::1", False, False, ["localhost"], "at http://[::1]:8000/"),
        ("0.0.0.0", False, False, ["localhost", "10.0.0.5"], "at http://10.0.0.5:8000/"),
        ("::", False, False, ["localhost"], "at http://localhost:8000/"),
        ("127.0.0.1", True, True, ["count.example.org", "127.0.0.1"], "at https://count.example.org/"),
        ("127.0.0.1", False, True, ["count.example.org"], "at http://count.example.org/"),
    ],
)
def test_it_prints_an_address_that_can_be_opened(
    settings: Any, host: str, https: bool, proxy: bool, hosts: list[str], said: str
) -> None:
    settings.HTTPS, settings.BEHIND_PROXY, settings.ALLOWED_HOSTS = https, proxy, hosts
    assert where(host, 8000).endswith(said)


def test_it_does_not_serve_pages_that_nobody_could_open(settings: Any, tmp_path: Path) -> None:
    settings.HTTPS, settings.BEHIND_PROXY = True, False
    with pytest.raises(CommandError, match=r"COUNTNIGHT_BEHIND_PROXY=1 .* or COUNTNIGHT_HTTPS=0"):
        where("127.0.0.1", 8000)
    settings.HTTPS = False
    with pytest.raises(CommandError, match="from 1 to 65535"):
        where("127.0.0.1", 70_000)
