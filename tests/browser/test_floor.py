"""The hall's screens in a browser: they change by themselves, say when they do not, and can be read and hit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from results import clock
from results.floor import tablets
from results.models import Appointment, Contest, Role, Tablet
from results.people import accounts
from tests import builders
from tests.browser.conftest import Hall, desk, figures, fill, never_reloaded
from tests.browser.test_accessibility import FINGER, OVERFLOWING, clean
from tests.conftest import wait_for
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_SOCKETS = "window.WebSocket = class { constructor() { throw new Error('not let through'); } };"


@pytest.fixture
def night(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> Count:
    """A progress night with two readers for each sheet: group 1 is agreed, group 2 has one reading."""
    monkeypatch.setattr("results.floor.tablets.ring", lambda contest: None)
    count = make_count(entries_required=2, publish=Contest.Publish.PROGRESS)
    count.ready()
    for reader in (count.cast.olu, count.cast.bea):
        count.enter(1, actor=reader)
    count.enter(2)
    tablets.report(count.contest, "a" * 32, count.cast.olu, 1, clock.now(count.contest.event) - timedelta(minutes=9))
    hall.server.start()
    return count


def open_floor(hall: Hall, count: Count, user: object, **options: object) -> Page:
    page = hall.officer(user, **options)  # type: ignore[arg-type]
    page.goto(desk(count.contest, "hall"))
    page.evaluate("window.neverReloaded = true")
    return page


def place(page: Page, group: int) -> object:
    return page.locator(f'[data-key="group-{group}"]')


def test_the_floor_changes_by_itself_as_people_work(hall: Hall, night: Count) -> None:
    floor = open_floor(hall, night, night.cast.sam)
    expect(floor.locator("[data-live-state]")).to_have_text("live")
    totals = hall.officer(night.cast.rita)
    totals.goto(desk(night.contest, "totals"))
    expect(totals.locator('[data-key="groups"] dd')).to_have_text("1 of 3")

    bea = hall.officer(night.cast.bea)
    bea.goto(desk(night.contest, "count", 2))
    expect(place(floor, 2)).to_contain_text("Bea Byrne since")  # type: ignore[arg-type]
    fill(bea, figures((300, 250, 88)))
    bea.locator("[data-record]").click()
    expect(bea.locator(".receipt")).to_contain_text("Received")
    expect(floor.locator("#floor")).to_contain_text("Agreed")
    expect(floor.locator('.floor-done [data-key="group-2"]')).to_be_visible()
    expect(totals.locator('[data-key="groups"] dd')).to_have_text("2 of 3")
    assert never_reloaded(floor)


def test_it_asks_where_sockets_are_not_let_through(hall: Hall, night: Count) -> None:
    floor = hall.officer(night.cast.sam)
    floor.add_init_script(NO_SOCKETS)
    floor.goto(desk(night.contest, "hall"))
    floor.evaluate("window.neverReloaded = true")
    expect(floor.locator("[data-live-state]")).to_have_text("looks every ten seconds")
    night.enter(2, actor=night.cast.bea)
    expect(floor.locator('.floor-done [data-key="group-2"]')).to_be_visible()
    assert never_reloaded(floor)


def test_it_says_that_it_is_old_once_its_person_is_no_longer_appointed(hall: Hall, night: Count) -> None:
    floor = open_floor(hall, night, night.cast.sam)
    expect(floor.locator("[data-live-state]")).to_have_text("live")
    Appointment.objects.filter(user=night.cast.sam).delete()
    night.enter(2, actor=night.cast.bea)
    expect(floor.locator("[data-live-state]")).to_contain_text("not appointed any more")
    expect(floor.locator('.floor-done [data-key="group-2"]')).to_have_count(0)


def test_what_is_next_changes_by_itself_and_two_are_not_sent_to_one_sheet(hall: Hall, night: Count) -> None:
    sam = hall.officer(night.cast.sam)
    sam.goto(desk(night.contest, "contest"))
    first = sam.locator("#next-for-you .first a")
    expect(first).to_be_visible()
    group = int(str(first.get_attribute("href")).split("/groups/")[1].split("/")[0])
    for reader in (night.cast.bea, night.cast.rita):
        page = hall.officer(reader)
        page.goto(desk(night.contest, "count", group))
    other = desk(night.contest, "count", 5 - group)
    expect(sam.locator("#next-for-you .first a")).to_have_attribute("href", other)


def test_a_tablet_says_what_lies_on_it_unsent_and_never_what_it_is(hall: Hall, night: Count) -> None:
    olu = hall.officer(night.cast.olu)
    posted: list[str] = []
    olu.on("request", lambda request: posted.append(request.post_data or "") if "/beat/" in request.url else None)
    olu.goto(desk(night.contest, "count", 3))
    olu.locator("#id_votes-1").fill("347")
    expect(olu.locator("[data-kept]")).to_contain_text("kept")
    with olu.expect_request("**/beat/"):
        olu.goto(desk(night.contest, "contest"))
    olu.wait_for_function("document.readyState === 'complete'")
    kept = wait_for(lambda: Tablet.objects.exclude(device="a" * 32).first())
    assert (kept.user, kept.unsent) == (night.cast.olu, 1)
    assert any("unsent=1" in body for body in posted)
    assert not any("347" in body for body in posted)


def test_an_announcement_comes_to_the_screen_by_itself(hall: Hall, night: Count) -> None:
    screen = hall.officer(night.cast.bea, viewport={"width": 1920, "height": 1080})
    screen.goto(desk(night.contest, "screen"))
    expect(screen.locator(".announcement")).to_have_count(0)
    sam = hall.officer(night.cast.sam)
    sam.goto(desk(night.contest, "announce"))
    sam.get_by_label("What the screens say").fill("Agents, please come to table 4.")
    sam.get_by_role("button", name="Show it in the hall").click()
    expect(sam.locator(".receipt")).to_contain_text("The hall screens say it since")
    text = screen.locator(".announcement .text")
    expect(text).to_have_text("Agents, please come to table 4.")
    assert float(text.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")) >= 96
    assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight")


PAGES = ("hall", "totals", "announce", "screen")


def test_they_are_clean_by_axe_and_no_wider_than_the_screen(hall: Hall, night: Count) -> None:
    for width in (390, 1024, 1366, 1920):
        page = hall.officer(night.cast.rita, viewport={"width": width, "height": 768})
        for view in PAGES:
            page.goto(desk(night.contest, view))
            expect(page.locator("h1")).to_be_attached()
            assert not (wide := page.evaluate(OVERFLOWING)), (view, width, wide)
            if width in (390, 1024):
                clean(page, f"{view} at {width}")


def test_the_floor_can_be_hit_with_a_finger(hall: Hall, night: Count) -> None:
    page = open_floor(hall, night, night.cast.sam, viewport={"width": 1024, "height": 768})
    targets = page.locator("main a").filter(visible=True)
    assert targets.count() > 10
    for target in targets.all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER, target.evaluate("element => element.outerHTML")


def test_nobody_takes_a_rehearsal_for_a_count(hall: Hall, night: Count) -> None:
    dry = builders.make_contest(
        "parl.testshire.dry.2026-11-05", environment=Contest.Environment.REHEARSAL, name="Testshire dry run"
    )
    accounts.enrol(dry, "sam", None, Role.SUPERVISOR, "Sam Shah")
    page = hall.officer(night.cast.sam, viewport={"width": 1024, "height": 768})
    page.goto("/desk/")
    clean(page, "the list")
    page.get_by_role("link", name="Testshire dry run").click()
    expect(page).to_have_url(f"{hall.server.base}/rehearsal/desk/{dry.ballot_paper_id}/")
    mark = "getComputedStyle(document.body, '::before').content"
    assert "Rehearsal" in page.evaluate(mark)
    assert page.evaluate("getComputedStyle(document.body).borderTopWidth") == "10px"
    for path in (desk(dry, "hall"), desk(dry, "contest"), f"/contests/{dry.ballot_paper_id}/"):
        page.goto(f"/rehearsal{path}")
        clean(page, f"rehearsal {path}")
        assert not page.evaluate(OVERFLOWING)
    expect(page.locator("#line")).to_have_text("live")
    page.goto(f"/rehearsal{desk(dry, 'hall')}")
    expect(page.locator("[data-live-state]")).to_have_text("live")
    page.goto(desk(night.contest, "contest"))
    assert "Rehearsal" not in page.evaluate(mark)
