"""Two readings on tablets: the sum stays unsaid until a reading is recorded, and a supervisor resolves a difference."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from results.facts.reading import forget, read_facts
from tests.browser.conftest import Hall, desk, figures, fill, record
from tests.browser.test_accessibility import clean
from tests.counts import VOTES, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = (VOTES[1][0] - 9, VOTES[1][1] + 9, VOTES[1][2])


def test_it_resolves_a_difference_by_the_sheet(hall: Hall) -> None:
    count = make_count(entries_required=2).ready()
    hall.server.start()
    sheet, group = desk(count.contest, "count", 1), desk(count.contest, "group", 1)
    olu, bea = hall.officer(count.cast.olu), hall.officer(count.cast.bea)
    for tablet, votes in ((olu, WRONG), (bea, VOTES[1])):
        tablet.goto(sheet)
        expect(tablet.locator("[data-sum]")).to_contain_text("empty")
        fill(tablet, figures(votes))
        expect(tablet.locator("[data-sum]")).to_be_empty()
        record(tablet)
        expect(tablet.locator(".receipt")).to_be_visible()
        expect(tablet.locator(".receipt")).not_to_contain_text("agreed")
        expect(tablet.locator(".state").first).to_have_text("entered")

    sam = hall.officer(count.cast.sam, viewport={"width": 1024, "height": 768})
    sam.goto(group)
    expect(sam.locator("tr.differs")).to_have_count(2)
    clean(sam, "a group whose readings are compared")
    sam.get_by_text("Olu Ade mistyped").click()
    sam.get_by_role("button", name="Record what is wrong").click()
    expect(sam.locator("main")).to_contain_text("Returned to Olu Ade")

    olu.goto(sheet)
    assert olu.locator("#id_votes-1").input_value() == ""
    fill(olu, figures(VOTES[1]))
    expect(olu.locator("[data-sum]")).to_contain_text("every paper accounted for")
    record(olu)
    expect(olu.locator(".receipt")).to_be_visible()

    sam.goto(group)
    clean(sam, "a group whose readings are compared")
    sam.get_by_role("button", name="The figures are those of the sheet").click()
    expect(sam.locator(".receipt")).to_contain_text("agreed")
    forget()
    agreed = read_facts(count.contest).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == VOTES[1]
