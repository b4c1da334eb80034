"""Real pages in a real browser: Debian's Chromium, a server of its own for each test, officers and viewers in contexts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, expect

from results.facts.kinds import Entered
from results.models import Contest, LedgerEntry
from tests.builders import PASSWORD
from tests.conftest import Server
from tests.counts import Count, make_count

PATIENCE_MS = 20_000
NETWORK = re.compile(r"Failed to load resource|WebSocket connection to")
"""What the console says of a server that is away or refuses, which many tests mean; every other error is one of ours."""
HEADS = ("want_of_official_mark", "voting_for_more_than_one", "identifying_mark", "unmarked_or_void")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which asks nobody on the internet for anything."""
    return {
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Readers far from London and from its language: the pages say London's time all the same."""
    return {"timezone_id": "Asia/Tokyo", "locale": "de-DE"}


@pytest.fixture(scope="package", autouse=True)
def _database_beside_playwright() -> Iterator[None]:
    """Sync Playwright keeps an event loop in this thread, beside which Django refuses its database unless told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


class Hall:
    """A served contest, and everybody who looks at it. Nothing that a page complains of goes unheard."""

    def __init__(self, server: Server, new_context: Callable[..., BrowserContext]) -> None:
        self.server = server
        self.complaints: list[str] = []
        self._new_context = new_context

    # --- pages ---

    def page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        """A new page, in a new context unless one is given, whose errors and dialogs fail the test."""
        context = context or self._new_context(base_url=self.server.base, **options)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("dialog", self._dialog)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NETWORK.match(message.text):
            self.complaints.append(message.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def viewer(self, contest: Contest, path: str = "", **options: Any) -> Page:
        """A viewer's page, live, and marked so that a reload would show."""
        page = self.page(**options)
        page.goto(f"/contests/{contest.ballot_paper_id}/{path}")
        page.evaluate("window.neverReloaded = true")
        return page

    def officer(self, user: User, **options: Any) -> Page:
        """A tablet on which somebody is logged in already."""
        page = self.page(**options)
        self.seat(page.context, user)
        return page

    def seat(self, context: BrowserContext, user: User) -> None:
        """Log somebody in on a tablet, without the form."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "results.people.accounts.CountBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        context.add_cookies(
            [{"name": "countnight_session", "value": str(session.session_key), "url": self.server.base}]
        )


@pytest.fixture
def hall(server: Server, new_context: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """The hall of a server that is not started yet."""
    # What a test writes itself is found by the sweep: its process has no hub, and Playwright's loop runs in its thread.
    monkeypatch.setattr("results.ledger.writing.hint", lambda contest: None)
    server.environment["LIVE_SWEEP_SECONDS"] = "0.25"
    made = Hall(server, new_context)
    yield made
    assert made.complaints == []


@pytest.fixture
def count(hall: Hall) -> Count:
    """The small count of tests/counts.py, set up and served: totals are public, no projection."""
    made = make_count()
    hall.server.start()
    return made


# --- what people do ----------------------------------------------------------------------------------------------------


def desk(contest: Contest, view: str, *parts: Any) -> str:
    """The path of a screen of the desk."""
    return reverse(f"desk:{view}", args=[contest.ballot_paper_id, *parts])


def log_in(page: Page, name: str) -> None:
    """By the form that is open, with the keyboard alone."""
    expect(page.get_by_label("Log-in name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def figures(votes: tuple[int, ...], rejected: tuple[int, ...] = (0, 1, 0, 1), sheet: str = "0107") -> dict[str, str]:
    """What is typed on a count form, in its order."""
    typed = {"sheet": sheet} | {f"votes-{place}": str(value) for place, value in enumerate(votes, 1)}
    return typed | {"doubtful": "0"} | {f"rejected-{head}": str(v) for head, v in zip(HEADS, rejected, strict=True)}


def fill(page: Page, typed: dict[str, str]) -> None:
    """Write figures into the form that is open."""
    for name, text in typed.items():
        page.locator(f"#id_{name}").fill(text)


def shown_figures(page: Page, names: Any) -> dict[str, str]:
    """What the fields of the open form hold."""
    return {name: page.locator(f"#id_{name}").input_value() for name in names}


def record(page: Page) -> None:
    """Press the button that records."""
    page.locator("[data-record]").click()


def entered(contest: Contest, group: int) -> list[LedgerEntry]:
    """The sheets of a group that the ledger holds."""
    found = LedgerEntry.objects.filter(contest=contest, kind=Entered.KIND, group__number=group)
    return list(found.order_by("seq"))


def receipt(entry: LedgerEntry) -> str:
    """How the desk says that this was received."""
    return f"Received {entry.recorded_at.astimezone(ZoneInfo('Europe/London')):%H:%M:%S}, entry {entry.seq}"


def london(moment: datetime) -> str:
    """Hours and minutes in London."""
    return f"{moment.astimezone(ZoneInfo('Europe/London')):%H:%M}"


# --- what people see ---------------------------------------------------------------------------------------------------

PICTURE = """() => [...document.querySelectorAll("[data-path], [data-if], [data-unless], [data-if-is], [data-key]")]
  .map((element) => {
    const { path = "", attr = "", key = "" } = element.dataset;
    const value = attr ? element.getAttribute(attr) : path ? element.textContent : "";
    return [element.tagName, path, attr, key, value, element.hidden];
  })"""


def picture(page: Page) -> list[list[Any]]:
    """Everything that the board has put on the page, in the order in which it stands there."""
    seen: list[list[Any]] = page.evaluate(PICTURE)
    return seen


def never_reloaded(page: Page) -> bool:
    """Whether this is still the document that the viewer opened."""
    return bool(page.evaluate("window.neverReloaded === true"))


def votes(page: Page, candidate: int) -> Any:
    """Where the race shows a candidate's votes."""
    return page.locator(f'.race-table [data-path="candidates.{candidate}.votes"]')
