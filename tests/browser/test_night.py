"""The night from desk to viewer: what is entered shows, once, whatever breaks on the way."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from results.models import LedgerEntry
from tests import builders
from tests.browser.conftest import (
    Hall,
    desk,
    entered,
    figures,
    fill,
    log_in,
    never_reloaded,
    picture,
    receipt,
    record,
    shown_figures,
    votes,
)
from tests.conftest import wait_for
from tests.counts import PAPERS, VOTES, Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def live(page: Page) -> None:
    expect(page.locator("#line")).to_have_text("live")


def type_down(page: Page, texts: list[str]) -> None:
    """Type into the field that has the focus, and let Enter go on."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def test_it_shows_a_viewer_what_an_officer_types(hall: Hall) -> None:
    count = make_count()
    for label in ("1", "2", "3", "4", "5", "P1"):
        builders.verify(count.contest, label, PAPERS[label], count.cast.olu)
    count.form_all()
    hall.server.start()
    viewer = hall.viewer(count.contest)
    live(viewer)
    expect(viewer.locator("#headline")).to_have_text("6 of 7 boxes verified: 1,800 papers so far")

    tablet = hall.page()
    tablet.goto(desk(count.contest, "box", "6"))
    log_in(tablet, "olu")
    expect(tablet.get_by_role("heading", name="Box 6")).to_be_visible()
    expect(tablet.get_by_label("Issued")).to_be_focused()
    # The presiding officer's account, the papers found, and what the hall counted of the unused and the spoilt.
    type_down(tablet, ["350", "50", "0", "0", "350", "50", "0"])
    # The reason stands apart from the figures: a box without variance leaves it alone.
    expect(tablet.get_by_role("button", name="Record this verification")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.locator("[data-received].receipt")).to_contain_text("Received")
    verified = LedgerEntry.objects.get(contest=count.contest, kind="verified", account__boxes__box__label="6")
    expect(tablet.locator(".receipt")).to_contain_text(receipt(verified))
    expect(viewer.locator("#headline")).to_have_text("All 7 boxes verified. 2,150 papers go to count: turnout 17.9%")
    expect(viewer.locator('.count.lead [data-path="progress.boxes_verified"]').first).to_have_text("7")

    tablet.goto(desk(count.contest, "count", 1))
    expect(tablet.get_by_label("Sheet number")).to_be_focused()
    type_down(tablet, list(figures(VOTES[1]).values()))
    expect(tablet.locator("[data-sum]")).to_have_text("820 of 820 · every paper accounted for")
    expect(tablet.get_by_role("button", name="Record this count")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".receipt")).to_be_focused()
    (sheet,) = entered(count.contest, 1)
    expect(tablet.locator(".receipt")).to_have_text(f"{receipt(sheet)}. The figures add up and are agreed. Released.")

    expect(viewer.locator("#headline")).to_have_text("Adams (Red) leads Barker (Blue) by 100 votes")
    for number, shown in enumerate(VOTES[1], 1):
        expect(votes(viewer, number)).to_have_text(str(shown))
        expect(votes(viewer, number)).to_be_visible()
    assert never_reloaded(viewer)


def test_it_says_first_who_leads_now(hall: Hall) -> None:
    count = make_count().ready()
    hall.server.start()
    viewer = hall.viewer(count.contest)
    live(viewer)
    count.enter(1)
    expect(viewer.locator(".race-table tbody .name").first).to_have_text("Ann Adams")
    count.enter(2, (100, 500, 38))
    expect(viewer.locator(".race-table tbody .name")).to_have_text(["Mike Barker", "Ann Adams", "Chris Challis"])
    expect(viewer.locator("#headline")).to_have_text("Barker (Blue) leads Adams (Red) by 300 votes")
    expect(viewer.locator("#spoken")).to_contain_text("Barker (Blue) leads")
    assert never_reloaded(viewer)


