"""The public page: what the Returning Officer chooses shows in place, names are text, and no script is needed to read."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from results import clock
from results.facts.reading import read_definition
from results.formats.contest_loading import load_folder
from results.models import Party, Ward
from tests import builders
from tests.browser.conftest import Hall, desk, figures, fill, london, never_reloaded, picture, record, votes
from tests.conftest import wait_for
from tests.counts import VOTES, Count, make_count

ROCHESTER = Path(__file__).parents[2] / "results" / "demo" / "rochester-and-strood-2014"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def live(page: Page) -> None:
    expect(page.locator("#line")).to_have_text("live")


def seconds_old(page: Page) -> int:
    """How old the page says its figures are."""
    shown = re.fullmatch(r"(\d+) s ago", page.locator("#age").inner_text().strip())
    assert shown is not None
    return int(shown.group(1))


def name_of(page: Page, number: int) -> str:
    """Who stands in the row of this candidate."""
    return page.locator(f'[data-key="{number}"] .name').first.inner_text().strip()


def same(one: Page, other: Page) -> bool:
    return picture(one) == picture(other)


def published(page: Page, count: Count) -> dict[str, Any]:
    """What the server tells everybody now."""
    board: dict[str, Any] = page.request.get(f"/contests/{count.contest.ballot_paper_id}/board.json").json()["board"]
    return board


# --- what is public ----------------------------------------------------------------------------------------------------


def test_it_takes_votes_off_the_page_when_only_progress_is_public(hall: Hall, count: Count) -> None:
    count.ready().enter(1)
    viewer = hall.viewer(count.contest)
    live(viewer)
    expect(votes(viewer, 1)).to_have_text("400")
    tablet = hall.officer(count.cast.rita)
    tablet.goto(desk(count.contest, "policy"))
    tablet.locator("input[name=publish][value=progress]").check()
    tablet.get_by_label("Reason").first.fill("agents asked")
    tablet.get_by_role("button", name="Make this choice public").click()
    expect(tablet.locator(".receipt")).to_contain_text("Received")

    expect(viewer.locator(".race")).to_be_hidden()
    expect(viewer.locator("#headline")).to_have_text("1 of 3 groups counted: 38.1% of the papers")
    expect(viewer.locator(".captions")).to_contain_text("and no votes before the declaration")
    # Not only hidden: the figures are no longer in the document.
    assert [
        value
        for _, path, _, _, value, _ in picture(viewer)
        if path.endswith(".votes") and value not in ("", "–", "M0 0")
    ] == []
    assert not viewer.get_by_text("400", exact=True).count()
    fresh = hall.viewer(count.contest)
    assert picture(viewer) == picture(fresh)

    tablet.locator("input[name=publish][value=totals]").check()
    tablet.get_by_role("button", name="Make this choice public").click()
    expect(votes(viewer, 1)).to_have_text("400")
    expect(viewer.locator(".race")).to_be_visible()
    assert never_reloaded(viewer)


def test_it_holds_new_figures_and_lets_them_go_on(hall: Hall, count: Count) -> None:
    count.ready().enter(1)
    viewer = hall.viewer(count.contest)
    live(viewer)
    tablet = hall.officer(count.cast.rita)
    tablet.goto(desk(count.contest, "policy"))
    tablet.get_by_role("button", name="Hold new releases").click()
    expect(tablet.get_by_role("heading", name="New releases are on hold")).to_be_visible()
    expect(viewer.locator(".captions strong")).to_be_visible()
    expect(viewer.locator(".captions strong")).to_have_text("New figures are on hold.")
    expect(votes(viewer, 1)).to_have_text("400")

    officer = hall.officer(count.cast.olu)
    for group in (2, 3):
        officer.goto(desk(count.contest, "count", group))
        fill(officer, figures(VOTES[group], sheet=f"S{group}"))
        record(officer)
        expect(officer.locator(".receipt")).to_contain_text("agreed")
        expect(officer.locator(".receipt")).not_to_contain_text("Released")
    assert published(viewer, count)["candidates"]["1"]["votes"] == 400
    expect(votes(viewer, 1)).to_have_text("400")

    tablet.get_by_role("button", name="Let releases go on").click()
    expect(tablet.locator(".receipt")).to_contain_text("Released")
    # All but the last, which the candidates see first.
    expect(votes(viewer, 1)).to_have_text("700")
    expect(viewer.locator(".captions strong")).to_be_hidden()
    count.let_go()
    expect(votes(viewer, 1)).to_have_text("1,010")
    expect(viewer.locator("#headline")).to_contain_text("All votes counted: Adams (Red)")
    assert never_reloaded(viewer)


def test_it_lets_only_the_returning_officer_choose(hall: Hall, count: Count) -> None:
    tablet = hall.officer(count.cast.sam)
    tablet.goto(desk(count.contest, "policy"))
    expect(tablet.locator("main")).to_contain_text("The Returning Officer chooses what is public.")
    expect(tablet.locator("input[name=publish]").first).to_be_disabled()
    expect(tablet.locator("main button")).to_have_count(0)


def test_it_says_what_was_corrected(hall: Hall, count: Count) -> None:
    count.ready()
    count.enter(1)
    viewer = hall.viewer(count.contest)
    live(viewer)
    expect(viewer.locator("#corrections-title")).to_have_text("Corrections: none")
    tablet = hall.officer(count.cast.sam)
    tablet.goto(desk(count.contest, "count", 1))
    expect(tablet.locator("form p.notice.attention")).to_contain_text("These figures are agreed and public.")
    fill(tablet, figures((390, 310, 118), sheet="S1") | {"reason": "two bundles were swapped", "witness": "Wim Wright"})
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    expect(viewer.locator(".corrections li")).to_contain_text("Adams (Red) 400, now 390")
    expect(viewer.locator(".corrections .reason")).to_have_text("two bundles were swapped")
    viewer.locator(".corrections summary").click()
    row = viewer.locator(".before-after tr", has_text="Adams")
    expect(row).to_contain_text(re.compile(r"400\s*390"))
    expect(viewer.locator("#corrections-title")).to_have_text("Corrections", use_inner_text=True)
    expect(votes(viewer, 1)).to_have_text("390")
    assert never_reloaded(viewer)


# --- what is shown -----------------------------------------------------------------------------------------------------


def test_it_marks_what_changed_and_nothing_else(hall: Hall, count: Count) -> None:
    count.ready()
    count.enter(1)
    viewer = hall.viewer(count.contest)
    live(viewer)
    viewer.evaluate(
        """() => {
          window.marked = new Set();
          document.addEventListener("animationstart", ({ target }) => window.marked.add(target.dataset.path));
        }"""
    )
    count.enter(2, (300, 338, 0))

    def marked() -> set[str]:
        return set(viewer.evaluate("[...window.marked].filter(Boolean)"))

    wait_for(lambda: {"candidates.1.votes", "candidates.2.votes"} <= marked(), what="the marks")
    # Nobody voted for the third, and what the count began with stays as it was.
    assert not {"candidates.3.votes", "progress.boxes", "turnout.electorate"} & marked()
    expect(viewer.locator(".changed, .changed-again")).to_have_count(0)
    # What changed while it was folded away is not marked when it is opened.
    viewer.get_by_text("Votes by ward", exact=True).first.click()
    expect(viewer.locator(".votes-table tfoot td").first).to_be_visible()
    assert not any(path.startswith("areas.") and ".votes" in path for path in marked())
    expect(viewer.locator(".changed, .changed-again")).to_have_count(0)


READABLE = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const mark = light(getComputedStyle(document.documentElement).getPropertyValue("--changed"));
  const grey = light(getComputedStyle(document.documentElement).getPropertyValue("--grey"));
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  window.greyOnMark = contrast(grey, mark);
  window.onMarks = [];
  document.addEventListener("animationstart", ({ target }) => {
    const words = [...target.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent.trim());
    if (!words) return;
    const colour = getComputedStyle(target).color;
    target.getAnimations().forEach((animation) => animation.cancel());
    const resting = light(getComputedStyle(target).color);
    window.onMarks.push({ contrast: contrast(light(colour), mark), grey: resting === grey });
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_marks_nothing_that_cannot_be_read_on_the_mark(hall: Hall, count: Count, scheme: Any) -> None:
    count.ready()
    count.enter(1)
    viewer = hall.viewer(count.contest, color_scheme=scheme)
    live(viewer)
    viewer.evaluate(READABLE)
    count.enter(2, (300, 338, 0))

    def marked() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = viewer.evaluate("window.onMarks")
        return found

    wait_for(lambda: sum(one["grey"] for one in marked()) >= 2, what="marks on words that are grey at rest")
    assert min(one["contrast"] for one in marked()) >= 4.5
    # In the dark this is no idle question.
    assert scheme == "light" or viewer.evaluate("window.greyOnMark") < 4.5


def test_it_tells_the_time_in_london_wherever_the_reader_is(hall: Hall, count: Count) -> None:
    receipt = builders.verify(count.contest, "1", 300, count.cast.olu)
    viewer = hall.viewer(count.contest)
    live(viewer)
    assert viewer.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Tokyo"
    expect(viewer.locator('.state [data-path="as_of"]')).to_have_text(london(receipt.recorded_at))
    # As old as it is by the server's clock, and older every second; news is new again.
    wait_for(lambda: seconds_old(viewer) >= 2, what="two seconds to pass on the page")
    assert seconds_old(viewer) <= (timezone.now() - receipt.recorded_at).total_seconds() + 1
    builders.verify(count.contest, "2", 310, count.cast.olu)
    wait_for(lambda: seconds_old(viewer) <= 1, what="the news")


def test_it_reads_without_any_script_as_with_it(hall: Hall) -> None:
    count = make_count(projection=True).ready()
    count.enter(1)
    count.enter(2)
    hall.server.start()
    plain = hall.page(java_script_enabled=False)
    address = f"/contests/{count.contest.ballot_paper_id}/"
    plain.goto(address)
    expect(plain.locator("#headline")).to_have_text("Adams (Red) leads Barker (Blue) by 150 votes")
    for number, shown in ((1, "700"), (2, "550"), (3, "206")):
        expect(votes(plain, number)).to_have_text(shown)
        expect(votes(plain, number)).to_be_visible()
    viewer = hall.viewer(count.contest)
    live(viewer)
    assert picture(plain) == picture(viewer)
    plain.goto("/")
    expect(plain.locator("main")).to_contain_text("Adams (Red) leads Barker (Blue) by 150 votes")


@pytest.mark.parametrize("stage", ["before", "verifying", "verified", "ready", "counting", "counted"])
def test_it_paints_by_script_what_the_server_painted(hall: Hall, stage: str) -> None:
    """The page as the server made it, against the same page after the script painted every leaf of it anew."""
    count = make_count(projection=True)
    if stage == "verifying":
        builders.verify(count.contest, "2", 310, count.cast.olu)
    if stage == "verified":
        count.verify_all()
    if stage in ("ready", "counting", "counted"):
        count.ready()
    for group in {"counting": (1, 2), "counted": (1, 2, 3)}.get(stage, ()):
        count.enter(group)
    hall.server.start()
    served = hall.page()
    served.route("**/js/live.js", lambda route: route.abort())
    served.goto(f"/contests/{count.contest.ballot_paper_id}/")
    viewer = hall.viewer(count.contest)
    live(viewer)
    assert len(picture(served)) > 40
    assert picture(viewer) == picture(served)


def test_it_shows_the_same_to_who_came_early_and_who_came_late(hall: Hall) -> None:
    count = make_count(projection=True)
    hall.server.start()
    viewer = hall.viewer(count.contest)
    live(viewer)
    expect(viewer.locator(".standing")).to_be_visible()
    steps = [count.verify_all, count.form_all, lambda: count.enter(1), lambda: count.enter(2), lambda: count.enter(3)]
    for step in steps:
        step()
        fresh = hall.viewer(count.contest)
        wait_for(partial(same, viewer, fresh), what="the page to catch up")
        fresh.context.close()
    expect(viewer.locator(".standing")).to_be_hidden()
    assert never_reloaded(viewer)


@pytest.mark.parametrize(("path", "lines"), [("", "1"), ("?hall=1", "1"), ("", "0")])
def test_it_shows_the_names_of_a_set_up_that_was_loaded_again(
    hall: Hall, tmp_path: Path, path: str, lines: str
) -> None:
    folder = shutil.copytree(ROCHESTER, tmp_path / "folder")
    contest = load_folder(folder)
    hall.server.environment.update(LIVE_LINES=lines, LIVE_POLL_SECONDS="0.5")
    hall.server.start()
    viewer = hall.viewer(contest, path)
    expect(viewer.locator("#line")).to_have_text("live" if lines == "1" else "polling")
    assert name_of(viewer, 1) == "Mike Barker"
    # The order of two candidates was wrong, and one was missing, when somebody opened the page early in the evening.
    candidates = folder / "candidates.csv"
    header, first, second, *others = candidates.read_text().splitlines()
    swapped = [header, second.replace("2,", "1,", 1), first.replace("1,", "2,", 1), *others]
    number = len(others) + 3
    candidates.write_text("\n".join([*swapped, f'{number},Latecomer,Lou,"LATECOMER, Lou",IND,Independent,', ""]))
    again = load_folder(folder)
    assert again.epoch != contest.epoch
    expect(viewer.locator('[data-key="2"] .name').first).to_have_text("Mike Barker")
    assert name_of(viewer, 1) == "Christopher Challis"
    assert name_of(viewer, number) == "Lou Latecomer"
    expect(viewer.locator("#line")).to_have_text("live" if lines == "1" else "polling")
    assert not never_reloaded(viewer)


def test_it_reloads_nothing_while_the_new_page_cannot_be_had(hall: Hall, count: Count) -> None:
    count.ready()
    viewer = hall.viewer(count.contest)
    live(viewer)
    pages: list[str] = []

    def refuse(route: Route) -> None:
        pages.append(route.request.url)
        # A cache that still has the page of before, then nobody.
        if len(pages) == 1:
            route.fulfill(body="<p>the page of another time</p>", content_type="text/html")
        else:
            route.abort()

    address = f"**/contests/{count.contest.ballot_paper_id}/"
    viewer.route(address, refuse)
    with viewer.expect_request(address):
        call_command("begin_epoch")
    for _ in range(2):
        with viewer.expect_request(address):
            """It tries again by itself."""
    assert never_reloaded(viewer)
    expect(viewer.locator("#headline")).to_be_visible()
    with viewer.expect_event("load"):
        viewer.unroute(address)
    assert not never_reloaded(viewer)
    live(viewer)
    count.enter(1)
    expect(votes(viewer, 1)).to_have_text("400")


def test_it_keeps_the_place_of_the_reader(hall: Hall, count: Count) -> None:
    count.ready()
    count.enter(1)
    viewer = hall.viewer(count.contest)
    live(viewer)
    summary = viewer.get_by_text("Votes by ward", exact=True).first
    summary.click()
    summary.focus()
    before = viewer.evaluate("scrollY")
    count.enter(2)
    expect(votes(viewer, 1)).to_have_text("700")
    expect(viewer.locator(".votes-table tfoot td").first).to_have_text("700")
    expect(viewer.locator(".votes-table")).to_be_visible()
    expect(summary).to_be_focused()
    assert viewer.evaluate("scrollY") == before


def test_it_remembers_the_theme_that_was_chosen(hall: Hall, count: Count) -> None:
    viewer = hall.viewer(count.contest, color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert viewer.evaluate(paper) == "rgb(255, 255, 255)"
    viewer.get_by_label("Theme").select_option("dark")
    assert viewer.evaluate(paper) == "rgb(20, 22, 26)"
    viewer.goto("/desk/login/")
    assert viewer.evaluate(paper) == "rgb(20, 22, 26)"
    expect(viewer.get_by_label("Theme")).to_have_value("dark")


# --- names that are no names -------------------------------------------------------------------------------------------

NAMES = (
    ("<script>alert(1)</script>", "Eve", "RED"),
    ('"><img src=x onerror=alert(2)>', "=cmd()", "BLU"),
    ("حسين", "מרים", "IND"),
    ("{{ 7|add:7 }}", "__key__ ${alert(3)}", "IND"),
)
PARTY = "<b onmouseover=alert(4)>Red</b>"


def hostile_count() -> Count:
    """A count whose set-up was written by somebody with ideas."""
    count = make_count(candidates=NAMES, projection=True)
    Party.objects.filter(code="RED").update(name=PARTY, short_name=PARTY)
    Ward.objects.filter(gss="E05000000").update(name="<i>North</i>")
    builders.verify(count.contest, "1", 300, count.cast.olu)
    return count


def test_it_shows_names_as_text_to_viewers(hall: Hall) -> None:
    count = hostile_count()
    hall.server.start()
    viewer = hall.viewer(count.contest)
    live(viewer)
    for label in ("2", "3", "4", "5", "6", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    count.form_all()
    # By the script that paints updates; afterwards by the server.
    count.enter(1, (500, 298, 50, 50))
    count.enter(2, (298, 200, 50, 50))
    expect(viewer.locator("#headline")).to_have_text(
        f'<script>alert(1)</script> ({PARTY}) leads "><img src=x onerror=alert(2)> (Blue) by 300 votes'
    )
    for page in (viewer, hall.viewer(count.contest), hall.viewer(count.contest, "?hall=1")):
        for surname, forenames, _ in NAMES:
            row = page.locator(".race-table .name", has_text=surname)
            expect(row).to_have_text(f"{forenames} {surname}")
            expect(row).to_be_visible()
        expect(page.locator(".race-table .party").first).to_have_text(PARTY)
        expect(page.locator("main img, main script[src*=alert], main b[onmouseover], main i")).to_have_count(0)
        assert page.evaluate("document.querySelector('#live').textContent.includes('alert(1)')")
    front = hall.page()
    front.goto("/")
    expect(front.locator(".sentence")).to_contain_text("<script>alert(1)</script>")
    assert json.dumps(picture(viewer)).count("<script>alert(1)</script>") > 3


def test_it_shows_names_as_text_at_the_desk(hall: Hall) -> None:
    count = hostile_count()
    for label in ("2", "3", "4", "5", "6", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    count.form_all()
    hall.server.start()
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "count", 1))
    expect(tablet.locator("h1")).to_contain_text("<i>North</i>")
    for candidate in read_definition(count.contest).candidates:
        row = tablet.locator(f".figure:has(#id_votes-{candidate.number})")
        expect(row.locator(".name")).to_have_text(candidate.ballot_name)
        tablet.locator(f"#id_votes-{candidate.number}").fill("x")
        expect(tablet.locator("[data-sum]")).to_contain_text(f"check {candidate.ballot_name}: Write the digits 0 to 9")
        tablet.locator(f"#id_votes-{candidate.number}").fill("0")
    expect(tablet.locator(".figure .help").first).to_have_text(PARTY)
    sheet = "<b onclick=alert(5)>"
    fill(tablet, figures((901, 0, 0, 0), rejected=(0, 0, 0, 0), sheet=sheet))
    record(tablet)
    expect(tablet.locator(".notice.wrong")).to_contain_text("more votes than the 900 papers in the group")
    expect(tablet.locator(".notice.wrong")).to_contain_text("<SCRIPT>ALERT(1)</SCRIPT> Eve")
    expect(tablet.locator("h2 .grey").first).to_contain_text(sheet)
    tablet.goto(desk(count.contest, "contest"))
    expect(tablet.locator("th.ward").first).to_have_text("<i>North</i>")
    expect(tablet.locator("main img, main script, main b[onclick]")).to_have_count(0)


def test_it_refuses_every_script_that_is_not_its_own(hall: Hall, count: Count) -> None:
    """The other tests hear of everything that a page may not do; here is something that they would hear."""
    viewer = hall.viewer(count.contest)
    assert hall.complaints == []
    viewer.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => resolve(violatedDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
        })"""
    )
    assert viewer.evaluate("window.ran") is None
    wait_for(lambda: viewer.evaluate("1") and hall.complaints, what="the complaint of the browser")
    hall.complaints.clear()


def test_it_says_that_what_was_expected_is_late(hall: Hall) -> None:
    count = make_count(expected_time=True).finish()
    hall.server.start()
    page = hall.viewer(count.contest)
    live(page)
    expect(page.locator(".pace")).to_contain_text("estimate: declaration about")
    expect(page.locator("#overdue")).to_be_empty()
    clock.play(count.contest.event, timezone.now() + timedelta(hours=1), 1.0)
    page.reload()
    expect(page.locator("#overdue")).to_have_text("it is later than that already")


def test_it_moves_nothing_below_when_a_release_comes_in(hall: Hall) -> None:
    made = make_count(projection=True).ready()
    made.enter(1)
    hall.server.start()
    page = hall.viewer(made.contest)
    live(page)
    tops = (
        "[...document.querySelectorAll('.race, .still-out, .columns')].map((part) => part.getBoundingClientRect().top)"
    )
    before = page.evaluate(tops)
    made.enter(2)
    expect(votes(page, 1)).to_have_text(f"{VOTES[1][0] + VOTES[2][0]}")
    assert page.evaluate(tops) == before
