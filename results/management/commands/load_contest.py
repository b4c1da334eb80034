"""manage.py load_contest FOLDER [--check]: a contest's CSV files into the database (docs/set-up.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.board.publishing import publish
from results.formats.contest_contradictions import contradictions
from results.formats.contest_folder import ContestFolder, read_folder
from results.formats.contest_lines import PROJECTION, PUBLISH
from results.formats.contest_loading import FolderRefused, load
from results.formats.tables import FileProblem


class Command(BaseCommand):
    help = "Load a contest from a folder of CSV files (docs/set-up.md): all of it, or nothing and every problem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="only read the files, and say what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        found = read_folder(options["folder"])
        for notice in found.notices:
            self.stderr.write(f"Please look: {notice}")
        if found.folder is None:
            self._refuse(found.problems)
        elif options["check"]:
            self._refuse(contradictions(found.folder))
            self._summarise(found.folder)
            self.stdout.write("Checked, nothing is wrong. Nothing is loaded.")
        else:
            try:
                contest = load(found.folder)
            except FolderRefused as refused:
                self._refuse(refused.problems)
            else:
                if contest.publications.exists():
                    # The public page was looked at under the old set-up: show the new one.
                    publish(contest)
                self._summarise(found.folder)
                self.stdout.write("Loaded.")

    def _refuse(self, problems: Iterable[FileProblem]) -> None:
        """Every problem on a line of its own, and an end with status 1; nothing where there is none."""
        lines = [str(problem) for problem in problems]
        if lines:
            self.stderr.write("\n".join(lines))
            many = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
            raise CommandError(f"{many}. Nothing is loaded.", returncode=1)

    def _summarise(self, folder: ContestFolder) -> None:
        fields = folder.fields
        kinds = Counter(box.kind for box in folder.boxes)
        on = "on" if fields.projection else "off"
        self.stdout.write(
            f"{fields.name} ({fields.ballot_paper_id}), {fields.environment}\n"
            f"  {len(folder.candidates)} candidates, {len(folder.wards)} wards, {len(folder.boxes)} boxes "
            f"({kinds['polling']} polling, {kinds['postal']} postal), {folder.electorate:,} electors\n"
            f"  publish {fields.publish}: {PUBLISH[fields.publish]}\n"
            f"  projection {on}: {PROJECTION[on]}\n"
            f"  votes are released for {fields.minimum_boxes} boxes of polling stations "
            f"and {fields.minimum_papers:,} papers or more"
        )
