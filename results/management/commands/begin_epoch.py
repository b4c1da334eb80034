"""Begin a new run of version numbers, after a backup was restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from results.audit.checkpoints import chain_of, note_checkpoint
from results.database.queue import write_queue
from results.facts.reading import read_head
from results.models import Contest
from results.models.contest import new_epoch
from results.people.journal import Kind, record


class Command(BaseCommand):
    """`manage.py begin_epoch [CONTEST]`: open pages load themselves anew."""

    help = "After a backup was restored: let every open page start anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest; all where none is given."""
        parser.add_argument("contest", nargs="?")

    def handle(self, *args: Any, contest: str | None, **options: Any) -> None:
        """Name a new epoch for each."""
        contests = Contest.objects.all()
        if contest is not None:
            contests = contests.filter(ballot_paper_id=contest)
            if not contests:
                raise CommandError(f"There is no contest {contest}.")
        for one in contests:
            with write_queue(), transaction.atomic():
                self._begin(one)
            self.stdout.write(f"{one.ballot_paper_id}: a new epoch has begun")

    def _begin(self, contest: Contest) -> None:
        """Name the epoch, and note in the journal and beside the database where the ledger stands as it begins."""
        contest.epoch = new_epoch()
        contest.save(update_fields=["epoch"])
        seq, last, _ = read_head(contest)
        shown = contest.publications.order_by("-version").first()
        version, shown_hash = (shown.version, shown.hash) if shown else (0, "")
        standing = {"seq": seq, "hash": last, "version": version, "version_hash": shown_hash}
        record(Kind.EPOCH_BEGUN, f"contest:{contest.ballot_paper_id}", {"epoch": contest.epoch, **standing})
        if seq:
            note_checkpoint("entry", chain_of(contest), seq, last)
        if shown:
            note_checkpoint("publication", chain_of(contest), version, shown_hash)
