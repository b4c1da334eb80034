"""The database backend: countnight.postgresql.

Time-outs of the network do not help where the machine is well and the server is not (a stopped process, a disk that hangs):
its kernel goes on acknowledging. The requests of a serving process therefore wait for an answer for some seconds and no longer.
Commands (migrate, verify_ledger) wait as long as it takes.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from countnight.postgresql.silence import silence

ANSWER_SECONDS = 8.0
"""For one statement, the wait for a contest's lock included: twenty officers at once take a tenth of it."""
IDLE_SECONDS = 30
"""A transaction that says nothing for so long is ended by the server: a stopped process must not keep a contest locked."""

_WRITABLE = "SELECT current_setting('transaction_read_only')"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; `answer_seconds` bounds each wait for the server, None leaves it unbounded."""

    answer_seconds: float | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Django's own, with limits that the server keeps: what nobody waits for any more ends there too."""
        params: dict[str, Any] = super().get_connection_params()
        if self.answer_seconds is not None:
            limits = {
                "statement_timeout": int(self.answer_seconds * 1000),
                "idle_in_transaction_session_timeout": IDLE_SECONDS * 1000,
            }
            given = str(params.get("options", ""))
            words = [given, *(f"-c {name}={value}" for name, value in limits.items() if name not in given)]
            params["options"] = " ".join(word for word in words if word)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's own, which gives up at once while the server is known to be silent."""
        seconds = self.answer_seconds
        if seconds is None:
            return super().get_new_connection(conn_params)
        _give_up_if_vain(seconds)
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            silence.waited()
            raise
        except psycopg.Error:
            silence.heard()
            raise
        silence.heard()
        connection.wait = partial(_wait, connection, seconds)
        return connection

    def is_usable(self) -> bool:
        """Whether this session can still be asked, and may write.

        A session that began while the server was read-only stays so (a setting of the database is read at its beginning):
        it is exchanged for a new one.
        """
        if self.connection is None:
            return False
        try:
            with self.connection.cursor() as cursor:
                return bool(cursor.execute(_WRITABLE).fetchone() == ("off",))
        except psycopg.Error:
            return False


def _give_up_if_vain(seconds: float) -> None:
    if silence.wait_is_vain(seconds):
        raise psycopg.OperationalError("the database server does not answer")


def _wait(connection: Any, seconds: float, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
    """psycopg's Connection.wait, for so many seconds. After that the connection is of no use: the answer may still come."""
    bound = seconds if timeout is None else timeout
    _give_up_if_vain(seconds)
    try:
        answer = type(connection).wait(connection, gen, interval, bound)
    except psycopg.errors._WaitTimeout as error:
        silence.waited()
        with contextlib.suppress(psycopg.Error):
            connection.pgconn.finish()
        raise psycopg.OperationalError(f"the database server has not answered for {bound:g} s") from error
    except psycopg.Error:
        # It answers, if only to refuse.
        silence.heard()
        raise
    silence.heard()
    return answer
