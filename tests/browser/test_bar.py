"""The bar that is always in sight hides nothing: not the field that is focused, nor what is said to be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from results.models import Contest
from tests import builders
from tests.browser.conftest import Hall, desk, fill, record
from tests.counts import Count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = ((390, 664), (390, 480), (1024, 500), (1280, 800))

HIDDEN = """(element) => {
  const bar = document.querySelector(".bar");
  if (bar.contains(element)) return "";
  const described = (element.getAttribute("aria-describedby") || "").split(" ");
  const errors = described.map((id) => document.getElementById(id)).filter(Boolean);
  // Several choices may need more room than there is: what is wrong with them is said on top.
  const parts = element.matches("input, button") ? [element, ...errors] : errors;
  if (!parts.length) return `${element.outerHTML.slice(0, 160)}: no error is said of it`;
  const top = bar.getBoundingClientRect().top;
  for (const part of parts) {
    const { top: above, bottom: below } = part.getBoundingClientRect();
    if (above < 0 || below > top) return `${part.outerHTML.slice(0, 160)}: ${above} to ${below}, the bar at ${top}`;
  }
  return "";
}"""


def hidden(page: Page) -> Any:
    """What of the focused field, or of its error, is not to be seen."""
    return page.locator(":focus").evaluate(HIDDEN)


def walk(page: Page, key: str) -> int:
    """Go through the form by a key; how many fields were met. Each is in sight, whichever words the bar says."""
    met = 0
    for _ in range(60):
        page.keyboard.press(key)
        inside = page.evaluate("document.activeElement.matches('form.sheet :is(input, button)')")
        if inside:
            met += 1
            assert (page.viewport_size, hidden(page)) == (page.viewport_size, "")
        elif met:
            return met
    return met


def screens(contest: Contest) -> list[tuple[str, int]]:
    """The addresses of forms with a bar, with the least number of fields that each has."""
    return [
        (desk(contest, "box", "6"), 7),
        (desk(contest, "count", 1), 9),
        (desk(contest, "form_group"), 3),
        (desk(contest, "change_group", 1), 3),
        (desk(contest, "register_box"), 8),
        (desk(contest, "cancel_box", "6"), 1),
    ]


def half_ready(count: Count) -> Count:
    """Group 1 can be counted; boxes 5 and 6 are expected."""
    for label in ("1", "2", "3", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    builders.form_group(count.contest, 1, ["1", "3", "P1"], count.cast.sam)
    return count


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_hides_no_field_that_is_reached_by_key(hall: Hall, count: Count, width: int, height: int) -> None:
    half_ready(count)
    tablet = hall.officer(count.cast.sam, viewport={"width": width, "height": height})
    for address, least in screens(count.contest):
        tablet.goto(address)
        expect(tablet.locator(".bar")).to_be_visible()
        tablet.locator("h1").click()
        assert walk(tablet, "Tab") >= least, address
        assert walk(tablet, "Shift+Tab") >= least, address


def refused_box(page: Page) -> None:
    fill(page, {"issued": "300", "unused": "100", "spoilt": "2", "tendered": "0", "found": "299"})


def refused_sheet(page: Page) -> None:
    fill(page, {"votes-3": "a long way from a number", "rejected-unmarked_or_void": "-1"})


def refused_nothing(page: Page) -> None:
    """Everything that is needed is missing."""


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    ("view", "parts", "fill_in"),
    [
        ("box", ("6",), refused_box),
        ("count", (1,), refused_sheet),
        ("register_box", (), refused_nothing),
        ("cancel_box", ("6",), refused_nothing),
        ("change_group", (1,), refused_nothing),
    ],
)
def test_it_hides_no_error(
    hall: Hall,
    count: Count,
    view: str,
    parts: tuple[object, ...],
    fill_in: Callable[[Page], None],
    width: int,
    height: int,
) -> None:
    half_ready(count)
    tablet = hall.officer(count.cast.sam, viewport={"width": width, "height": height})
    tablet.goto(desk(count.contest, view, *parts))
    fill_in(tablet)
    record(tablet)
    problem = tablet.get_by_role("alert")
    expect(problem).to_be_focused()
    links = problem.get_by_role("link")
    assert links.count() >= 1
    for link in links.all():
        link.click()
        focused = tablet.locator(link.get_attribute("href") or "")
        expect(focused).to_be_focused()
        assert (link.inner_text(), hidden(tablet)) == (link.inner_text(), "")


def test_it_hides_no_field_when_its_words_grow(hall: Hall, count: Count) -> None:
    half_ready(count)
    tablet = hall.officer(count.cast.sam, viewport={"width": 390, "height": 500})
    tablet.goto(desk(count.contest, "count", 1))
    bar: Locator = tablet.locator(".bar")
    field = tablet.locator("#id_votes-3")
    field.focus()
    # The field stands right above the bar when its first words make the bar taller.
    tablet.evaluate(
        """() => window.scrollBy(0, document.activeElement.getBoundingClientRect().bottom
          - document.querySelector(".bar").getBoundingClientRect().top + 1)"""
    )
    before = bar.bounding_box()
    field.press_sequentially("twelve, or so it says on the sheet")
    expect(bar).to_contain_text("Write the digits 0 to 9")
    after = bar.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    tablet.wait_for_function(f"!({HIDDEN})(document.activeElement)")
