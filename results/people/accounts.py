"""Accounts: logging in, the name that is shown, and enrolment at a contest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils.crypto import constant_time_compare

from results import clock
from results.models import Appointment, Contest, Role

DEMO_PREFIX = "demo-"
"""User names that begin so belong to the demo: their passwords are printed on a terminal."""


class CountBackend(ModelBackend):
    """Django's log-in by password, which outside demo mode refuses the demo's people, old sessions included."""

    def user_can_authenticate(self, user: Any) -> bool:
        if user is not None and user.get_username().startswith(DEMO_PREFIX) and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)


def user_of_session(key: str) -> User | None:
    """Whose log-in a session is, where no request brings it; None where it is nobody's any more.

    Django's own answer renews a session that an older secret key made, which only a page may do: it sets the cookie.
    """
    session = SessionStore(session_key=key)
    backend, stored = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if not isinstance(user, User):
        return None
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(stored, one) for one in known) else None


def enrol(
    contest: Contest,
    username: str,
    password: str | None,
    role: Role,
    full_name: str = "",
    *,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    authorised_in_writing: date | None = None,
) -> User:
    """Give a person an account and a role at a contest; an existing person keeps the password if none is given.

    Enrolling again at the same contest changes the role there and nowhere else. The appointment is valid from now on unless
    `valid_from` says otherwise.
    """
    first, _, last = full_name.partition(" ")
    with transaction.atomic():
        user = User.objects.filter(username=username).first() or User(username=username)
        user.first_name, user.last_name = first, last
        if password is not None:
            user.set_password(password)
        elif not user.pk:
            user.set_unusable_password()
        # Only the columns that are meant to change are saved: the journal records every column of a save as intended.
        changed = ["first_name", "last_name"] + (["password"] if password is not None else [])
        user.save(update_fields=changed if user.pk else None)
        appointment = Appointment.objects.filter(contest=contest, user=user).first() or Appointment(
            contest=contest, user=user, valid_from=clock.real_now()
        )
        appointment.role = role
        appointment.valid_from = valid_from or appointment.valid_from
        appointment.valid_until = valid_until
        appointment.authorised_in_writing = authorised_in_writing
        appointment.save()
    return user


def appointments_of(user: User) -> list[Appointment]:
    """The contests at which a person has an appointment, with their role at each, the latest poll first."""
    appointments = Appointment.objects.filter(user=user).select_related("contest__election", "contest__event")
    return list(appointments.order_by("-contest__election__poll_date", "contest__name"))


def display_name(user: User) -> str:
    """The name that the ledger keeps: the person's own, else the log-in."""
    return user.get_full_name() or user.get_username()
