"""The journal of the installation: who logged in and who was let in, what was set up, restored or installed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class JournalEntry(models.Model):
    """One thing that happened to the installation: appended only, and chained like the ledger (docs/ledger.md)."""

    class Kind(models.TextChoices):
        """Backups and releases of the software are written by whoever makes or installs them."""

        LOGGED_IN = "logged_in"
        LOGIN_FAILED = "login_failed"
        LOGINS_FAILED = "logins_failed"
        ACCOUNT_OPENED = "account_opened"
        ACCOUNT_CHANGED = "account_changed"
        ACCOUNT_REMOVED = "account_removed"
        PASS_PHRASE_SET = "pass_phrase_set"  # noqa: S105
        ENROLLED = "enrolled"
        ROLE_CHANGED = "role_changed"
        APPOINTMENT_REMOVED = "appointment_removed"
        SET_UP_LOADED = "set_up_loaded"
        EPOCH_BEGUN = "epoch_begun"
        BACKUP_MADE = "backup_made"
        BACKUP_RESTORED = "backup_restored"
        RELEASE_INSTALLED = "release_installed"

    seq = models.PositiveIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    actor_name = models.CharField(max_length=200, help_text="The log-in, or who ran a command on the machine.")
    address = models.CharField(max_length=45, blank=True, help_text="Where a log-in came from.")
    subject = models.CharField(
        max_length=300, db_index=True, help_text="user:12, appointment:CONTEST:12, contest:CONTEST."
    )
    details = models.TextField(help_text="RFC 8785 JSON; never a pass phrase.")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    mark = models.CharField(max_length=64, help_text="Of the hash, by a key that the database does not hold.")

    class Meta:
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"journal entry {self.seq}: {self.kind}"
