"""Whoever opens a sheet or a box has it in hand: others are sent elsewhere (results/floor/claims.py)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from results.desk.officer import Officer
from results.floor import claims

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def takes_sheet(view: View) -> View:
    """A view of the form of a group's sheet: who is shown it has the sheet in hand."""

    @wraps(view)
    def taking(request: HttpRequest, officer: Officer, number: int, **more: Any) -> HttpResponse:
        answer = view(request, officer, number, **more)
        if request.method == "GET" and answer.status_code == 200:
            take(officer, claims.group(number))
        return answer

    return taking


def takes_box(view: View) -> View:
    """A view of a box: a counting officer who opens one that is to be verified has it in hand; others may only look."""

    @wraps(view)
    def taking(request: HttpRequest, officer: Officer, label: str, **more: Any) -> HttpResponse:
        answer = view(request, officer, label, **more)
        if request.method == "GET" and answer.status_code == 200 and not officer.supervises:
            known = officer.facts().boxes.get(label)
            if known is not None and known.papers is None:
                take(officer, claims.box(label))
        return answer

    return taking


def take(officer: Officer, subject: str) -> None:
    """Note it, if it can be: no page is lost for want of a claim."""
    try:
        claims.take(officer.contest, subject, officer.user)
    except DatabaseError:
        logger.exception("%s is in hand, and the others are not told", subject)
