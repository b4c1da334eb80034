"""The desk's forms as an officer meets them: sums while typing, one sending, nothing typed ever lost or shown to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Request, expect

from results.models import LedgerEntry
from results.rules import counts
from results.texts.wording import words as in_words
from tests import builders
from tests.browser.conftest import Hall, desk, entered, figures, fill, log_in, receipt, record, shown_figures
from tests.conftest import wait_for
from tests.counts import VOTES, Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_GROUP = 820
GAPS = (0, 1, -1, 4, -4, 9, -9, 18, 27, -27, 90, 100, -101, 819, 820, -980, -9_000, -9_999_180)


def posts(page: Page) -> list[str]:
    """Where the page sends forms, from now on."""
    sent: list[str] = []

    def hear(request: Request) -> None:
        # What a tablet tells the floor of its unsent forms is no form.
        if request.method == "POST" and not request.url.endswith("/beat/"):
            sent.append(request.url)

    page.on("request", hear)
    return sent


# --- sums --------------------------------------------------------------------------------------------------------------


def test_it_says_the_gap_in_the_words_of_the_rules(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    fill(tablet, figures((0, 0, 0), rejected=(0, 0, 0, 0)))
    for gap in GAPS:
        accounted = IN_GROUP - gap
        tablet.locator("#id_votes-2").fill(str(accounted))
        words = f"{accounted:,} of {IN_GROUP} · {in_words(counts.gap(IN_GROUP, accounted))}"
        expect(tablet.locator("[data-sum]")).to_have_text(words)
        expect(tablet.locator("[data-sum]")).to_have_attribute("data-state", "wrong" if gap else "good")


def test_it_adds_on_every_key_and_counts_what_is_empty(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    line = tablet.locator("[data-sum]")
    expect(line).to_have_text("0 of 820 · 820 papers missing · 8 fields empty")
    tablet.locator("#id_votes-1").focus()
    for key, words in (
        ("4", "4 of 820 · 816 papers"),
        ("0", "40 of 820 · 780 papers"),
        ("1", "401 of 820 · 419 papers"),
    ):
        tablet.keyboard.press(key)
        expect(line).to_have_text(f"{words} missing · 7 fields empty")
    # 820 less 400 is no multiple of nine, 820 less 1 is: no hint about digits while the sheet is half typed.
    tablet.locator("#id_votes-1").fill("1")
    expect(line).to_have_text("1 of 820 · 819 papers missing · 7 fields empty")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("12a", "Write the digits 0 to 9 and nothing else"),
        ("1,200", "Write 1200, without the comma"),
        ("-5", "No figure is below 0: write it without the sign"),
        ("4.5", "Write a whole number, without the point"),
        ("٤٠٠", "Write the digits 0 to 9"),
        ("10000001", "At most 10,000,000"),
        ("", "Write 0 if there are none"),
    ],
)
def test_it_names_a_figure_that_is_none_and_keeps_it(hall: Hall, count: Count, typed: str, answer: str) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    texts = figures(VOTES[1]) | {"votes-2": typed}
    fill(tablet, texts)
    expect(tablet.locator("[data-sum]")).to_contain_text(f"check BARKER Mike: {answer}" if typed else "1 field empty")
    record(tablet)
    problem = tablet.get_by_role("alert")
    expect(problem).to_be_focused()
    expect(problem).to_have_text(re.compile(r"Nothing is recorded yet\.\s+BARKER Mike: " + re.escape(answer)))
    field = tablet.locator("#id_votes-2")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(answer)
    assert shown_figures(tablet, texts) == texts
    problem.get_by_role("link", name="BARKER Mike").click()
    expect(field).to_be_focused()
    field.fill("300")
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert len(entered(count.contest, 1)) == 1


def test_it_asks_for_the_reason_of_a_variance(hall: Hall, count: Count) -> None:
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "box", "1"))
    fill(tablet, {"issued": "300", "unused": "100", "spoilt": "2", "tendered": "0", "found": "299"})
    line = tablet.locator("[data-sum]")
    expect(line).to_have_text("entrusted 402 · 299 found of 300 · 1 paper fewer than expected: say why")
    tablet.get_by_label("Papers found").fill("302")
    expect(line).to_have_text("entrusted 402 · 302 found of 300 · 2 papers more than expected: say why")
    record(tablet)
    expect(tablet.get_by_role("alert")).to_contain_text("2 papers more found than expected")
    for name in ("reason", "explanation"):
        expect(tablet.locator(f"#error_{name}")).to_be_visible()
    tablet.get_by_role("radio", name="Arithmetic on the account").check()
    tablet.get_by_label("Explanation").fill("two papers of box 2")
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    expect(tablet.locator(".state").first).to_have_text("verified, 2 too many")


def test_it_hides_no_refused_field_under_the_bar_of_a_phone(hall: Hall, count: Count) -> None:
    tablet = hall.officer(count.cast.olu, viewport={"width": 390, "height": 664})
    tablet.goto(desk(count.contest, "box", "1"))
    fill(tablet, {"issued": "300", "unused": "100", "spoilt": "2", "tendered": "0", "found": "299"})
    record(tablet)
    bar = tablet.locator(".bar")
    for name, label in (("reason", "Reason of the variance"), ("explanation", "Explanation")):
        tablet.get_by_role("alert").get_by_role("link", name=label).click()
        error = tablet.locator(f"#error_{name}")
        expect(error).to_be_in_viewport(ratio=1)
        below, top = error.bounding_box(), bar.bounding_box()
        assert below is not None
        assert top is not None
        assert below["y"] + below["height"] <= top["y"], name


def test_it_shows_no_account_as_good_that_cannot_be_right(hall: Hall, count: Count) -> None:
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "box", "1"))
    line = tablet.locator("[data-sum]")
    good = {"issued": "700", "unused": "200", "spoilt": "1", "tendered": "0", "found": "700"}
    fill(tablet, good)
    expect(line).to_have_attribute("data-state", "good")
    for wrong, words in (
        ({"unused": "9000"}, "more than twice its 1,800 electors"),
        ({"unused_counted": "190"}, "unused differ by 10"),
        ({"spoilt_counted": "2"}, "spoilt differ by 1"),
        ({"issued": "1900", "found": "1900"}, "more papers than its 1,800 electors"),
    ):
        fill(tablet, {"unused_counted": "", "spoilt_counted": ""} | good | wrong)
        expect(line).to_contain_text(words)
        expect(line).to_have_attribute("data-state", "wrong")


def test_it_adds_up_the_boxes_of_a_new_group(hall: Hall, count: Count) -> None:
    count.verify_all()
    tablet = hall.officer(count.cast.sam)
    tablet.goto(desk(count.contest, "form_group"))
    line = tablet.locator("[data-sum]")
    tablet.get_by_role("checkbox", name=re.compile("^1 ")).check()
    expect(line).to_have_text("1 box · 300 papers · two polling boxes or more are needed")
    tablet.get_by_role("checkbox", name=re.compile("^3 ")).check()
    expect(line).to_have_text("2 boxes · 620 papers")
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    expect(tablet.get_by_role("heading", name="Group 1")).to_be_visible()


def test_it_asks_to_look_again_before_a_warning_is_recorded(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    fill(tablet, figures((400, 300, 100), rejected=(20, 0, 0, 0)))
    record(tablet)
    expect(tablet.get_by_role("alert")).to_contain_text("Not recorded yet. 1 thing to check against the sheet")
    assert entered(count.contest, 1) == []
    tablet.get_by_role("checkbox", name=re.compile("2.4% of the papers are rejected")).check()
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("The figures add up and are agreed")


# --- sending -----------------------------------------------------------------------------------------------------------


def test_it_sends_once_what_is_clicked_twice(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    sent = posts(tablet)
    fill(tablet, figures(VOTES[1]))
    tablet.locator("[data-record]").dblclick()
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert len(sent) == 1
    assert len(entered(count.contest, 1)) == 1


def test_it_sends_once_what_is_submitted_thrice_at_once(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    sent = posts(tablet)
    fill(tablet, figures(VOTES[1]))
    tablet.evaluate(
        "() => { const form = document.querySelector('form[data-count]'); for (const _ of [1, 2, 3]) form.requestSubmit(); }"
    )
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert len(sent) == 1
    assert len(entered(count.contest, 1)) == 1


def test_it_shows_the_receipt_again_after_a_reload_and_sends_nothing(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    fill(tablet, figures(VOTES[1]))
    record(tablet)
    expect(tablet.locator(".receipt")).to_be_visible()
    sent = posts(tablet)
    tablet.reload()
    (sheet,) = entered(count.contest, 1)
    expect(tablet.locator(".receipt")).to_contain_text(receipt(sheet))
    assert sent == []


def test_it_can_be_stopped_while_nobody_answers(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    hall.server.kill()
    fill(tablet, figures(VOTES[1]) | {"votes-1": "401"})
    record(tablet)
    tablet.get_by_role("button", name="Stop and change").click()
    expect(tablet.locator("[data-sending-words]")).to_contain_text("Nothing was confirmed as received")
    tablet.locator("#id_votes-1").fill("400")
    hall.server.start()
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("agreed")
    assert len(entered(count.contest, 1)) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_it_stops_asking_a_server_that_fails_and_says_what_to_do(hall: Hall, count: Count, status: int) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.clock.install()
    tablet.goto(desk(count.contest, "count", 1))
    sent = posts(tablet)
    tablet.route("**/count/", lambda route: route.fulfill(status=status, body="Out of order"))
    typed = figures(VOTES[1])
    fill(tablet, typed)
    record(tablet)
    words = tablet.locator("[data-sending-words]")
    for tries in range(1, 5):
        expect(words).to_contain_text("trying again")
        wait_for(lambda tries=tries: len(sent) == tries, what=f"try {tries}")
        tablet.clock.run_for(20_000)
    expect(words).to_contain_text(f"5 tries, the last answered {status}")
    expect(words).to_contain_text(re.compile(r"Write down \d\d:\d\d, call a supervisor"))
    tablet.clock.run_for(600_000)
    assert len(sent) == 5
    assert shown_figures(tablet, typed) == typed
    tablet.unroute("**/count/")
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")


def test_it_never_asks_again_what_was_refused(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    sent = posts(tablet)
    tablet.route("**/count/", lambda route: route.fulfill(status=429, body="Too many"))
    fill(tablet, figures(VOTES[1]))
    record(tablet)
    expect(tablet.locator("[data-sending-words]")).to_contain_text("the server answered 429")
    expect(tablet.locator("[data-record]")).to_be_enabled()
    assert len(sent) == 1


def test_the_contest_page_says_what_lies_unsent_on_this_tablet(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 2))
    fill(tablet, figures(VOTES[2]))
    tablet.goto(desk(count.contest, "box", "6"))
    tablet.get_by_text("Verify it again").first.click()
    fill(tablet, {"issued": "351"})
    tablet.goto(desk(count.contest, "contest"))
    notice = tablet.locator("[data-drafts]")
    expect(notice.get_by_role("link")).to_have_text(["verification of box 6", "sheet of group 2"])
    notice.get_by_role("link", name="group 2").click()
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    tablet.goto(desk(count.contest, "contest"))
    expect(notice.get_by_role("link")).to_have_text(["verification of box 6"])


# --- log-ins -----------------------------------------------------------------------------------------------------------


def end_session(page: Page) -> None:
    Session.objects.all().delete()


def clear_cookies(page: Page) -> None:
    page.context.clear_cookies()


@pytest.mark.parametrize("end", [end_session, clear_cookies])
def test_it_keeps_figures_when_the_log_in_ends(hall: Hall, count: Count, end: Callable[[Page], Any]) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    typed = figures(VOTES[1])
    fill(tablet, typed)
    end(tablet)
    record(tablet)
    words = tablet.locator("[data-sending-words]")
    expect(words).to_contain_text("You are logged out. Not received; what you typed is kept on this tablet.")
    assert shown_figures(tablet, typed) == typed
    assert entered(count.contest, 1) == []
    tablet.get_by_role("link", name="Log in and come back").click()
    expect(tablet.locator(".notice")).to_contain_text("What you typed on this tablet is kept")
    log_in(tablet, "olu")
    expect(tablet.locator("[data-draft-words]")).to_contain_text("not yet received")
    assert shown_figures(tablet, typed) == typed
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert len(entered(count.contest, 1)) == 1
    tablet.goto(desk(count.contest, "count", 2))
    expect(tablet.locator("[data-draft-notice]")).to_be_hidden()


def test_it_shows_nobody_the_figures_of_a_colleague(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.page()
    tablet.goto(desk(count.contest, "count", 1))
    log_in(tablet, "olu")
    typed = figures((410_733, 300, 107))
    fill(tablet, typed)
    tablet.get_by_role("button", name="Log out").click()
    tablet.goto(desk(count.contest, "count", 1))
    log_in(tablet, "bea")
    expect(tablet.locator(".desk-who")).to_contain_text("Bea Byrne")
    assert set(shown_figures(tablet, typed).values()) == {""}
    expect(tablet.locator("[data-draft-notice]")).to_be_hidden()
    assert "410733" not in tablet.content()
    tablet.get_by_role("button", name="Log out").click()
    tablet.goto(desk(count.contest, "count", 1))
    log_in(tablet, "olu")
    expect(tablet.locator("[data-draft-notice]")).to_be_visible()
    assert shown_figures(tablet, typed) == typed


def test_it_forgets_figures_that_are_discarded(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    typed = figures(VOTES[1])
    fill(tablet, typed)
    tablet.reload()
    assert shown_figures(tablet, typed) == typed
    tablet.get_by_role("button", name="Discard what was typed").click()
    assert set(shown_figures(tablet, typed).values()) == {""}
    expect(tablet.locator("[data-sum]")).to_contain_text("8 fields empty")
    tablet.reload()
    expect(tablet.locator("[data-draft-notice]")).to_be_hidden()
    assert set(shown_figures(tablet, typed).values()) == {""}


# --- two at once -------------------------------------------------------------------------------------------------------


def test_it_tells_the_second_of_two_officers_what_the_first_recorded(hall: Hall, count: Count) -> None:
    count.ready()
    one, other = hall.officer(count.cast.olu), hall.officer(count.cast.bea)
    for tablet in (one, other):
        tablet.goto(desk(count.contest, "count", 1))
    fill(one, figures((400, 300, 117), sheet="0106"))
    record(one)
    expect(one.locator(".notice.wrong")).to_contain_text("819 of 820 papers accounted for: 1 paper missing")
    typed = figures(VOTES[1])
    fill(other, typed)
    record(other)
    alert = other.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Nothing is recorded. Group 1")
    expect(other.locator("form .notice", has_text="Recorded now for group 1")).to_contain_text(
        re.compile(r"sheet 0106, by Olu Ade at \d\d:\d\d:\d\d, 819 of 820 papers accounted for, not agreed")
    )
    assert shown_figures(other, typed) == typed
    assert len(entered(count.contest, 1)) == 1
    other.get_by_role("button", name="Send these anew").click()
    # A figure that was typed again after an error waits for a supervisor's look.
    expect(other.locator(".receipt")).to_contain_text("Received")
    assert [sheet.actor_name for sheet in entered(count.contest, 1)] == ["Olu Ade", "Bea Byrne"]
    supervisor = hall.officer(count.cast.sam)
    supervisor.goto(desk(count.contest, "group", 1))
    supervisor.get_by_role("button", name="The figures are those of the sheet").click()
    expect(supervisor.locator(".receipt")).to_contain_text("agreed")


def test_it_tells_the_second_officer_that_the_first_ones_figures_are_agreed(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.bea)
    tablet.goto(desk(count.contest, "count", 1))
    count.enter(1)
    typed = figures((399, 301, 118))
    fill(tablet, typed)
    record(tablet)
    expect(tablet.locator("form .notice", has_text="Recorded now for group 1")).to_contain_text("agreed")
    assert shown_figures(tablet, typed) == typed
    assert len(entered(count.contest, 1)) == 1


# --- without scripts ---------------------------------------------------------------------------------------------------


def test_it_takes_a_count_without_any_script(hall: Hall) -> None:
    count = make_count().ready()
    hall.server.start()
    tablet = hall.page(java_script_enabled=False)
    tablet.goto(desk(count.contest, "count", 1))
    tablet.get_by_label("Log-in name").fill("olu")
    tablet.get_by_label("Password").fill(builders.PASSWORD)
    tablet.get_by_role("button", name="Log in").click()
    typed = figures(VOTES[1]) | {"votes-2": "three"}
    fill(tablet, typed)
    record(tablet)
    expect(tablet.get_by_role("alert")).to_contain_text("Write the digits 0 to 9 and nothing else")
    assert shown_figures(tablet, typed) == typed
    assert entered(count.contest, 1) == []
    tablet.locator("#id_votes-2").fill("300")
    record(tablet)
    (sheet,) = entered(count.contest, 1)
    expect(tablet.locator(".receipt")).to_contain_text(receipt(sheet))
    assert LedgerEntry.objects.filter(contest=count.contest, kind="agreed").count() == 1