def test_it_loses_nothing_when_the_server_is_killed(hall: Hall) -> None:
    count = make_count().ready()
    count.enter(1)
    hall.server.start()
    viewer = hall.viewer(count.contest)
    live(viewer)
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 2))
    expect(tablet.locator("[data-record]")).to_be_visible()

    hall.server.kill()
    expect(viewer.locator("#line")).to_have_text("reconnecting")
    expect(votes(viewer, 1)).to_have_text("400")
    typed = figures(VOTES[2])
    fill(tablet, typed)
    expect(tablet.locator("[data-kept]")).to_have_text("kept on this tablet until received")
    record(tablet)
    expect(tablet.locator("[data-sending-words]")).to_contain_text("Not received yet. Kept on this tablet")
    assert shown_figures(tablet, typed) == typed
    assert entered(count.contest, 2) == []

    hall.server.start()
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    (sheet,) = entered(count.contest, 2)
    expect(tablet.locator(".receipt")).to_contain_text(receipt(sheet))
    expect(viewer.locator("#line")).to_have_text("live")
    expect(votes(viewer, 1)).to_have_text("700")
    fresh = hall.viewer(count.contest)
    wait_for(lambda: picture(viewer) == picture(fresh), what="the viewer's page to be as a fresh one")
    assert never_reloaded(viewer)


def test_it_keeps_figures_on_a_tablet_that_was_closed_while_nobody_answered(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 2))
    typed = figures(VOTES[2])
    hall.server.kill()
    fill(tablet, typed)
    record(tablet)
    expect(tablet.locator("[data-sending-words]")).to_contain_text("Not received yet")
    tablet.close()

    hall.server.start()
    again = hall.page(tablet.context)
    again.goto(desk(count.contest, "count", 2))
    expect(again.locator("[data-draft-words]")).to_contain_text("and not yet received")
    assert shown_figures(again, typed) == typed
    expect(again.locator("[data-sum]")).to_have_text("640 of 640 · every paper accounted for")
    record(again)
    expect(again.locator(".receipt")).to_contain_text("Received")
    assert len(entered(count.contest, 2)) == 1


def test_it_records_once_when_the_answer_is_lost(hall: Hall, count: Count) -> None:
    count.ready()
    tablet = hall.officer(count.cast.olu)
    lost: list[LedgerEntry] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            route.fetch(max_redirects=0)
            lost.append(entered(count.contest, 1)[0])
            route.abort()
        else:
            route.continue_()

    tablet.route("**/count/", lose_the_first)
    tablet.goto(desk(count.contest, "count", 1))
    fill(tablet, figures(VOTES[1]))
    record(tablet)
    expect(tablet.locator("[data-sending-words]")).to_contain_text("Not received yet")
    expect(tablet.locator(".receipt")).to_contain_text(receipt(lost[0]))
    assert entered(count.contest, 1) == lost


def close_sockets(page: Page) -> None:
    page.route_web_socket("**/ws/**", lambda socket: close(socket))


def close(socket: WebSocketRoute) -> None:
    socket.close(code=1011)


def throw_sockets(page: Page) -> None:
    page.add_init_script("window.WebSocket = function () { throw new DOMException('not here', 'SecurityError'); };")


def no_sockets(page: Page) -> None:
    page.add_init_script("delete window.WebSocket;")


def no_events(page: Page) -> None:
    page.route("**/events?*", lambda route: route.abort())


@pytest.mark.parametrize("block", [close_sockets, throw_sockets, no_sockets])
def test_it_listens_to_events_where_sockets_are_not_allowed(hall: Hall, count: Count, block: Any) -> None:
    count.ready()
    viewer = hall.page()
    block(viewer)
    viewer.goto(f"/contests/{count.contest.ballot_paper_id}/")
    viewer.evaluate("window.neverReloaded = true")
    expect(viewer.locator("#line")).to_have_text("live", timeout=15_000)
    asked: list[str] = []
    viewer.on("request", lambda request: asked.append(request.url))
    count.enter(1)
    expect(votes(viewer, 1)).to_have_text("400")
    # The server goes and comes back: so does the stream, from the version that the page has.
    hall.server.kill()
    expect(viewer.locator("#line")).not_to_have_text("live")
    count.enter(2)
    hall.server.start()
    expect(votes(viewer, 1)).to_have_text("700", timeout=30_000)
    expect(viewer.locator("#line")).to_have_text("live", timeout=30_000)
    assert any("/events?" in url and "since=" in url for url in asked)
    fresh = hall.viewer(count.contest)
    assert picture(viewer) == picture(fresh)
    assert never_reloaded(viewer)


