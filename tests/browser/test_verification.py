"""A variance, papers that are moved, and the statement as to verification, in a real browser."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from results import ledger
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Verified
from results.facts.reading import read_facts
from results.models import Role
from results.people import accounts
from tests import builders
from tests.browser.conftest import Hall, desk, record
from tests.browser.test_accessibility import OVERFLOWING, clean
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def two_polls() -> Count:
    """A late count beside another poll in the same hall: one box has a variance, one paper was moved."""
    count = make_count(close_of_poll=timezone.now() - timedelta(hours=5))
    other = builders.make_contest("local.north.2026-11-05", event=count.contest.event, name="North ward")
    for who, role in (("olu", Role.COUNTING_OFFICER), ("rita", Role.RETURNING_OFFICER)):
        accounts.enrol(other, who, None, role, who.title())
    count.verify_all()
    figures = AccountFigures(302, 200, 1, 2, 199, 1)
    boxes = (BoxPapers("2", (301, 300, 300)),)
    said = Verified("2", 302, boxes, "unexplained", "Two papers issued were presumably taken away", figures)
    facts = read_facts(count.contest)
    more = {"actor": count.cast.olu, "submission_id": uuid.uuid4()}
    ledger.record_verification(count.contest, said, seen=facts.accounts["2"].last_seq, **more)
    seen = facts.boxes["4"].last_seq
    more = {"actor": count.cast.olu, "submission_id": uuid.uuid4(), "reason": "Found when its papers were unfolded"}
    ledger.move_papers(count.contest, "4", 1, other.ballot_paper_id, "3", seen=seen, **more)
    return count


def pages(count: Count, page: Page) -> Iterator[str]:
    """Every screen of it, in turn."""
    page.goto(desk(count.contest, "verification"))
    yield "statement to be signed"
    page.goto(desk(count.contest, "box", "4"))
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    yield "box with a paper moved out"
    page.goto(desk(count.contest, "move_papers", "2"))
    yield "papers to be moved"
    record(page)
    expect(page.locator(".problem")).to_be_visible()
    yield "papers that cannot be moved"
    builders.form_group(count.contest, 1, ["1", "3"], count.cast.sam)
    page.goto(desk(count.contest, "group", 1))
    yield "group to be sent"


@pytest.mark.parametrize("width", [1366, 1024, 390])
def test_it_shows_verification_whole_and_without_a_violation(hall: Hall, width: int) -> None:
    count = two_polls()
    hall.server.start()
    page = hall.officer(count.cast.rita, viewport={"width": width, "height": 768})
    for name in pages(count, page):
        assert not (wide := page.evaluate(OVERFLOWING)), (name, wide)
        if width == 1024:
            clean(page, name)


def test_it_asks_for_the_second_count_where_there_is_a_variance(hall: Hall) -> None:
    count = make_count()
    hall.server.start()
    page = hall.officer(count.cast.olu, viewport={"width": 1024, "height": 768})
    page.goto(desk(count.contest, "box", "1"))
    typed = {"issued": "300", "unused": "200", "spoilt": "0", "tendered": "0", "found": "298"}
    for name, text in typed.items():
        page.locator(f"#id_{name}").fill(text)
    expect(page.locator("[data-sum]")).to_contain_text("2 papers fewer than expected")
    record(page)
    expect(page.locator(".look")).to_contain_text("Count the papers again")
    page.locator("#id_again").fill("300")
    # The last of successive counts stands.
    expect(page.locator("[data-sum]")).to_contain_text("no variance")
    record(page)
    expect(page.locator(".receipt")).to_be_visible()
    verified = read_facts(count.contest).accounts["1"].verified
    assert verified is not None
    assert verified.boxes[0].counts == (298, 300)
