"""Begin a new run of version numbers, after a backup was restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.models import Contest
from results.models.contest import new_epoch


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
            Contest.objects.filter(pk=one.pk).update(epoch=new_epoch())
            self.stdout.write(f"{one.ballot_paper_id}: a new epoch has begun")
