"""The group page, and what a supervisor does with a group."""

from __future__ import annotations

import re
import uuid

import pytest

from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import People, enter, form_group, ready_group, verify
from tests.desk.pages import at_desk, hidden, opened, shows, text_of, url

pytestmark = pytest.mark.django_db


def test_it_forms_a_group_and_keeps_what_was_ticked_when_it_may_not_be(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = opened(client, contest, "form_group")
    lonely = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "P1"]})
    assert lonely.status_code == 422
    assert "A group mixes the papers of two polling boxes or more" in text_of(lonely)
    assert re.search(r'value="P1"[^>]* checked', text_of(lonely))
    formed = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "2", "P1"]})
    assert formed.status_code == 303
    assert formed["Location"] == f"{url(contest, 'group', 1)}?received=1"
    assert read_facts(contest).groups[1].boxes == ("1", "2", "P1")
    taken = client.post(
        url(contest, "form_group"),
        {"submission_id": str(uuid.uuid4()), "seen": "0", "number": "1", "boxes": ["1", "3"]},
    )
    assert "There is a group 1 already." in text_of(taken)
    assert "Box 1 is in group 1 already." in text_of(taken)


def test_it_says_which_boxes_do_not_exist_and_which_numbers_are_none(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = opened(client, contest, "form_group")
    unknown = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "2", "<i>"]})
    assert "There is no box &lt;i&gt;." in text_of(unknown)
    nought = client.post(url(contest, "form_group"), fields | {"number": "0", "boxes": ["1", "2"]})
    assert "Number the group from 1 to 9999." in text_of(nought)
    none = client.post(url(contest, "form_group"), fields | {"number": "one", "boxes": ["1", "2"]})
    assert none.status_code == 422
    assert 'value="one"' in text_of(none)


def test_it_forms_no_group_of_one_stations_box_for_anybody(contest: Contest, cast: People) -> None:
    for person in (cast.sam, cast.rita):
        client = at_desk(person)
        page = client.get(f"/desk/{contest.ballot_paper_id}/groups/new/")
        answer = client.post(
            f"/desk/{contest.ballot_paper_id}/groups/new/",
            hidden(page, f"/desk/{contest.ballot_paper_id}/groups/new/") | {"number": "1", "boxes": ["1"]},
        )
        assert answer.status_code == 422
        assert "two polling boxes or more" in text_of(answer)
    assert not read_facts(contest).groups


def test_it_dissolves_a_group_and_repeats_the_receipt(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.sam)
    address = url(contest, "dissolve", 1)
    fields = hidden(client.get(url(contest, "group", 1)), address)
    answer = client.post(address, fields)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(contest, 'group', 1)}?received=2")
    assert client.post(address, fields)["Location"] == answer["Location"]
    assert "Received" in text_of(client.get(answer["Location"]))
    assert "This group is dissolved." in text_of(client.get(url(contest, "group", 1)))
    gone = client.post(address, {"submission_id": str(uuid.uuid4()), "seen": "1"})
    assert gone.status_code == 404
    assert "There is no group 1 in Testshire." in text_of(gone)
    assert client.get(url(contest, "count", 1)).status_code == 404


# --- what a supervisor does with a counted group ----------------------------------------------------------------------


def test_it_reopens_a_counted_group_with_a_reason_and_keeps_what_was_entered(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.sam)
    fields = hidden(client.get(url(contest, "group", 1)), url(contest, "reopen", 1))
    bare = client.post(url(contest, "reopen", 1), fields | {"reason": " ", "purpose": "sheet_wrong"})
    assert bare.status_code == 422
    assert "Say why: it stays beside what was entered." in text_of(bare)
    assert 'id="error_id_reopen_reason"' in text_of(bare)
    answer = client.post(
        url(contest, "reopen", 1), fields | {"reason": "The sheet was another group’s", "purpose": "sheet_wrong"}
    )
    assert answer.status_code == 303
    page = client.get(answer["Location"])
    assert "The sheet was another group’s" in text_of(page)
    assert "round 2" in text_of(page)
    assert shows(page, "777")
    assert "Enter the sheet of group 1" in text_of(page)
    assert read_facts(contest).groups[1].state == "ready"


