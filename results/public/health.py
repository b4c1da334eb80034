"""For those who run the machines: whether this process is well, and its figures."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from results import clock
from results.live.hub import hub

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")

DISK_FULL = "53100"
LEAST_FREE = 50_000_000
"""Free bytes that the disk of an SQLite file must have: a night is a tenth of it."""
REMEMBERED = timedelta(seconds=60)
"""A disk counts as full for so long after a write failed on it."""

logger = logging.getLogger(__name__)

_full: list[datetime] = []
"""When a disk was last found to be full, if ever: of PostgreSQL's disk nothing else tells."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where this process can show and record figures, else 503; without the channel layer it is well, only slower."""
    here = hub()
    trouble = database_trouble()
    well = not trouble and here.running
    answer = {
        "status": "ok" if well else "failing",
        "database": trouble or "ok",
        "live": "ok" if here.running else "failing",
        "hints": "heard" if here.hearing else "by the sweep",
    }
    return JsonResponse(answer, status=200 if well else 503)


def database_trouble() -> str:
    """Why nothing can be recorded: "does not answer", "read-only" or "disk full"; "" where it can."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # This session, which may have begun while the server was otherwise, is exchanged where it may not write.
                cursor.execute("SELECT current_setting('transaction_read_only')")
                writable = cursor.fetchone() == ("off",)
            else:
                cursor.execute("SELECT 1 FROM sqlite_master")
                file = Path(str(connection.settings_dict["NAME"]))
                writable = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
                if writable and shutil.disk_usage(file.parent).free < LEAST_FREE:
                    return "disk full"
    except Exception:
        logger.exception("the database does not answer")
        return "does not answer"
    if not writable:
        return "read-only"
    return "disk full" if _full and clock.real_now() - _full[-1] < REMEMBERED else ""


def note(error: Exception) -> None:
    """Remember that somebody's figures could not be recorded since a disk was full."""
    if isinstance(error, DatabaseError) and (
        getattr(error.__cause__, "sqlstate", "") == DISK_FULL or "disk is full" in str(error)
    ):
        _full[:] = [clock.real_now()]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """This process's figures for Prometheus. Not for everybody: how much is being entered is not public."""
    if not _may_read(request):
        return HttpResponse("Only from this machine, or with METRICS_TOKEN.\n", status=403, content_type="text/plain")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # What came through a proxy comes from this machine too: it says so, or at least was asked for by the site's name.
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        if urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname not in ("localhost", "127.0.0.1", "::1"):
            return False
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
