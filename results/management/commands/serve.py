"""Serve the pages and the live path, with countnight's settings for Daphne."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from results.database import triggers

SWITCH_SECONDS = 0.002


class Command(BaseCommand):
    """`manage.py serve --host 127.0.0.1 --port 8000`."""

    help = "Serve countnight until it is told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serve; CommandError where the port is taken or the ledger is not guarded."""
        from countnight.asgi import application
        from countnight.limits import files_for_viewers
        from countnight.server import CountnightServer
        from results.live.hub import hub

        if absent := triggers.missing():
            raise CommandError(f"{len(absent)} triggers that guard the ledger are missing: run `manage.py migrate`.")
        hub().most, warning = files_for_viewers(settings.LIVE_MAX_VIEWERS)
        if warning:
            self.stderr.write(self.style.WARNING(warning))
        connection.close()
        # A thread that comes back from the database waits this long for one that computes. With Python's 5 ms, twenty
        # officers at once would wait for each other's statements and not for the disk.
        sys.setswitchinterval(SWITCH_SECONDS)
        server = CountnightServer(application, host, port)
        self.stdout.write(f"countnight at http://{host}:{port}/ (Ctrl-C ends it)")
        server.run()
        if server.failed:
            raise CommandError(f"Port {port} cannot be had: {server.failed}")
