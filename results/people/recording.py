"""What goes into the journal by itself: log-ins that came or failed, and every account or appointment that the program changes.

A row that is changed by SQL is not recorded here: the table then differs from the journal, and `verify_ledger` says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import DatabaseError
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from results import clock
from results.audit.marks import mark
from results.models import Appointment
from results.people.guessing import address_of
from results.people.journal import Kind, last_word, record

logger = logging.getLogger(__name__)
COLUMNS = ("username", "first_name", "last_name", "is_active", "is_staff", "is_superuser")
FAILED_A_MINUTE = 20
"""Failed log-ins that each process writes down one by one in a minute; the others are one line with their number."""


def person(user: User) -> dict[str, Any]:
    """What the journal holds of an account; of the pass phrase only a mark of its stored hash."""
    stored = {column: getattr(user, column) for column in COLUMNS}
    return stored | {"password": mark("password", password_text(user))}


def password_text(user: User) -> str:
    """What is marked of a stored pass phrase, which is a slow hash of it already."""
    return f"{user.pk}\n{user.password}"


def appointment(staff: Appointment) -> dict[str, Any]:
    """What the journal holds of an appointment at a contest."""
    until, authorised = staff.valid_until, staff.authorised_in_writing
    return {
        "role": str(staff.role),
        "valid_from": staff.valid_from.isoformat(),
        "valid_until": until.isoformat() if until else None,
        "authorised_in_writing": authorised.isoformat() if authorised else None,
    }


def subject_of(row: User | Appointment) -> str:
    """The name of an account or an appointment in the journal."""
    if isinstance(row, Appointment):
        return f"appointment:{row.contest.ballot_paper_id}:{row.user_id}"
    return f"user:{row.pk}"


def _account_saved(
    instance: User, created: bool, raw: bool = False, update_fields: Collection[str] | None = None, **_: Any
) -> None:
    stated = person(instance)
    if update_fields is not None:
        # What this save did not write is not stated: it may have been changed by somebody else.
        stated = {name: value for name, value in stated.items() if name in update_fields}
    before = {} if created else last_word(subject_of(instance))
    changed = {name: value for name, value in stated.items() if name not in before or before[name] != value}
    if not changed:
        return
    kind = Kind.PASS_PHRASE_SET if set(changed) == {"password"} else Kind.ACCOUNT_CHANGED
    record(Kind.ACCOUNT_OPENED if created else kind, subject_of(instance), changed)


def _appointment_saved(instance: Appointment, created: bool, **_: Any) -> None:
    stated = appointment(instance)
    if created or last_word(subject_of(instance)) != stated:
        record(Kind.ENROLLED if created else Kind.ROLE_CHANGED, subject_of(instance), stated)


def _account_removed(instance: User, **_: Any) -> None:
    record(Kind.ACCOUNT_REMOVED, subject_of(instance), dict.fromkeys((*COLUMNS, "password")))


def _appointment_removed(instance: Appointment, **_: Any) -> None:
    record(Kind.APPOINTMENT_REMOVED, subject_of(instance), dict.fromkeys(appointment(instance)))


class FailedLogins:
    """Failed log-ins of this process, at most FAILED_A_MINUTE lines a minute: nobody can fill the disk with them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute: datetime | None = None
        self._written = self._more = 0

    def note(self) -> tuple[bool, int]:
        """Whether this one is written down, and how many of the minutes before are still to be told."""
        now = clock.real_now()
        with self._lock:
            more = 0
            if self._minute is None or now - self._minute >= timedelta(minutes=1):
                more, self._more = self._more, 0
                self._minute, self._written = now, 0
            self._written += 1
            if self._written <= FAILED_A_MINUTE:
                return True, more
            self._more += 1
            return False, more

    def untold(self) -> int:
        """How many are not told yet; from now on they are."""
        with self._lock:
            more, self._more = self._more, 0
            return more


failed_logins = FailedLogins()


def _login_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    written, more = failed_logins.note()
    try:
        _tell(more)
        if written:
            # Somebody may have typed the pass phrase where the name goes: only names that exist are written down.
            user = User.objects.filter(username=str(credentials.get("username", ""))).first()
            subject = f"login:{user.get_username()}" if user else "login:"
            record(Kind.LOGIN_FAILED, subject, {"known": user is not None}, address=_address(request))
    except DatabaseError as error:
        # The answer to a wrong pass phrase is the same whether or not it can be written down.
        logger.warning("a failed log-in from %s could not be written into the journal: %s", _address(request), error)


def _logged_in(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    _tell(failed_logins.untold())
    record(Kind.LOGGED_IN, f"login:{user.get_username()}", {}, actor=user, address=_address(request))


def _tell(more: int) -> None:
    if more:
        record(Kind.LOGINS_FAILED, "login:", {"more": more})


def _address(request: HttpRequest | None) -> str:
    return address_of(request)[:45] if request is not None else ""


def connect() -> None:
    """Begin to record."""
    post_save.connect(_account_saved, sender=User, dispatch_uid="journal.account")
    post_save.connect(_appointment_saved, sender=Appointment, dispatch_uid="journal.appointment")
    post_delete.connect(_account_removed, sender=User, dispatch_uid="journal.account")
    post_delete.connect(_appointment_removed, sender=Appointment, dispatch_uid="journal.appointment")
    user_logged_in.connect(_logged_in, dispatch_uid="journal")
    user_login_failed.connect(_login_failed, dispatch_uid="journal")
