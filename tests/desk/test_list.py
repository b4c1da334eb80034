"""The list of boxes and the electors, amended on the night by a supervisor."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import People, form_group, verify
from tests.desk.pages import at_desk, hidden, kinds, opened, text_of, url

pytestmark = pytest.mark.django_db

BOX: dict[str, Any] = {
    "label": "77",
    "kind": "polling",
    "wards": ["E05000001"],
    "place": "Village hall",
    "origin": "",
    "electors": "900",
    "entrusted": "1000",
    "reason": "Came from the village hall and is not on the list",
}


def test_it_registers_a_box_that_was_not_on_the_list(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    assert url(contest, "register_box") in text_of(client.get(url(contest, "contest")))
    answer = client.post(url(contest, "register_box"), opened(client, contest, "register_box") | BOX)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(contest, 'box', '77')}?received=1")
    page = text_of(client.get(answer["Location"]))
    assert "Village hall" in page
    assert "Came from the village hall" in page
    definition = read_facts(contest).definition
    assert definition.boxes["77"].wards == ("E05000001",)
    assert definition.accounts["77"].entrusted == 1000


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"label": ""}, "Write the box&#x27;s number or label"),
        ({"label": "7/7"}, "Letters A to Z, digits and hyphens only"),
        ({"label": "1"}, "There is, or was, a box 1 already"),
        ({"kind": "moon"}, "Choose where the papers come from"),
        ({"wards": []}, "Choose the ward whose papers the box holds."),
        ({"wards": ["E05000000", "E05000001"]}, "holds the papers of one ward"),
        ({"place": " "}, "Write the polling station&#x27;s place"),
        ({"kind": "postal"}, "Write which opening session filled it"),
        ({"electors": "1,000"}, "Write 1000, without the comma"),
        ({"reason": ""}, "Say where the box comes from"),
    ],
)
def test_it_says_what_is_wrong_with_a_new_box_and_keeps_the_rest(
    contest: Contest, cast: People, wrong: dict[str, Any], words: str
) -> None:
    client = at_desk(cast.sam)
    said = opened(client, contest, "register_box") | BOX | wrong
    answer = client.post(url(contest, "register_box"), said)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert said["reason"] in text_of(answer)
    assert kinds(contest) == []


def test_it_says_at_once_all_that_is_missing_of_a_new_box(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    empty = opened(client, contest, "register_box") | {"label": "", "electors": "", "reason": " "}
    page = text_of(client.post(url(contest, "register_box"), empty))
    summary = page[page.index("Nothing is recorded yet") : page.index("</ul>")]
    named = re.findall(r'<a href="#id_(\w+)">', summary)
    assert sorted(named) == ["electors", "kind", "label", "reason", "wards"]


def test_it_takes_a_box_off_the_list(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    verify(contest, "1", 700, cast.olu)
    form_group(contest, 1, ["2", "3"], cast.sam)
    page = text_of(client.get(url(contest, "cancel_boxes")))
    offered = {label for label in "123456" if f'href="{url(contest, "cancel_box", label)}"' in page}
    assert offered == {"4", "5", "6"}
    fields = opened(client, contest, "cancel_box", "6")
    bare = client.post(url(contest, "cancel_box", "6"), fields | {"reason": ""})
    assert "Say why the box is taken off the list." in text_of(bare)
    answer = client.post(url(contest, "cancel_box", "6"), fields | {"reason": "The station did not open"})
    assert answer.status_code == 303
    assert "The station did not open" in text_of(client.get(answer["Location"]))
    assert "Off the list: 6" in text_of(client.get(url(contest, "contest")))
    assert client.get(url(contest, "box", "6")).status_code == 404
    assert "6" not in read_facts(contest).boxes


def test_it_says_why_a_box_stays_on_the_list(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = opened(client, contest, "cancel_box", "2")
    form_group(contest, 1, ["2", "3"], cast.sam)
    answer = client.post(url(contest, "cancel_box", "2"), fields | {"reason": "It does not exist"})
    assert "Box 2 is in group 1: change or dissolve the group first." in text_of(answer)
    assert "It does not exist" in text_of(answer)


def test_it_amends_the_electors_of_a_ward(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    address = url(contest, "electorates")
    fields = hidden(client.get(address), address)
    assert (fields["ward"], fields["seen"]) == ("E05000000", "6000")
    same = client.post(address, fields | {"electorate": "6000", "reason": ""})
    assert "That is the electorate already." in text_of(same)
    assert "Say why the electorate changes." in text_of(same), "both in one round"
    answer = client.post(address, fields | {"electorate": "6012", "reason": "Late alterations"})
    assert answer.status_code == 303
    page = text_of(client.get(answer["Location"]))
    assert "6,012 electors" in page
    assert "Late alterations" in page
    other = fields | {"submission_id": str(uuid.uuid4()), "electorate": "6020", "reason": "Later alterations"}
    stale = client.post(address, other)
    assert "The electorate was amended to 6,012 since you opened this form" in text_of(stale)
    assert client.post(address, other | hidden(stale, address)).status_code == 303
    assert read_facts(contest).definition.wards["E05000000"].electorate == 6020


@pytest.mark.parametrize(("view", "parts"), [("register_box", ()), ("cancel_box", ("6",)), ("electorates", ())])
def test_it_leaves_the_list_to_supervisors(contest: Contest, cast: People, view: str, parts: tuple[str, ...]) -> None:
    client = at_desk(cast.olu)
    address = url(contest, view, *parts)
    forged = BOX | {"submission_id": str(uuid.uuid4()), "seen": "0", "ward": "E05000000", "electorate": "1"}
    assert client.get(address).status_code == 403
    assert client.post(address, forged).status_code == 403
    assert address not in text_of(client.get(url(contest, "contest")))
    assert kinds(contest) == []
