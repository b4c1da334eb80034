"""Who may do what: a role at a contest, for as long as the place there is valid."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User

from results import clock
from results.models import Appointment, Contest
from results.models.people import Role
from results.texts.message import Message


def place_at(user: User | AnonymousUser, contest: Contest) -> Appointment | None:
    """The person's place at a contest, valid or not; None where they have none."""
    if not user.is_authenticated:
        return None
    return Appointment.objects.filter(contest=contest, user=user).first()


def role_at(user: User | AnonymousUser, contest: Contest) -> Role | None:
    """The role that a person has at a contest now; None where they have no valid place there."""
    place = place_at(user, contest)
    return Role(place.role) if place is not None and place.valid(clock.real_now()) else None


def why_invalid(place: Appointment) -> Message | None:
    """Why a place is not valid now, and whom to ask; None where it is."""
    now = clock.real_now()
    if now < place.valid_from:
        return Message("forbidden.place_begins", _args(place, place.valid_from))
    if place.valid_until is not None and now >= place.valid_until:
        return Message("forbidden.place_ended", _args(place, place.valid_until))
    return None


def _args(place: Appointment, at: datetime) -> dict[str, str]:
    return {"contest": place.contest.name, "at": at.isoformat()}
