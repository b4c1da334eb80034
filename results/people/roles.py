"""Who may do what: three roles, held as Django groups, and a place at a contest."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, User

COUNTING_OFFICER = "counting officer"
SUPERVISOR = "supervisor"
RETURNING_OFFICER = "returning officer"
ROLES = (COUNTING_OFFICER, SUPERVISOR, RETURNING_OFFICER)
_CODES = ("counting_officer", "supervisor", "returning_officer")
_RANK = {role: rank for rank, role in enumerate(ROLES, start=1)}


def create_roles(**_: Any) -> None:
    """Make the three groups, after every migration."""
    for role in ROLES:
        Group.objects.get_or_create(name=role)


def role_code(rank: int) -> str:
    """The role of a rank, 1 to 3, by the code of its word in a text: "returning_officer"."""
    return _CODES[rank - 1]


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
