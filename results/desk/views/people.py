"""Logging in, and being logged out in the middle of a sheet."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from results.desk.views.answers import logged_out


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The log-in of all staff; who is logged in already goes on to where they were going."""

    template_name = "desk/login.html"
    redirect_authenticated_user = True


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of an earlier log-in: nothing is recorded, the figures are kept in the browser, and here is the way back."""
    return logged_out(request)
