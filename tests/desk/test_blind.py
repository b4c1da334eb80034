"""Who reads a sheet learns nothing of the other reading: no figure, no state, not whether there is a difference."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from results.facts.reading import forget, read_facts
from results.models import Appointment, Contest, LedgerEntry
from tests.builders import People, confirm, enter, give_back, make_contest, make_people, ready_group
from tests.desk.pages import at_desk, opened, sheet, shows, text_of, url

pytestmark = pytest.mark.django_db

SECOND = (777, 500, 123)
FIRST = {
    "alike": (777, 500, 123),
    "another candidate's": (500, 777, 123),
    "papers missing": (777, 500, 119),
    "too many": (1900, 0, 0),
}
SCREENS = (("contest", ()), ("group", (1,)), ("count", (1,)), ("hall", ()), ("policy", ()), ("box", ("1",)))


def steady(page: str) -> str:
    """A page without what is new each time it is asked for: tokens, ids, times, and the numbers of entries."""
    page = re.sub(r'name="(csrfmiddlewaretoken|submission_id)" value="[^"]*"', "", page)
    page = re.sub(r'data-(now|received|contest-seq|seq|own|version)="[^"]*"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "", page)
    # Keys go on where a transaction was rolled back, on PostgreSQL.
    page = re.sub(r'(data-drafts?|data-person|data-user)="\d+', r'\1="', page)
    page = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+", "", page)
    return re.sub(r"entry \d+|\d\d:\d\d(:\d\d)?|received=\d+", "", page)


def hall(publish: str = "progress", **options: Any) -> tuple[Contest, People]:
    """A hall with one group of two boxes, in a transaction that is rolled back with what else the test wrote."""
    contest = make_contest(entries_required=2, publish=publish, **options)
    cast = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    return contest, cast


def seen_by(client: Client, contest: Contest) -> dict[str, str]:
    """Every screen that a counting officer can open, as it is shown to this one."""
    return {view: steady(text_of(client.get(url(contest, view, *parts)))) for view, parts in SCREENS}


def night(first: tuple[int, ...]) -> tuple[list[dict[str, str]], list[Any]]:
    """All that Bea sees and is answered, before and after she enters her sheet, where Olu typed `first`."""
    contest, cast = hall()
    enter(contest, 1, first, cast.olu, sheet="0999")
    bea = at_desk(cast.bea)
    screens, answers = [seen_by(bea, contest)], []
    sent = opened(bea, contest, "count", 1) | sheet(*SECOND)
    answers.append(bea.post(url(contest, "count", 1), sent))
    screens.append({"receipt": steady(text_of(bea.get(answers[0].url)))} | seen_by(bea, contest))
    # The same form once more, by a script; then other figures, which nobody asked for.
    again = bea.post(url(contest, "count", 1), sent, headers={"Accept": "application/json"})
    more = bea.post(url(contest, "count", 1), sent | {"submission_id": "0f0e0d0c-0b0a-4908-8706-050403020100"})
    answers += [again, more]
    known = again.json()["received"]
    answered = [
        (answers[0].status_code, "received" in answers[0].url),
        (again.status_code, known["agreed"], known["released"]),
        (more.status_code, steady(text_of(more))),
    ]
    screens.append(seen_by(bea, contest))
    return screens, answered


def test_it_shows_a_second_reader_the_same_whatever_the_first_typed() -> None:
    nights = {}
    for name, first in FIRST.items():
        savepoint = connection.savepoint()
        nights[name] = night(first)
        connection.savepoint_rollback(savepoint)
        forget()
    plain = nights.pop("alike")
    for name, other in nights.items():
        assert other[1] == plain[1], name
        for one, another in zip(other[0], plain[0], strict=True):
            for view in one:
                assert one[view] == another[view], (name, view)


@pytest.mark.parametrize("doubtful", [0, 12])
def test_it_says_nothing_of_an_agreement_before_it_is_public(doubtful: int) -> None:
    contest, cast = hall()
    votes = (SECOND[0] - doubtful, *SECOND[1:])
    for reader in (cast.olu, cast.bea):
        enter(contest, 1, votes, reader, doubtful=doubtful)
    assert read_facts(contest).groups[1].state == ("adjudication" if doubtful else "agreed")
    for view, parts in SCREENS:
        page = text_of(at_desk(cast.bea).get(url(contest, view, *parts))).split("desk-texts")[0]
        assert "state agreed" not in page
        assert "state adjudication" not in page
        assert "The count that stands" not in page
    told = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert ("12 papers with adjudication" if doubtful else "state agreed") in told


def test_it_keeps_the_sum_from_a_reader_until_the_reading_was_recorded() -> None:
    contest, cast = hall()
    olu = at_desk(cast.olu)
    assert 'data-count=""' in text_of(olu.get(url(contest, "count", 1)))
    enter(contest, 1, (777, 500, 119), cast.olu)
    assert "4 papers missing" in text_of(olu.get(url(contest, "group", 1)))
    give_back(contest, 1, 1, actor=cast.sam)
    assert 'data-count="1400"' in text_of(olu.get(url(contest, "count", 1)))


def test_it_asks_a_reader_for_the_whole_sheet_again_and_fills_in_nothing() -> None:
    contest, cast = hall()
    enter(contest, 1, (500, 777, 123), cast.olu)
    enter(contest, 1, SECOND, cast.bea)
    give_back(contest, 1, 1, actor=cast.sam)
    olu = at_desk(cast.olu)
    assert "Group 1: a supervisor asks you to look at the sheet" in text_of(olu.get(url(contest, "contest")))
    page = olu.get(url(contest, "count", 1))
    assert "type all of it again from the paper" in text_of(page)
    assert not any(shows(page, figure) for figure in ("777", "500", "123"))
    bea = at_desk(cast.bea)
    for view, parts in SCREENS:
        assert "returned" not in text_of(bea.get(url(contest, view, *parts))).split("desk-texts")[0]


def test_it_hides_the_others_figures_from_a_supervisor_who_read_the_sheet() -> None:
    contest, cast = hall()
    enter(contest, 1, (701, 576, 123), cast.olu)
    enter(contest, 1, SECOND, cast.sam)
    sam = at_desk(cast.sam)
    for view, parts in SCREENS:
        page = sam.get(url(contest, view, *parts))
        assert not shows(page, "701")
        assert "queried" not in text_of(page)
    entry = LedgerEntry.objects.get(kind="entered", actor=cast.olu).seq
    assert not shows(sam.get(url(contest, "entry", entry)), "701")
    assert shows(at_desk(cast.rita).get(url(contest, "group", 1)), "701")
    sent = opened_form(at_desk(cast.rita), contest, "resolve") | {"found": "1", "reason": ""}
    answer = sam.post(url(contest, "resolve", 1), sent)
    assert (answer.status_code, "You read the sheet of group 1 yourself" in text_of(answer)) == (422, True)


def test_it_tells_a_person_whose_role_was_revoked_while_they_typed() -> None:
    contest, cast = hall()
    bea = at_desk(cast.bea)
    sent = opened(bea, contest, "count", 1) | sheet(*SECOND)
    ended = timezone.now() - timedelta(seconds=1)
    Appointment.objects.filter(user=cast.bea).update(valid_from=ended - timedelta(hours=4), valid_until=ended)
    answer = bea.post(url(contest, "count", 1), sent)
    assert answer.status_code == 403
    assert "Nothing is recorded" in text_of(answer)
    assert "kept on this tablet" in text_of(answer)
    assert not LedgerEntry.objects.filter(kind="entered").exists()
    Appointment.objects.filter(user=cast.bea).update(valid_until=None)
    assert bea.post(url(contest, "count", 1), sent).status_code == 303, "sent again, it is the same submission"


def test_it_takes_no_second_reading_by_the_same_person_in_another_browser() -> None:
    contest, cast = hall()
    one, other = at_desk(cast.bea), at_desk(cast.bea)
    first, second = (opened(client, contest, "count", 1) for client in (one, other))
    assert one.post(url(contest, "count", 1), first | sheet(*SECOND)).status_code == 303
    answer = other.post(url(contest, "count", 1), second | sheet(701, 576, 123))
    page = text_of(answer)
    assert answer.status_code == 409
    # Both versions are there: what is recorded, and what was typed.
    assert re.findall(r'<tr class="differs">.*?<th scope="row">(.*?) <b', page, re.S) == ["ADAMS Ann", "BARKER Mike"]
    assert 'name="votes-1" type="text" inputmode="numeric"' in page
    assert 'value="701"' in page
    assert "tell a supervisor, who returns the sheet to you" in page
    assert "Send these anew" not in page
    assert len(read_facts(contest).groups[1].readings) == 1


def test_it_names_a_supervisor_what_is_wrong_with_one_form() -> None:
    contest, cast = hall()
    enter(contest, 1, (701, 576, 123), cast.olu)
    enter(contest, 1, SECOND, cast.bea)
    sam = at_desk(cast.sam)
    sent = opened_form(sam, contest, "resolve")
    assert "Choose what is wrong" in text_of(sam.post(url(contest, "resolve", 1), sent | {"reason": ""}))
    answer = sam.post(url(contest, "resolve", 1), sent | {"found": "sheet", "reason": ""})
    assert "Say why" in text_of(answer)
    assert sam.post(url(contest, "resolve", 1), sent | {"found": "1", "reason": "A slip"}).status_code == 303
    page = text_of(sam.get(url(contest, "group", 1)))
    assert "Returned to Olu Ade" in page
    assert url(contest, "resolve", 1) not in page
    enter(contest, 1, SECOND, cast.olu)
    page = text_of(sam.get(url(contest, "group", 1)))
    assert "Typed again: look once more" in page
    assert "Group 1 was typed again" in text_of(sam.get(url(contest, "contest")))
    answer = sam.post(url(contest, "confirm", 1), opened_form(sam, contest, "confirm"))
    assert answer.status_code == 303
    assert "The figures add up and are agreed" in text_of(sam.get(answer.url))


def test_it_counts_a_group_again_whose_sheet_was_wrong() -> None:
    contest, cast = hall()
    for reader in (cast.olu, cast.bea):
        enter(contest, 1, (701, 576, 119), reader)
    sam = at_desk(cast.sam)
    assert "4 papers missing" in text_of(sam.get(url(contest, "group", 1)))
    sent = opened_form(sam, contest, "resolve") | {"found": "sheet", "reason": "A bundle was not on it"}
    assert sam.post(url(contest, "resolve", 1), sent).status_code == 303
    group = read_facts(contest).groups[1]
    assert (group.state, group.round, group.purpose) == ("ready", 2, "sheet_wrong")


def test_it_stops_figures_under_another_candidates_name_incident_skelton_newham() -> None:
    """Skelton 2007, Newham 2018: one typist had the candidates in another order, and nobody looked."""
    contest, cast = hall("totals")
    olu, bea, sam = at_desk(cast.olu), at_desk(cast.bea), at_desk(cast.sam)
    count = url(contest, "count", 1)
    assert olu.post(count, opened(olu, contest, "count", 1) | sheet(500, 777, 123)).status_code == 303
    assert bea.post(count, opened(bea, contest, "count", 1) | sheet(*SECOND)).status_code == 303
    assert not LedgerEntry.objects.filter(kind__in=("agreed", "released")).exists()
    page = sam.get(url(contest, "group", 1))
    assert re.findall(r'<tr class="differs">.*?<th scope="row">(.*?) <b', text_of(page), re.S) == [
        "ADAMS Ann",
        "BARKER Mike",
    ]
    sent = opened_form(sam, contest, "resolve") | {"found": "1", "reason": "By the order of the register"}
    assert sam.post(url(contest, "resolve", 1), sent).status_code == 303
    assert olu.post(count, opened(olu, contest, "count", 1) | sheet(*SECOND)).status_code == 303
    assert not LedgerEntry.objects.filter(kind="agreed").exists(), "not before somebody looked"
    assert sam.post(url(contest, "confirm", 1), opened_form(sam, contest, "confirm")).status_code == 303
    agreed = read_facts(contest).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == SECOND


def opened_form(client: Client, contest: Contest, view: str) -> dict[str, str]:
    """The hidden fields of a form on the group's page."""
    page = text_of(client.get(url(contest, "group", 1)))
    form = re.search(rf'<form[^>]*action="{re.escape(url(contest, view, 1))}".*?</form>', page, re.S)
    assert form is not None, page
    pairs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form.group())
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def test_it_confirms_nothing_that_was_typed_again_and_still_differs() -> None:
    contest, cast = hall()
    enter(contest, 1, (500, 777, 123), cast.olu)
    enter(contest, 1, SECOND, cast.bea)
    give_back(contest, 1, 1, actor=cast.sam)
    enter(contest, 1, (501, 776, 123), cast.olu)
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert url(contest, "confirm", 1) not in page
    assert "The readings do not say the same" in page
    give_back(contest, 1, 1, actor=cast.sam)
    enter(contest, 1, SECOND, cast.olu)
    assert confirm(contest, 1, cast.sam).agreed
