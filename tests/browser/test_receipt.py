"""The hall's door in a browser: a place checked in by touch and by keys, and nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from results.facts.reading import read_facts
from tests.browser.conftest import Hall, desk
from tests.browser.test_accessibility import FINGER, OVERFLOWING, clean
from tests.halls import Hall as TwoContests
from tests.halls import make_hall
from tests.test_ledger_receipt import SAME_PLACE, arrive

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def set_up(hall: Hall, tmp_path: Path) -> TwoContests:
    """Two contests in one hall, served; boxes 1 and 2 come from one place."""
    made = make_hall(tmp_path, **SAME_PLACE)
    hall.server.start()
    return made


def fits(page: Page, what: str) -> None:
    """Nothing is wider than the screen, nothing that is touched smaller than a finger."""
    assert not (wide := page.evaluate(OVERFLOWING)), (what, wide)
    targets = page.locator("main :is(form:not([role=search]) :is(.tick, input[type=text], button), .wanted a, .list a)")
    for target in targets.filter(visible=True).all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FINGER, (what, target.evaluate("element => element.outerHTML"))


def test_it_checks_in_a_place_by_keys_and_by_touch(hall: Hall, set_up: TwoContests) -> None:
    page = hall.officer(set_up.cast.olu, viewport=TABLET, has_touch=True)
    page.goto(desk(set_up.parliament, "receipt"))
    page.get_by_label("Box to check in").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("North School")
    page.get_by_label("Box 1 room 1 is here").tap()
    page.get_by_label("account of Testshire received").first.tap()
    page.get_by_label("Packets with box 1").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Packs handed in with box 1")).to_be_focused()
    page.keyboard.type("12")
    page.get_by_role("button", name="Check in").tap()
    expect(page.locator(".receipt")).to_contain_text("Received")
    expect(page.locator(".missing")).to_contain_text("5 boxes not in")
    box = read_facts(set_up.parliament).boxes["1"]
    assert (box.account_received, box.packets, box.packs_handed_in) == (True, 3, 12)


def test_it_keeps_what_is_typed_of_a_place_until_it_is_received(hall: Hall, set_up: TwoContests) -> None:
    page = hall.officer(set_up.cast.olu, viewport=TABLET)
    page.goto(desk(set_up.parliament, "check_in", "1"))
    page.get_by_label("Box 2 room 2 is here").check()
    page.get_by_label("Packets with box 2").fill("4")
    page.goto("/desk/")
    listed = page.locator("[data-drafts]")
    expect(listed).to_contain_text("check-in of North School")
    listed.get_by_role("link").click()
    expect(page.get_by_label("Packets with box 2")).to_have_value("4")
    expect(page.get_by_label("Box 2 room 2 is here")).to_be_checked()
    page.get_by_role("button", name="Check in").click()
    expect(page.locator(".receipt")).to_contain_text("Received")
    page.goto("/desk/")
    expect(listed).to_be_hidden()


@pytest.mark.parametrize("width", [1024, 1366, 390])
def test_it_shows_receipt_to_everybody(hall: Hall, set_up: TwoContests, width: int) -> None:
    contest = set_up.parliament
    arrive(set_up, contest, "1", account_received=True, packets=3, packs_handed_in=12)
    arrive(set_up, contest, "2", account_received=False)
    arrive(set_up, contest, "P1", account_received=True)
    page = hall.officer(set_up.cast.sam, viewport={"width": width, "height": 768})
    pages = {
        "receipt": desk(contest, "receipt"),
        "place": desk(contest, "check_in", "1"),
        "session": desk(contest, "check_in", "P2"),
        "arrival": desk(contest, "arrive", "2"),
        "closing": desk(contest, "close_session", 2),
    }
    for name, path in pages.items():
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        fits(page, name)
        clean(page, name)
    page.locator("[data-record]").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("Packs may still come.*boxes 3 and 4"))
    clean(page, "closing, refused")
    page.goto(pages["arrival"])
    page.get_by_text("Checked in by mistake").click()
    page.get_by_role("button", name="Box 2 is not here").click()
    expect(page.locator(".missing")).to_contain_text("4 boxes not in")
