"""Whoever opens a sheet or a box has it in hand: others are sent elsewhere (results/floor/claims.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from results.desk.officer import Officer
from results.floor import claims

View = Callable[..., HttpResponse]


def takes_sheet(view: View) -> View:
    """A view of the form of a group's sheet: who is shown it has the sheet in hand."""

    @wraps(view)
    def taking(request: HttpRequest, officer: Officer, number: int, **more: Any) -> HttpResponse:
        answer = view(request, officer, number, **more)
        if request.method == "GET" and answer.status_code == 200:
            claims.take(officer.contest, claims.group(number), officer.user)
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
                claims.take(officer.contest, claims.box(label), officer.user)
        return answer

    return taking
