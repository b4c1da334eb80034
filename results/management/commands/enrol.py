"""manage.py enrol BALLOT_PAPER_ID: accounts and roles at a contest for the people of the count (docs/set-up.md)."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import MaxLengthValidator
from django.db import transaction

from results.database.queue import write_queue
from results.formats.tables import FileProblem, Row, longest, read_table, same, shown
from results.models import Contest, Role
from results.people import accounts

ROLES = {role.label: role for role in Role}
COLUMNS = ("username", "name", "role")
_LETTERS = "cdfghjkmnpqrtvwxy346789"
"""Nothing that looks like another (0 o, 1 l i, 2 z, 5 s), and no vowels, so that no words come up."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to enrol; `enrolled` has an account already."""

    username: str
    name: str
    role: Role
    enrolled: bool


def pass_phrase() -> str:
    """A new pass phrase, "hk7r-4cpw-x9mt-d3qf": four groups of four out of 23 signs, 72 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def read_people(rows: Sequence[Row], problems: list[FileProblem]) -> list[Person]:
    """The people of these lines, with every problem kept."""
    found: dict[str, Person] = {}
    for row in rows:
        person = _read_person(row)
        if same(person.username) in found:
            row.refuse("username", f"{shown(person.username)} is there twice")
        elif person.username:
            found[same(person.username)] = person
    if not rows and not problems:
        problems.append(FileProblem("people", 0, "", "there is nobody to enrol"))
    return list(found.values())


def _read_person(row: Row) -> Person:
    username = User.normalize_username(row.text("username", longest(User, "username")) or "")
    name = row.text("name", longest(User, "first_name"))
    role = row.choice("role", ROLES)
    user: User | None = None
    if username:
        try:
            UnicodeUsernameValidator()(username)
            MaxLengthValidator(longest(User, "username"))(username)
        except ValidationError:
            row.refuse("username", f"{shown(username)}: write letters, digits and . - _ + @ only, and no spaces")
        if username.lower().startswith(accounts.DEMO_PREFIX) and not settings.DEMO:
            row.refuse(
                "username", f"{shown(username)}: names that begin with {accounts.DEMO_PREFIX} belong to the demo"
            )
        user = User.objects.filter(username=username).first()
        like = User.objects.filter(username__iexact=username).exclude(username=username).first()
        if user is None and like is not None:
            row.refuse("username", f"{shown(username)}: there is {shown(like.username)} already, with other capitals")
        if user is not None and not user.is_active:
            row.refuse("username", f"{shown(username)}: this account is closed")
    # Where the role is not known, the problem is noted and nobody is enrolled.
    return Person(username, name or "", ROLES.get(role or "", Role.COUNTING_OFFICER), user is not None)


def enrol_all(contest: Contest, wanted: Sequence[Person], *, new_password: bool) -> dict[str, str]:
    """Enrol everybody, or nobody; return the pass phrases that were made, by username."""
    phrases = {person.username: pass_phrase() for person in wanted if new_password or not person.enrolled}
    # A hash takes a good part of a second, on purpose: made before the lock, so that no officer's entry waits for it.
    hashes = {username: make_password(phrase) for username, phrase in phrases.items()}
    with write_queue(), transaction.atomic():
        for person in wanted:
            user = accounts.enrol(contest, person.username, None, person.role, person.name)
            if person.username in hashes:
                user.password = hashes[person.username]
                user.save(update_fields=["password"])
    return phrases


class Command(BaseCommand):
    help = "Give people an account and a role at a contest; print the pass phrase of each new one, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ballot_paper_id")
        parser.add_argument("--file", type=Path, help="a CSV file with the columns username, name, role")
        parser.add_argument("--username")
        parser.add_argument("--name", help="the full name, which the ledger shows")
        parser.add_argument("--role", help=", ".join(ROLES))
        parser.add_argument("--new-password", action="store_true", help="new pass phrases also for known people")

    def handle(self, *args: Any, **options: Any) -> None:
        contest = Contest.objects.filter(ballot_paper_id=options["ballot_paper_id"]).first()
        if contest is None:
            loaded = ", ".join(Contest.objects.order_by("pk").values_list("ballot_paper_id", flat=True)) or "none"
            raise CommandError(f"There is no contest {shown(options['ballot_paper_id'])}. Loaded: {loaded}.")
        problems: list[FileProblem] = []
        wanted = read_people(self._rows(options, problems), problems)
        if problems:
            self.stderr.write("\n".join(map(str, problems)))
            raise CommandError("Nobody is enrolled.", returncode=1)
        phrases = enrol_all(contest, wanted, new_password=options["new_password"])
        self._report(contest, wanted, phrases)

    def _rows(self, options: dict[str, Any], problems: list[FileProblem]) -> Sequence[Row]:
        one = {column: options[column] for column in COLUMNS if options[column] is not None}
        if bool(options["file"]) == bool(one):
            raise CommandError("Give either --file, or --username with --name and --role.")
        if options["file"]:
            table = read_table(options["file"], problems)
            return table.rows(problems, COLUMNS) if table else ()
        return [Row("command line", 0, one, problems)]

    def _report(self, contest: Contest, wanted: Sequence[Person], phrases: dict[str, str]) -> None:
        self.stdout.write(f"{contest.name} ({contest.ballot_paper_id})")
        for person in wanted:
            phrase = phrases.get(person.username, "(the password stays as it is)")
            self.stdout.write(f"  {person.username}  {phrase}  {person.name}, {person.role.label}")
        if phrases:
            self.stdout.write("Hand each pass phrase over now: it is not kept, and not shown again.")
