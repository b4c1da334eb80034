"""Serve the pages and the live path, with countnight's settings for Daphne."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from results.database import triggers
from results.database.migrated import missing_migrations

SWITCH_SECONDS = 0.002
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
HERE = ("localhost", "127.0.0.1", "[::1]")


def where(host: str, port: int) -> str:
    """Where people find what listens here; CommandError where nobody could open a page of it."""
    if not 0 < port < 65536:
        raise CommandError(f"--port is {port}: write a number from 1 to 65535.")
    if settings.BEHIND_PROXY:
        listening = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        scheme = "https" if settings.HTTPS else "http"
        return f"listens on {listening} for the proxy, at {scheme}://{_named()}/"
    if settings.HTTPS:
        # There is no TLS here, and nobody would say that there was any in front: each page would lead to itself for ever.
        raise CommandError(
            "Pages are to be had by https only, and nobody in front speaks it: set COUNTNIGHT_BEHIND_PROXY=1 behind a proxy "
            "with TLS, or COUNTNIGHT_HTTPS=0 on a closed network."
        )
    name = _named() if host in EVERYWHERE else host
    return f"at http://{f'[{name}]' if ':' in name and name[0] != '[' else name}:{port}/"


def _named() -> str:
    """The name that people are likely to use, of those that are allowed."""
    others = [name for name in settings.ALLOWED_HOSTS if name not in HERE]
    return (others or settings.ALLOWED_HOSTS)[0].removeprefix(".").replace("*", "localhost")


class Command(BaseCommand):
    """`manage.py serve --host 127.0.0.1 --port 8000`."""

    help = "Serve countnight until it is told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serve; CommandError where nobody could reach it, the port is taken, or the ledger is not guarded."""
        address = where(host, port)
        from countnight.asgi import application
        from countnight.limits import files_for_viewers
        from countnight.server import CountnightServer
        from results.live.hub import hub

        if older := missing_migrations():
            raise CommandError(older)
        if absent := triggers.missing():
            raise CommandError(f"{len(absent)} triggers that guard the ledger are missing: run `manage.py migrate`.")
        hub().joining.most, warning = files_for_viewers(settings.LIVE_MAX_VIEWERS)
        if warning:
            self.stderr.write(self.style.WARNING(warning))
        connection.close()
        # A thread that comes back from the database waits this long for one that computes. With Python's 5 ms, twenty
        # officers at once would wait for each other's statements and not for the disk.
        sys.setswitchinterval(SWITCH_SECONDS)
        server = CountnightServer(application, host, port)
        self.stdout.write(f"countnight {address} (Ctrl-C ends it)")
        server.run()
        if server.failed:
            raise CommandError(f"Port {port} cannot be had: {server.failed}")
