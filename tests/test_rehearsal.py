"""A rehearsal is never taken for a count: its addresses, its looks, and what no address of a real count shows of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from results.models import Contest, LedgerEntry, Publication, Role
from results.people import accounts
from tests import builders
from tests.counts import GROUPS, PAPERS, VOTES, Count
from tests.desk.pages import account, at_desk, hidden, sheet, text_of

pytestmark = pytest.mark.django_db

TAILS = ("", "updates", "board.json", "setup.json")
REAL, DUMMY = "parl.testshire.2026-11-05", "parl.testshire.dummy.2026-11-05"


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def dummy() -> Count:
    """A rehearsal of a contest, with its cast."""
    contest = builders.make_contest(DUMMY, environment=Contest.Environment.REHEARSAL, name="Testshire dry run")
    return Count(contest, builders.make_people(contest))


def desk(*parts: object) -> str:
    return "/".join(["/rehearsal/desk", DUMMY, *map(str, parts), ""])


def fill_in(client: Client, address: str, page: str, figures: dict[str, str]) -> Any:
    """What an officer does: open the page, type, send its form, follow to the receipt."""
    return client.post(address, hidden(client.get(page), address) | figures, follow=True)


def rehearse(dummy: Count) -> None:
    """The whole night by the forms of the desk."""
    olu, sam = at_desk(dummy.cast.olu), at_desk(dummy.cast.sam)
    for label, papers in PAPERS.items():
        figures = {"packs": "0", "expected": str(papers), "found": str(papers), "reason": ""}
        typed = figures if label == "P1" else account(str(papers), issued=str(papers))
        assert "Received" in text_of(fill_in(olu, desk("boxes", label), desk("boxes", label), typed))
    for number, labels in GROUPS.items():
        typed = {"number": str(number), "boxes": labels}
        assert "Received" in text_of(fill_in(sam, desk("groups", "new"), desk("groups", "new"), typed))
        page = desk("groups", number, "count")
        rejected = {"rejected-voting_for_more_than_one": "1", "rejected-unmarked_or_void": "1"}
        typed = sheet(*VOTES[number], sheet=f"S{number}") | rejected
        assert "agreed" in text_of(fill_in(olu, page, page, typed))


def test_it_shows_dummy_figures_at_no_public_address_incident_pembrokeshire_2022(dummy: Count) -> None:
    """Pembrokeshire, 2022: the figures of a dummy run were published, and read as the results of the county."""
    rehearse(dummy)
    assert Publication.objects.filter(contest=dummy.contest).count() > 1
    reader = Client()
    for path in ("/", "/contests/rows", *(f"/contests/{DUMMY}/{tail}" for tail in TAILS)):
        answer = reader.get(path)
        assert "dry run" not in text_of(answer), path
        assert str(VOTES[1][0]) not in text_of(answer), path
        assert answer.status_code == (200 if DUMMY not in path else 404), path
    page = text_of(reader.get(f"/rehearsal/contests/{DUMMY}/"))
    assert "Nothing on this page is a real count" in page
    assert 'data-watermark="Rehearsal Rehearsal' in page
    assert "noindex" in page
    assert f'"socket": "/rehearsal/ws/contests/{DUMMY}/"' in page
    assert f'"updates": "/rehearsal/contests/{DUMMY}/updates"' in page


def test_it_shows_nothing_real_at_an_address_of_rehearsals() -> None:
    builders.make_contest(REAL, environment=Contest.Environment.LIVE)
    reader = Client()
    for path in (*(f"/rehearsal/contests/{REAL}/{tail}" for tail in TAILS), "/rehearsal/", "/rehearsal/contests/rows"):
        assert reader.get(path).status_code == 404, path
    page = text_of(reader.get(f"/contests/{REAL}/"))
    assert "Rehearsal" not in re.sub(r'<script id="live".*?</script>', "", page, flags=re.S)
    assert "data-watermark" not in page


def test_it_marks_every_screen_of_the_desk_and_leads_only_to_its_own_kind(dummy: Count) -> None:
    sam = at_desk(dummy.cast.sam)
    for path in (desk(), desk("public"), desk("boxes", "1"), desk("groups", "new"), "/rehearsal/desk/login/"):
        page = text_of((Client() if "login" in path else sam).get(path))
        assert 'data-watermark="Rehearsal' in page, path
        addresses = re.findall(r'(?:href|action)="(/[^"]*)"', page)
        assert [one for one in addresses if not one.startswith(("/rehearsal/", "/static/")) and one != "/"] == [], path


def test_it_lists_rehearsals_apart_and_leads_to_their_own_address(dummy: Count) -> None:
    real = builders.make_contest(REAL, environment=Contest.Environment.LIVE)
    accounts.enrol(real, "olu", None, Role.COUNTING_OFFICER, "Olu Ade")
    olu = at_desk(dummy.cast.olu)
    page = text_of(olu.get("/desk/"))
    counts, _, rehearsals = page.partition('<section class="rehearsals"')
    assert f'href="/desk/{REAL}/"' in counts
    assert "dry run" not in counts
    assert f'href="/rehearsal/desk/{DUMMY}/"' in rehearsals
    assert f'href="/desk/{REAL}/"' not in rehearsals
    assert "data-watermark" not in page
    assert olu.get("/rehearsal/desk/").headers["Location"] == "/desk/"


def test_what_is_sent_to_an_address_of_the_other_kind_is_not_lost(dummy: Count) -> None:
    """An old bookmark or a form of before: the browser is told where the same form is, and sends it there again."""
    olu = at_desk(dummy.cast.olu)
    moved = olu.get(f"/desk/{DUMMY}/boxes/1/?received=3")
    assert (moved.status_code, moved.headers["Location"]) == (307, f"{desk('boxes', '1')}?received=3")
    typed = hidden(olu.get(desk("boxes", "1")), desk("boxes", "1")) | account("700")
    assert olu.post(f"/desk/{DUMMY}/boxes/1/", typed, follow=True).status_code == 200
    assert LedgerEntry.objects.filter(contest=dummy.contest).count() == 1


def test_whoever_is_not_appointed_learns_nothing_of_a_rehearsal(dummy: Count) -> None:
    stu = at_desk(dummy.cast.stu)
    for path in (f"/desk/{DUMMY}/", desk()):
        assert stu.get(path).status_code == 404
        assert "dry run" not in text_of(stu.get(path))


def test_the_log_in_of_a_rehearsal_leads_back_to_it(dummy: Count) -> None:
    asked = Client().get(desk("boxes", "1"))
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/rehearsal/desk/login/?next=%2Frehearsal%2Fdesk%2F")
