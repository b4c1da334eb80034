"""The contest page: what to do next, every box and group with its state."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from results import ledger
from results.facts.figures import AccountFigures
from results.facts.reading import read_facts
from results.models import Contest, Role
from results.people import accounts
from tests import builders
from tests.builders import (
    PASSWORD,
    People,
    enter,
    form_group,
    make_contest,
    make_people,
    one_box,
    ready_group,
    verify,
)
from tests.desk.pages import at_desk, kinds, sheet, text_of, url

pytestmark = pytest.mark.django_db


def test_it_finds_a_box_or_a_group_by_its_number(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    found = {
        words: client.get(url(contest, "contest"), {"find": words}).headers.get("Location")
        for words in ("p1", "1", "group 1", "g 1", "99")
    }
    assert found["p1"] == url(contest, "box", "P1")
    assert found["1"] == url(contest, "box", "1")
    assert found["group 1"] == found["g 1"] == url(contest, "group", 1)
    assert found["99"] is None


def test_the_contest_page_asks_few_questions_however_many_boxes() -> None:
    contest = make_contest("parl.large.2026-11-05", polling_boxes=40)
    cast = make_people(contest)
    for number in range(1, 21):
        ready_group(contest, number, [str(2 * number - 1), str(2 * number)], 700, cast)
        enter(contest, number, (800 + number, 500 - number, 100), cast.olu)
    client = at_desk(cast.rita)
    client.get(url(contest, "contest"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url(contest, "contest")).status_code == 200
    assert len(asked) < 25


def test_the_cast_stands_where_it_should(contest: Contest, cast: People) -> None:
    assert builders.PASSWORD
    assert timedelta(0) < timezone.now() - contest.event.close_of_poll
    assert {user.username for user in contest.staff.all()} == {"olu", "bea", "sam", "rita"}


def test_it_offers_no_count_of_a_combined_poll_before_every_box_is_verified() -> None:
    contest = make_contest("parl.combined.2026-11-05", combined=True)
    cast = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    assert "Enter the sheet" not in text_of(client.get(url(contest, "contest")))
    words = "No votes are counted before every box in the area is verified. 5 still to verify."
    assert words in text_of(client.get(url(contest, "count", 1)))
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "3", "papers": "1400"}
    answer = client.post(url(contest, "count", 1), fresh | sheet("800", "500", "100"))
    assert answer.status_code == 422
    assert words in text_of(answer)


# --- next for you ----------------------------------------------------------------------------------------------------


def sent_to(client: Client, contest: Contest) -> str:
    """The group whose sheet a person is sent to."""
    found = re.search(r"Enter the sheet of group (\d+)", text_of(client.get(url(contest, "contest"))))
    return found[1] if found else ""


def test_it_sends_officers_to_different_groups(contest: Contest, cast: People) -> None:
    third = accounts.enrol(contest, "ola", PASSWORD, Role.COUNTING_OFFICER, "Ola Berg")
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"]), (3, ["5", "6", "P1"])):
        ready_group(contest, number, labels, 700, cast)
    clients = [at_desk(person) for person in (cast.olu, cast.bea, third)]
    sent = [sent_to(client, contest) for client in clients]
    assert sorted(sent) == ["1", "2", "3"]
    assert [sent_to(client, contest) for client in clients] == sent, "the same however often it is asked"
    assert "(3 groups are ready for you)" in text_of(clients[0].get(url(contest, "contest")))
    enter(contest, int(sent[0]), (900, 400, 100), cast.olu)
    assert [sent_to(client, contest) for client in clients[1:]] == sent[1:], "nobody's group changes under their hands"
    assert sent_to(clients[0], contest) in sent[1:]


def test_it_names_what_is_still_to_verify_in_the_area_of_combined_polls() -> None:
    local = make_contest("local.shire.2026-11-05", combined=True, name="Shire council")
    other = make_contest("parl.shire.2026-11-05", event=local.event, name="Shire", polling_boxes=2)
    cast = make_people(local)
    for number in range(1, 7):
        verify(local, str(number), 700, cast.olu)
    verify(local, "P1", 100, cast.olu)
    form_group(local, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    unverified = [label for label, box in read_facts(other).boxes.items() if box.papers is None]
    assert unverified, "the other contest's papers are verified by themselves"
    page = text_of(client.get(url(local, "contest")))
    assert f"<b>Shire</b>, box {', '.join(unverified)}" in page
    assert "Enter the sheet" not in page
    assert f"<b>Shire</b>, box {', '.join(unverified)}" in text_of(client.get(url(local, "count", 1)))


def test_it_shows_a_variance_wherever_a_box_is_listed(contest: Contest, cast: People) -> None:
    figures = AccountFigures(issued=700, unused=9000, spoilt=50, tendered=0, unused_counted=8990)
    said = one_box("1", 700, 698, "arithmetic", "Two papers were not torn off", figures)
    ledger.record_verification(
        contest,
        said,
        actor=cast.olu,
        submission_id=uuid.uuid4(),
        seen=0,
        acknowledged=["account.more_than_entrusted"],
    )
    verify(contest, "2", 700, cast.olu)
    words = ("2 missing", "unused 10 short of the account", "account unlikely")
    client = at_desk(cast.sam)
    lists = [
        client.get(url(contest, view, *parts)) for view, parts in (("contest", ()), ("box", ("1",)), ("form_group", ()))
    ]
    form_group(contest, 1, ["1", "2"], cast.sam)
    lists += [client.get(url(contest, view, *parts)) for view, parts in (("group", (1,)), ("change_group", (1,)))]
    for page in lists:
        assert [word for word in words if word not in text_of(page)] == []
    assert "1 with a variance" in text_of(lists[0])
    assert 'class="state verified">' in text_of(lists[0]), "box 2 is verified and nothing else"
    assert text_of(lists[0]).count('class="state verified doubted"') == 1


def test_a_receipt_speaks_of_its_own_entry_only(contest: Contest, cast: People) -> None:
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"]), (3, ["5", "6", "P1"])):
        ready_group(contest, number, labels, 200, cast)
    for number, votes in ((1, (200, 120, 80)), (2, (190, 130, 80)), (3, (310, 190, 100))):
        enter(contest, number, votes, cast.olu)
    queried = enter(contest, 1, (199, 120, 80), cast.sam)
    builders.let_go(contest, cast.rita)
    assert kinds(contest)[-2:] == ["entered", "released"]
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1), {"received": queried.seq}))
    assert f"entry {queried.seq}</b>." in page
