"""Browsers that lack what is new, and scripts that break: the page keeps up, or says that it does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Hall, never_reloaded, votes
from tests.counts import Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
WORDS = "This page is not updating itself."
PAGES = ["contest", "front"]

YOUNG = """() => {
  for (const [owner, names] of [
    [window, ["structuredClone", "queueMicrotask", "BroadcastChannel", "WeakRef", "FinalizationRegistry", "reportError",
      "requestIdleCallback", "SharedWorker", "CompressionStream", "scheduler", "AggregateError", "navigation"]],
    [AbortSignal, ["timeout", "any", "abort"]],
    [Object, ["hasOwn", "groupBy"]],
    [Map, ["groupBy"]],
    [Promise, ["any", "withResolvers", "try"]],
    [Array, ["fromAsync"]],
    [Array.prototype, ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]],
    [String.prototype, ["at", "replaceAll", "isWellFormed", "toWellFormed"]],
    [Set.prototype, ["union", "difference", "intersection", "isSubsetOf"]],
    [Intl, ["ListFormat", "DisplayNames", "RelativeTimeFormat", "Segmenter", "DurationFormat", "supportedValuesOf"]],
    [Intl.Locale.prototype, ["getTextInfo", "getWeekInfo"]],
    [Element.prototype, ["checkVisibility", "replaceChildren", "setHTML", "startViewTransition", "toggleAttribute"]],
    [Document.prototype, ["getAnimations", "startViewTransition"]],
    [Navigator.prototype, ["locks", "scheduling", "userAgentData", "wakeLock"]],
    [Crypto.prototype, ["randomUUID"]],
    [URL, ["canParse", "parse"]],
  ]) for (const name of names) delete owner[name];
  window.young = [AbortSignal.timeout, Object.hasOwn, [].at, "".replaceAll, window.structuredClone].filter(Boolean).length;
}"""
"""What came after the spring of 2020, taken away (docs/decisions/0026): a browser of that time has none of it."""

NEW_SYNTAX = {
    "private names": r"[.{\s]#\w+",
    "class fields": r"^class [^\n]*\{\n(?:(?!\}\n).*\n)*?  (?:static )?\w+(?: = .*)?;\n",
    "logical assignment": r"(\?\?|\|\||&&)=",
    "static blocks": r"\bstatic \{",
    "top-level await": r"^await ",
    "a name of export *": r"export \* as",
    "regular expressions of v": r"/[a-z]*v[a-z]*\.(test|exec)",
    "look-behind": r"\(\?<[=!]",
    "import of JSON": r"\bwith \{ type:",
}


DESK = ("bar.js", "count.js", "draft.js", "drafts.js", "sending.js", "unsent.js")
"""Scripts of the desk, which is for the hall's own tablets."""


def path_of(page: str, count: Count) -> str:
    return "/" if page == "front" else f"/contests/{count.contest.ballot_paper_id}/"


def public_scripts() -> list[Path]:
    return [path for path in SCRIPTS.glob("*.js") if path.name not in DESK]


def test_it_is_written_in_the_language_of_old_browsers() -> None:
    assert len(public_scripts()) >= 8
    for path in public_scripts():
        text = re.sub(r"^\s*//.*$| // .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for what, pattern in NEW_SYNTAX.items():
            assert not re.search(pattern, text, flags=re.MULTILINE), f"{path.name}: {what}"


def test_it_says_by_the_oldest_script_that_the_newer_ones_do_not_run() -> None:
    """The script that guards the others runs where they do not: nothing in it is younger than 2009."""
    text = re.sub(r"//.*", "", (SCRIPTS / "watch.js").read_text(encoding="utf-8"))
    assert not re.search(r"=>|`|\b(const|let|class|import|export|async)\b|\?\.|\?\?|\.\.\.", text)


@pytest.mark.parametrize("events", [False, True])
def test_it_keeps_up_in_a_browser_of_2020(hall: Hall, count: Count, events: bool) -> None:
    count.ready()
    page = hall.page()
    page.add_init_script(f"({YOUNG})()")
    if events:
        page.add_init_script("delete window.WebSocket")
    page.goto(path_of("contest", count))
    page.evaluate("window.neverReloaded = true")
    assert page.evaluate("window.young") == 0
    expect(page.locator("#line")).to_have_text("live", timeout=15_000)
    expect(page.get_by_text(WORDS)).to_be_hidden()
    count.enter(1)
    expect(votes(page, 1)).to_have_text("400")
    # What is new there is made from templates, and put in its place.
    expect(page.locator(".feed-list li").first).to_contain_text("Adams (Red) 400")
    count.enter(2, (100, 500, 38))
    expect(page.locator(".race-table tbody .name").first).to_have_text("Mike Barker")
    assert never_reloaded(page)


@pytest.mark.parametrize("which", PAGES)
def test_it_says_so_where_no_script_runs(hall: Hall, count: Count, which: str) -> None:
    page = hall.page(java_script_enabled=False)
    page.goto(path_of(which, count))
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("link", name="Load it again").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith(path_of(which, count))


def cut_off(page: Page) -> None:
    """A script that never arrives."""
    page.route("**/js/format.js", lambda route: route.abort())


def too_new(page: Page) -> None:
    """A script in words that this browser does not know."""
    page.route("**/js/clock.js", lambda route: route.fulfill(body="let a = 1 ??!! 2;", content_type="text/javascript"))


def breaks_at_once(page: Page) -> None:
    """Something that the page's script needs at its start is missing."""
    page.add_init_script("delete window.Intl.DateTimeFormat")


def breaks_later(page: Page) -> None:
    """Something that it needs every second is missing."""

    def broken(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            body=answer.text()
            .replace("function write(", "let ticks = 0;\nfunction write(")
            .replace(
                "  const element = document.getElementById(id);",
                "  if (id === 'line' && (ticks += 1) > 3) throw new Error('broken');\n"
                "  const element = document.getElementById(id);",
            ),
            content_type="text/javascript",
        )

    page.route("**/js/state.js", broken)


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize("fault", [cut_off, too_new, breaks_at_once, breaks_later])
def test_it_says_so_where_its_script_breaks(hall: Hall, which: str, fault: object) -> None:
    count = make_count()
    hall.server.start()
    page = hall.page()
    assert callable(fault)
    fault(page)
    page.goto(path_of(which, count))
    expect(page.get_by_text(WORDS)).to_be_visible()
    hall.complaints.clear()


def test_it_says_so_while_news_cannot_be_painted(hall: Hall, count: Count) -> None:
    count.ready()
    page = hall.viewer(count.contest)
    expect(page.locator("#line")).to_have_text("live")
    expect(page.get_by_text(WORDS)).to_be_hidden()
    page.evaluate("() => { window.kept = document.querySelectorAll; document.querySelectorAll = () => { throw 1; }; }")
    count.enter(1)
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page).to_have_title(re.compile("^Not up to date: "))
    page.evaluate("() => { document.querySelectorAll = window.kept; }")
    count.enter(2)
    expect(votes(page, 1)).to_have_text("700")
    expect(page.get_by_text(WORDS)).to_be_hidden()
    expect(page).to_have_title("Testshire by-election: Adams (Red) leads Barker (Blue) by 150 votes")
    hall.complaints.clear()
