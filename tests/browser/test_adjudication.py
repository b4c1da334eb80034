"""The adjudication table and a second officer's fields, in a browser: keys, sums, fingers, and what is kept on the device."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from results.facts.reading import read_facts
from tests.browser.conftest import Hall, desk
from tests.browser.test_accessibility import FINGER, clean
from tests.builders import PASSWORD
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL = (
    "[...document.querySelectorAll('main a.button, main button, main input:not([type=hidden]), main summary')]"
    ".filter((one) => one.offsetParent && !['checkbox', 'radio'].includes(one.type))"
    f".filter((one) => one.getBoundingClientRect().height < {FINGER})"
    ".map((one) => one.outerHTML.slice(0, 90))"
)


@pytest.fixture
def out(hall: Hall) -> Count:
    """Group 1 has ten doubtful papers, and both readings say so; groups 2 and 3 are agreed."""
    count = make_count(entries_required=2, publish="progress").ready()
    for reader in (count.cast.olu, count.cast.bea):
        count.enter(1, (400, 300, 108), reader, doubtful=10)
        count.enter(2, actor=reader)
        count.enter(3, actor=reader)
    hall.server.start()
    return count


def test_it_adds_up_what_comes_back_and_agrees_the_group_by_itself(hall: Hall, out: Count) -> None:
    table = hall.officer(out.cast.rita)
    table.goto(desk(out.contest, "adjudication"))
    table.get_by_role("link", name="Group 1").click()
    summed = expect(table.locator("[data-sum]"))
    summed.to_have_text("0 of 10 doubtful papers returned · 10 papers still with adjudication")
    table.locator("#id_votes-1").fill("6")
    table.locator("#id_rejected-unmarked_or_void").fill("5")
    summed.to_have_text("11 of 10 doubtful papers returned · 1 paper more than there are")
    expect(table.locator("[data-sum]")).to_have_attribute("data-state", "wrong")
    table.locator("#id_rejected-unmarked_or_void").fill("4")
    table.locator("#id_objections-unmarked_or_void").fill("5")
    summed.to_have_text("10 of 10 doubtful papers returned · all are back · more objections than papers rejected")
    # Objections are among the papers rejected, and in no sum.
    table.locator("#id_objections-unmarked_or_void").fill("2")
    summed.to_have_text("10 of 10 doubtful papers returned · all are back")
    expect(table.locator("[data-sum]")).to_have_attribute("data-state", "good")
    table.locator("[data-record]").click()
    expect(table.locator(".receipt")).to_contain_text("The figures add up and are agreed")
    agreed = read_facts(out.contest).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == (406, 300, 108)


def test_it_goes_through_the_table_by_enter_to_the_button_and_records_nothing_on_the_way(
    hall: Hall, out: Count
) -> None:
    table = hall.officer(out.cast.rita)
    table.goto(desk(out.contest, "adjudicate", 1))
    expect(table.locator("#id_votes-1")).to_be_focused()
    # Three candidates, four heads with their objections; then the button.
    for _ in range(3 + 8):
        table.keyboard.press("Enter")
    expect(table.locator("[data-record]")).to_be_focused()
    assert read_facts(out.contest).groups[1].adjudicated is None


def test_it_keeps_what_was_typed_and_never_a_pass_phrase(hall: Hall, out: Count) -> None:
    tablet = hall.officer(out.cast.sam)
    tablet.goto(desk(out.contest, "recount"))
    tablet.get_by_label("2 North").or_(tablet.locator('input[name="groups"][value="2"]')).first.check()
    tablet.locator("#id_reason").fill("Close in two groups")
    tablet.locator("#id_second_name").fill("rita")
    tablet.locator("#id_second_phrase").fill(PASSWORD)
    expect(tablet.locator("[data-kept]")).to_have_text("kept on this tablet until received")
    kept = tablet.evaluate("JSON.stringify({...localStorage})")
    assert "Close in two groups" in kept
    assert "rita" in kept
    assert PASSWORD not in kept
    tablet.goto(desk(out.contest, "recount"))
    expect(tablet.locator("#id_reason")).to_have_value("Close in two groups")
    expect(tablet.locator("#id_second_phrase")).to_have_value("")
    tablet.get_by_text("Recount", exact=True).click()
    tablet.locator("#id_second_phrase").fill("wrong horse")
    tablet.locator("[data-record]").click()
    expect(tablet.locator(".problem")).to_contain_text("do not belong together")
    expect(tablet.locator("#id_second_phrase")).to_have_value("")
    assert "wrong horse" not in tablet.evaluate("JSON.stringify({...localStorage})")
    assert "wrong horse" not in tablet.content()
    tablet.locator("#id_second_phrase").fill(PASSWORD)
    tablet.locator("[data-record]").click()
    expect(tablet.locator(".receipt")).to_be_visible()
    assert read_facts(out.contest).groups[2].round == 2


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (400, 800)])
def test_it_has_no_violation_and_is_made_for_fingers(hall: Hall, out: Count, size: tuple[int, int]) -> None:
    page = hall.officer(out.cast.rita)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    screens = {
        "adjudication": desk(out.contest, "adjudication"),
        "adjudicate": desk(out.contest, "adjudicate", 1),
        "recount": desk(out.contest, "recount"),
        "group with adjudication": desk(out.contest, "group", 1),
        "group agreed": desk(out.contest, "group", 2),
    }
    for name, path in screens.items():
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        clean(page, name)
        assert page.evaluate(SMALL) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than its screen"
