"""The box page: arrivals and verifications, and what of an account does not meet."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from results.facts.reading import read_facts
from results.models import Contest, LedgerEntry
from tests.builders import People, add_box, make_contest, make_people, verify
from tests.desk.pages import account, at_desk, hidden, kinds, opened, text_of, url

pytestmark = pytest.mark.django_db


def test_it_verifies_a_box_and_shows_the_receipt_however_often_it_is_asked(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    figures = opened(client, contest, "box", "1") | account()
    answer = client.post(url(contest, "box", "1"), figures)
    assert answer.status_code == 303
    assert answer["Location"] == f"{url(contest, 'box', '1')}?received=1"
    again = client.post(url(contest, "box", "1"), figures)
    assert (again.status_code, again["Location"]) == (303, answer["Location"])
    assert kinds(contest) == ["verified"]
    entry = LedgerEntry.objects.get()
    page = text_of(client.get(answer["Location"]))
    assert f"Received {timezone.localtime(entry.recorded_at):%H:%M:%S}, entry 1" in page
    assert f'data-received="{figures["submission_id"]}"' in page
    assert "Received" not in text_of(at_desk(cast.bea).get(answer["Location"]))


def test_it_takes_a_postal_box_against_the_opening_sessions(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    page = client.get(url(contest, "box", "P1"))
    assert 'name="issued"' not in text_of(page)
    fields = hidden(page, url(contest, "box", "P1"))
    answer = client.post(url(contest, "box", "P1"), fields | {"expected": "900", "found": "900", "reason": ""})
    assert answer.status_code == 303
    verified = read_facts(contest).accounts["P1"].verified
    assert verified is not None
    assert (verified.expected, verified.found, verified.figures) == (900, 900, None)


def test_it_wants_a_variance_explained(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1")
    bare = client.post(url(contest, "box", "1"), fields | account("698"))
    assert bare.status_code == 422
    assert "2 papers fewer found than expected" in text_of(bare)
    assert 'id="error_reason"' in text_of(bare)
    unknown = client.post(url(contest, "box", "1"), fields | account("698", reason="moon"))
    assert "Choose one of the reasons" in text_of(unknown)
    said = account("698", reason="arithmetic", explanation="The account was added up wrong")
    assert client.post(url(contest, "box", "1"), fields | said).status_code == 303


def test_it_shows_the_standing_verification_and_supersedes_it(contest: Contest, cast: People) -> None:
    verify(contest, "1", 700, cast.olu)
    client = at_desk(cast.bea)
    page = client.get(url(contest, "box", "1"))
    assert "A new one supersedes it" in text_of(page)
    assert ">700<" in text_of(page)
    fields = hidden(page, url(contest, "box", "1"))
    answer = client.post(url(contest, "box", "1"), fields | account("701", issued="701"))
    assert answer.status_code == 303
    first, second = LedgerEntry.objects.order_by("seq")
    assert second.supersedes == first


def test_it_answers_stale_with_the_text_kept_and_the_present_state(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1")
    verify(contest, "1", 650, cast.bea)
    answer = client.post(url(contest, "box", "1"), fields | account("700"))
    page = text_of(answer)
    assert answer.status_code == 409
    assert kinds(contest) == ["verified"]
    assert "Box 1 has changed since you opened this form" in page
    assert re.search(r'name="issued"[^>]*value="700"', page)
    assert ">650<" in page
    anew = hidden(answer, url(contest, "box", "1"))
    assert anew["submission_id"] != fields["submission_id"]
    assert "Send these anew" in page
    assert "Record this verification" not in page
    assert client.post(url(contest, "box", "1"), anew | account("700")).status_code == 303
    assert kinds(contest) == ["verified", "verified"]


def test_it_acknowledges_more_papers_than_electors(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1") | account("1900", issued="1900")
    answer = client.post(url(contest, "box", "1"), fields)
    assert answer.status_code == 422
    assert 'name="acknowledge" value="verification.more_than_electors"' in text_of(answer)
    ticked = client.post(url(contest, "box", "1"), fields | {"acknowledge": "verification.more_than_electors"})
    assert ticked.status_code == 303


def test_it_notes_an_arrival_once(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    address = url(contest, "arrive", "1")
    fields = hidden(client.get(url(contest, "box", "1")), address)
    assert client.post(address, fields).status_code == 303
    assert client.post(address, fields).status_code == 303
    assert kinds(contest) == ["arrived"]
    second = client.post(address, {"submission_id": str(uuid.uuid4()), "seen": "0"})
    assert second.status_code == 409
    assert "What came later, or was written wrongly" in text_of(client.get(address))


def test_it_says_when_the_poll_closes_and_takes_only_postal_boxes_before(django_db_blocker: Any, settings: Any) -> None:
    close = timezone.make_aware(datetime(2126, 11, 5, 22, 0))
    contest = make_contest("parl.early.2126-11-05", close_of_poll=close)
    cast = make_people(contest)
    client = at_desk(cast.olu)
    words = "The poll closes at 22:00 on 5 November 2126"
    assert words in text_of(client.get(url(contest, "box", "1")))
    assert words in text_of(client.get(url(contest, "contest")))
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "0"}
    early = client.post(url(contest, "box", "1"), fresh | account())
    assert early.status_code == 422
    assert words in text_of(early)
    postal = client.post(url(contest, "box", "P1"), fresh | {"expected": "900", "found": "900"})
    assert postal.status_code == 303


def test_it_takes_one_account_of_several_boxes() -> None:
    contest = make_contest("parl.shared.2026-11-05")
    add_box(contest, "8", [*contest.wards.filter(name="North")], account="8", entrusted=1001)
    add_box(contest, "9", [*contest.wards.filter(name="North")], account="8")
    client = at_desk(make_people(contest).olu)
    fields = opened(client, contest, "box", "9")
    said = {"issued": "800", "unused": "200", "spoilt": "1", "tendered": "0", "reason": ""}
    one = client.post(url(contest, "box", "9"), fields | said | {"found-8": "500"})
    assert one.status_code == 422
    assert 'href="#id_found-9"' in text_of(one)
    short = said | {"found-8": "500", "found-9": "298", "reason": "unexplained", "explanation": "Counted three times"}
    short |= {"again-8": "500", "again-9": "298"}
    assert client.post(url(contest, "box", "9"), fields | short).status_code == 303
    for label in ("8", "9"):
        page = text_of(client.get(url(contest, "box", label)))
        assert "The account of boxes 8, 9 does not meet what was found:" in page
        assert "2 missing" in page
