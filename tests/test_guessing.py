"""Guessers: they cost little, and lock nobody out but themselves."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest
from django.test import Client, RequestFactory

from results import clock
from results.demo.player import Form
from results.people.guessing import (
    LONGEST_PAUSE,
    WRONG_FOR_A_NAME,
    WRONG_FROM_AN_ADDRESS,
    WRONG_FROM_EVERYWHERE,
    Guesses,
    address_of,
    guesses,
)
from tests.builders import PASSWORD
from tests.conftest import Server, wait_for
from tests.counts import Count, make_count

HALL, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def count(db: None, settings: Any) -> Count:
    settings.SECURE_SSL_REDIRECT = False
    return make_count()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time go on."""
    begun, gone = clock.real_now(), [timedelta()]

    def now() -> datetime:
        return begun + gone[0]

    def pass_by(**by: float) -> None:
        gone[0] += timedelta(**by)

    monkeypatch.setattr(clock, "real_now", now)
    return pass_by


def attempt(name: str, phrase: str, address: str = HALL) -> int:
    """302 where it was right, 200 where it was wrong, 429 where it was not looked at."""
    answer = Client(REMOTE_ADDR=address).post("/desk/login/", {"username": name, "password": phrase})
    if answer.status_code == 429:
        assert int(answer["Retry-After"]) > 0
        assert b"Nothing was checked" in answer.content
        assert not re.search(b"is not right", answer.content)
    return answer.status_code


def test_it_closes_a_name_only_where_it_was_guessed(count: Count, later: Any) -> None:
    for _ in range(WRONG_FOR_A_NAME):
        assert attempt("sam", "guess") == 200
    assert attempt("sam", "guess") == 429
    assert attempt("sam", PASSWORD) == 429, "not even the right one is looked at"
    assert attempt("olu", PASSWORD) == 302, "a colleague in the same hall"
    assert attempt("sam", PASSWORD, ELSEWHERE) == 302, "the same person elsewhere"
    later(seconds=31)
    assert attempt("sam", PASSWORD) == 302
    assert attempt("sam", "guess") == 200, "and all is forgotten"


def test_it_waits_longer_for_whoever_goes_on(count: Count, later: Any) -> None:
    pauses = []
    for _ in range(WRONG_FOR_A_NAME):
        attempt("sam", "guess")
    for _ in range(8):
        pauses.append(guesses.pause(HALL, "sam"))
        later(seconds=pauses[-1])
        assert attempt("sam", "guess") == 200
    assert pauses == sorted(pauses)
    assert 25 <= pauses[0] <= 31
    assert pauses[-1] == LONGEST_PAUSE.total_seconds() + 1
    later(hours=3)
    assert attempt("sam", "guess") == 200


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_it_looks_at_so_many_guesses_a_day_in_every_process(db: None, later: Any, processes: int) -> None:
    """Each process counts for itself, as docs/SECURITY.md says: a guesser who asks all of them gets so many times more."""
    each = [Guesses() for _ in range(processes)]
    checked = 0
    for _ in range(24 * 60 * 4):
        for process in each:
            while not process.pause(HALL, "sam"):
                process.wrong(HALL, "sam")
                checked += 1
        later(seconds=15)
    assert 90 * processes <= checked <= 110 * processes


def test_it_never_closes_a_hall(count: Count) -> None:
    for number in range(WRONG_FROM_AN_ADDRESS):
        assert attempt(f"nobody-{number}", "guess") == 200
    assert attempt("nobody-at-all", "guess") == 429
    assert attempt("sam", PASSWORD) == 302
    assert attempt("olu", "mistyped") == 200
    assert attempt("olu", PASSWORD) == 302
    assert attempt("nobody-at-all", "guess", ELSEWHERE) == 200


def test_it_checks_nobody_unknown_while_many_addresses_guess(count: Count, later: Any) -> None:
    for number in range(WRONG_FROM_EVERYWHERE):
        assert attempt("nobody", "guess", f"203.0.113.{number}") == 200
    assert attempt("nobody", "guess", ELSEWHERE) == 429
    assert attempt("sam", PASSWORD, ELSEWHERE) == 302
    later(minutes=16)
    assert attempt("nobody", "guess", ELSEWHERE) == 200


