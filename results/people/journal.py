"""Writing the journal of the installation, one entry after the other whichever process writes."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from results import clock
from results.audit.canonical import row_of, sha256
from results.audit.chain import FIRST_PREVIOUS, definition_hash
from results.audit.checkpoints import note_checkpoint
from results.audit.marks import mark
from results.database.queue import write_queue
from results.models import Contest, JournalEntry

Kind = JournalEntry.Kind
_LOCK = 0x6A6F75726E616C
"""PostgreSQL's advisory lock for the journal's end: "journal"."""


def record(
    kind: JournalEntry.Kind,
    subject: str,
    details: dict[str, Any],
    *,
    actor: User | None = None,
    address: str = "",
) -> JournalEntry:
    """Append one entry; within the caller's transaction, where there is one. Without an actor: who runs the command."""
    queue: AbstractContextManager[None] = nullcontext() if connection.in_atomic_block else write_queue()
    with queue, transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = JournalEntry.objects.order_by("-seq").first()
        entry = JournalEntry(
            seq=last.seq + 1 if last else 1,
            kind=kind,
            recorded_at=clock.real_now(),
            actor=actor,
            actor_name=actor.get_username() if actor else f"{_account()} (command line)",
            address=address,
            subject=subject,
            details=json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
            prev_hash=last.hash if last else FIRST_PREVIOUS,
        )
        entry.hash = sha256(row_of(entry))
        entry.mark = mark("journal", entry.hash)
        entry.save(force_insert=True)
        transaction.on_commit(lambda: note_checkpoint("journal", run_of(entry), entry.seq, entry.hash), robust=True)
    return entry


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "nobody known"


def run_of(entry: JournalEntry) -> str:
    """The hash of the entry with which the journal's present run began: its first one, or a new epoch after a restore."""
    begun = JournalEntry.objects.filter(seq__lte=entry.seq, kind=Kind.EPOCH_BEGUN).order_by("-seq").first()
    first = begun or JournalEntry.objects.order_by("seq").first() or entry
    return first.hash


def merged(entries: Iterable[str]) -> dict[str, Any]:
    """The last word on every column of a subject, from the details of its entries in their order."""
    word: dict[str, Any] = {}
    for details in entries:
        word |= json.loads(details)
    return word


def last_word(subject: str) -> dict[str, Any]:
    """What the journal says of a subject now."""
    entries = JournalEntry.objects.filter(subject=subject).order_by("seq")
    return merged(entries.values_list("details", flat=True))


def record_set_up(contest: Contest) -> None:
    """A contest's set-up stands in the database as it is now."""
    details = {"definition_hash": definition_hash(contest), "epoch": contest.epoch}
    record(Kind.SET_UP_LOADED, f"contest:{contest.ballot_paper_id}", details)
