"""The count page: a group's sheet, entered once, by whom it may be."""

from __future__ import annotations

import re
import uuid

import pytest

from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import People, enter, form_group, make_contest, make_people, ready_group, verify
from tests.desk.pages import at_desk, hidden, kinds, opened, sheet, shows, text_of, url, verify_others

pytestmark = pytest.mark.django_db


def test_it_agrees_figures_that_add_up_and_releases_them(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify_others(contest, cast)
    client = at_desk(cast.olu)
    answer = client.post(
        url(contest, "count", 1),
        opened(client, contest, "count", 1)
        | sheet("800", "500", "99", doubtful="0")
        | {"rejected-unmarked_or_void": "1"},
    )
    assert answer.status_code == 303
    page = text_of(client.get(answer["Location"]))
    assert "The figures add up and are agreed" in page
    assert "Released" in page
    assert "The count that stands" in page
    assert client.get(url(contest, "count", 1)).status_code == 403


def test_it_records_figures_that_do_not_add_up_and_queries_them(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    answer = client.post(url(contest, "count", 1), opened(client, contest, "count", 1) | sheet("800", "500", "96"))
    assert answer.status_code == 303
    assert kinds(contest)[-1] == "entered"
    page = text_of(client.get(answer["Location"]))
    assert "1,396 of 1,400 papers accounted for: 4 papers missing" in page
    assert "queried" in page
    steps = text_of(at_desk(cast.sam).get(url(contest, "contest")))
    assert "Group 1 does not add up" in steps
    again = client.get(url(contest, "count", 1))
    assert re.search(r'name="votes-1"[^>]*value="800"', text_of(again))


def test_it_asks_for_warnings_by_name_and_takes_them_when_ticked(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | sheet("800", "500", "80") | {"rejected-unmarked_or_void": "20"}
    answer = client.post(url(contest, "count", 1), fields)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'name="acknowledge" value="count.rejected_share"' in page
    assert re.search(r'name="votes-1"[^>]*value="800"', page)
    assert f'value="{fields["submission_id"]}"' in page
    ticked = client.post(url(contest, "count", 1), fields | {"acknowledge": ["count.rejected_share"]})
    assert ticked.status_code == 303


def test_it_answers_conflict_when_the_same_form_says_other_figures(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1)
    assert client.post(url(contest, "count", 1), fields | sheet("800", "500", "100")).status_code == 303
    other = client.post(url(contest, "count", 1), fields | sheet("801", "499", "100"))
    page = text_of(other)
    assert other.status_code == 409
    assert "This form was recorded already, and it said something else then" in page
    assert re.search(r'name="votes-1"[^>]*value="801"', page)
    assert "data-received" not in page
    assert hidden(other, url(contest, "count", 1))["submission_id"] != fields["submission_id"]


def test_it_takes_a_double_click_once(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | sheet("800", "500", "100")
    places = {client.post(url(contest, "count", 1), fields)["Location"] for _ in range(3)}
    assert len(places) == 1
    assert kinds(contest).count("entered") == 1


def test_it_refuses_the_second_of_two_officers_and_shows_what_the_first_recorded(
    contest: Contest, cast: People
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    olu, bea = at_desk(cast.olu), at_desk(cast.bea)
    first, second = opened(olu, contest, "count", 1), opened(bea, contest, "count", 1)
    assert olu.post(url(contest, "count", 1), first | sheet("777", "500", "119")).status_code == 303
    answer = bea.post(url(contest, "count", 1), second | sheet("800", "500", "100", sheet="0108"))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Recorded now for group 1:" in page
    assert "Olu Ade" in page
    assert "1,396 of 1,400" in page
    assert not shows(answer, "777")
    assert re.search(r'name="votes-1"[^>]*value="800"', page)


def test_it_hides_unagreed_figures_from_other_officers_and_shows_them_to_a_supervisor(
    contest: Contest, cast: People
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    for view in ("group", "count"):
        assert shows(at_desk(cast.olu).get(url(contest, view, 1)), "777")
        assert not shows(at_desk(cast.bea).get(url(contest, view, 1)), "777")
        assert shows(at_desk(cast.sam).get(url(contest, view, 1)), "777")
    assert "1,396 of 1,400" in text_of(at_desk(cast.bea).get(url(contest, "group", 1)))
    enter(contest, 1, (778, 500, 122), cast.sam)
    assert shows(at_desk(cast.bea).get(url(contest, "group", 1)), "778")
    assert not shows(at_desk(cast.bea).get(url(contest, "group", 1)), "777")


def test_it_hides_an_error_that_names_a_candidate_from_other_officers(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (1500, 10, 10), cast.olu)
    assert "ADAMS Ann: more votes" in text_of(at_desk(cast.olu).get(url(contest, "group", 1)))
    assert "ADAMS Ann: more votes" not in text_of(at_desk(cast.bea).get(url(contest, "group", 1)))


def test_it_lets_a_supervisor_correct_agreed_figures(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (800, 500, 100), cast.olu)
    officer = at_desk(cast.olu)
    latest = read_facts(contest).groups[1].latest
    assert latest is not None
    forged = {"submission_id": str(uuid.uuid4()), "seen": str(latest.seq), "papers": "1400"}
    assert officer.post(url(contest, "count", 1), forged | sheet("801", "499", "100")).status_code == 403
    client = at_desk(cast.sam)
    fields = opened(client, contest, "count", 1)
    alone = client.post(url(contest, "count", 1), fields | sheet("801", "499", "100"))
    assert alone.status_code == 422
    assert "not one person’s to change" in text_of(alone)
    witnessed = fields | sheet("801", "499", "100") | {"witness": "Wim Wright, agent"}
    assert client.post(url(contest, "count", 1), witnessed).status_code == 303
    agreed = read_facts(contest).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == (801, 499, 100)


def test_it_says_what_a_group_waits_for(contest: Contest, cast: People) -> None:
    verify(contest, "1", 700, cast.olu)
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    assert "Not yet verified in this group: box 2." in text_of(client.get(url(contest, "count", 1)))


def test_it_asks_for_the_form_anew_when_the_papers_changed(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | {"papers": "1399"}
    answer = client.post(url(contest, "count", 1), fields | sheet("800", "500", "99"))
    assert answer.status_code == 422
    assert "1,400 papers are verified in this group now: check the sheet against that" in text_of(answer)
    anew = hidden(answer, url(contest, "count", 1))
    assert client.post(url(contest, "count", 1), anew | sheet("800", "500", "100")).status_code == 303


def test_it_escapes_markup_in_names() -> None:
    contest = make_contest(
        "parl.markup.2026-11-05", candidates=(("<script>x</script>", "Ann", "RED"), ('"><b>', "O'Neil & Co", "BLU"))
    )
    people = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, people)
    client = at_desk(people.olu)
    fields = opened(client, contest, "count", 1) | {"submission_id": str(uuid.uuid4()), "sheet": "<i>"}
    pages = [
        client.get(url(contest, "count", 1)),
        client.post(url(contest, "count", 1), fields | {"votes-1": "<u>", "votes-2": '"'}),
        client.get(url(contest, "group", 1)),
    ]
    enter(contest, 1, (1000, 400), people.olu, sheet="<i>")
    pages.append(client.get(url(contest, "group", 1)))
    for page in pages:
        assert not re.search(r"<script>x|<SCRIPT>|<B>|<i>|<u>", text_of(page))
    assert "&lt;SCRIPT&gt;" in text_of(pages[0])