def test_it_tells_of_every_attempt_that_was_checked(count: Count) -> None:
    told: list[str] = []

    def right(sender: Any, user: Any, **_: Any) -> None:
        told.append(f"right {user.username}")

    def wrong(sender: Any, credentials: Any, **_: Any) -> None:
        told.append(f"wrong {credentials['username']}")

    user_logged_in.connect(right)
    user_login_failed.connect(wrong)
    try:
        for _ in range(WRONG_FOR_A_NAME + 2):
            attempt("sam", "guess")
        attempt("olu", PASSWORD)
    finally:
        user_logged_in.disconnect(right)
        user_login_failed.disconnect(wrong)
    assert told == ["wrong sam"] * WRONG_FOR_A_NAME + ["right olu"]


@pytest.mark.parametrize("typed", [f" {PASSWORD}", f"{PASSWORD} ", f"\t{PASSWORD}\r\n", f"\u00a0{PASSWORD}\u2003"])
def test_it_takes_a_pass_phrase_with_blanks_at_its_ends(count: Count, typed: str) -> None:
    assert attempt("sam", typed) == 302


def test_it_takes_a_name_with_blanks_at_its_ends(count: Count) -> None:
    assert attempt(" sam ", PASSWORD) == 302


def asking(address: str, **headers: str) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def test_it_believes_an_address_only_from_its_own_proxy(settings: Any) -> None:
    claimed = {"X-Forwarded-For": "10.9.9.9, 203.0.113.5"}
    settings.BEHIND_PROXY = False
    assert address_of(asking("198.51.100.7", **claimed)) == "198.51.100.7"
    settings.BEHIND_PROXY = True
    assert address_of(asking("127.0.0.1", **claimed)) == "203.0.113.5"
    assert address_of(asking("127.0.0.1")) == "127.0.0.1"


def test_it_knows_a_reader_of_ipv6_by_the_first_half(settings: Any) -> None:
    settings.BEHIND_PROXY = False
    assert address_of(asking("2001:db8:1:2:3:4:5:6")) == address_of(asking("2001:db8:1:2::9")) == "2001:db8:1:2::/64"
    assert address_of(asking("::ffff:192.0.2.1")) == "192.0.2.1"
    assert address_of(asking("")) == ""


def test_it_hashes_with_argon2(count: Count) -> None:
    from django.contrib.auth.models import User

    assert User.objects.get(username="sam").password.startswith("argon2$argon2id$")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_it_lets_an_officer_in_while_a_hundred_guess(server: Server) -> None:
    make_count()
    server.start()
    over, throttled = threading.Event(), threading.Event()
    checked: list[int] = []

    def guess(number: int) -> None:
        turn = 0
        with httpx.Client(base_url=server.base, timeout=60) as browser:
            while not over.is_set():
                form = Form.of(browser.get("/desk/login/").text).hidden
                turn += 1
                said = {**form, "username": f"nobody-{number}-{turn}", "password": "guess"}
                guessed = browser.post("/desk/login/", data=said, headers={"Referer": server.base})
                if guessed.status_code == 429:
                    throttled.set()
                else:
                    checked.append(number)

    crowd = [threading.Thread(target=guess, args=(number,), daemon=True) for number in range(100)]
    for one in crowd:
        one.start()
    try:
        wait_for(throttled.is_set, 60, "the guessers are slowed")
        with httpx.Client(base_url=server.base, timeout=60) as browser:
            before = len(checked)
            form = Form.of(browser.get("/desk/login/").text).hidden
            said = {**form, "username": "sam", "password": PASSWORD}
            answer = browser.post("/desk/login/", data=said, headers={"Referer": server.base})
        assert answer.status_code == 302
        # Without the throttle the whole crowd's guesses are checked first.
        assert len(checked) - before < len(crowd) / 2
    finally:
        over.set()
        for one in crowd:
            one.join(60)
        server.stop()