def test_it_changes_the_boxes_of_a_counted_group(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify(contest, "3", 700, cast.olu)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.sam)
    address = url(contest, "change_group", 1)
    page = client.get(address)
    assert re.findall(r'name="boxes" value="(\w+)"[^>]* checked', text_of(page)) == ["1", "2"]
    fields = hidden(page, address)
    refused = client.post(address, fields | {"boxes": ["1", "3"], "reason": ""})
    assert "Say why" in text_of(refused)
    assert re.findall(r'name="boxes" value="(\w+)"[^>]* checked', text_of(refused)) == ["1", "3"]
    assert (
        client.post(address, fields | {"boxes": ["1", "3"], "reason": "Box 2 lay at another table"}).status_code == 303
    )
    known = read_facts(contest).groups[1]
    assert (known.boxes, known.state) == (("1", "3"), "ready")
    page = client.get(url(contest, "group", 1))
    assert shows(page, "777")
    assert "Box 2 lay at another table" in text_of(page)


def test_it_dissolves_a_counted_group_and_shows_what_was_entered(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.sam)
    fields = hidden(client.get(url(contest, "group", 1)), url(contest, "dissolve", 1))
    assert client.post(url(contest, "dissolve", 1), fields | {"reason": ""}).status_code == 422
    assert client.post(url(contest, "dissolve", 1), fields | {"reason": "Mixed twice"}).status_code == 303
    page = client.get(url(contest, "group", 1))
    assert "This group is dissolved." in text_of(page)
    assert "Mixed twice" in text_of(page)
    assert shows(page, "777")
    assert not shows(at_desk(cast.bea).get(url(contest, "group", 1)), "777")
    assert f'href="{url(contest, "group", 1)}"' in text_of(client.get(url(contest, "contest")))
    number = re.search(r'name="number"[^>]*value="(\d+)"', text_of(client.get(url(contest, "form_group"))))
    assert number is not None
    assert number[1] == "2", "the number of a dissolved group is never offered again"


def test_it_offers_another_groups_boxes_to_nobody_once_they_are_public(contest: Contest, cast: People) -> None:
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"])):
        ready_group(contest, number, labels, 200, cast)
    enter(contest, 1, (200, 120, 80), cast.olu)
    assert read_facts(contest).groups[1].released
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert url(contest, "reopen", 1) in page
    assert url(contest, "dissolve", 1) not in page
    assert url(contest, "change_group", 1) not in page


@pytest.mark.parametrize("view", ["reopen", "dissolve", "change_group"])
def test_it_lets_only_a_supervisor_change_groups(contest: Contest, cast: People, view: str) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.olu)
    forged = {
        "submission_id": str(uuid.uuid4()),
        "seen": "3",
        "reason": "So",
        "purpose": "recount",
        "boxes": ["1", "3"],
    }
    assert client.post(url(contest, view, 1), forged).status_code == 403
    assert url(contest, view, 1) not in text_of(client.get(url(contest, "group", 1)))
    assert read_facts(contest).groups[1].boxes == ("1", "2")


@pytest.mark.parametrize("view", ["reopen", "dissolve"])
def test_it_sends_a_stale_change_of_a_group_anew(contest: Contest, cast: People, view: str) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    client = at_desk(cast.sam)
    fields = hidden(client.get(url(contest, "group", 1)), url(contest, view, 1))
    enter(contest, 1, (778, 500, 119), cast.olu)
    fields |= {"purpose": "recount"}
    stale = client.post(url(contest, view, 1), fields | {"reason": "It was mixed with another"})
    assert stale.status_code == 409
    assert "It was mixed with another" in text_of(stale)
    anew = hidden(stale, url(contest, view, 1)) | {"reason": "It was mixed with another", "purpose": "recount"}
    assert client.post(url(contest, view, 1), anew).status_code == 303
