"""What all tests share: the order of the suites, a template database instead of flushing, and real servers."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from tests.ports import free_port
from tests.suites import pytest_collection_modifyitems, pytest_configure  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE_SUFFIX = "_template"


# --- the database ----------------------------------------------------------------------------------------------------


def _save_template() -> None:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connections.close_all()
        shutil.copyfile(name, f"{name}{TEMPLATE_SUFFIX}")
        return
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}{TEMPLATE_SUFFIX}"')
        cursor.execute(f'CREATE DATABASE "{name}{TEMPLATE_SUFFIX}" TEMPLATE "{name}"')


def _restore_template(*_: Any) -> None:
    """Bring the migrated database back. The ledger's triggers forbid a flush, and are never off in a test."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        for suffix in ("-journal", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(f"{name}{TEMPLATE_SUFFIX}", name)
    else:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name}{TEMPLATE_SUFFIX}"')
    _forget()


def _forget() -> None:
    """Forget what this process keeps of contests: another test's contest may have the same number."""
    from results.board import publishing
    from results.facts import reading
    from results.public import newest

    newest.forget()
    publishing._considered.clear()
    reading.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep a copy of the migrated database, and restore from it after every transactional test."""
    with django_db_blocker.unblock():
        _save_template()
    teardown = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _restore_template  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    if connection.vendor == "sqlite":
        Path(f"{settings.DATABASES['default']['TEST']['NAME']}{TEMPLATE_SUFFIX}").unlink(missing_ok=True)
    else:
        with django_db_blocker.unblock():
            connections.close_all()
            name = connection.settings_dict["NAME"]
            with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}{TEMPLATE_SUFFIX}"')


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    _forget()
    yield
    _forget()


@pytest.fixture(autouse=True)
def _no_guesses() -> None:
    """What another test tried in vain says nothing here."""
    from results.people.guessing import guesses

    guesses.clear()


@pytest.fixture(autouse=True)
def _own_audit_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is known of the ledger outside the database is of the test's own database only."""
    monkeypatch.setattr(settings, "AUDIT_DIR", tmp_path_factory.getbasetemp() / "audit" / secrets.token_hex(8))


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords made in tests need not be slow to guess; a server in another process can still check them."""
    for name, least in {"time_cost": 1, "memory_cost": 8}.items():
        monkeypatch.setattr(f"results.people.hashing.PassPhraseHasher.{name}", least)


# --- servers ---------------------------------------------------------------------------------------------------------


def wait_for(condition: Callable[[], Any], seconds: float = 20, what: str = "") -> Any:
    """The first true answer of a condition, asked often; fails loudly after `seconds`."""
    give_up = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {seconds} s in vain: {what or condition}")
        time.sleep(0.02)


class Server:
    """`manage.py serve` in a process of its own, on the test's database."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "COUNTNIGHT_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "countnight.settings",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start, and return when it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_for(self._answers, 30, f"the server at {self.base}; its log: {self.log}")
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.log.read_text()}")
        try:
            return httpx.get(f"{self.base}/desk/login/", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """kill -9: no goodbye to anybody."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        return self.process.returncode


def database_url() -> str:
    """The address of the test's database, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[Server]:
    """A server on the test's database, not started yet; ended afterwards whatever happened."""
    made = Server(tmp_path / "server.log")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
