"""Ballot boxes: physical things of an election, each holding the papers of one or several contests."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from .contest import Contest, Election, Ward, at_most


class PollingStation(models.Model):
    """A polling station; a polling place may hold several, and compensating errors are looked for within it."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="stations")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "name"], name="station_name_once")]

    def __str__(self) -> str:
        return self.name


class BallotBox(models.Model):
    """A physical ballot box. In a combined poll it may serve several contests."""

    class Kind(models.TextChoices):
        POLLING = "polling"
        POSTAL = "postal"

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="boxes")
    label = models.CharField(max_length=20, validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$")])
    kind = models.CharField(max_length=10, choices=Kind.choices)
    station = models.ForeignKey(PollingStation, null=True, blank=True, on_delete=models.PROTECT, related_name="boxes")

    class Meta:
        verbose_name_plural = "ballot boxes"
        constraints = [
            models.UniqueConstraint(fields=["election", "label"], name="box_label_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["polling", "postal"]), name="box_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label


class ContestBox(models.Model):
    """The papers of one contest in one box: what is verified, and what a count group mixes."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="boxes")
    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="contest_boxes")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="boxes")
    position = models.PositiveIntegerField(help_text="The place in lists: the order of the set-up file.")
    electors = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "contest boxes"
        constraints = [
            models.UniqueConstraint(fields=["contest", "box"], name="box_once_per_contest"),
            models.UniqueConstraint(fields=["contest", "position"], name="box_position_once"),
            models.CheckConstraint(condition=at_most("electors"), name="box_electors_in_range"),
        ]

    def __str__(self) -> str:
        return self.box.label
