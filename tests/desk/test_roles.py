"""Who may see and do what at the desk."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from results import clock
from results.models import Contest, Role
from results.people import accounts
from tests.builders import PASSWORD, People, form_group, make_contest, ready_group
from tests.desk.pages import account, at_desk, kinds, sheet, text_of, url

pytestmark = pytest.mark.django_db


def test_it_sends_to_the_login_and_back(contest: Contest, cast: People) -> None:
    client = Client()
    address = url(contest, "count", 1)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('login')}?next={address.replace('/', '%2F')}")
    page = client.get(answer["Location"])
    assert f'name="next" value="{address}"' in text_of(page)
    wrong = client.post(reverse("login"), {"username": "olu", "password": "wrong", "next": address})
    assert "That log-in is not right." in text_of(wrong)
    back = client.post(reverse("login"), {"username": "olu", "password": PASSWORD, "next": address})
    assert (back.status_code, back["Location"]) == (302, address)
    outside = Client().post(
        reverse("login"), {"username": "olu", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert outside["Location"] == reverse("desk:contests")


@pytest.mark.parametrize("view", ["count", "box", "arrive", "form_group", "dissolve", "policy"])
def test_it_says_that_nothing_was_recorded_when_the_session_has_ended(
    contest: Contest, cast: People, view: str
) -> None:
    parts = {"count": (1,), "dissolve": (1,), "box": ("1",), "arrive": ("1",)}.get(view, ())
    address = url(contest, view, *parts)
    answer = Client().post(address, sheet("800", "500", "100"))
    assert answer.status_code == 403
    assert "nothing was recorded" in text_of(answer)
    assert f"next={address.replace('/', '%2F')}" in text_of(answer)
    assert "data-logged-out" in text_of(answer)
    json = Client(headers={"accept": "application/json"}).post(address, {})
    assert (json.status_code, json.json()["error"]) == (403, "logged_out")


def test_it_says_the_same_of_a_form_from_an_earlier_login(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu, enforce_csrf_checks=True)
    answer = client.post(url(contest, "count", 1), sheet("800", "500", "100"))
    assert answer.status_code == 403
    assert "This page is from an earlier log-in" in text_of(answer)
    assert "Open the form again" in text_of(answer)
    login = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "olu"})
    assert login.status_code == 403
    assert "next=" not in text_of(login)


def test_it_shows_a_contest_only_to_people_with_a_role_there(contest: Contest, cast: People) -> None:
    other = make_contest("parl.elsewhere.2026-11-05")
    for client in (at_desk(cast.stu), at_desk(cast.rita)):
        for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("group", (1,)), ("form_group", ())):
            assert client.get(url(other, view, *parts)).status_code == 404
        assert client.post(url(other, "box", "1"), account()).status_code == 404
    assert "You have no role at any contest yet" in text_of(at_desk(cast.stu).get(reverse("desk:contests")))
    assert "Testshire" in text_of(at_desk(cast.olu).get(reverse("desk:contests")))


def test_it_shows_the_role_at_this_contest(contest: Contest, cast: People) -> None:
    other = make_contest("parl.elsewhere.2026-11-05")
    accounts.enrol(other, "olu", None, Role.SUPERVISOR, "Olu Ade")
    client = at_desk(cast.olu)
    assert "<b>Olu Ade</b>, counting officer" in text_of(client.get(url(contest, "contest")))
    assert "<b>Olu Ade</b>, supervisor" in text_of(client.get(url(other, "contest")))
    assert client.get(url(contest, "form_group")).status_code == 403
    assert client.get(url(other, "form_group")).status_code == 200
    assert "Counting officer ·" in text_of(client.get(reverse("desk:contests")))


@pytest.mark.parametrize(
    ("from_hour", "until_hour", "words"), [(1, None, "Your role at Testshire begins on"), (-2, -1, "ended on")]
)
def test_it_refuses_with_words_outside_the_time_of_an_appointment(
    contest: Contest, cast: People, from_hour: int, until_hour: int | None, words: str
) -> None:
    start, end = (None if h is None else clock.real_now() + timedelta(hours=h) for h in (from_hour, until_hour))
    accounts.enrol(contest, "rita", None, Role.RETURNING_OFFICER, "Rita Rowe", valid_from=start, valid_until=end)
    client = at_desk(cast.rita)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("form_group", ())):
        page = client.get(url(contest, view, *parts))
        assert page.status_code == 403 and words in text_of(page)
    assert client.post(url(contest, "box", "1"), account()).status_code == 403
    assert not contest.entries.exists()


def test_it_keeps_to_the_roles(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "1"}
    assert client.get(url(contest, "form_group")).status_code == 403
    assert client.post(url(contest, "form_group"), fresh | {"number": "2", "boxes": ["3", "4"]}).status_code == 403
    assert client.post(url(contest, "dissolve", 1), fresh).status_code == 403
    assert kinds(contest) == ["group_formed"]


@pytest.mark.parametrize(("view", "parts"), [("box", ("99",)), ("group", (99,)), ("count", (99,)), ("box", ("<b>",))])
def test_it_says_in_words_what_there_is_not(contest: Contest, cast: People, view: str, parts: tuple[Any]) -> None:
    answer = at_desk(cast.olu).get(url(contest, view, *parts))
    assert answer.status_code == 404
    assert "There is no" in text_of(answer)
    assert "<b>.</b>" not in text_of(answer)


def test_no_page_of_the_desk_is_cached(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    form_group(contest, 1, ["1", "2"], cast.sam)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("group", (1,)), ("count", (1,))):
        assert "no-store" in client.get(url(contest, view, *parts))["Cache-Control"]
    assert "no-store" in client.get(reverse("desk:contests"))["Cache-Control"]
    assert "no-store" in client.get(reverse("login"))["Cache-Control"]


def test_no_page_of_the_desk_has_inline_scripts_or_styles(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.rita)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("count", (1,)), ("form_group", ())):
        page = text_of(client.get(url(contest, view, *parts)))
        assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page)
