"""Recheck everything that the ledger and the publications claim."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.audit.checks import faults
from results.database.migrated import missing_migrations
from results.models import Contest


class Command(BaseCommand):
    """`manage.py verify_ledger [CONTEST] [--json]`: exit 0 where all is well, 1 with what is wrong and where."""

    help = "Recheck chain, arithmetic, uniqueness, triggers, and that publications equal a rebuild from the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest, and how to say it."""
        parser.add_argument("contest", nargs="?", help="a ballot paper id; all contests where none is given")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, contest: str | None, as_json: bool, **options: Any) -> None:
        """Check and report."""
        if absent := missing_migrations():
            raise CommandError(absent)
        contests = Contest.objects.select_related("election").order_by("ballot_paper_id")
        if contest is not None:
            contests = contests.filter(ballot_paper_id=contest)
            if not contests:
                raise CommandError(f"There is no contest {contest}.")
        if not contests:
            raise CommandError("There is no contest in this database: does DATABASE_URL name the one that was meant?")
        found = {one.ballot_paper_id: list(faults(one)) for one in contests}
        checked = {one.ballot_paper_id: one.entries.count() for one in contests}
        wrong = sum(len(words) for words in found.values())
        if as_json:
            report = {name: {"entries": checked[name], "faults": words} for name, words in found.items()}
            self.stdout.write(json.dumps({"ok": not wrong, "contests": report}, indent=2))
        else:
            for name, words in found.items():
                self.stdout.write(f"{name}: {checked[name]} entries, {'good' if not words else f'{len(words)} faults'}")
                for line in words:
                    self.stdout.write(f"  {line}")
        if wrong:
            sys.exit(1)
