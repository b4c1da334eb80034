"""What was shown: the numbered boards of a contest."""

from __future__ import annotations

from django.db import models

from .contest import Contest


class Publication(models.Model):
    """One version of a contest's board, made when the public facts changed, read by every process, never changed."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveIntegerField()
    seq = models.PositiveIntegerField(help_text="The ledger prefix it was made from; for staff only.")
    board = models.JSONField()
    call = models.JSONField()
    model_hash = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, help_text="Over this row and the hash before it, as in the ledger.")
    mark = models.CharField(max_length=64, help_text="Of the hash, by a key that the database does not hold.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "version"], name="publication_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="publication_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} version {self.version}"
