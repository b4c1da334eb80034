"""A log-in lasts for a night after the last work, and is written down anew now and then only."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from countnight.middleware import PROLONG_AFTER
from tests.counts import Count, make_count

NIGHT = 18 * 3600


@pytest.fixture
def count(db: None, settings: Any) -> Count:
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_AGE = NIGHT
    return make_count()


class Hours:
    """The time as the middleware and Django's sessions see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gone = 0.0
        begun = time.time()
        monkeypatch.setattr("countnight.middleware.time.time", lambda: begun + self.gone)

    def pass_by(self, seconds: float) -> None:
        """As if the session had been written so much earlier."""
        self.gone += seconds
        for session in Session.objects.all():
            session.expire_date -= timedelta(seconds=seconds)
            session.save()


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    return Hours(monkeypatch)


@pytest.fixture
def officer(count: Count) -> Client:
    client = Client()
    client.force_login(count.cast.sam)
    return client


def writes(officer: Client, path: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        assert officer.get(path).status_code == 200
    return sum("django_session" in query["sql"] and "UPDATE" in query["sql"] for query in asked)


def test_it_lasts_as_long_as_somebody_works(officer: Client, count: Count, hours: Hours) -> None:
    sheet = f"/desk/{count.contest.ballot_paper_id}/"
    for _ in range(5):
        assert officer.get(sheet).status_code == 200
        hours.pass_by(NIGHT - 60)
    cookie = officer.cookies["countnight_session"]
    assert int(cookie["max-age"]) == NIGHT
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    hours.pass_by(120)
    assert officer.get(sheet).status_code == 302, "a night after the last work it is over"


def test_it_writes_a_log_in_down_once_in_a_quarter_of_an_hour(officer: Client, count: Count, hours: Hours) -> None:
    sheet = f"/desk/{count.contest.ballot_paper_id}/"
    assert writes(officer, sheet) == 1
    assert [writes(officer, sheet) for _ in range(3)] == [0, 0, 0]
    hours.pass_by(PROLONG_AFTER + 1)
    assert [writes(officer, sheet) for _ in range(3)] == [1, 0, 0]
    # A clock that was set back must not keep it from being prolonged.
    hours.pass_by(-7200)
    assert writes(officer, sheet) == 1


def test_it_prolongs_nothing_for_readers(officer: Client, count: Count, hours: Hours) -> None:
    hours.pass_by(PROLONG_AFTER + 1)
    for path in (f"/contests/{count.contest.ballot_paper_id}/", "/healthz"):
        assert "countnight_session" not in officer.get(path).cookies
    assert "countnight_session" not in Client().get("/desk/login/").cookies


def test_it_shows_the_page_though_the_log_in_cannot_be_written(
    officer: Client, count: Count, hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(SessionStore, "save", refuse)
    assert officer.get(f"/desk/{count.contest.ballot_paper_id}/").status_code == 200
