"""A second officer at a form, recounts, and papers found late."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from results.facts.reading import read_facts
from results.models import Contest, JournalEntry, LedgerEntry, Role
from results.people.accounts import enrol
from results.people.guessing import WRONG_FOR_A_NAME
from tests.builders import PASSWORD, People, enter, make_contest, ready_group
from tests.desk.pages import account, at_desk, hidden, opened, sheet, text_of, url

pytestmark = pytest.mark.django_db

AGAIN = {"reason": "A bundle was on the wrong pile", "purpose": "bundle_check"}
RITA = {"second_name": "rita", "second_phrase": PASSWORD}


@pytest.fixture
def agreed(contest: Contest, cast: People) -> Contest:
    """Group 1 is agreed."""
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 123), cast.olu)
    return contest


def reopening(client: Client, contest: Contest) -> dict[str, str]:
    return hidden(client.get(url(contest, "group", 1)), url(contest, "reopen", 1)) | AGAIN


def test_it_reopens_an_agreed_group_with_a_second_officer_whom_the_history_names(agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = reopening(client, agreed)
    alone = client.post(url(agreed, "reopen", 1), fields)
    assert alone.status_code == 422
    assert "not one person’s to change" in text_of(alone)
    assert AGAIN["reason"] in text_of(alone)
    assert re.search(r'value="bundle_check" checked', text_of(alone))
    answer = client.post(url(agreed, "reopen", 1), fields | RITA)
    assert answer.status_code == 303
    page = text_of(client.get(answer["Location"]))
    assert "Reopened to check the bundles" in page
    assert "with Rita Rowe" in page
    entry = LedgerEntry.objects.get(kind="group_reopened")
    assert (entry.actor, entry.second_officer) == (cast.sam, cast.rita)
    assert read_facts(agreed).groups[1].purpose == "bundle_check"


def test_it_writes_a_pass_phrase_into_no_page(agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    for second in (
        {"second_name": "rita", "second_phrase": "wrong horse"},
        {"second_name": "olu", "second_phrase": PASSWORD},
    ):
        answer = client.post(url(agreed, "reopen", 1), reopening(client, agreed) | second)
        assert answer.status_code == 422
        assert second["second_phrase"] not in text_of(answer)
        assert second["second_name"] in text_of(answer)
    answer = client.post(
        url(agreed, "reopen", 1), reopening(client, agreed) | RITA, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 201
    assert PASSWORD not in text_of(answer)
    assert not any(PASSWORD in str(row) for row in JournalEntry.objects.values())
    assert not any(PASSWORD in str(row) for row in LedgerEntry.objects.values())


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"second_name": "rita", "second_phrase": "wrong horse"}, "do not belong together"),
        ({"second_name": "nobody", "second_phrase": PASSWORD}, "do not belong together"),
        ({"second_name": "rita"}, "types both"),
        ({"second_phrase": PASSWORD}, "types both"),
        ({"second_name": "sam", "second_phrase": PASSWORD}, "another person than you"),
        ({"second_name": "olu", "second_phrase": PASSWORD}, "valid role as supervisor"),
        ({"second_name": "stu", "second_phrase": PASSWORD}, "valid role as supervisor"),
    ],
)
def test_it_says_why_somebody_cannot_be_the_second_officer(
    agreed: Contest, cast: People, second: dict[str, str], words: str
) -> None:
    client = at_desk(cast.sam)
    answer = client.post(url(agreed, "reopen", 1), reopening(client, agreed) | second)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not LedgerEntry.objects.filter(kind="group_reopened").exists()


def test_it_slows_who_tries_out_a_colleagues_pass_phrase_and_writes_it_down(agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = reopening(client, agreed)
    guess = fields | {"second_name": "rita", "second_phrase": "a guess"}
    for _ in range(WRONG_FOR_A_NAME):
        assert "do not belong together" in text_of(client.post(url(agreed, "reopen", 1), guess))
    paused = client.post(url(agreed, "reopen", 1), fields | RITA)
    assert "Too many wrong pass phrases" in text_of(paused)
    failed = JournalEntry.objects.filter(kind=JournalEntry.Kind.LOGIN_FAILED, subject="login:rita")
    assert failed.count() == WRONG_FOR_A_NAME
    # It holds nobody up: a witness is named on paper.
    assert client.post(url(agreed, "reopen", 1), fields | {"witness": "Wim Wright, agent"}).status_code == 303
    assert "witness on paper: Wim Wright, agent" in text_of(client.get(url(agreed, "group", 1)))


def test_it_repeats_the_receipt_of_what_two_people_did(agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = reopening(client, agreed) | RITA
    first = client.post(url(agreed, "reopen", 1), fields)
    assert client.post(url(agreed, "reopen", 1), fields)["Location"] == first["Location"]
    assert LedgerEntry.objects.filter(kind="group_reopened").count() == 1


def test_it_asks_for_one_person_where_nothing_is_agreed(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.sam)
    page = text_of(client.get(url(contest, "group", 1)))
    assert "second_phrase" not in page
    assert client.post(url(contest, "reopen", 1), reopening(client, contest)).status_code == 303


def test_it_verifies_a_box_of_an_agreed_group_with_two_people_and_opens_the_group(
    agreed: Contest, cast: People
) -> None:
    """A paper was found late, under a table: its box is verified anew, and its group counted again."""
    client = at_desk(cast.sam)
    page = client.get(url(agreed, "box", "1"))
    assert 'name="second_phrase"' in text_of(page)
    said = hidden(page, url(agreed, "box", "1")) | account(
        "701", again="701", reason="unexplained", explanation="Found under a table"
    )
    alone = client.post(url(agreed, "box", "1"), said)
    assert alone.status_code == 422
    assert "not one person’s to change" in text_of(alone)
    answer = client.post(url(agreed, "box", "1"), said | RITA)
    assert answer.status_code == 303
    assert "with Rita Rowe" in text_of(client.get(answer["Location"]))
    group = read_facts(agreed).groups[1]
    assert (group.papers, group.state, group.agreed) == (1401, "queried", None)
    officer = at_desk(cast.olu)
    fields = opened(officer, agreed, "count", 1) | sheet("778", "500", "123")
    assert officer.post(url(agreed, "count", 1), fields).status_code == 303


# --- counted again ---------------------------------------------------------------------------------------------------


@pytest.fixture
def two_agreed(agreed: Contest, cast: People) -> Contest:
    """Groups 1 and 2 are agreed."""
    ready_group(agreed, 2, ["3", "4"], 600, cast)
    enter(agreed, 2, (600, 500, 100), cast.olu)
    return agreed


def test_it_counts_several_groups_again_at_one_stroke(two_agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    assert f'href="{url(two_agreed, "recount")}"' in text_of(client.get(url(two_agreed, "contest")))
    fields: dict[str, Any] = opened(client, two_agreed, "recount")
    said = fields | {"groups": ["1", "2"], "reason": "Fewer than fifty votes between them", "purpose": "recount"}
    none = client.post(url(two_agreed, "recount"), said | RITA | {"groups": []})
    assert none.status_code == 422
    assert "Tick the groups" in text_of(none)
    assert "Fewer than fifty votes" in text_of(none)
    answer = client.post(url(two_agreed, "recount"), said | RITA)
    assert answer.status_code == 303
    assert "Received" in text_of(client.get(answer["Location"]))
    groups = read_facts(two_agreed).groups
    assert [groups[number].state for number in (1, 2)] == ["ready", "ready"]
    assert client.post(url(two_agreed, "recount"), said | RITA)["Location"] == answer["Location"]


def test_it_keeps_ticks_and_words_where_a_group_changed_meanwhile(two_agreed: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    said: dict[str, Any] = opened(client, two_agreed, "recount") | {
        "groups": ["1", "2"],
        "reason": "Close",
        "purpose": "recount",
        "witness": "Wim Wright",
    }
    enter(two_agreed, 2, (601, 499, 100), cast.sam)
    stale = client.post(url(two_agreed, "recount"), said)
    assert stale.status_code == 409
    assert re.findall(r'name="groups" value="(\d)" checked', text_of(stale)) == ["1", "2"]
    assert "Wim Wright" in text_of(stale)
    assert client.post(url(two_agreed, "recount"), said | hidden(stale, url(two_agreed, "recount"))).status_code == 303


def test_it_counts_groups_again_for_supervisors_only(two_agreed: Contest, cast: People) -> None:
    assert at_desk(cast.olu).get(url(two_agreed, "recount")).status_code == 403
    forged = {"submission_id": str(uuid.uuid4()), "seen": "99", "groups": ["1"], "witness": "Wim"} | AGAIN
    assert at_desk(cast.olu).post(url(two_agreed, "recount"), forged).status_code == 403


def test_it_keeps_every_round_readable_and_opens_superseded_figures_beside_the_new_ones(
    agreed: Contest, cast: People
) -> None:
    client = at_desk(cast.sam)
    client.post(url(agreed, "reopen", 1), reopening(client, agreed) | RITA)
    enter(agreed, 1, (767, 510, 123), cast.olu, reason="Counted again")
    page = text_of(client.get(url(agreed, "group", 1)))
    assert "round 2" in page
    beside = re.search(r"<details>\s*<summary>Its figures.*?</details>", page, re.S)
    assert beside is not None
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td class="number">([\d,]+)</td><td class="number">([\d,]+)', beside[0]
    )
    assert [(old, new) for _, old, new in rows][:3] == [("777", "767"), ("500", "510"), ("123", "123")]
    assert beside[0].count('class="differs"') == 2


# --- incidents -------------------------------------------------------------------------------------------------------


def test_it_counts_bundles_again_that_lay_on_the_wrong_pile_incident_prestatyn_north(
    cast: People, contest: Contest
) -> None:
    """Bundles of 50 lay on another candidate's pile: every total balanced, and the wrong one was ahead.

    One group is reopened to check its bundles, by two people; the new round stands, and the old one can be read beside it.
    """
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (650, 600, 150), cast.olu)
    client = at_desk(cast.sam)
    assert read_facts(contest).groups[1].agreed is not None
    assert client.post(url(contest, "reopen", 1), reopening(client, contest) | RITA).status_code == 303
    officer = at_desk(cast.olu)
    fields = opened(officer, contest, "count", 1) | sheet("600", "650", "150", reason="A bundle was on the wrong pile")
    assert officer.post(url(contest, "count", 1), fields).status_code == 303
    group = read_facts(contest).groups[1]
    assert group.agreed is not None
    assert (group.round, group.agreed.figures.votes) == (2, (600, 650, 150))
    page = text_of(client.get(url(contest, "group", 1)))
    assert "Reopened to check the bundles" in page
    assert "A bundle was on the wrong pile" in page


def test_it_agrees_no_count_on_one_reading_incident_wolverhampton_south_west(cast: People) -> None:
    """The third count was 287 higher than the second: a figure stands only when two readings of a round say the same.

    A recount begins with nobody's figures: neither an earlier round nor one new reading decides it.
    """
    contest = make_contest("parl.wolves.2026-11-05", entries_required=2, name="Wolverhampton")
    people = [cast.olu, cast.bea]
    for person, role in ((cast.sam, Role.SUPERVISOR), (cast.rita, Role.RETURNING_OFFICER)):
        enrol(contest, person.username, None, role, person.get_full_name())
    for person in people:
        enrol(contest, person.username, None, Role.COUNTING_OFFICER, person.get_full_name())
    ready_group(contest, 1, ["1", "2"], 700, cast)
    for person in people:
        enter(contest, 1, (600, 500, 300), person)
    client = at_desk(cast.sam)
    again = reopening(client, contest) | {"purpose": "recount"}
    assert client.post(url(contest, "reopen", 1), again | RITA).status_code == 303
    for person, votes in zip(people, (("887", "500", "13"), ("600", "500", "300")), strict=True):
        reader = at_desk(person)
        fields: dict[str, Any] = opened(reader, contest, "count", 1) | sheet(*votes)
        assert reader.post(url(contest, "count", 1), fields).status_code == 303
    group = read_facts(contest).groups[1]
    assert (group.state, group.agreed) == ("queried", None)
    assert "do not say the same" in text_of(client.get(url(contest, "group", 1)))
