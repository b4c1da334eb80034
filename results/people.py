"""Who may do what: three roles, held as Django groups, and a place at a contest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, User

from results.models import Contest, ContestStaff

COUNTING_OFFICER = "counting officer"
SUPERVISOR = "supervisor"
RETURNING_OFFICER = "returning officer"
ROLES = (COUNTING_OFFICER, SUPERVISOR, RETURNING_OFFICER)
_RANK = {role: rank for rank, role in enumerate(ROLES, start=1)}

DEMO_PREFIX = "demo-"
"""User names that begin so belong to the demo: their passwords are printed on a terminal."""


class CountBackend(ModelBackend):
    """Django's log-in by password, which outside demo mode refuses the demo's people, old sessions included."""

    def user_can_authenticate(self, user: Any) -> bool:
        if user is not None and user.get_username().startswith(DEMO_PREFIX) and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)


def create_roles(**_: Any) -> None:
    """Make the three groups, after every migration."""
    for role in ROLES:
        Group.objects.get_or_create(name=role)


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


def rank(user: User | AnonymousUser) -> int:
    """0 for nobody, 1 counting officer, 2 supervisor, 3 Returning Officer: the highest role that a person holds."""
    if not user.is_authenticated:
        return 0
    known: int | None = getattr(user, "_rank_at_count", None)
    if known is None:
        known = max((_RANK.get(name, 0) for name in user.groups.values_list("name", flat=True)), default=0)
        # For as long as this object lives, which is one request: a role that is taken away is missing from the next.
        user._rank_at_count = known  # type: ignore[attr-defined]
    return known


def contests_of(user: User) -> list[Contest]:
    """The contests at which a person has a place, the latest poll first."""
    return list(Contest.objects.filter(staff=user).select_related("election").order_by("-election__poll_date", "name"))


def display_name(user: User) -> str:
    """The name that the ledger keeps: the person's own, else the log-in."""
    return user.get_full_name() or user.get_username()
