"""What a sheet is asked about before it is recorded, as an officer meets it, and that a blind reader learns nothing from it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from results.models import Acknowledgement, Contest
from tests.builders import People, enter, form_group, make_contest, make_people, verify
from tests.desk.pages import at_desk, kinds, opened, sheet, text_of, url

pytestmark = pytest.mark.django_db

GRAHAMS = (("Graham", "Ann", "RED"), ("Lister", "Bo", "BLU"), ("Graham", "Will", "IND"))
PAPERS = 1000


def hall(groups: int = 3, readings: int = 2, **options: Any) -> tuple[Contest, People]:
    """A contest of so many groups, each of two stations' boxes and a thousand papers."""
    contest = make_contest(polling_boxes=2 * groups, entries_required=readings, **options)
    cast = make_people(contest)
    for box in range(1, 2 * groups + 1):
        verify(contest, str(box), PAPERS // 2, cast.olu)
    for group in range(1, groups + 1):
        form_group(contest, group, [str(2 * group - 1), str(2 * group)], cast.sam)
    return contest, cast


def agree(contest: Contest, cast: People, group: int, votes: tuple[int, ...], **more: Any) -> None:
    """Two readings of two people that say the same."""
    for person in (cast.olu, cast.bea)[: contest.entries_required]:
        enter(contest, group, votes, person, **more)


def send(contest: Contest, person: User, group: int, *votes: int, **more: Any) -> Any:
    """Somebody opens the form of a sheet, types it and sends it."""
    client = at_desk(person)
    typed = opened(client, contest, "count", group) | sheet(*votes, sheet=more.pop("sheet", f"R{group}")) | more
    return client.post(url(contest, "count", group), typed)


def asked(answer: Any) -> dict[str, str]:
    """What the person is to tick, by code: the words beside it."""
    found = re.findall(r'name="acknowledge" value="([^"]*)".*?<span>(.*?) <span class="grey">', text_of(answer), re.S)
    return {code: html.unescape(words) for code, words in found}


def test_it_stops_two_of_one_surname_the_wrong_way_round_incident_silloth() -> None:
    contest, cast = hall(candidates=GRAHAMS)
    agree(contest, cast, 1, (520, 400, 80))
    before = kinds(contest)
    answer = send(contest, cast.olu, 2, 80, 410, 510)
    assert answer.status_code == 422
    assert asked(answer) == {
        "count.same_surname.1-3": "GRAHAM Ann and GRAHAM Will have the same surname, and their votes are not divided as in "
        "the other groups: check the bundles of both in group 2."
    }
    assert kinds(contest) == before, "nothing is recorded"
    assert send(contest, cast.olu, 2, 510, 410, 80).status_code == 303


def test_it_marks_two_of_one_surname_on_the_sheet_itself() -> None:
    contest, cast = hall(candidates=GRAHAMS)
    page = text_of(at_desk(cast.olu).get(url(contest, "count", 1)))
    marks = re.findall(r'class="on-paper">(\d+)</span>.*?class="help">(.*?)</span>', page, re.S)
    assert [(number, "".join(re.findall(r"<b>(.*?)</b>", words))) for number, words in marks] == [
        ("1", "same surname as 3"),
        ("2", ""),
        ("3", "same surname as 1"),
    ]


def test_it_takes_the_figures_of_two_of_one_surname_that_somebody_confirms_incident_broxtowe() -> None:
    contest, cast = hall(candidates=GRAHAMS)
    agree(contest, cast, 1, (520, 400, 80))
    confirmed = send(contest, cast.olu, 2, 80, 410, 510, acknowledge="count.same_surname.1-3")
    assert confirmed.status_code == 303
    assert list(Acknowledgement.objects.values_list("code", flat=True)) == ["count.same_surname.1-3"]


def test_it_stops_votes_under_the_wrong_names_by_what_the_other_groups_say_incident_skelton() -> None:
    contest, cast = hall(groups=8, projection=True, publish="progress")
    shares = [(520, 330, 150), (505, 340, 155), (530, 320, 150), (515, 338, 147), (508, 330, 162), (522, 331, 147)]
    for group, votes in enumerate(shares, 1):
        agree(contest, cast, group, votes)
    answer = send(contest, cast.bea, 7, 150, 332, 518)
    assert asked(answer) == {
        "count.exchanged.1-3": "Check the bundles of ADAMS Ann and CHALLIS Chris in group 7: are their votes exchanged?"
    }
    assert send(contest, cast.bea, 7, 518, 332, 150).status_code == 303


def test_it_asks_nothing_of_the_model_where_the_projection_is_off() -> None:
    contest, cast = hall(groups=8, projection=False, publish="progress")
    for group in range(1, 7):
        agree(contest, cast, group, (520 - group, 330 + group, 150))
    assert send(contest, cast.bea, 7, 150, 332, 518).status_code == 303


def test_it_questions_a_candidate_without_votes_incident_rainham_north() -> None:
    contest, cast = hall()
    agree(contest, cast, 1, (500, 300, 200))
    answer = send(contest, cast.olu, 2, 700, 300, 0)
    assert asked(answer) == {
        "count.no_votes.3": "CHALLIS Chris (Ind) has no votes, where about 200 were to be expected: is that right?"
    }


def test_it_lets_a_candidate_have_none_who_has_hardly_any_anywhere() -> None:
    contest, cast = hall()
    agree(contest, cast, 1, (500, 495, 5))
    assert send(contest, cast.olu, 2, 505, 495, 0).status_code == 303


def test_it_stops_a_sheet_that_is_entered_twice_incident_forest_hill() -> None:
    contest, cast = hall()
    agree(contest, cast, 1, (500, 300, 200), sheet="0107")
    answer = send(contest, cast.olu, 2, 500, 300, 200, sheet="0107")
    assert asked(answer) == {
        "count.same_figures.1": "Group 1 has exactly the same votes: is this its sheet?",
        "count.sheet_used.1": "Sheet 0107 was entered for group 1: is that the number on this sheet too?",
    }


def test_it_questions_many_rejected_papers_incident_prestatyn() -> None:
    contest, cast = hall()
    answer = send(contest, cast.olu, 1, 500, 300, 140, **{"rejected-unmarked_or_void": "60"})
    assert asked(answer) == {"count.rejected_share": "6.0% of the papers are rejected: is that right?"}


def test_it_hints_at_swapped_digits_incident_this_very_night() -> None:
    contest, cast = hall(readings=1)
    # 574 written as 547: the difference of 27 is divisible by nine.
    assert send(contest, cast.olu, 1, 547, 326, 100).status_code == 303
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert "27 papers missing. The difference is divisible by 9: are two digits swapped?" in page


WARNED = [(180, 300, 520), (0, 500, 500), (520, 300, 180)]
READINGS = [*WARNED, (1000, 0, 0), (510, 310, 180), (480, 300, 200)]


@pytest.mark.parametrize("first", READINGS)
@pytest.mark.parametrize("own", WARNED)
def test_a_second_reader_is_asked_the_same_whatever_the_first_one_typed(
    own: tuple[int, ...], first: tuple[int, ...]
) -> None:
    contest, cast = hall(candidates=GRAHAMS)
    agree(contest, cast, 1, (520, 300, 180))
    before = asked(send(contest, cast.bea, 2, *own, sheet="0107"))
    assert before
    enter(contest, 2, first, cast.olu, sheet="0107")
    enter(contest, 3, own, cast.olu, sheet="0107")
    assert asked(send(contest, cast.bea, 2, *own, sheet="0107")) == before


def test_an_officer_of_another_sheet_learns_nothing_of_one_that_is_still_read() -> None:
    contest, cast = hall()
    enter(contest, 1, (500, 300, 200), cast.olu, sheet="0107")
    assert send(contest, cast.bea, 2, 500, 300, 200, sheet="0107").status_code == 303
