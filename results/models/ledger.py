"""What officers said: the append-only ledger and the typed details that hang off its entries.

Every detail row names its entry, so that the hash of an entry covers every column of every row that belongs to it
(results/audit/chain.py). Triggers refuse to change or delete any of these rows (results/database/triggers.py).
"""

from __future__ import annotations

import os
import random
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .contest import Contest
from .hall import BallotPaperAccount, BoxContest

_ids = random.Random(os.urandom(32))  # noqa: S311


def new_id() -> uuid.UUID:
    """A random UUID that no other row has.

    Not `uuid.uuid4`: it asks the kernel each time and lets other threads in, and a sheet has thirty rows. Nothing rests on
    these ids being secret.
    """
    return uuid.UUID(int=_ids.getrandbits(128), version=4)


class LedgerEntry(models.Model):
    """One thing that one person said, at its position in the contest's order."""

    # Made here and not by the database, so that the hash can cover every column before the row is written.
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32, help_text="One of results/facts/kinds.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, help_text="When it happened, where it is entered later from paper.")
    second_officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    witness = models.CharField(max_length=200, blank=True, help_text="A named witness on paper, where there is none.")
    act = models.UUIDField(help_text="The submission that wrote this entry, and others with it.")
    submission_id = models.UUIDField(unique=True)
    submission_hash = models.CharField(max_length=64, help_text="What the submission said: another saying is refused.")
    box = models.ForeignKey(BoxContest, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BallotPaperAccount, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("results.CountGroup", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    note = models.CharField(max_length=500, blank=True)
    definition_hash = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    mark = models.CharField(max_length=64, help_text="Of the hash, by a key that the database does not hold.")

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["contest", "seq"], name="entry_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} entry {self.seq}: {self.kind}"


class Detail(models.Model):
    """A row that belongs to one entry of the ledger and is covered by its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} of {self.entry}"


class OnlyDetail(Detail):
    """A detail of which an entry has one."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Acknowledgement(Detail):
    """A warning that the actor saw and confirmed: its code, with a key where one code warns of several ("count.no_votes.3")."""

    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "code"], name="acknowledged_once")]


class CompanionEntry(Detail):
    """The entry that the same act wrote in another contest's ledger: a shared box arrives, papers move."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    submission_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "contest"], name="companion_once_per_contest")]
