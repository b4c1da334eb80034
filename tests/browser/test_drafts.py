"""What was typed on a tablet and not sent: found again on the first screen after a crash, wherever it was typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from results import ledger
from results.models import Contest, LedgerEntry, Role
from results.people import accounts
from results.texts.catalogue import catalogue
from tests import builders
from tests.browser.conftest import Hall, desk, fill, log_in
from tests.browser.test_accessibility import clean
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def unsent(page: Page) -> Locator:
    """The links to the forms that were typed and not sent."""
    return page.locator("[data-drafts]").get_by_role("link")


def typed_reason(form: Locator, words: str) -> None:
    form.get_by_label("Reason").fill(words)


@dataclass(frozen=True)
class Kind:
    """A kind of form: where it is, how it is opened and filled, and how its draft is called."""

    view: str
    parts: tuple[object, ...]
    action: tuple[str, tuple[object, ...]]
    fill: Callable[[Page, Locator], None]
    called: str


def _verify(page: Page, form: Locator) -> None:
    form.get_by_label("Papers found").fill("347")


def _sheet(page: Page, form: Locator) -> None:
    form.locator("#id_votes-1").fill("347")


def _label(page: Page, form: Locator) -> None:
    form.locator("#id_label").fill("X1")


def _tick(page: Page, form: Locator) -> None:
    form.get_by_role("checkbox").last.check()


def _unfold(page: Page, form: Locator) -> None:
    if not form.is_visible():
        form.locator("xpath=ancestor::details/summary").click()
    typed_reason(form, "as the RO said")


def _reason(page: Page, form: Locator) -> None:
    typed_reason(form, "as the RO said")


def _announcement(page: Page, form: Locator) -> None:
    form.locator("#id_text").fill("Agents to table 4")


KINDS = (
    Kind("box", ("6",), ("box", ("6",)), _verify, "verification of box 6"),
    Kind("count", (1,), ("count", (1,)), _sheet, "sheet of group 1"),
    Kind("form_group", (), ("form_group", ()), _tick, "a new group"),
    Kind("change_group", (1,), ("change_group", (1,)), _reason, "change of the boxes of group 1"),
    Kind("group", (2,), ("reopen", (2,)), _unfold, "reopening of group 2"),
    Kind("group", (1,), ("dissolve", (1,)), _unfold, "dissolving of group 1"),
    Kind("register_box", (), ("register_box", ()), _label, "a new box"),
    Kind("cancel_box", ("6",), ("cancel_box", ("6",)), _reason, "taking box 6 off the list"),
    Kind("electorates", (), ("electorates", ()), _unfold, "electors of North"),
    Kind("announce", (), ("announce", ()), _announcement, "an announcement"),
    Kind("policy", (), ("policy", ()), _reason, "choice of what is public"),
)


def half_counted(**options: Any) -> Count:
    """Boxes 5 and 6 wait; group 1 can be entered, group 2 does not add up."""
    count = make_count(**options)
    for label in ("1", "2", "3", "4", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    builders.form_group(count.contest, 1, ["1", "3", "P1"], count.cast.sam)
    builders.form_group(count.contest, 2, ["2", "4"], count.cast.sam)
    count.enter(2, (298, 250, 49))
    return count


def form_of(page: Page, contest: Contest, kind: Kind) -> Locator:
    view, parts = kind.action
    return page.locator(f'form[action="{desk(contest, view, *parts)}"]').first


def test_it_keeps_what_is_typed_on_every_form_and_leads_back_to_each(hall: Hall) -> None:
    count = half_counted()
    hall.server.start()
    tablet = hall.officer(count.cast.rita)
    for kind in KINDS:
        tablet.goto(desk(count.contest, kind.view, *kind.parts))
        form = form_of(tablet, count.contest, kind)
        kind.fill(tablet, form)
        expect(form.locator("[data-kept]")).to_have_text("kept on this tablet until received")
    tablet.get_by_role("textbox", name="Reason").last.fill("until I have seen them")
    for path, before in (("/desk/", "Testshire: "), (desk(count.contest, "contest"), "")):
        tablet.goto(path)
        called = [*(before + kind.called for kind in KINDS), f"{before}hold on new releases"]
        expect(unsent(tablet)).to_have_count(len(called))
        assert sorted(unsent(tablet).all_inner_texts()) == sorted(called)
    for kind in KINDS:
        tablet.goto("/desk/")
        unsent(tablet).filter(has_text=kind.called).click()
        form = form_of(tablet, count.contest, kind)
        expect(form.locator("[data-draft-words]")).to_be_visible()
        expect(form.locator("[data-draft-words]")).to_contain_text("not yet received")


def test_it_has_a_name_for_every_form_that_keeps_what_is_typed() -> None:
    """A form without one would be listed by its code."""
    templates = Path(__file__).parents[2] / "templates" / "desk"
    named = [
        part.split('"')[0]
        for page in templates.glob("*.html")
        for part in page.read_text(encoding="utf-8").split('_keeps.html" with kind="')[1:]
    ]
    assert len(named) > 14
    assert [kind for kind in named if kind not in catalogue()] == []


TYPED = re.compile(r'type="text"|<textarea|desk/_(?:reason|figure|line|sheet|second)\w*\.html')
"""What is typed into, or a part of a template that has it."""


def test_a_form_of_the_desk_that_is_typed_into_keeps_it() -> None:
    templates = Path(__file__).parents[2] / "templates" / "desk"
    forms = [
        (page.name, form.split("</form>", 1)[0])
        for page in templates.glob("*.html")
        for form in page.read_text(encoding="utf-8").split("<form ")[1:]
        if "data-send" in form.split("</form>", 1)[0]
    ]
    typed = [(name, form) for name, form in forms if TYPED.search(form)]
    assert len(typed) > 15
    assert [name for name, form in typed if "_keeps.html" not in form] == []


def test_the_first_screen_after_a_crash_lists_what_was_not_sent(hall: Hall) -> None:
    count = half_counted()
    hall.server.start()
    tablet = hall.page()
    tablet.goto("/desk/login/")
    log_in(tablet, "sam")
    expect(tablet.locator("h1")).to_have_text("Your contests")
    expect(tablet.locator("[data-drafts]")).to_be_hidden()
    tablet.goto(desk(count.contest, "electorates"))
    tablet.locator("summary").first.click()
    tablet.get_by_role("textbox", name="Electors").first.fill("6010")
    tablet.get_by_role("textbox", name="Reason").first.fill("alterations of 3 November")
    tablet.goto(desk(count.contest, "group", 2))
    tablet.locator("#reopen summary").click()
    tablet.locator("#id_reopen_reason").fill("a bundle was left out")

    # The tablet dies while another page is open, and with it the log-in.
    tablet.goto(desk(count.contest, "box", "5"))
    context = tablet.context
    tablet.close()
    context.clear_cookies()

    again = hall.page(context)
    again.goto("/desk/login/")
    log_in(again, "bea")
    expect(again.locator("h1")).to_have_text("Your contests")
    expect(again.locator("[data-drafts]")).to_be_hidden()
    again.get_by_role("button", name="Log out").click()
    again.goto("/desk/login/")
    log_in(again, "sam")
    expect(unsent(again)).to_have_text(["Testshire: electors of North", "Testshire: reopening of group 2"])
    expect(again.locator("[data-drafts] li").first).to_contain_text("typed at")
    clean(again, "the first screen with drafts")
    unsent(again).last.click()
    expect(again.locator("#id_reopen_reason")).to_have_value("a bundle was left out")
    again.get_by_label("The sheet is wrong").last.check()
    again.get_by_role("button", name="Reopen group 2").click()
    expect(again.locator(".receipt")).to_contain_text("Received")
    again.get_by_role("link", name="countnight desk").click()
    expect(unsent(again)).to_have_text(["Testshire: electors of North"])


def test_it_lists_no_draft_that_was_received_though_nobody_heard(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.sam)
    tablet.goto(desk(count.contest, "group", 1))
    tablet.get_by_text("Dissolve this group").click()
    tablet.locator("#id_dissolve_reason").fill("formed of the wrong boxes")
    # Sent and recorded, and the tablet dies before the answer comes.
    tablet.route("**/dissolve/", lambda route: (route.fetch(), route.abort()))
    tablet.get_by_role("button", name="Dissolve group 1").click()
    expect(tablet.locator("[data-sending-words]").filter(visible=True)).to_contain_text("Not received yet")
    assert LedgerEntry.objects.filter(contest=count.contest, kind="group_dissolved").count() == 1
    again = hall.page(tablet.context)
    tablet.close()
    again.goto("/desk/")
    expect(again.locator("h1")).to_have_text("Your contests")
    expect(again.locator("[data-drafts]")).to_be_hidden()


def test_a_draft_whose_form_is_gone_can_be_discarded(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.sam)
    for number in (1, 2):
        tablet.goto(desk(count.contest, "count", number))
        fill(tablet, {"votes-1": str(number)})
    seen = LedgerEntry.objects.filter(contest=count.contest, group__number=2).latest("seq").seq
    ledger.dissolve_group(count.contest, 2, actor=count.cast.rita, submission_id=uuid.uuid4(), seen=seen)
    tablet.goto("/desk/")
    tablet.get_by_text("Discard", exact=True).last.click()
    tablet.get_by_role("button", name="Discard what was typed for: Testshire: sheet of group 2").click()
    expect(unsent(tablet)).to_have_text(["Testshire: sheet of group 1"])
    expect(unsent(tablet)).to_be_focused()
    unsent(tablet).click()
    expect(tablet.locator("#id_votes-1")).to_have_value("1")
    tablet.get_by_role("button", name="Discard what was typed").click()
    tablet.goto("/desk/")
    expect(tablet.locator("[data-drafts]")).to_be_hidden()


def test_the_page_of_a_contest_lists_the_drafts_of_others_by_their_name(hall: Hall) -> None:
    count = make_count()
    other = builders.make_contest("local.testshire.2026-11-05", event=count.contest.event, name="Test council")
    accounts.enrol(other, "sam", None, Role.SUPERVISOR, "Sam Shah")
    hall.server.start()
    tablet = hall.officer(count.cast.sam)
    for contest in (other, count.contest):
        tablet.goto(desk(contest, "register_box"))
        tablet.locator("#id_label").fill("X1")
    tablet.goto(desk(count.contest, "contest"))
    expect(unsent(tablet)).to_have_text(["a new box", "Test council: a new box"])
    unsent(tablet).last.click()
    expect(tablet).to_have_url(hall.server.base + desk(other, "register_box"))
    expect(tablet.locator("#id_label")).to_have_value("X1")
