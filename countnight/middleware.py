"""Steps of each request that are ours: addresses of rehearsals, operators' questions, forms without NUL, and log-ins that
last while people work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import set_script_prefix

from results.database.queue import write_queue
from results.public import health
from results.rehearsal import PREFIX

Answer = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)

OPERATORS = {"/healthz": health.healthz, "/metrics": health.metrics}
READ_ONLY, DISK_FULL = "25006", "53100"
"""PostgreSQL's codes (SQLSTATE) of errors that are the server's fault and not the statement's."""
PROLONGED = "prolonged"
PROLONG_AFTER = 900
"""A log-in is prolonged in the database once in so many seconds of work, and not at each request."""


def rehearsals(answer: Answer) -> Answer:
    """Serve what is below /rehearsal/ as if that were the root: every address that such a page gives is below it too.

    Only contests and the desk are there: the front page, its rows and everything else are of real counts.
    """

    def step(request: HttpRequest) -> HttpResponse:
        below = request.path_info.removeprefix(PREFIX)
        if below == request.path_info or not below.startswith(("/contests/", "/desk/")) or below == "/contests/rows":
            return answer(request)
        request.path_info = below
        set_script_prefix(f"{PREFIX}/")
        try:
            return answer(request)
        finally:
            set_script_prefix("/")

    return step


def operators(answer: Answer) -> Answer:
    """Answer /healthz and /metrics by whatever name they are asked: supervisors and scrapers have names of their own for us."""

    def step(request: HttpRequest) -> HttpResponse:
        view = OPERATORS.get(request.path)
        return view(request) if view is not None else answer(request)

    return step


class Unavailable:
    """503 where the database is at fault: whoever asked is to ask again, and nothing that was sent is lost."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None of anything else."""
        away = isinstance(error, (OperationalError, InterfaceError))
        if not away and getattr(error.__cause__, "sqlstate", "") not in (READ_ONLY, DISK_FULL):
            return None
        health.note(error)
        logger.error("%s %s: the database cannot be used", request.method, request.path, exc_info=error)
        response = HttpResponse(render_to_string("500.html"), status=503)
        response["Retry-After"] = "5"
        response["Cache-Control"] = "no-store"
        return response


def without_nul(answer: Answer) -> Answer:
    """Refuse a form that holds a NUL: no keyboard has one, and PostgreSQL keeps none."""

    def step(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and (b"\0" in request.body or b"%00" in request.body):
            return HttpResponse("A form holds no NUL.\n", status=400, content_type="text/plain; charset=utf-8")
        return answer(request)

    return step


def prolong(answer: Answer) -> Answer:
    """Let a log-in last for SESSION_COOKIE_AGE after the last work, and not after the log-in.

    Only where a page is read: what an officer sends is answered for what was recorded, whatever becomes of the log-in.
    """

    def step(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        session = request.session
        if request.method != "GET" or not request.path_info.startswith("/desk/") or response.status_code >= 400:
            return response
        if not request.user.is_authenticated or session.session_key is None:
            return response
        now = int(time.time())
        if 0 <= now - session.get(PROLONGED, 0) < PROLONG_AFTER:
            return response
        session[PROLONGED] = now
        try:
            with write_queue():
                session.save()
            _cookie(response, session.session_key)
        except (DatabaseError, UpdateError):
            logger.exception("a log-in is not prolonged; it lasts as long as it did")
        # It is written, or cannot be: a page is not lost for that.
        session.modified = False
        return response

    return step


def _cookie(response: HttpResponse, key: str) -> None:
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        key,
        max_age=settings.SESSION_COOKIE_AGE,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite="Lax",
    )
