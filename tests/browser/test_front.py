"""The front page: every contest as it is now, how old that is, and whether the page is up to date."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from results import clock
from results.models import Contest, Role
from results.people import accounts
from tests import builders
from tests.browser.conftest import Hall, london, never_reloaded
from tests.browser.test_tabs import SLEEPER, TWO_HOURS
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def count(hall: Hall) -> Count:
    """A served count whose pages ask often."""
    made = make_count()
    hall.server.environment["LIVE_POLL_SECONDS"] = "0.5"
    hall.server.start()
    return made


def front(hall: Hall, sleeper: bool = False) -> Page:
    """The front page, open and marked."""
    page = hall.page()
    if sleeper:
        page.add_init_script(SLEEPER)
    page.goto("/")
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#line")).to_have_text("polling")
    return page


def row(page: Page, contest: Contest) -> str:
    """What the list says of a contest, without its age."""
    text = page.locator(f'[data-key="{contest.ballot_paper_id}"]').inner_text()
    return re.sub(r"\d+ (s|min) ago", "", text)


def test_it_follows_the_count_on_the_front_page(hall: Hall, count: Count) -> None:
    page = front(hall)
    contest = page.locator(f'[data-key="{count.contest.ballot_paper_id}"]')
    expect(contest.locator(".sentence")).to_contain_text(
        "The poll closes at " + london(count.contest.event.close_of_poll)
    )
    expect(contest.locator(".age")).to_have_count(0)
    contest.get_by_role("link").focus()
    count.ready()
    expect(contest.locator(".sentence")).to_contain_text("All 7 boxes verified")
    expect(contest.locator(".age")).to_have_text(re.compile(r"^\d+ s ago$"))
    count.enter(1)
    expect(contest.locator(".sentence")).to_have_text("Adams (Red) leads Barker (Blue) by 100 votes")
    expect(contest.locator(".state .strong")).to_have_text("counting")
    # The reader's place is kept, and a page opened now says the same.
    expect(contest.get_by_role("link")).to_be_focused()
    assert never_reloaded(page)
    assert row(page, count.contest) == row(front(hall), count.contest)


def test_it_shows_a_contest_that_is_set_up_later(hall: Hall, count: Count) -> None:
    page = front(hall)
    expect(page.locator(".contest-list h2")).to_have_count(1)
    builders.make_contest("parl.laterbury.2026-11-06", close_of_poll=timezone.now() + timedelta(hours=3))
    expect(page.locator(".contest-list h2")).to_have_count(2)
    assert never_reloaded(page)


def test_it_tells_the_age_by_the_clock_of_each_night(hall: Hall, count: Count) -> None:
    count.ready()
    long_ago = timezone.now() - timedelta(days=2000)
    clock.play(count.contest.event, long_ago, 1.0)
    other = builders.make_contest("parl.otherbury.2026-11-05")
    pat = accounts.enrol(other, "pat", builders.PASSWORD, Role.COUNTING_OFFICER, "Pat Price")
    receipt = builders.verify(other, "1", 300, pat)
    clock.play(other.event, receipt.recorded_at + timedelta(minutes=90), 60.0)
    page = front(hall)
    expect(page.locator(f'[data-key="{count.contest.ballot_paper_id}"] .age')).to_have_text("0 s ago")
    expect(page.locator(f'[data-key="{other.ballot_paper_id}"] .age')).to_have_text(re.compile("1 h 3[1-9] min ago"))


def test_it_says_that_the_list_is_out_of_date(hall: Hall, count: Count) -> None:
    count.ready()
    page = front(hall, sleeper=True)
    expect(page.locator(".age")).to_have_text(re.compile(r"^\d+ s ago$"))
    hall.server.kill()
    expect(page.locator("#line")).to_have_text("reconnecting")
    expect(page.locator("#out-of-date")).to_be_empty()
    said = page.evaluate(
        """(ms) => {
          window.slept = ms;
          document.dispatchEvent(new Event("visibilitychange"));
          return [".age", "#out-of-date", "#line"].map((found) => document.querySelector(found).textContent);
        }""",
        TWO_HOURS,
    )
    assert said[0].startswith("2 h 0 min ago")
    assert said[1:] == ["out of date", "reconnecting"]
    expect(page).to_have_title("Not up to date: Counts · countnight")
    hall.server.start()
    count.enter(1)
    expect(page.locator(".sentence")).to_have_text("Adams (Red) leads Barker (Blue) by 100 votes")
    expect(page.locator("#out-of-date")).to_be_empty()
    expect(page.locator("#line")).to_have_text("polling")
    expect(page.locator(".age")).to_have_text(re.compile(r"^\d+ s ago$"))
    expect(page).to_have_title("Counts · countnight")
