"""The installation's journal: who logged in, who was let in, what was set up; and that nobody can fill the disk with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from results import clock
from results.models import Appointment, Contest, JournalEntry, Role
from results.people import accounts, recording
from tests.builders import PASSWORD, People, make_contest, make_people

pytestmark = pytest.mark.django_db
Kind = JournalEntry.Kind


@pytest.fixture
def contest() -> Contest:
    return make_contest()


@pytest.fixture
def cast(contest: Contest) -> People:
    return make_people(contest)


@pytest.fixture(autouse=True)
def desk(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECURE_SSL_REDIRECT = False
    monkeypatch.setattr(recording, "failed_logins", recording.FailedLogins())


def log_in(username: str, password: str, address: str = "192.0.2.7") -> Any:
    return Client(REMOTE_ADDR=address).post(reverse("login"), {"username": username, "password": password})


def written(*kinds: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(kind__in=kinds).order_by("seq"))


def test_it_writes_down_log_ins_with_their_address(cast: People) -> None:
    assert log_in("olu", PASSWORD).status_code == 302
    assert log_in("olu", "wrong").status_code == 200
    came, failed = written(Kind.LOGGED_IN, Kind.LOGIN_FAILED)
    assert (came.kind, came.actor_id, came.actor_name, came.address) == ("logged_in", cast.olu.pk, "olu", "192.0.2.7")
    assert (failed.kind, failed.subject, failed.address) == ("login_failed", "login:olu", "192.0.2.7")


def test_it_never_holds_a_pass_phrase(contest: Contest, cast: People, capsys: pytest.CaptureFixture[str]) -> None:
    log_in(PASSWORD, "typed into the wrong field")
    log_in("olu", "another wrong phrase")
    call_command("enrol", contest.ballot_paper_id, "--username", "new", "--name", "New", "--role", "supervisor")
    phrase = capsys.readouterr().out.splitlines()[1].split()[1]
    everything = json.dumps(list(JournalEntry.objects.values("subject", "details", "actor_name", "kind")))
    assert len(phrase) == 19
    stored = [user.password for user in User.objects.all()]
    for secret in (PASSWORD, "typed into the wrong field", "another wrong phrase", phrase, *stored):
        assert secret not in everything


def test_it_bounds_what_failed_log_ins_can_write(cast: People, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now)
    for position in range(60):
        # From another address each: what the desk itself refuses is not looked at, and not written down either.
        log_in("olu", "wrong", f"192.0.2.{position}")
    assert len(written(Kind.LOGIN_FAILED)) == recording.FAILED_A_MINUTE
    now += timedelta(minutes=1)
    log_in("olu", "wrong", "198.51.100.1")
    (more,) = written(Kind.LOGINS_FAILED)
    assert json.loads(more.details) == {"more": 60 - recording.FAILED_A_MINUTE}
    assert len(written(Kind.LOGIN_FAILED)) == recording.FAILED_A_MINUTE + 1


def test_it_tells_of_the_rest_at_the_next_log_in(cast: People) -> None:
    for position in range(recording.FAILED_A_MINUTE + 3):
        log_in("olu", "wrong", f"192.0.2.{position}")
    log_in("rita", PASSWORD)
    (more,) = written(Kind.LOGINS_FAILED)
    assert json.loads(more.details) == {"more": 3}


def test_it_answers_a_wrong_pass_phrase_though_nothing_can_be_written(
    cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(recording, "record", full)
    assert log_in("olu", "wrong").status_code == 200


def test_it_writes_down_who_is_enrolled_and_what_changes(contest: Contest, cast: People) -> None:
    before = JournalEntry.objects.count()
    accounts.enrol(contest, "olu", None, Role.COUNTING_OFFICER, "Olu Ade")
    assert JournalEntry.objects.count() == before, "nothing was changed"
    accounts.enrol(contest, "olu", "a new pass phrase", Role.SUPERVISOR, "Olu Adeyemi")
    account, role = JournalEntry.objects.order_by("seq")[before:]
    assert account.kind == Kind.ACCOUNT_CHANGED and json.loads(account.details).keys() == {"last_name", "password"}
    assert role.kind == Kind.ROLE_CHANGED and json.loads(role.details)["role"] == "supervisor"
    assert role.actor is None and role.actor_name.endswith("(command line)")
    appointment = Appointment.objects.get(user=cast.olu)
    appointment.delete()
    assert JournalEntry.objects.order_by("seq").last().kind == Kind.APPOINTMENT_REMOVED  # type: ignore[union-attr]


def test_it_writes_down_set_ups_and_epochs(contest: Contest) -> None:
    (loaded,) = written(Kind.SET_UP_LOADED)
    assert loaded.subject == f"contest:{contest.ballot_paper_id}"
    call_command("begin_epoch")
    (begun,) = written(Kind.EPOCH_BEGUN)
    assert json.loads(begun.details)["epoch"] == Contest.objects.get().epoch != contest.epoch


def test_it_lets_nobody_change_the_journal(cast: People) -> None:
    statements = ["UPDATE results_journalentry SET details = '{}'", "DELETE FROM results_journalentry"]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(statement)
            finally:
                cursor.execute("ROLLBACK TO before")
