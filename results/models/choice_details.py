"""Details of entries about what is public: choices, holds and releases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .contest import Contest
from .count_details import CountGroup
from .ledger import Detail, LedgerEntry, OnlyDetail


class PolicyChange(OnlyDetail):
    """What the Returning Officer chose to make public from here on."""

    publish = models.CharField(max_length=10, choices=Contest.Publish.choices)
    projection = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(publish__in=["off", "progress", "totals"]), name="policy_publish_known")
        ]


class Hold(OnlyDetail):
    """New releases are stopped, or go on again; nothing already shown is hidden."""

    held = models.BooleanField()


class Release(OnlyDetail):
    """A set of groups whose figures became public together."""

    automatic = models.BooleanField()


class ReleasedGroup(Detail):
    """A group in a release, with the entry of the count that stood."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    count = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "group"], name="released_group_once")]
