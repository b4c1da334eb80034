"""Details of entries by which the Returning Officer signs a statement or makes one."""

from __future__ import annotations

from django.db import models

from .ledger import OnlyDetail
from .ranges import at_most


class VerificationSigning(OnlyDetail):
    """The statement as to verification is signed, over this many papers in all; `name` as the signature reads."""

    name = models.CharField(max_length=200)
    papers = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=at_most("papers"), name="signed_papers_in_range")]


class LateStart(OnlyDetail):
    """Why the count began more than four hours after the close of poll (RPA 1983 Sch 1 r.45(3A), 53ZA)."""

    statement = models.CharField(max_length=2000)
