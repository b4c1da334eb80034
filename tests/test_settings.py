"""What the settings make of an address."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import psycopg
import pytest
from django.db.backends.postgresql.base import DatabaseWrapper

from countnight.settings import channel_layer, database, sqlite_journal_mode


def postgresql(url: str) -> DatabaseWrapper:
    defaults = {"AUTOCOMMIT": True, "TIME_ZONE": None, "TEST": {}}
    return DatabaseWrapper(defaults | database(url), "other")


def test_it_gives_up_a_database_that_vanished_without_a_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # The kernel takes the connection, and nobody ever answers.
        port = silent.getsockname()[1]
        begun = time.monotonic()
        asked = postgresql(f"postgres://countnight@127.0.0.1:{port}/countnight?connect_timeout=2")
        with pytest.raises(psycopg.OperationalError):
            asked.get_new_connection(asked.get_connection_params())
        assert time.monotonic() - begun < 60


def test_it_asks_the_kernel_to_notice_in_seconds() -> None:
    options = database("postgres://countnight@database/countnight")["OPTIONS"]
    assert options["connect_timeout"] <= 5
    assert options["tcp_user_timeout"] <= 10_000
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] <= 15


def test_it_leaves_what_the_address_says_as_it_is() -> None:
    options = database("postgres://countnight@database/countnight?connect_timeout=30&sslmode=require")["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (30, "require")


def test_it_reads_the_address_of_a_local_socket() -> None:
    given = database("postgres://countnight@/countnight")
    assert (given["NAME"], given["HOST"], given["USER"]) == ("countnight", "", "countnight")


def test_it_locks_sqlite_before_it_writes(tmp_path: Path) -> None:
    options = database(f"sqlite:///{tmp_path}/count.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]
    assert "connect_timeout" not in options


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "DELETE"), ((3, 51, 3), "WAL"), ((3, 44, 6), "WAL"), ((3, 45, 1), "DELETE")]
)
def test_it_uses_the_log_ahead_only_where_sqlite_is_mended(version: tuple[int, ...], mode: str) -> None:
    assert sqlite_journal_mode(version) == mode


def test_it_stays_within_the_process_without_redis() -> None:
    assert channel_layer("")["BACKEND"] == "channels.layers.InMemoryChannelLayer"
