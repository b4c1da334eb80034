"""The whole ledger on a screen: who may read it, what each entry says, and how it is searched."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from results.models import Contest, LedgerEntry
from tests.builders import People, enter, make_contest, make_people, ready_group, verify
from tests.desk.pages import at_desk, shows, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(contest: Contest, cast: People) -> Contest:
    """Boxes 1 and 2 verified by Olu, group 1 formed by Sam and entered by Olu; box 3 verified by Bea."""
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (700, 400, 300), cast.olu)
    verify(contest, "3", 651, cast.bea)
    return contest


def seq_of(contest: Contest, kind: str) -> int:
    return LedgerEntry.objects.filter(contest=contest, kind=kind).order_by("-seq").values_list("seq", flat=True)[0]


def listed(page: str) -> int:
    return page.count('<th scope="row" class="number">')


def test_it_is_open_to_supervisors_and_the_returning_officer_only(counted: Contest, cast: People) -> None:
    for address in (url(counted, "ledger"), url(counted, "entry", 1)):
        assert at_desk(cast.sam).get(address).status_code == 200
        assert at_desk(cast.rita).get(address).status_code == 200
        assert at_desk(cast.olu).get(address).status_code == 403
        assert at_desk(cast.stu).get(address).status_code == 404


def test_it_lists_every_entry_the_last_first(counted: Contest, cast: People) -> None:
    page = text_of(at_desk(cast.sam).get(url(counted, "ledger")))
    assert listed(page) == LedgerEntry.objects.filter(contest=counted).count()
    last, first = url(counted, "entry", seq_of(counted, "verified")), url(counted, "entry", 1)
    assert page.index(f'"{last}"') < page.index(f'"{first}"')


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ({"kind": "group_formed"}, ["group_formed"]),
        ({"box": "3"}, ["verified"]),
        ({"group": "1", "kind": "entered"}, ["entered"]),
        ({"group": "2"}, []),
    ],
)
def test_it_shows_what_is_asked_for(counted: Contest, cast: People, asked: dict[str, str], kinds: list[str]) -> None:
    page = text_of(at_desk(cast.sam).get(url(counted, "ledger"), asked))
    assert listed(page) == len(kinds)
    for kind in kinds:
        assert url(counted, "entry", seq_of(counted, kind)) in page
    assert ("No entry is so." in page) == (not kinds)


def test_it_shows_the_entries_of_one_person(counted: Contest, cast: People) -> None:
    page = text_of(at_desk(cast.sam).get(url(counted, "ledger"), {"person": cast.bea.pk}))
    assert listed(page) == 1
    assert url(counted, "entry", seq_of(counted, "verified")) in page


def test_it_shows_the_entries_of_a_time(counted: Contest, cast: People) -> None:
    sam = at_desk(cast.sam)
    later = timezone.localtime(timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert listed(text_of(sam.get(url(counted, "ledger"), {"since": later}))) == 0
    assert listed(text_of(sam.get(url(counted, "ledger"), {"until": later}))) == LedgerEntry.objects.count()


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"group": "seven"}, "Write a whole number"), ({"since": "half past two"}, "Write a day and a time")],
)
def test_it_says_what_it_does_not_understand_and_shows_the_rest(
    counted: Contest, cast: People, asked: dict[str, str], said: str
) -> None:
    page = text_of(at_desk(cast.sam).get(url(counted, "ledger"), asked))
    assert said in page
    assert next(iter(asked.values())) in page
    assert listed(page) == LedgerEntry.objects.count()


def test_it_shows_every_figure_of_an_entry_by_its_name(counted: Contest, cast: People) -> None:
    page = at_desk(cast.sam).get(url(counted, "entry", seq_of(counted, "entered")))
    names = [candidate.ballot_name for candidate in counted.candidates.order_by("number")]
    for name, votes in zip(names, ("700", "400", "300"), strict=True):
        assert name in text_of(page)
        assert shows(page, votes)
    assert LedgerEntry.objects.get(contest=counted, kind="entered").hash in text_of(page)


def test_it_leads_from_what_was_replaced_to_what_replaced_it(counted: Contest, cast: People) -> None:
    earlier = seq_of(counted, "verified")

    verify(counted, "3", 652, cast.sam)
    later = seq_of(counted, "verified")
    sam = at_desk(cast.sam)
    assert f'href="{url(counted, "entry", later)}">entry {later}</a>' in text_of(
        sam.get(url(counted, "entry", earlier))
    )
    assert f'href="{url(counted, "entry", earlier)}">entry {earlier}</a>' in text_of(
        sam.get(url(counted, "entry", later))
    )


def test_it_shows_nobody_a_reading_before_the_sheet_is_read_twice(db: None) -> None:
    contest = make_contest(entries_required=2)
    cast = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (701, 402, 303), cast.olu)
    sam = at_desk(cast.sam)
    for address in (url(contest, "ledger"), url(contest, "entry", seq_of(contest, "entered"))):
        page = sam.get(address)
        assert "not shown before the sheet is read twice" in text_of(page)
        assert not any(shows(page, figure) for figure in ("701", "402", "303"))


def test_it_has_no_entry_beyond_the_last(counted: Contest, cast: People) -> None:
    page = at_desk(cast.sam).get(url(counted, "entry", 999))
    assert page.status_code == 404
    assert "There is no entry 999" in text_of(page)


def test_it_turns_pages_and_keeps_what_was_asked(
    counted: Contest, cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("results.desk.screens.ledger"), "ON_A_PAGE", 2)
    sam = at_desk(cast.sam)
    first = text_of(sam.get(url(counted, "ledger"), {"kind": "verified"}))
    assert listed(first) == 2
    assert "?kind=verified&amp;page=2" in first
    assert listed(text_of(sam.get(url(counted, "ledger"), {"kind": "verified", "page": "2"}))) == 1


def test_it_links_entries_wherever_they_are_named(counted: Contest, cast: People) -> None:
    seq = seq_of(counted, "entered")
    address = f'href="{url(counted, "entry", seq)}"'
    assert address in text_of(at_desk(cast.sam).get(url(counted, "group", 1)))
    seen_by_olu = text_of(at_desk(cast.olu).get(url(counted, "group", 1)))
    assert address not in seen_by_olu
    assert f"entry {seq}" in seen_by_olu
