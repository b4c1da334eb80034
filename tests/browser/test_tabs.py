"""A page among others and over hours: its title, many tabs of one browser, and a device that slept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import builders
from tests.browser.conftest import Hall, votes
from tests.browser.test_night import close_sockets, no_events
from tests.conftest import wait_for
from tests.counts import Count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABS = 8
TWO_HOURS = 2 * 60 * 60 * 1000

SLEEPER = "(() => { const real = Date.now; window.slept = 0; Date.now = () => real.call(Date) + window.slept; })()"
"""A device whose steady clock stands still while it sleeps, as most do, and whose calendar does not."""

HIDER = """(() => {
  window.away = false;
  Object.defineProperty(Document.prototype, "hidden", { get: () => window.away });
  Object.defineProperty(Document.prototype, "visibilityState", { get: () => window.away ? "hidden" : "visible" });
})()"""


def address(count: Count) -> str:
    return f"/contests/{count.contest.ballot_paper_id}/"


def hide(page: Page, away: bool = True) -> None:
    page.evaluate("(away) => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); }", away)


def described(page: Page) -> Any:
    """What a link to the page would be shown with."""
    return page.evaluate(
        """() => [...document.querySelectorAll('meta[name="description"], meta[property="og:description"]')]
          .map((meta) => meta.content)"""
    )


# --- the title ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", ["1", "0"])
def test_it_says_in_its_title_who_leads_now(hall: Hall, count: Count, lines: str) -> None:
    hall.server.stop()
    hall.server.environment.update(LIVE_LINES=lines, LIVE_POLL_SECONDS="0.5")
    hall.server.start()
    count.ready()
    count.enter(1)
    first = "Adams (Red) leads Barker (Blue) by 100 votes"
    plain = hall.page(java_script_enabled=False)
    plain.goto(address(count))
    expect(plain).to_have_title(f"Testshire by-election: {first}")
    viewer = hall.viewer(count.contest)
    expect(viewer.locator("#line")).to_have_text("live" if lines == "1" else "polling")
    expect(viewer).to_have_title(f"Testshire by-election: {first}")
    assert described(viewer) == [first, first]
    count.enter(2, (100, 500, 38))
    second = "Barker (Blue) leads Adams (Red) by 300 votes"
    expect(viewer).to_have_title(f"Testshire by-election: {second}")
    assert described(viewer) == [second, second]


@pytest.mark.parametrize("sockets", [True, False])
def test_it_keeps_the_title_of_a_hidden_tab(hall: Hall, count: Count, sockets: bool) -> None:
    count.ready()
    viewer = hall.page()
    viewer.add_init_script(HIDER)
    if not sockets:
        viewer.add_init_script(
            "Object.defineProperty(window, 'setInterval', { value: (act, ms) => "
            "window.setTimeout(function again() { act(); setTimeout(again, ms / 30); }, ms / 30) })"
        )
        close_sockets(viewer)
        no_events(viewer)
    viewer.goto(address(count))
    expect(viewer.locator("#line")).to_have_text("live" if sockets else "polling")
    hide(viewer)
    count.enter(1)
    expect(viewer).to_have_title("Testshire by-election: Adams (Red) leads Barker (Blue) by 100 votes")


# --- a device that slept -----------------------------------------------------------------------------------------------


def hang(route: Route) -> None:
    """Never answers."""


@pytest.mark.parametrize("told", [True, False])
def test_it_is_as_old_as_it_is_when_the_device_wakes(hall: Hall, count: Count, told: bool) -> None:
    count.ready()
    viewer = hall.page()
    viewer.add_init_script(SLEEPER)
    viewer.goto(address(count))
    expect(viewer.locator("#line")).to_have_text("live")
    expect(viewer.locator("#age")).to_have_text(re.compile(r"^\d+ s ago$"))
    # The network is not back yet when the reader is.
    viewer.route("**/updates*", hang)
    viewer.context.set_offline(True)
    state = viewer.evaluate(
        """([ms, told]) => {
          window.slept = ms;
          if (told) document.dispatchEvent(new Event("visibilitychange"));
          const read = () => [document.getElementById("age").textContent, document.getElementById("line").textContent];
          return told ? read() : new Promise((resolve) => setInterval(() => read()[0].includes("h") && resolve(read()), 20));
        }""",
        [TWO_HOURS, told],
    )
    assert re.match(r"2 h 0 min ago", state[0])
    assert state[1] == "reconnecting"
    expect(viewer).to_have_title(re.compile("^Not up to date: "))
    viewer.context.set_offline(False)
    viewer.unroute("**/updates*")
    builders.enter(count.contest, 1, (400, 300, 118), count.cast.olu, rejected=(0, 1, 0, 1))
    expect(votes(viewer, 1)).to_have_text("400")
    # In truth no time has passed at the count: a clock that was only put forward is put right by the next answer.
    expect(viewer.locator("#age")).to_have_text(re.compile(r"^\d+ s ago$"))
    expect(viewer.locator("#line")).to_have_text("live")
    expect(viewer).to_have_title(re.compile("^Testshire by-election: Adams"))


def test_it_is_as_old_as_it_is_when_a_polling_device_wakes(hall: Hall, count: Count) -> None:
    hall.server.stop()
    hall.server.environment.update(LIVE_LINES="0", LIVE_POLL_SECONDS="0.5")
    hall.server.start()
    count.ready()
    viewer = hall.page()
    viewer.add_init_script(SLEEPER)
    viewer.goto(address(count))
    expect(viewer.locator("#line")).to_have_text("polling")
    viewer.route("**/updates*", hang)
    state = viewer.evaluate(
        """(ms) => {
          window.slept = ms;
          dispatchEvent(new Event("focus"));
          return [document.getElementById("age").textContent, document.getElementById("line").textContent];
        }""",
        TWO_HOURS,
    )
    assert re.match(r"2 h 0 min ago", state[0])
    assert state[1] == "reconnecting"


# --- many tabs ---------------------------------------------------------------------------------------------------------


def test_it_keeps_eight_tabs_current_where_streams_hold_connections(hall: Hall, count: Count) -> None:
    count.ready()
    context = hall.page().context
    context.add_init_script("delete window.WebSocket")
    tabs = [hall.page(context) for _ in range(TABS)]
    for tab in tabs:
        tab.goto(address(count))

    def states() -> list[str]:
        return [tab.locator("#line").inner_text() for tab in tabs]

    wait_for(lambda: states().count("live") == 3, what="three tabs to have their streams")
    wait_for(lambda: states().count("polling") == TABS - 3, what="the others to ask")
    count.enter(1)
    for tab in tabs:
        expect(votes(tab, 1)).to_have_text("400")
    # An ordinary page, whose styles and scripts come from the same host.
    ninth = hall.page(context)
    ninth.goto("/")
    expect(ninth.locator("h1")).to_be_visible()
    # Who leaves gives the place to another.
    live = [tab for tab, state in zip(tabs, states(), strict=True) if state == "live"]
    waiting = [tab for tab in tabs if tab not in live]
    for tab in live:
        tab.close()
    wait_for(
        lambda: any(tab.locator("#line").inner_text() == "live" for tab in waiting), 40, what="a stream for another tab"
    )
