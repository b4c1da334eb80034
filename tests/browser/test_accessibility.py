"""Every page by axe, in both themes; no page wider than its screen; nothing on a sheet smaller than a finger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from results import ledger
from results.facts.reading import read_facts
from results.models import Contest
from tests import builders
from tests.browser.conftest import Hall, desk, figures, fill, record
from tests.conftest import wait_for
from tests.counts import VOTES, Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FINGER = 44
LONG_NAMES = (
    ("Featherstonehaugh-Cholmondeley", "Maximilian Alexander Bartholomew", "RED"),
    ("Llanfairpwllgwyngyllgogerychwyrndrobwll", "Angharad", "BLU"),
    ("Ng", "A", "IND"),
)


def later_contest() -> Contest:
    """A contest whose poll is still open."""
    return builders.make_contest("parl.laterbury.2026-11-06", close_of_poll=timezone.now() + timedelta(hours=3))


STILL = "document.getAnimations().every(({ playState }) => playState === 'finished')"


def clean(page: Page, what: str) -> None:
    """No violation by axe in either theme."""
    axe = Axe()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wait_for(lambda: page.evaluate(STILL), what="the marks of changed figures to fade")
        found = axe.run(page)
        assert found.violations_count == 0, f"{what}, {scheme}: {found.generate_report()}"


def public_pages(count: Count) -> Iterator[tuple[str, str]]:
    """Every public page at every stage of the night: its name and path."""
    later = later_contest()
    live = f"/contests/{count.contest.ballot_paper_id}/"
    yield "before the close of poll", f"/contests/{later.ballot_paper_id}/"
    builders.verify(count.contest, "1", 300, count.cast.olu)
    yield "verifying", live
    for label in ("2", "3", "4", "5", "6", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    count.form_all()
    yield "verified", live
    count.enter(1, (500, 290, 108))
    count.enter(2, (298, 250, 50))
    yield "counting", live
    yield "hall", f"{live}?hall=1"
    builders.enter(count.contest, 2, (288, 260, 50), count.cast.sam, rejected=(0, 1, 0, 1))
    count.enter(3, (298, 250, 50))
    yield "counted", live
    yield "front", "/"
    yield "calibration", "/calibration/"


def desk_pages(count: Count) -> Iterator[tuple[str, str]]:
    """Every screen of the desk, as the Returning Officer sees it; `count` is ready and one sheet does not add up."""
    contest = count.contest
    yield "contests", "/desk/"
    yield "contest", desk(contest, "contest")
    yield "box", desk(contest, "box", "6")
    yield "box, verified", desk(contest, "box", "1")
    yield "form a group", desk(contest, "form_group")
    yield "group, agreed", desk(contest, "group", 1)
    yield "group, queried", desk(contest, "group", 2)
    yield "count", desk(contest, "count", 1)
    yield "count, queried", desk(contest, "count", 2)
    yield "change a group", desk(contest, "change_group", 2)
    yield "group, dissolved", desk(contest, "group", 3)
    yield "register a box", desk(contest, "register_box")
    yield "statement so far", desk(contest, "verification")
    yield "boxes off the list", desk(contest, "cancel_boxes")
    yield "take a box off", desk(contest, "cancel_box", "6")
    yield "electors", desk(contest, "electorates")
    yield "policy", desk(contest, "policy")
    yield "nowhere", desk(contest, "group", 99)


def busy_desk() -> Count:
    """A count with something of everything: a box that waits, agreed figures, figures that do not add up."""
    count = make_count(candidates=LONG_NAMES)
    for label in ("1", "2", "3", "4", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    builders.form_group(count.contest, 1, ["1", "3", "P1"], count.cast.sam)
    builders.form_group(count.contest, 2, ["2", "4"], count.cast.sam)
    builders.form_group(count.contest, 3, ["5", "6"], count.cast.sam)
    ledger.dissolve_group(
        count.contest,
        3,
        actor=count.cast.sam,
        submission_id=uuid.uuid4(),
        seen=read_facts(count.contest).groups[3].last_seq,
    )
    count.enter(1, (500, 290, 108))
    count.enter(2, (700, 290, 108))
    return count


def test_it_has_no_violation_on_public_pages(hall: Hall) -> None:
    count = make_count(projection=True, candidates=LONG_NAMES)
    hall.server.start()
    page = hall.page()
    for name, path in public_pages(count):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        if path.startswith("/contests/"):
            expect(page.locator("#line")).to_have_text("live")
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        clean(page, name)


def test_it_has_no_violation_while_only_progress_is_public(hall: Hall) -> None:
    count = make_count(publish="progress").ready()
    count.enter(1)
    hall.server.start()
    page = hall.viewer(count.contest)
    expect(page.locator("#line")).to_have_text("live")
    clean(page, "progress")


def test_it_has_no_violation_at_the_desk(hall: Hall) -> None:
    count = busy_desk()
    hall.server.start()
    page = hall.page()
    page.goto("/desk/login/")
    clean(page, "log-in")
    hall.seat(page.context, count.cast.rita)
    for name, path in desk_pages(count):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        clean(page, name)


def test_it_has_no_violation_on_a_form_with_errors_warnings_or_a_receipt(hall: Hall, count: Count) -> None:
    count.ready()
    page = hall.officer(count.cast.olu)
    page.goto(desk(count.contest, "count", 1))
    clean(page, "count, fresh")
    page.locator("#id_votes-1").press("Numpad8")
    expect(page.locator("[data-keypad]").filter(visible=True)).to_have_count(1)
    clean(page, "count, without NumLock")
    fill(page, figures((400, 300, 100), rejected=(20, 0, 0, 0)) | {"votes-2": "3OO"})
    record(page)
    expect(page.locator(".field-error")).to_be_visible()
    clean(page, "count, with an error")
    page.locator("#id_votes-2").fill("300")
    record(page)
    expect(page.locator(".acknowledge")).to_be_visible()
    clean(page, "count, with a warning")
    page.locator(".acknowledge input").check()
    record(page)
    expect(page.locator(".receipt")).to_be_visible()
    clean(page, "group, with a receipt")
    page.goto(desk(count.contest, "count", 2))
    hall.server.kill()
    fill(page, figures(VOTES[2]))
    record(page)
    expect(page.locator("[data-sending-words]")).to_contain_text("Not received yet")
    clean(page, "count, not received yet")


# --- sizes -------------------------------------------------------------------------------------------------------------

OVERFLOWING = """() => {
  const { clientWidth: wide, scrollWidth } = document.documentElement;
  if (scrollWidth <= wide) return [];
  const over = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return [`${scrollWidth} of ${wide}`, ...over.slice(0, 5).map(({ outerHTML }) => outerHTML.slice(0, 120))];
}"""


def test_it_fits_a_phone(hall: Hall) -> None:
    count = make_count(projection=True, candidates=LONG_NAMES)
    hall.server.start()
    page = hall.page(viewport={"width": 390, "height": 844})
    for name, path in public_pages(count):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert not (wide := page.evaluate(OVERFLOWING)), (name, wide)
    page.goto("/desk/login/")
    assert not page.evaluate(OVERFLOWING)


@pytest.mark.parametrize("width", [1024, 390])
def test_it_fits_a_tablet(hall: Hall, width: int) -> None:
    count = busy_desk()
    hall.server.start()
    page = hall.officer(count.cast.rita, viewport={"width": width, "height": 768})
    for name, path in desk_pages(count):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert not (wide := page.evaluate(OVERFLOWING)), (name, wide)


def test_it_can_be_hit_with_a_finger(hall: Hall, count: Count) -> None:
    count.ready()
    page = hall.officer(count.cast.olu, viewport={"width": 1024, "height": 768})
    page.goto(desk(count.contest, "count", 1))
    for text in ("12a", "0"):
        page.locator("#id_votes-1").fill(text)
        targets = page.locator("main form :is(input:not([type=hidden]), button, a, select)").filter(visible=True)
        assert targets.count() >= 10
        for target in targets.all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= FINGER, target.evaluate("element => element.outerHTML")
    fill(page, figures((400, 300, 100), rejected=(20, 0, 0, 0)))
    record(page)
    box = page.locator("label.acknowledge").bounding_box()
    assert box is not None
    assert box["height"] >= FINGER


def test_it_keeps_the_sum_and_the_button_in_sight(hall: Hall, count: Count) -> None:
    count.ready()
    page = hall.officer(count.cast.olu, viewport={"width": 1024, "height": 500})
    page.goto(desk(count.contest, "count", 1))
    expect(page.locator("[data-record]")).to_be_in_viewport(ratio=1)
    for field in page.locator("[data-figure]").all():
        field.focus()
        expect(field).to_be_in_viewport(ratio=1)
        expect(page.locator("[data-sum]")).to_be_in_viewport(ratio=1)
        covered = field.evaluate(
            """(element) => {
              const { left, top, width, height } = element.getBoundingClientRect();
              return document.elementFromPoint(left + width / 2, top + height / 2) !== element;
            }"""
        )
        assert not covered


def test_it_says_on_top_what_is_wrong_and_leads_there(hall: Hall, count: Count) -> None:
    page = hall.page()
    page.goto("/desk/login/")
    page.get_by_label("Log-in name").fill("olu")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("That log-in is not right.")
    page.goto(f"/contests/{count.contest.ballot_paper_id}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
