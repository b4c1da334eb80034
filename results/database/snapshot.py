"""One moment of the database to read from, however much is written meanwhile, and without making a writer wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything that this thread reads inside is of one moment; nothing may be written.

    PostgreSQL reads beside its writers. SQLite in DELETE mode lets no writer commit while somebody reads: its pages are
    copied into memory at once (a whole night is some 20 MB), and read there. Inside a transaction it is that one's moment.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with _copied():
            yield


@contextmanager
def _copied() -> Iterator[None]:
    connection.ensure_connection()
    source = connection.connection
    copy = connection.get_new_connection({**connection.get_connection_params(), "database": ":memory:"})
    try:
        _wait_and_copy(source, copy)
        connection.connection = copy
        yield
    finally:
        connection.connection = source
        copy.close()


def _wait_and_copy(source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    """Copy all pages in one step. A write that is being committed is waited for, as any reader would."""
    source.backup(copy, pages=-1, sleep=0.01)
