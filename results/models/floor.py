"""What the people in the hall do beside the ledger: who has which sheet in hand, what is typed and not sent, what is announced.

None of it is evidence, and none of it holds a figure: it may be lost, and the count goes on.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .contest import Contest
from .hall import Event


class Claim(models.Model):
    """A person has this box or sheet in hand: others are sent elsewhere while the claim is fresh."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="claims")
    subject = models.CharField(max_length=30, help_text="box:31 or group:7.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    since = models.DateTimeField(help_text="When it was taken in hand, at the count.")
    renewed_at = models.DateTimeField(help_text="When the tablet last said so, by the machine's clock.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "user"], name="claim_one_in_hand")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.user}"


class Tablet(models.Model):
    """A tablet on which something is typed and not sent: how many forms, and since when. Never what."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="tablets")
    device = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tablets")
    unsent = models.PositiveSmallIntegerField()
    oldest = models.DateTimeField(null=True, blank=True, help_text="When the oldest of them was typed, at the count.")
    seen_at = models.DateTimeField(help_text="When it last said so, by the machine's clock.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "device"], name="tablet_once_per_contest")]

    def __str__(self) -> str:
        return f"{self.device}: {self.unsent}"


class Announcement(models.Model):
    """What the screen in the hall says, until the next; an empty one takes the last down. Never changed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="announcements")
    submission_id = models.UUIDField(unique=True)
    text = models.CharField(max_length=280, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200)
    made_at = models.DateTimeField(help_text="The time at the count.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text
