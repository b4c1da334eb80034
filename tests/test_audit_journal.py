"""Accounts, roles and contests that were changed past countnight are found, and so is a journal that was."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from results.audit.checks import faults
from results.models import Appointment, Contest, JournalEntry, Role
from results.people import accounts
from results.people.journal import Kind, record
from tests import builders, intruder
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    return make_count().ready()


def found(count: Count) -> list[str]:
    return list(faults(Contest.objects.get(pk=count.contest.pk)))


def test_it_finds_nothing_wrong_after_honest_work(count: Count) -> None:
    accounts.enrol(count.contest, "olu", "another pass phrase", Role.SUPERVISOR, "Olu Adeyemi")
    builders.make_contest("parl.elsewhere.2026-11-05")
    call_command("begin_epoch")
    Appointment.objects.get(user=count.cast.bea).delete()
    assert found(count) == []


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("username", "mallory", "account mallory: its username was changed"),
        ("first_name", "Mallory", "account olu: its first_name was changed"),
        ("last_name", "", "account olu: its last_name was changed"),
        ("is_active", False, "account olu: its is_active was changed"),
        ("is_superuser", True, "account olu: its is_superuser was changed"),
        ("is_staff", True, "account olu: its is_staff was changed"),
        ("password", make_password("known to the intruder"), "account olu: its pass phrase was changed"),
    ],
)
def test_it_finds_an_account_changed_by_sql(count: Count, column: str, value: Any, words: str) -> None:
    User.objects.filter(pk=count.cast.olu.pk).update(**{column: value})
    (line,) = found(count)
    assert words in line
    # Work that goes on does not make it good.
    count.cast.olu.refresh_from_db()
    count.cast.olu.last_login = timezone.now()
    count.cast.olu.save(update_fields=["last_login"])
    assert found(count) == [line]


@pytest.mark.parametrize(
    "change", [{"role": Role.RETURNING_OFFICER}, {"valid_until": timezone.now() + timezone.timedelta(days=9)}]
)
def test_it_finds_a_role_changed_by_sql(count: Count, change: dict[str, Any]) -> None:
    Appointment.objects.filter(user=count.cast.olu).update(**change)
    (line,) = found(count)
    assert f"appointment of olu at Testshire: its {next(iter(change))} was changed past countnight" in line


def test_it_finds_people_and_contests_put_in_or_taken_away_by_sql(count: Count) -> None:
    mallory = User(username="mallory")
    User.objects.bulk_create([mallory])
    Appointment.objects.bulk_create(
        [Appointment(contest=count.contest, user=mallory, role=Role.SUPERVISOR, valid_from=timezone.now())]
    )
    Appointment.objects.filter(user=count.cast.bea)._raw_delete("default")  # type: ignore[attr-defined]
    Contest.objects.bulk_create(
        [
            Contest(
                event=count.contest.event,
                kind_of_poll="parliament",
                nation="england",
                verify_first="own",
                election=count.contest.election,
                ballot_paper_id="parl.forged",
                name="Forged",
                environment="live",
                publish_at_setup="off",
                projection_at_setup=False,
            )
        ]
    )
    lines = "\n".join(found(count))
    assert "account mallory: the journal knows nothing of it" in lines
    assert "appointment of mallory at Testshire: the journal knows nothing of it" in lines
    assert f"appointment:{count.contest.ballot_paper_id}:{count.cast.bea.pk}: the journal knows it" in lines
    assert "parl.forged: the journal knows nothing of it" in lines


@pytest.mark.parametrize("change", [{"name": "Mallorca"}, {"minimum_papers": 1}, {"publish_at_setup": "off"}])
def test_it_finds_a_set_up_changed_by_sql_before_the_first_entry(change: dict[str, Any]) -> None:
    count = make_count()
    Contest.objects.update(**change)
    assert any("its set-up was changed after it was loaded" in line for line in found(count))


def test_it_finds_an_epoch_changed_by_sql(count: Count) -> None:
    Contest.objects.update(epoch="another")
    assert found(count) == [f"{count.contest.ballot_paper_id}: its epoch was changed past countnight"]


def test_it_finds_a_journal_entry_appended_by_sql(count: Count) -> None:
    Appointment.objects.filter(user=count.cast.olu).update(role=Role.SUPERVISOR)
    with intruder.with_another_key():
        record(
            Kind.ROLE_CHANGED,
            f"appointment:{count.contest.ballot_paper_id}:{count.cast.olu.pk}",
            {"role": "supervisor"},
        )
    last = JournalEntry.objects.count()
    assert found(count) == [
        f"journal entry {last}: countnight did not write it (its mark is not one of this installation's secret key)"
    ]


@pytest.mark.parametrize("column", ["kind", "actor_name", "address", "subject", "details", "prev_hash", "hash", "mark"])
def test_it_finds_a_journal_entry_changed_by_sql(count: Count, column: str) -> None:
    entry = JournalEntry.objects.get(seq=3)
    with intruder.unguarded():
        intruder.set_column(entry, **{column: "{}" if column == "details" else "x"})
    assert any("journal entry 3" in line for line in found(count))


def test_it_finds_journal_entries_taken_out(count: Count) -> None:
    with intruder.unguarded():
        JournalEntry.objects.filter(seq=3).delete()
    assert any("journal entry 4: entry 3 is missing" in line for line in found(count))
