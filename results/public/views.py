"""The pages and documents that everybody may read: no session, no cookie, the same answer for all."""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from results import clock
from results.board.document import Document
from results.board.patches import make_patch
from results.board.timeline import iso
from results.calibration import records
from results.models import Publication
from results.public.calibration import record_context
from results.public.front import front_rows, words_of_age
from results.public.newest import AWAY, Kept, newest
from results.rehearsal import address, prefix_of

logger = logging.getLogger(__name__)

FRESH_SECONDS = 1
RECORD_SECONDS = 300
_rows: Kept[list[SafeString]] = Kept()
COUNT_TIME = "Count-Time"
"""The header with the time at the count: a page that only asks has no other way to know how old its figures are."""


def _cacheable(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """Let caches in front keep the answer for a second, and readers ask whether theirs still stands."""
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    if etag in [given.strip().removeprefix("W/") for given in request.headers.get("If-None-Match", "").split(",")]:
        unchanged = HttpResponseNotModified()
        for header in ("ETag", "Cache-Control", COUNT_TIME):
            if header in response:
                unchanged[header] = response[header]
        return unchanged
    return response


@require_safe
def contests(request: HttpRequest) -> HttpResponse:
    """The front page: every contest that is not a rehearsal, with its state; front.js keeps it so."""
    context = {
        "rows": _rows.read("the front page", front_rows),
        "now": iso(clock.real_now()),
        "poll_seconds": settings.LIVE_POLL_SECONDS,
        "names": words_of_age(),
    }
    response = render(request, "public/contests.html", context)
    response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the front page alone, for a page that asks whether they still stand."""
    response = render(request, "public/parts/contest_rows.html", {"rows": _rows.read("the front page", front_rows)})
    response[COUNT_TIME] = iso(clock.real_now())
    return _cacheable(request, response, f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')


@require_safe
def contest(request: HttpRequest, contest: str) -> HttpResponse:
    """The live page, complete as the server paints it; live.js keeps it so."""
    seen = newest(contest)
    found, publication, setup = seen.contest, seen.publication, seen.setup
    live: dict[str, Any] = {
        "epoch": found.epoch,
        "version": publication.version,
        "board": publication.board,
        "setup": setup,
        "updates": address(found, "public:updates"),
        "poll_seconds": settings.LIVE_POLL_SECONDS,
        "now": iso(clock.now(found.event)),
    }
    if settings.LIVE_LINES:
        live |= {
            "socket": f"{prefix_of(found)}/ws/contests/{found.ballot_paper_id}/",
            "events": f"{prefix_of(found)}/contests/{found.ballot_paper_id}/events",
        }
    context = {
        "board": publication.board,
        "setup": setup,
        "publication": publication.version,
        "epoch": found.epoch,
        "live": live,
        "rehearsal": bool(prefix_of(found)),
        "hall": request.GET.get("hall") == "1",
        "address": request.build_absolute_uri(request.path),
    }
    response = render(request, "public/contest.html", context)
    # Not by version alone: the page carries the hour at the count, by which readers' browsers tell its age.
    response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


@require_safe
def updates(request: HttpRequest, contest: str) -> HttpResponse:
    """What brings a reader from `since` to the newest version: a patch, the whole board, or 204 where there is no news."""
    seen = newest(contest)
    found, publication = seen.contest, seen.publication
    etag = f'"{found.epoch}-{publication.version}"'
    now = iso(clock.now(found.event))
    since = request.GET.get("since", "")
    version = int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0
    answer: Document = {"epoch": found.epoch, "version": publication.version}
    if request.GET.get("epoch") == found.epoch and version == publication.version:
        return _cacheable(request, HttpResponse(status=204, headers={COUNT_TIME: now}), etag)
    before = None
    if request.GET.get("epoch") == found.epoch and 0 < version < publication.version:
        # Where the database is away there is no patch, and the whole board will do.
        with suppress(*AWAY):
            before = Publication.objects.filter(contest=found, version=version).first()
    if before is not None:
        answer |= {"since": version, "patch": make_patch(before.board, publication.board)}
    else:
        answer["board"] = publication.board
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False}, headers={COUNT_TIME: now})
    return _cacheable(request, response, etag)


@require_safe
def board(request: HttpRequest, contest: str) -> HttpResponse:
    """The newest board, whole."""
    seen = newest(contest)
    found, publication = seen.contest, seen.publication
    answer = {"epoch": found.epoch, "version": publication.version, "board": publication.board}
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    return _cacheable(request, response, f'"{found.epoch}-{publication.version}"')


@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    """How good the projection is: the records of its back-tests, or that there is none."""
    try:
        found = records()
    except ValueError:
        # A record half written, or of another version, must not say anything, and not keep the page from saying that.
        logger.exception("the calibration record cannot be read")
        found = ()
    response = render(request, "public/calibration.html", {"records": [record_context(record) for record in found]})
    response["Cache-Control"] = f"public, max-age={RECORD_SECONDS}"
    return response


@require_safe
def setup(request: HttpRequest, contest: str) -> HttpResponse:
    """What does not change on the night: names, colours, texts."""
    return JsonResponse(newest(contest).setup, json_dumps_params={"ensure_ascii": False})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere, in words."""
    return render(request, "404.html", status=404)
