"""The journal rechecked: its chain, and that accounts, appointments and contests are what its last word on each says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User

from results.audit.canonical import UntypedValueError, row_of, sha256
from results.audit.chain import FIRST_PREVIOUS, definition_hash
from results.audit.checkpoints import Checkpoints, missing_from
from results.audit.marks import is_marked, unmarked
from results.models import Appointment, Contest, JournalEntry
from results.people.journal import merged, run_of
from results.people.recording import appointment, password_text, person, subject_of


def journal_faults(checkpoints: Checkpoints) -> Iterator[str]:
    """What is wrong with the journal, and where the tables say something else than it."""
    entries = list(JournalEntry.objects.order_by("seq"))
    previous = FIRST_PREVIOUS
    for expected, entry in enumerate(entries, 1):
        if entry.seq != expected:
            yield f"journal entry {entry.seq}: entry {expected} is missing"
            break
        if entry.prev_hash != previous:
            yield f"journal entry {entry.seq}: it does not follow the entry before it"
        try:
            same = sha256(row_of(entry)) == entry.hash
        except UntypedValueError:
            same = False
        if not same:
            yield f"journal entry {entry.seq}: it is not what was recorded"
        previous = entry.hash
    marks = [(f"entry {entry.seq}", entry.hash, entry.mark) for entry in entries]
    yield from unmarked("journal", "journal", marks)
    if entries:
        hashes = {entry.seq: entry.hash for entry in entries}
        yield from missing_from(checkpoints, "journal", run_of(entries[-1]), "the", hashes)
    details: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        details[entry.subject].append(entry.details)
    try:
        words = {subject: merged(said) for subject, said in details.items()}
    except ValueError:
        yield "the journal cannot be read: its details are not JSON"
        return
    yield from _people_faults(words)
    yield from _contest_faults(words)


def _people_faults(words: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Accounts and appointments that are not as the journal has them."""
    users = {subject_of(user): user for user in User.objects.all()}
    held: dict[str, tuple[str, dict[str, Any]]] = {
        subject: (f"account {user.get_username()}", person(user)) for subject, user in users.items()
    }
    for staff in Appointment.objects.select_related("contest", "user"):
        held[subject_of(staff)] = (f"appointment of {staff.user.get_username()} at {staff.contest}", appointment(staff))
    for subject, (name, row) in held.items():
        if subject not in words:
            yield f"{name}: the journal knows nothing of it; it was made past countnight"
            continue
        for column, value in row.items():
            said = words[subject].get(column)
            if column == "password" and is_marked("password", password_text(users[subject]), str(said)):
                # Under a secret key of before, perhaps.
                continue
            if said != value:
                what = "pass phrase" if column == "password" else column
                yield f"{name}: its {what} was changed past countnight"
    for subject, word in words.items():
        if (
            subject.startswith(("user:", "appointment:"))
            and subject not in held
            and any(v is not None for v in word.values())
        ):
            yield f"{subject}: the journal knows it, and it is not in the database any more"


def _contest_faults(words: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Contests whose set-up or epoch the journal has otherwise."""
    for contest in Contest.objects.select_related("election", "event"):
        name, word = contest.ballot_paper_id, words.get(f"contest:{contest.ballot_paper_id}")
        if word is None:
            yield f"{name}: the journal knows nothing of it; it was made past countnight"
            continue
        if word.get("definition_hash") != definition_hash(contest):
            yield f"{name}: its set-up was changed after it was loaded, past countnight"
        if word.get("epoch") != contest.epoch:
            yield f"{name}: its epoch was changed past countnight"
