"""The page on paper: everything on it, black on white, with where it is from and how old it is."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import Hall, london
from tests.counts import VOTES, Count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COLOURS = r"""() => [...document.querySelectorAll("main *")]
  .filter((element) => element.checkVisibility() && !element.closest("svg") && !element.closest(".visually-hidden"))
  .filter((element) => [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent.trim()))
  .map((element) => getComputedStyle(element).color.match(/\d+/g).slice(0, 3).map(Number))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_it_prints_everything_black_on_white(hall: Hall, count: Count, scheme: Any, scripts: bool) -> None:
    count.ready()
    count.enter(1)
    page = hall.page(color_scheme=scheme, java_script_enabled=scripts)
    page.goto(f"/contests/{count.contest.ballot_paper_id}/")
    if scripts:
        expect(page.locator("#line")).to_have_text("live")
    receipt = count.enter(2)
    count.board()
    version = count.versions()
    if scripts:
        expect(page.locator("#version")).to_have_text(str(version))
    else:
        page.reload()
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    text = re.sub(r"\s+", " ", " ".join(each.extract_text() for each in pages))
    # The table that is folded on a screen, its sums included.
    assert "Votes by ward" in text
    assert re.search(r"All wards " + " ".join(str(a + b) for a, b in zip(VOTES[1], VOTES[2], strict=True)), text)
    assert "oxes mixed into 3 groups" in text
    address = f"{hall.server.base}/contests/{count.contest.ballot_paper_id}/"
    assert f"{address} · version {version} · as of {london(receipt.recorded_at)}" in text
    # What is only of a screen.
    assert " ago" not in text
    assert "Load it again" not in text
    assert "Theme" not in text
    if scripts:
        expect(page.locator(".votes-table")).to_be_hidden()
        page.emulate_media(media="print", color_scheme=scheme)
        colours = page.evaluate(COLOURS)
        assert len(colours) > 50
        assert max(max(colour) for colour in colours) <= 0x40
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
