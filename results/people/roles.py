"""Who may do what: a role at a contest, for as long as the appointment to it is valid."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User

from results import clock
from results.models import Appointment, Contest
from results.models.people import Role
from results.texts.message import Message


def appointment_at(user: User | AnonymousUser, contest: Contest) -> Appointment | None:
    """The person's appointment at a contest, valid or not; None where they have none."""
    if not user.is_authenticated:
        return None
    return Appointment.objects.filter(contest=contest, user=user).first()


def role_at(user: User | AnonymousUser, contest: Contest) -> Role | None:
    """The role that a person has at a contest now; None where they have no valid appointment to it."""
    appointment = appointment_at(user, contest)
    return Role(appointment.role) if appointment is not None and appointment.valid(clock.real_now()) else None


def why_invalid(appointment: Appointment) -> Message | None:
    """Why an appointment is not valid now, and whom to ask; None where it is."""
    now = clock.real_now()
    if now < appointment.valid_from:
        return Message("forbidden.appointment_begins", _args(appointment, appointment.valid_from))
    if appointment.valid_until is not None and now >= appointment.valid_until:
        return Message("forbidden.appointment_ended", _args(appointment, appointment.valid_until))
    return None


def _args(appointment: Appointment, at: datetime) -> dict[str, str]:
    return {"contest": appointment.contest.name, "at": at.isoformat()}
