"""Django's settings for the database that DATABASE_URL names, with what the ledger relies on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from countnight.environment import SettingError
from countnight.folder import private_file

NAME = "DATABASE_URL"
WRITE = "write postgres://USER:PASSWORD@HOST:5432/DATABASE, or leave it away for an SQLite file in COUNTNIGHT_DATA"

# The releases whose WAL mode carries the fix of the WAL-reset bug; with any other, a journal is what loses nothing.
_WAL_FIXED = ((3, 44, 6), (3, 45, 0)), ((3, 50, 7), (3, 51, 0)), ((3, 51, 3), (4, 0, 0))

_SECONDS = {
    # A server that vanished without a word is given up in seconds, not when TCP does after a quarter of an hour.
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def sqlite_journal_mode(version: tuple[int, ...]) -> str:
    """The journal mode that is safe on this version of SQLite: "WAL" or "PERSIST"."""
    return "WAL" if any(low <= version < high for low, high in _WAL_FIXED) else "PERSIST"


def sqlite_pragmas(version: tuple[int, ...]) -> str:
    """What is said to each new connection, so that what was acknowledged is there after a power cut.

    In PERSIST mode a commit is the header of the journal overwritten with zeros, which is brought to the disk like the pages
    before it. SQLite's default, DELETE, removes the journal instead: only EXTRA brings that to the disk, at the cost of the
    folder too, and with FULL the journal may come back and take the commit back. EXTRA stays, for whoever changes the mode.
    In WAL mode a commit is a record in the log, which FULL brings to the disk.
    """
    mode = sqlite_journal_mode(version)
    durable = "FULL" if mode == "WAL" else "EXTRA"
    return f"PRAGMA journal_mode={mode}; PRAGMA synchronous={durable}; PRAGMA foreign_keys=ON;"


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings for an address; an SQLite file, which is in `folder` where none is named, is made if need be.

    SettingError where the address cannot be read or the file cannot be used; a password is never shown.
    """
    try:
        parts = urlsplit(url or f"sqlite:///{quote(str(folder / 'countnight.sqlite3'))}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.fragment or not parts.scheme:
        # Nothing of it is repeated: what cannot be read may be a password.
        how = f"{WRITE}; in a password write %23 for #, %3F for ?, %2F for /, %40 for @"
        raise SettingError(NAME, "cannot be read", how)
    # Requests run on a few threads that are kept (countnight/handler.py), and each keeps its connection.
    kept = {"CONN_MAX_AGE": None, "ATOMIC_REQUESTS": False}
    if parts.scheme == "sqlite":
        return kept | _sqlite(parts.netloc, unquote(parts.path), bool(parts.query), folder)
    if parts.scheme in ("postgres", "postgresql"):
        name = unquote(parts.path.removeprefix("/"))
        if not name or "/" in name:
            raise SettingError(NAME, "names no database", WRITE)
        return kept | {
            "ENGINE": "countnight.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": _SECONDS | _options(parts.query),
        }
    raise SettingError(NAME, f'begins with "{parts.scheme}:"', WRITE)


def _sqlite(place: str, path: str, query: bool, folder: Path) -> dict[str, Any]:
    file = Path(path[1:])
    if place or query or not file.is_absolute() or not file.name or "\0" in path:
        how = (
            "write sqlite:// and the file's whole path, as in sqlite:////srv/count/countnight.sqlite3, or leave it away"
        )
        raise SettingError(NAME, "names no file for SQLite", how)
    private_file(NAME, file)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        # IMMEDIATE: a transaction that means to write takes the write lock first, never by an upgrade that can deadlock.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": sqlite_pragmas(sqlite3.sqlite_version_info),
        },
        "TEST": {"NAME": str(folder / "test.sqlite3")},
    }


def _options(query: str) -> dict[str, Any]:
    """The options of an address, as libpq knows them."""
    from psycopg.pq import Conninfo

    keywords = {option.keyword.decode() for option in Conninfo.get_defaults()}
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        number = isinstance(_SECONDS.get(name), int)
        if name not in keywords or (number and not (value.isascii() and value.isdigit())):
            raise SettingError(NAME, f'has the option "{name}={value}", which PostgreSQL does not know', WRITE)
        options[name] = int(value) if number else value
    return options


def in_one_line(error: Exception) -> str:
    """What an operator does about an error of the database."""
    said = " ".join(str(error).split()) or type(error).__name__
    if "no such table" in said or getattr(error.__cause__, "sqlstate", "") == "42P01":
        return f"The database that {NAME} names has not been migrated: run `manage.py migrate` ({said})."
    return f"The database that {NAME} names cannot be used: {said}."