def test_it_asks_for_news_where_the_server_has_no_room_for_its_line(hall: Hall, count: Count) -> None:
    hall.server.stop()
    hall.server.environment["LIVE_MAX_VIEWERS"] = "1"
    hall.server.start()
    count.ready()
    first = hall.viewer(count.contest)
    expect(first.locator("#line")).to_have_text("live")
    second = hall.viewer(count.contest)
    expect(second.locator("#line")).to_have_text("polling")
    count.enter(1)
    expect(votes(first, 1)).to_have_text("400")
    expect(votes(second, 1)).to_have_text("400")
    expect(second.locator("#line")).to_have_text("polling")
    assert picture(first) == picture(second)


def test_it_opens_no_line_where_caches_are_to_answer(hall: Hall, count: Count) -> None:
    hall.server.stop()
    hall.server.environment.update(LIVE_LINES="0", LIVE_POLL_SECONDS="0.5")
    hall.server.start()
    count.ready()
    viewer = hall.page()
    asked: list[str] = []
    viewer.on("request", lambda request: asked.append(request.url))
    viewer.on("websocket", lambda socket: asked.append(socket.url))
    viewer.goto(f"/contests/{count.contest.ballot_paper_id}/")
    expect(viewer.locator("#line")).to_have_text("polling")
    count.enter(1)
    expect(votes(viewer, 1)).to_have_text("400")
    hall.server.kill()
    expect(viewer.locator("#line")).to_have_text("reconnecting")
    count.enter(2)
    hall.server.start()
    expect(votes(viewer, 1)).to_have_text("700")
    expect(viewer.locator("#line")).to_have_text("polling")
    assert not [url for url in asked if "/ws/" in url or "/events" in url]
    assert sum("/updates?" in url for url in asked) > 2


@pytest.mark.parametrize("block", [close_sockets, throw_sockets, no_sockets])
def test_it_asks_for_news_where_sockets_and_events_are_not_allowed(hall: Hall, count: Count, block: Any) -> None:
    count.ready()
    viewer = hall.page()
    block(viewer)
    no_events(viewer)
    viewer.goto(f"/contests/{count.contest.ballot_paper_id}/")
    viewer.evaluate("window.neverReloaded = true")
    expect(viewer.locator("#line")).to_have_text("polling")
    count.enter(1)
    with viewer.expect_response(lambda answer: "/updates?" in answer.url and answer.status == 200):
        expect(votes(viewer, 1)).to_have_text("400")
    expect(viewer.locator("#headline")).to_have_text("Adams (Red) leads Barker (Blue) by 100 votes")
    fresh = hall.viewer(count.contest)
    assert picture(viewer) == picture(fresh)
    expect(viewer.locator("#line")).to_have_text("polling")
    assert never_reloaded(viewer)


def test_it_says_that_it_is_cut_off_and_comes_back(hall: Hall, count: Count) -> None:
    count.ready()
    viewer = hall.page()
    close_sockets(viewer)
    no_events(viewer)
    viewer.goto(f"/contests/{count.contest.ballot_paper_id}/")
    expect(viewer.locator("#line")).to_have_text("polling")
    viewer.context.set_offline(True)
    expect(viewer.locator("#line")).to_have_text("reconnecting")
    count.enter(1)
    expect(viewer.locator("#headline")).to_have_text("All 7 boxes verified. 2,150 papers go to count: turnout 17.9%")
    viewer.context.set_offline(False)
    expect(votes(viewer, 1)).to_have_text("400")
    expect(viewer.locator("#line")).to_have_text("polling")
