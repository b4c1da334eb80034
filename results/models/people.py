"""The people of the count: who may do what at which contest, and from when until when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .contest import Contest


class Role(models.TextChoices):
    """What a person is at a contest; each role may do all that the ones before it may."""

    COUNTING_OFFICER = "counting_officer", "counting officer"
    SUPERVISOR = "supervisor", "supervisor"
    RETURNING_OFFICER = "returning_officer", "returning officer"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Appointment(models.Model):
    """A person's appointment at one contest: the role there, and when it is valid.

    The same person may be a counting officer at one contest and a supervisor at another.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateTimeField(help_text="From this moment on, by the machine's clock.")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="No longer from this moment on; empty: open.")
    # A deputy does what the Returning Officer does at the count, adjudication among it; an appointment without a date is not
    # a deputy's. What the document itself keeps back is on paper.
    authorised_in_writing = models.DateField(
        null=True, blank=True, help_text="When the Returning Officer authorised this deputy in writing."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "user"], name="staff_once_per_contest"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="staff_role_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="staff_validity_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(authorised_in_writing=None) | Q(role=Role.RETURNING_OFFICER),
                name="staff_deputy_is_returning_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.contest}"

    def valid(self, at: datetime) -> bool:
        """Whether the appointment is valid at this moment."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
