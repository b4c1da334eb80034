"""manage.py enrol BALLOT_PAPER_ID: accounts and roles at a contest for the people of the count (docs/set-up.md)."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from results.database.queue import write_queue
from results.formats.officers import COLUMNS, ROLES, VALIDITY, Person, read_people
from results.formats.tables import FileProblem, Row, read_table, shown
from results.models import Appointment, Contest
from results.people import accounts

_LETTERS = "cdfghjkmnpqrtvwxy346789"
"""Nothing that looks like another (0 o, 1 l i, 2 z, 5 s), and no vowels, so that no words come up."""


def pass_phrase() -> str:
    """A new pass phrase, "hk7r-4cpw-x9mt-d3qf": four groups of four out of 23 signs, 72 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def enrol_all(contest: Contest, wanted: Sequence[Person], *, new_password: bool) -> dict[str, str]:
    """Enrol everybody, or nobody; return the pass phrases that were made, by username."""
    phrases = {person.username: pass_phrase() for person in wanted if new_password or not person.enrolled}
    # A hash takes a good part of a second, on purpose: made before the lock, so that no officer's entry waits for it.
    hashes = {username: make_password(phrase) for username, phrase in phrases.items()}
    with write_queue(), transaction.atomic():
        for person in wanted:
            user = accounts.enrol(
                contest,
                person.username,
                None,
                person.role,
                person.name,
                valid_from=person.valid_from,
                valid_until=person.valid_until,
                authorised_in_writing=person.authorised_in_writing,
            )
            if person.username in hashes:
                user.password = hashes[person.username]
                user.save(update_fields=["password"])
    return phrases


class Command(BaseCommand):
    help = "Give people an account and a role at a contest; print the pass phrase of each new one, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ballot_paper_id")
        parser.add_argument("--file", type=Path, help=f"a CSV file with the columns {', '.join((*COLUMNS, *VALIDITY))}")
        parser.add_argument("--username")
        parser.add_argument("--name", help="the full name, which the ledger shows")
        parser.add_argument("--role", help=", ".join(ROLES))
        parser.add_argument(
            "--from", help="from when the role is valid, London time, 2014-11-20 20:00; else from now on"
        )
        parser.add_argument("--until", help="until when the role is valid; open: without an end")
        parser.add_argument(
            "--authorised-in-writing",
            help="of a deputy Returning Officer: the date of the written authority, 2014-11-01; no: not a deputy",
        )
        parser.add_argument("--new-password", action="store_true", help="new pass phrases also for known people")

    def handle(self, *args: Any, **options: Any) -> None:
        contest = Contest.objects.filter(ballot_paper_id=options["ballot_paper_id"]).first()
        if contest is None:
            loaded = ", ".join(Contest.objects.order_by("pk").values_list("ballot_paper_id", flat=True)) or "none"
            raise CommandError(f"There is no contest {shown(options['ballot_paper_id'])}. Loaded: {loaded}.")
        problems: list[FileProblem] = []
        appointments = Appointment.objects.filter(contest=contest).select_related("user")
        standing = {appointment.user.get_username(): appointment for appointment in appointments}
        wanted = read_people(self._rows(options, problems), problems, standing)
        if problems:
            self.stderr.write("\n".join(map(str, problems)))
            raise CommandError("Nobody is enrolled.", returncode=1)
        phrases = enrol_all(contest, wanted, new_password=options["new_password"])
        self._report(contest, wanted, phrases)

    def _rows(self, options: dict[str, Any], problems: list[FileProblem]) -> Sequence[Row]:
        one = {column: options[column] for column in (*COLUMNS, *VALIDITY) if options[column] is not None}
        if bool(options["file"]) == bool(one):
            raise CommandError("Give either --file, or --username with --name and --role.")
        if options["file"]:
            table = read_table(options["file"], problems)
            return table.rows(problems, COLUMNS, VALIDITY) if table else ()
        return [Row("command line", 0, one, problems)]

    def _report(self, contest: Contest, wanted: Sequence[Person], phrases: dict[str, str]) -> None:
        self.stdout.write(f"{contest.name} ({contest.ballot_paper_id})")
        for person in wanted:
            phrase = phrases.get(person.username, "(the password stays as it is)")
            self.stdout.write(f"  {person.username}  {phrase}  {person.name}, {person.role.label}{person.validity}")
        if phrases:
            self.stdout.write("Hand each pass phrase over now: it is not kept, and not shown again.")
