"""Two readings of one sheet: each is typed blind, and a supervisor compares them."""

from __future__ import annotations

import re

import pytest

from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import People, confirm, enter, give_back, make_contest, make_people, ready_group
from tests.desk.pages import at_desk, opened, sheet, shows, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    return make_contest(entries_required=2)


@pytest.fixture
def cast(contest: Contest) -> People:
    cast = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    return cast


def steady(page: str) -> str:
    """A page without what is new each time it is asked for: tokens, ids, and the time of the tablet."""
    page = re.sub(r'name="(csrfmiddlewaretoken|submission_id)" value="[^"]*"', "", page)
    return re.sub(r'data-now="[^"]*"', "", page)


FIRST = [(777, 500, 123), (777, 500, 119), (1900, 0, 0), (701, 502, 103)]
"""A reading that adds up, one that does not, one beyond the papers, one of another sum."""


@pytest.mark.parametrize("first", FIRST)
def test_the_second_readers_sheet_shows_nothing_of_the_first(
    contest: Contest, cast: People, first: tuple[int, ...]
) -> None:
    bea = at_desk(cast.bea)
    before = steady(text_of(bea.get(url(contest, "count", 1))))
    assert "Two people read this sheet" in before
    enter(contest, 1, first, cast.olu, sheet="0999")
    after = steady(text_of(bea.get(url(contest, "count", 1))))
    assert after == before


@pytest.mark.parametrize("first", FIRST)
def test_no_page_tells_a_reader_what_came_of_the_others_sheet(
    contest: Contest, cast: People, first: tuple[int, ...]
) -> None:
    enter(contest, 1, first, cast.olu, sheet="0999")
    for person in (cast.bea, cast.sam):
        for view, parts in (("group", (1,)), ("contest", ()), ("count", (1,))):
            page = at_desk(person).get(url(contest, view, *parts))
            # 1,400 papers are verified in the group: a sum that meets them is no news.
            told = {figure for figure in (sum(first), *first) if figure > 150 and figure != 1400}
            assert not {figure for figure in told if shows(page, f"{figure:,}")}
            assert "queried" not in text_of(page)
            assert "missing" not in text_of(page).split("desk-texts")[0].split("data-sum")[0]


def test_the_warnings_of_a_second_reading_are_of_other_groups_only(contest: Contest, cast: People) -> None:
    enter(contest, 1, (700, 500, 200), cast.olu, sheet="0107")
    bea = at_desk(cast.bea)
    answer = bea.post(url(contest, "count", 1), opened(bea, contest, "count", 1) | sheet("700", "500", "200"))
    assert answer.status_code == 303, "the same votes and the same sheet number are what is hoped for"
    assert read_facts(contest).groups[1].state in ("agreed", "released")


def test_readers_are_not_told_that_they_differ_and_a_supervisor_compares(contest: Contest, cast: People) -> None:
    enter(contest, 1, (777, 500, 123), cast.olu)
    enter(contest, 1, (775, 502, 123), cast.bea)
    assert read_facts(contest).groups[1].state == "queried"
    for person, other in ((cast.olu, "775"), (cast.bea, "777")):
        for view, parts in (("group", (1,)), ("contest", ()), ("count", (1,))):
            page = at_desk(person).get(url(contest, view, *parts))
            assert "queried" not in text_of(page)
            assert "differ" not in text_of(page).split("desk-texts")[0]
            assert not shows(page, other)
    page = at_desk(cast.sam).get(url(contest, "group", 1))
    assert "The readings do not say the same" in text_of(page)
    marked = re.findall(
        r'<tr class="differs">.*?<th scope="row">(.*?) <b class="mark">differs</b></th>', text_of(page), re.S
    )
    assert marked == ["ADAMS Ann", "BARKER Mike"]
    assert shows(page, "777")
    assert shows(page, "775")
    assert "Group 1: the readings do not agree" in text_of(at_desk(cast.sam).get(url(contest, "contest")))


def test_a_third_person_is_told_who_read_the_sheet(contest: Contest, cast: People) -> None:
    enter(contest, 1, (777, 500, 123), cast.olu)
    enter(contest, 1, (775, 502, 123), cast.bea)
    sam = at_desk(cast.sam)
    answer = sam.get(url(contest, "count", 1))
    assert answer.status_code == 403
    assert "was read by Olu Ade" in text_of(answer)
    assert url(contest, "count", 1) not in text_of(sam.get(url(contest, "group", 1)))
    assert url(contest, "reopen", 1) in text_of(sam.get(url(contest, "group", 1)))


def test_a_reader_is_offered_only_the_groups_that_need_their_reading(contest: Contest, cast: People) -> None:
    ready_group(contest, 2, ["3", "4"], 700, cast)
    enter(contest, 1, (777, 500, 123), cast.olu)
    enter(contest, 2, (700, 500, 200), cast.bea)
    for person, group in ((cast.olu, 2), (cast.bea, 1)):
        page = text_of(at_desk(person).get(url(contest, "contest")))
        assert f"Enter the sheet of group {group}<" in page
    enter(contest, 2, (700, 500, 200), cast.olu)
    assert "Enter the sheet" not in text_of(at_desk(cast.olu).get(url(contest, "contest")))


def test_nobody_is_asked_to_look_again_at_what_was_confirmed(contest: Contest, cast: People) -> None:
    enter(contest, 1, (777, 500, 123), cast.olu)
    enter(contest, 1, (777, 500, 132), cast.bea)
    give_back(contest, 1, 2, actor=cast.sam)
    enter(contest, 1, (777, 500, 123), cast.bea)
    sam = at_desk(cast.sam)
    assert "Typed again: look once more" in text_of(sam.get(url(contest, "group", 1)))
    confirm(contest, 1, cast.sam)
    assert "Typed again: look once more" not in text_of(sam.get(url(contest, "group", 1)))
