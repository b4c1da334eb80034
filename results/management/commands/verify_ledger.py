"""Recheck everything that the ledger and the publications claim."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.audit.checkpoints import read_checkpoints
from results.audit.checks import contest_faults, database_faults
from results.database.migrated import missing_migrations
from results.database.snapshot import snapshot
from results.models import Contest


class Command(BaseCommand):
    """`manage.py verify_ledger [CONTEST] [--json] [--anew]`: exit 0 where all is well, 1 with what is wrong and where."""

    help = (
        "Recheck chain, marks, arithmetic, uniqueness, triggers, and that publications equal a rebuild from the ledger."
    )

    # Django's checks of routes and forms load the whole desk, a quarter of the time; the guards are asked for below.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest, and how to say it."""
        parser.add_argument("contest", nargs="?", help="a ballot paper id; all contests where none is given")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--anew", action="store_true", help="rebuild also the versions that were rebuilt before")

    def handle(self, *args: Any, contest: str | None, as_json: bool, anew: bool, **options: Any) -> None:
        """Check one moment of the database, and report."""
        if absent := missing_migrations():
            raise CommandError(absent)
        checkpoints, shared = read_checkpoints()
        with snapshot():
            contests = self._contests(contest)
            shared += database_faults(checkpoints)
            found = {one.ballot_paper_id: list(contest_faults(one, checkpoints, anew=anew)) for one in contests}
            checked = {one.ballot_paper_id: one.entries.count() for one in contests}
        wrong = len(shared) + sum(len(words) for words in found.values())
        if as_json:
            report = {name: {"entries": checked[name], "faults": words} for name, words in found.items()}
            self.stdout.write(json.dumps({"ok": not wrong, "faults": shared, "contests": report}, indent=2))
        else:
            for line in shared:
                self.stdout.write(line)
            for name, words in found.items():
                self.stdout.write(f"{name}: {checked[name]} entries, {'good' if not words else f'{len(words)} faults'}")
                for line in words:
                    self.stdout.write(f"  {line}")
        if wrong:
            sys.exit(1)

    def _contests(self, wanted: str | None) -> list[Contest]:
        """The contests to check; CommandError where there is nothing to check, which is not the same as good."""
        contests = Contest.objects.select_related("election", "event").order_by("ballot_paper_id")
        if wanted is not None:
            contests = contests.filter(ballot_paper_id=wanted)
            if not contests:
                raise CommandError(f"There is no contest {wanted}.")
        if not contests:
            raise CommandError("There is no contest in this database: does DATABASE_URL name the one that was meant?")
        return list(contests)
