"""Accounts: logging in, the name that is shown, and enrolment at a contest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User

from results.models import Contest, ContestStaff
from results.people.roles import ROLES

DEMO_PREFIX = "demo-"
"""User names that begin so belong to the demo: their passwords are printed on a terminal."""


class CountBackend(ModelBackend):
    """Django's log-in by password, which outside demo mode refuses the demo's people, old sessions included."""

    def user_can_authenticate(self, user: Any) -> bool:
        if user is not None and user.get_username().startswith(DEMO_PREFIX) and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)


def enrol(contest: Contest, username: str, password: str | None, role: str, full_name: str = "") -> User:
    """Give a person an account, a role and a place at a contest; an existing person keeps the password if none is given."""
    if role not in ROLES:
        raise ValueError(f"“{role}” is not a role: write one of {', '.join(ROLES)}.")
    user, _ = User.objects.get_or_create(username=username)
    first, _, last = full_name.partition(" ")
    user.first_name, user.last_name = first, last
    if password is not None:
        user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    ContestStaff.objects.get_or_create(contest=contest, user=user)
    return user


def contests_of(user: User) -> list[Contest]:
    """The contests at which a person has a place, the latest poll first."""
    return list(Contest.objects.filter(staff=user).select_related("election").order_by("-election__poll_date", "name"))


def display_name(user: User) -> str:
    """The name that the ledger keeps: the person's own, else the log-in."""
    return user.get_full_name() or user.get_username()
