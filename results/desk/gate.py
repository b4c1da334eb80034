"""Who stands at which contest: the gate before every screen of the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from results import rehearsal
from results.desk.answers import Problem, logged_out, refuse, refused, to_login
from results.desk.officer import Officer
from results.models import Appointment, Role
from results.people import roles
from results.texts.message import Message


def staffed(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for people with a role at the contest, called with their Officer; never kept by any cache.

    Others do not learn whether the contest exists: 404. A officer that is not valid yet, or no longer: 403, with words.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["HEAD", *(methods or ("GET", "POST"))])
        @wraps(view)
        def gated(request: HttpRequest, contest: str, **parts: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User):
                return logged_out(request) if request.method == "POST" else to_login(request)
            held = (
                Appointment.objects.filter(user=user, contest__ballot_paper_id=contest)
                .select_related("contest__election", "contest__event__demo_clock")
                .first()
            )
            if held is None:
                return refuse(request, refused(404, "unknown", "unknown.contest"))
            if rehearsal.misplaced(held.contest):
                # 307: what was sent is sent again there, and nothing of it is lost.
                return HttpResponseRedirect(rehearsal.moved(request, held.contest), preserve_request=True)
            if (invalid := roles.why_invalid(held)) is not None:
                # A role may end while somebody types: the browser keeps it for when the appointment is put right.
                kept = (Message("forbidden.typed_is_kept"),) if request.method == "POST" else ()
                return refuse(request, Problem(403, "forbidden", (invalid, *kept)))
            return view(request, Officer(user, held.contest, Role(held.role)), **parts)

        return gated

    return decorate
