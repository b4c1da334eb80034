"""The adjudication table at the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest

from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import People, enter, make_contest, ready_group, verify
from tests.desk.pages import at_desk, hidden, opened, text_of, url, verify_others

pytestmark = pytest.mark.django_db

DOUBTFUL = (770, 500, 118)


@pytest.fixture
def contest() -> Contest:
    """Two readings are asked for."""
    return make_contest(entries_required=2)


@pytest.fixture
def out(contest: Contest, cast: People) -> Contest:
    """Group 1 has 1,400 papers, twelve of them with adjudication."""
    ready_group(contest, 1, ["1", "2"], 700, cast)
    for reader in (cast.olu, cast.bea):
        enter(contest, 1, DOUBTFUL, reader, doubtful=12)
    return contest


def test_it_says_how_many_papers_are_with_adjudication_and_not_that_nothing_adds_up(out: Contest, cast: People) -> None:
    for person in (cast.sam, cast.rita):
        page = text_of(at_desk(person).get(url(out, "group", 1)))
        assert "12 papers with adjudication" in page
        assert "nobody types the sheet again" in page
        assert (f'href="{url(out, "adjudicate", 1)}"' in page) == (person == cast.rita)
    assert "adjudication" in text_of(at_desk(cast.sam).get(url(out, "contest")))
    reader = text_of(at_desk(cast.olu).get(url(out, "group", 1)))
    assert "12 papers with adjudication" not in reader, "it would say that the other reading is the same"


def test_it_tells_a_second_reader_nothing_of_doubtful_papers(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, DOUBTFUL, cast.olu, doubtful=12)
    for person in (cast.bea, cast.sam, cast.rita):
        client = at_desk(person)
        for page in (client.get(url(contest, "group", 1)), client.get(url(contest, "contest"))):
            assert "papers with adjudication" not in text_of(page)
            assert "12 papers" not in text_of(page)
    table = text_of(at_desk(cast.rita).get(url(contest, "adjudication")))
    assert "Not read to the end" in table
    assert not re.search(r"\b12\b</td>", table)


def test_it_lists_what_is_out_and_takes_it_back_in_two_turns(out: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    steps = text_of(client.get(url(out, "contest")))
    assert "Group 1: 12 papers with adjudication" in steps
    table = text_of(client.get(url(out, "adjudication")))
    assert re.search(
        r'<td class="number">12</td>\s*<td class="number">0</td>\s*<td class="number"><b>12</b></td>', table
    )
    fields = opened(client, out, "adjudicate", 1)
    half = client.post(url(out, "adjudicate", 1), fields | {"votes-1": "3", "rejected-unmarked_or_void": "2"})
    assert half.status_code == 303
    page = text_of(client.get(half["Location"]))
    assert "7 papers with adjudication" in page
    assert "5 of 12 returned" in page
    assert read_facts(out).groups[1].agreed is None
    form = client.get(url(out, "adjudicate", 1))
    assert re.search(r'name="votes-1"[^>]*value="3"', text_of(form))
    assert "Rita Rowe recorded at" in text_of(form)
    whole = hidden(form, url(out, "adjudicate", 1)) | {
        "votes-1": "5",
        "votes-2": "3",
        "rejected-unmarked_or_void": "4",
        "objections-unmarked_or_void": "1",
    }
    answer = client.post(url(out, "adjudicate", 1), whole)
    assert "The figures add up and are agreed" in text_of(client.get(answer["Location"]))
    agreed = read_facts(out).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == (775, 503, 118)
    assert agreed.figures.rejected == (0, 0, 0, 4)
    assert agreed.figures.objections == (0, 0, 0, 1)
    assert "Group 1: 12 returned" in text_of(client.get(url(out, "adjudication")))
    for person in (cast.sam, cast.rita):
        group = text_of(at_desk(person).get(url(out, "group", 1)))
        assert "With 12 papers that came back from adjudication" in group
        assert re.search(r"ADAMS Ann</th><td class=\"number\">775</td>", group)
        # The sheet's own figures can be opened beside them.
        assert re.search(r"ADAMS Ann</th><td class=\"number\">770</td><td class=\"number\">775</td>", group)


def test_it_says_where_more_came_back_than_the_sheet_has(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.rita)
    early = client.post(url(contest, "adjudicate", 1), opened(client, contest, "adjudicate", 1) | {"votes-1": "13"})
    assert early.status_code == 303
    for reader in (cast.olu, cast.bea):
        enter(contest, 1, DOUBTFUL, reader, doubtful=12)
    page = text_of(client.get(url(contest, "group", 1)))
    assert "13 papers returned from adjudication, and the sheet has 12 doubtful" in page
    step = text_of(client.get(url(contest, "contest")))
    assert "Group 1: more papers came back than went to adjudication" in step


def test_it_keeps_what_was_typed_where_too_many_come_back(out: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    fields = opened(client, out, "adjudicate", 1)
    said = {"votes-1": "11", "rejected-unmarked_or_void": "2", "objections-unmarked_or_void": "3"}
    answer = client.post(url(out, "adjudicate", 1), fields | said)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "13 papers come back, and 12 papers of this group are with adjudication" in page
    assert "More rejections objected to than papers rejected under this head" in page
    assert 'id="error_objections-unmarked_or_void"' in page
    assert re.search(r'name="votes-1"[^>]*value="11"', page)
    wrong = client.post(url(out, "adjudicate", 1), fields | {"votes-1": "1,1"})
    assert wrong.status_code == 422
    assert re.search(r'name="votes-1"[^>]*value="1,1"', text_of(wrong))


def test_it_shows_another_tables_figures_and_sends_these_anew(out: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    fields = opened(client, out, "adjudicate", 1)
    assert client.post(url(out, "adjudicate", 1), fields | {"votes-2": "4"}).status_code == 303
    late = fields | {"submission_id": "7d1f5f0c-6c0a-4a64-9c35-6f6f6a0f2b11", "votes-1": "5"}
    stale = client.post(url(out, "adjudicate", 1), late)
    assert stale.status_code == 409
    page = text_of(stale)
    assert "4 returned, by Rita Rowe" in page
    assert re.search(r'name="votes-1"[^>]*value="5"', page)
    anew = hidden(stale, url(out, "adjudicate", 1)) | {"votes-1": "5", "votes-2": "4"}
    assert client.post(url(out, "adjudicate", 1), anew).status_code == 303
    assert read_facts(out).groups[1].with_adjudication == 3


def test_it_shows_the_table_to_who_adjudicates_only(out: Contest, cast: People) -> None:
    for person in (cast.olu, cast.sam):
        client = at_desk(person)
        assert client.get(url(out, "adjudication")).status_code == 403
        refused = client.get(url(out, "adjudicate", 1))
        assert refused.status_code == 403
        assert "a deputy authorised in writing" in text_of(refused)
        forged: dict[str, Any] = {"submission_id": "7d1f5f0c-6c0a-4a64-9c35-6f6f6a0f2b12", "seen": "0", "round": "1"}
        assert client.post(url(out, "adjudicate", 1), forged | {"votes-1": "12"}).status_code == 403
        assert url(out, "adjudication") not in text_of(client.get(url(out, "contest")))
    assert at_desk(cast.stu).get(url(out, "adjudication")).status_code == 404
    assert at_desk(cast.rita).get(url(out, "adjudicate", 9)).status_code == 404


def test_it_says_of_agreed_figures_that_the_group_is_reopened_first(out: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    fields = opened(client, out, "adjudicate", 1)
    assert client.post(url(out, "adjudicate", 1), fields | {"votes-1": "12"}).status_code == 303
    assert "a supervisor reopens the group" in text_of(client.get(url(out, "adjudicate", 1)))
    seen = read_facts(out).groups[1].adjudicated
    assert seen is not None
    again = fields | {"submission_id": "7d1f5f0c-6c0a-4a64-9c35-6f6f6a0f2b13", "seen": str(seen.seq), "votes-1": "11"}
    answer = client.post(url(out, "adjudicate", 1), again)
    assert answer.status_code == 422
    assert "reopen the group first" in text_of(answer)


def test_it_releases_the_group_when_the_last_paper_is_back(out: Contest, cast: People) -> None:
    verify_others(out, cast)
    verify(out, "5", 300, cast.olu)
    client = at_desk(cast.rita)
    answer = client.post(url(out, "adjudicate", 1), opened(client, out, "adjudicate", 1) | {"votes-3": "12"})
    assert "Released" in text_of(client.get(answer["Location"]))
