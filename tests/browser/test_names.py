"""Long names: whoever stands is read in full, on every screen, and no screen scrolls sideways for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from results.models import Party, Ward
from tests.browser.conftest import Hall
from tests.browser.test_accessibility import OVERFLOWING
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# 80 letters with the blank between them: one word that no browser would break by itself, and several.
UNBROKEN = ("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochgobaithllewelyn", "Gwenno", "RED")
DOUBLE = ("Featherstonehaugh-Cholmondeley-Wriothesley", "Maximilian Alexander Bartholomew Ptol", "BLU")
PARTY = "Association of Residents of Upper Shires"
WARD = "Saint Bartholomew-by-the-Sea with Upper and Nether Wallopsea"
SCREENS = {
    "phone": (390, 844, ""),
    "tablet": (800, 1000, ""),
    "laptop": (1280, 800, ""),
    "hall": (1920, 1080, "?hall=1"),
}

CUT = """(found) => [...document.querySelectorAll(found)].filter((element) => element.checkVisibility()).map((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const text = range.getBoundingClientRect();
  let { left, right, top, bottom } = { left: 0, right: innerWidth, top: -1e9, bottom: 1e9 };
  for (let around = element; around; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.textOverflow === "ellipsis") return `${element.textContent}: ellipsis`;
    if (style.overflowX === "auto") return "";
    if (style.overflowX === "visible") continue;
    const box = around.getBoundingClientRect();
    [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
    [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
  }
  const cut = text.left < left - 1 || text.right > right + 1 || text.top < top - 1 || text.bottom > bottom + 1;
  return cut ? `${element.textContent}: cut` : "";
}).filter(Boolean)"""
"""Which of the elements are visible but not in full: cut off by one around them, or by the edge of the screen."""

OVERLAPPING = """() => [...document.querySelectorAll(".race-table tbody tr")].flatMap((row) => {
  const box = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const cells = [...row.querySelectorAll(".who, .share, .votes")].filter((cell) => cell.checkVisibility()).map(box);
  return cells.flatMap((one, position) => cells.slice(position + 1).map((other) =>
    one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1));
}).filter(Boolean).length"""


def long_names() -> Count:
    assert len(" ".join(UNBROKEN[:2])) == len(" ".join(DOUBLE[:2])) == 80
    assert len(PARTY) == 40
    assert len(WARD) == 60
    others = tuple((f"{UNBROKEN[0]}", f"Gwenno {position}", "IND") for position in range(5))
    count = make_count(projection=True, candidates=(UNBROKEN, DOUBLE, *others))
    Party.objects.filter(code="RED").update(name=PARTY, short_name=PARTY)
    Ward.objects.filter(gss="E05000000").update(name=WARD)
    return count


def check(page: Page, what: str) -> None:
    assert page.evaluate(OVERFLOWING) == [], what
    names = ".name, .party, .headline, .said, .out-needed, .who, .ahead, .feed-list li > span, .sentence"
    assert page.evaluate(CUT, names) == [], what
    assert page.evaluate(OVERLAPPING) == 0, what


@pytest.mark.parametrize("screen", SCREENS)
def test_it_shows_every_name_in_full(hall: Hall, screen: str) -> None:
    count = long_names()
    hall.server.start()
    width, height, query = SCREENS[screen]
    page = hall.page(viewport={"width": width, "height": height})
    path = f"/contests/{count.contest.ballot_paper_id}/{query}"
    page.goto(path)
    check(page, "before")
    count.ready()
    count.enter(1, (300, 300, 100, 50, 30, 20, 18))
    count.enter(2, (200, 300, 60, 40, 20, 10, 8))
    expect(page.locator(".race-table .name").first).to_be_visible()
    expect(page.locator("#headline")).to_contain_text(UNBROKEN[0])
    # What is folded and can be scrolled sideways is there to be scrolled.
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    check(page, "counting")
    for name in (UNBROKEN, DOUBLE):
        expect(page.locator(".race-table .name", has_text=f"{name[1]} {name[0]}").first).to_be_visible()
    page.goto("/")
    check(page, "front")
