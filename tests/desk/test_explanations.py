"""What is said of a refusal is true of the case that it speaks of, and tells the person who reads it what they can do."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from results import ledger
from results.facts.definition import BoxDefinition
from results.facts.reading import read_facts
from results.models import Contest
from tests import builders
from tests.builders import People, form_group, make_contest, make_people, ready_group, verify
from tests.counts import Count
from tests.desk.pages import at_desk, kinds, opened, sheet, text_of, url
from tests.test_amendments import register

pytestmark = pytest.mark.django_db


def said(answer: Any) -> str:
    """The words on top of a form that came back."""
    found = re.search(r'<div class="notice [^>]*problem".*?</div>', text_of(answer), re.S)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[0])).split())


def test_a_group_without_a_number_is_asked_for_its_number(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    form = opened(client, contest, "form_group") | {"number": "", "boxes": ["1", "2"]}
    words = said(client.post(url(contest, "form_group"), form))
    assert "Write the number of the group" in words
    assert "Write 0" not in words


def test_electors_that_are_left_empty_are_not_none(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    form = opened(client, contest, "register_box") | {
        "label": "9",
        "kind": "polling",
        "wards": "E05000000",
        "place": "Hall",
    }
    words = said(client.post(url(contest, "register_box"), form | {"electors": "", "entrusted": "", "reason": "Came"}))
    assert "Write how many electors there are" in words
    assert "Write 0" not in words


def test_a_reason_that_came_twice_is_not_one_figure_too_many(contest: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    form = opened(client, contest, "policy") | {"action": "policy", "publish": "off", "projection": "off"}
    words = said(client.post(url(contest, "policy"), form | {"reason": ["one", "two"]}))
    assert "This came twice, with the same form: open it anew" in words
    assert "figure" not in words


def test_who_types_a_sheet_is_not_asked_to_change_the_boxes_of_its_group() -> None:
    contest = make_contest(polling_boxes=1)
    cast = make_people(contest)
    for label in ("1", "P1"):
        verify(contest, label, 300, cast.olu)
    client = at_desk(cast.sam)
    form = opened(client, contest, "form_group") | {"number": "1", "boxes": ["1", "P1"]}
    asked = client.post(url(contest, "form_group"), form)
    assert "There is only one polling station's box, and with it are all other papers" in said(asked)
    client.post(url(contest, "form_group"), form | {"acknowledge": "group.only_station"})
    ward = next(iter(read_facts(contest).definition.wards))
    register(Count(contest, cast), BoxDefinition("99", "polling", (ward,), "Village hall", "", 900, "99"))
    reader = at_desk(cast.olu)
    answer = reader.post(url(contest, "count", 1), opened(reader, contest, "count", 1) | sheet(300, 200, 100))
    assert answer.status_code == 422
    assert "Group 1 cannot be counted as it is formed, and a supervisor changes its boxes." in said(answer)


def test_a_release_that_is_held_is_not_said_to_lack_a_choice_of_totals() -> None:
    contest = make_contest()
    count = Count(contest, make_people(contest))
    count.ready()
    for group in (1, 2, 3):
        count.enter(group)
    client = at_desk(count.cast.rita)
    page = url(contest, "policy")
    form = {**opened(client, contest, "policy"), "reason": "Let them go"}
    last = re.search(
        r'<input type="hidden" name="action" value="last">.*?name="groups" value="([^"]*)"',
        text_of(client.get(page)),
        re.S,
    )
    assert last is not None
    hold = {**opened(client, contest, "policy"), "action": "hold", "held": "yes", "reason": "A recount"}
    assert client.post(page, hold).status_code == 303
    refused = client.post(page, form | {"action": "last", "groups": last[1]}, headers={"accept": "application/json"})
    assert refused.json()["words"] == "New releases are on hold: let them go on first."


def test_before_the_close_it_says_what_may_come_already() -> None:
    contest = make_contest(close_of_poll=timezone.now() + timedelta(hours=2))
    cast = make_people(contest)
    client = at_desk(cast.olu)
    form = opened(client, contest, "box", "P1") | {"expected": "300", "found": "300", "reason": "", "explanation": ""}
    assert client.post(url(contest, "box", "P1"), form).status_code == 303
    early = client.post(url(contest, "arrive", "1"), {**form, "submission_id": str(uuid.uuid4()), "seen": "0"})
    assert "before then only postal papers are received and verified" in text_of(early)


def test_a_box_without_papers_is_not_said_to_have_some(contest: Contest, cast: People) -> None:
    verify(contest, "1", 0, cast.olu)
    seen = read_facts(contest).boxes["1"].last_seq
    with builders.refused(ledger.Refused, "it has come, and cannot be taken off the list"):
        ledger.cancel_box(contest, "1", actor=cast.sam, submission_id=uuid.uuid4(), seen=seen, reason="Never used")
    assert "box_cancelled" not in kinds(contest)


def test_a_form_sent_again_with_other_words_is_not_said_to_have_other_figures(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    form_group(contest, 2, ["3", "4"], cast.sam)
    client = at_desk(cast.rita)
    page = url(contest, "policy")
    form = opened(client, contest, "policy") | {
        "action": "policy",
        "publish": "off",
        "projection": "off",
        "reason": "a",
    }
    assert client.post(page, form).status_code == 303
    again = client.post(page, form | {"publish": "progress"}, headers={"accept": "application/json"})
    assert again.status_code == 409
    assert "it said something else then" in again.json()["words"]
    assert "figures" not in again.json()["words"]
