"""Logging in, and being logged out in the middle of a sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from results.desk.answers import logged_out
from results.people.guessing import address_of, guesses


class LoginForm(AuthenticationForm):
    """Django's own, which takes a pass phrase as it comes from a slip of paper: blanks at its ends are nobody's meaning."""

    password = forms.CharField(strip=True, max_length=200)

    pause = 0
    """Seconds for which nothing more is checked for this name from here."""

    def clean(self) -> dict[str, Any]:
        """Check name and pass phrase, unless too many were wrong."""
        if self.request is None:
            return dict(super().clean())
        name, address = self.cleaned_data.get("username", ""), address_of(self.request)
        self.pause = guesses.pause(address, name)
        if self.pause:
            raise forms.ValidationError("paused", code="paused")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            guesses.wrong(address, name)
            raise
        guesses.right(address, name)
        return dict(cleaned)


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The log-in of all staff; who is logged in already goes on to where they were going."""

    template_name = "desk/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again: 429 where it must wait."""
        response: HttpResponse = super().form_invalid(form)
        if form.pause:
            response.status_code = 429
            response["Retry-After"] = str(form.pause)
        return response


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of an earlier log-in: nothing is recorded, what was typed is kept in the browser, and here is the way back."""
    return logged_out(request)
