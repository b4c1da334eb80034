"""The people of the count as `manage.py enrol` is told of them: a line each, by file or on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from results import clock
from results.formats.contest_lines import Fields
from results.formats.tables import FileProblem, Row, longest, same, shown
from results.models import Appointment, Role
from results.people import accounts

ROLES = {role.label: role for role in Role}
COLUMNS = ("username", "name", "role")
VALIDITY = ("from", "until", "authorised_in_writing")
"""Columns that may be left out: what stands of an appointment stays where they say nothing."""
NO_LONGER = {"until": "open", "authorised_in_writing": "no"}
"""What takes back the end of an appointment, or says that somebody is no deputy."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to enrol, and their appointment as it will stand; `enrolled` has an account already."""

    username: str
    name: str
    role: Role
    enrolled: bool
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    authorised_in_writing: date | None = None

    @property
    def validity(self) -> str:
        """When the appointment is valid, and of a deputy the date of the authority, as the lines are written."""
        words = f", from {_london(self.valid_from)}" if self.valid_from else ""
        words += f", until {_london(self.valid_until)}" if self.valid_until else ""
        if self.authorised_in_writing:
            words += f", authorised in writing on {self.authorised_in_writing.isoformat()}"
        return words


def _london(moment: datetime) -> str:
    return moment.astimezone(clock.LONDON).strftime("%Y-%m-%d %H:%M")


def read_people(
    rows: Sequence[Row], problems: list[FileProblem], standing: Mapping[str, Appointment] | None = None
) -> list[Person]:
    """The people of these lines, with every problem kept; `standing` are the contest's appointments by username."""
    found: dict[str, Person] = {}
    for row in rows:
        person = _read_person(row, standing or {})
        if same(person.username) in found:
            row.refuse("username", f"{shown(person.username)} is there twice")
        elif person.username:
            found[same(person.username)] = person
    if not rows and not problems:
        problems.append(FileProblem("people", 0, "", "there is nobody to enrol"))
    return list(found.values())


def _read_person(row: Row, standing: Mapping[str, Appointment]) -> Person:
    username = User.normalize_username(row.text("username", longest(User, "username")) or "")
    name = row.text("name", longest(User, "first_name"))
    # Where the role is not known, the problem is noted and nobody is enrolled.
    role = ROLES.get(row.choice("role", ROLES) or "", Role.COUNTING_OFFICER)
    enrolled = _known(row, username) if username else False
    valid_from, valid_until = _validity(row, standing.get(username))
    authorised = _authorised(row, role, standing.get(username), valid_from)
    return Person(username, name or "", role, enrolled, valid_from, valid_until, authorised)


def _known(row: Row, username: str) -> bool:
    """Whether the person has an account; what is wrong with the name is kept."""
    try:
        UnicodeUsernameValidator()(username)
        MaxLengthValidator(longest(User, "username"))(username)
    except ValidationError:
        row.refuse("username", f"{shown(username)}: write letters, digits and . - _ + @ only, and no spaces")
    if username.lower().startswith(accounts.DEMO_PREFIX) and not settings.DEMO:
        row.refuse("username", f"{shown(username)}: names that begin with {accounts.DEMO_PREFIX} belong to the demo")
    user = User.objects.filter(username=username).first()
    like = User.objects.filter(username__iexact=username).exclude(username=username).first()
    if user is None and like is not None:
        row.refuse("username", f"{shown(username)}: there is {shown(like.username)} already, with other capitals")
    if user is not None and not user.is_active:
        row.refuse("username", f"{shown(username)}: this account is closed")
    return user is not None


def _taken_back(row: Row, column: str) -> bool:
    return row.value(column).lower() == NO_LONGER[column]


def _validity(row: Row, known: Appointment | None) -> tuple[datetime | None, datetime | None]:
    """From when and until when the appointment is valid; a new one begins now where nothing is said."""
    begins, ends = (known.valid_from, known.valid_until) if known else (clock.real_now(), None)
    if not row.blank("from"):
        begins = Fields({"from": row}).moment("from") or begins
    if _taken_back(row, "until"):
        ends = None
    elif not row.blank("until"):
        ends = Fields({"until": row}).moment("until")
    if ends is not None and ends <= begins:
        column = "from" if row.blank("until") else "until"
        row.refuse(column, f"an appointment from {_london(begins)} cannot end at {_london(ends)}: look at both times")
    return begins, ends


def _authorised(row: Row, role: Role, known: Appointment | None, valid_from: datetime | None) -> date | None:
    """When the Returning Officer authorised a deputy in writing; None of anybody who is none."""
    column = "authorised_in_writing"
    if _taken_back(row, column):
        return None
    if row.blank(column):
        return known.authorised_in_writing if known and role == Role.RETURNING_OFFICER else None
    authorised = Fields({column: row}).day(column)
    if authorised is None:
        return None
    if role != Role.RETURNING_OFFICER:
        row.refuse(column, f"a deputy is enrolled as {Role.RETURNING_OFFICER.label}: others need no written authority")
    elif authorised > clock.real_now().astimezone(clock.LONDON).date():
        row.refuse(column, f"{authorised.isoformat()} is still to come: write the date of the signed authority")
    elif valid_from is not None and valid_from.astimezone(clock.LONDON).date() < authorised:
        row.refuse(column, f"{authorised.isoformat()} is after the appointment begins, {_london(valid_from)}")
    return authorised
