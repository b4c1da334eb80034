"""For those who run the machines: whether this process is well, and its figures."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from results.live.hub import hub

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where this process can show and record figures, else 503; without the channel layer it is well, only slower."""
    here = hub()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except Exception:
        logger.exception("the database does not answer")
        database = False
    well = database and here.running
    answer = {
        "status": "ok" if well else "failing",
        "database": "ok" if database else "failing",
        "live": "ok" if here.running else "failing",
        "hints": "heard" if here.hearing else "by the sweep",
    }
    return JsonResponse(answer, status=200 if well else 503)


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
        if urlsplit(f"//{request.get_host()}").hostname not in ("localhost", "127.0.0.1", "::1"):
            return False
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
