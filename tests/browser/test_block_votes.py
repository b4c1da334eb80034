"""A ward with three seats in the browser: both balances while a sheet is typed, and the page that everybody reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from results.formats.contest_loading import load_folder
from results.models import Contest
from results.rules.counts import gap
from results.rules.votes import votes_gap
from results.texts.wording import words
from tests.block_votes import ready_ward, typed, write_folder
from tests.browser.conftest import Hall, desk, fill, record
from tests.browser.test_accessibility import clean
from tests.builders import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = ({"width": 360, "height": 740}, {"width": 1024, "height": 768}, {"width": 1920, "height": 1080})
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def ward(hall: Hall, tmp_path: Path) -> tuple[Contest, People]:
    """A ward with three seats, ready to be counted, and served."""
    contest = load_folder(write_folder(tmp_path / "ward", ("contest.csv", "entries_required,2", "entries_required,1")))
    cast = ready_ward(contest)
    hall.server.start()
    return contest, cast


def test_it_says_both_balances_in_the_words_of_the_rules(hall: Hall, ward: tuple[Contest, People]) -> None:
    contest, cast = ward
    tablet = hall.officer(cast.olu)
    tablet.goto(desk(contest, "count", 1))
    line = tablet.locator("[data-sum]")
    fill(tablet, typed(1))
    expect(line).to_have_text(
        "820 of 820 papers · every paper accounted for · 1,910 votes and 526 unused of 2,436 · every vote accounted for"
    )
    expect(line).to_have_attribute("data-state", "good")
    for unused, missing in (("525", 1), ("527", -1), ("508", 18), ("0", 526), ("10000", 526 - 10_000)):
        fill(tablet, {"unused_votes": unused})
        said = f"1,910 votes and {int(unused):,} unused of 2,436 · {words(votes_gap(missing))}"
        expect(line).to_contain_text(said)
        expect(line).to_have_attribute("data-state", "wrong")
    fill(tablet, typed(1, valid_papers="811"))
    expect(line).to_contain_text(f"819 of 820 papers · {words(gap(820, 819))} · ")
    fill(tablet, typed(1, valid_papers=""))
    expect(line).to_contain_text("1 field empty")
    expect(line).to_have_attribute("data-state", "open")


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"votes-1": "813", "unused_votes": "133"}, "ABARA, Ann: more votes than valid papers"),
        ({"rejected-rejected_in_part": "600"}, "more papers rejected in part than unused votes, or than valid papers"),
        (
            {f"votes-{n}": "100" for n in range(1, 7)} | {"unused_votes": "1836"},
            "fewer votes than valid papers",
        ),
    ],
)
def test_it_never_shows_a_sheet_as_good_that_cannot_stand(
    hall: Hall, ward: tuple[Contest, People], changes: dict[str, str], doubt: str
) -> None:
    contest, cast = ward
    tablet = hall.officer(cast.olu)
    tablet.goto(desk(contest, "count", 1))
    fill(tablet, typed(1, **changes))
    line = tablet.locator("[data-sum]")
    expect(line).to_contain_text(f"every vote accounted for · {doubt}")
    expect(line).to_have_attribute("data-state", "wrong")


def test_three_seats_are_read_live_on_every_screen(hall: Hall, ward: tuple[Contest, People]) -> None:
    contest, cast = ward
    viewer = hall.viewer(contest)
    tablet = hall.officer(cast.olu, viewport=SCREENS[1])
    tablet.goto(desk(contest, "count", 1))
    fill(tablet, typed(1, **{"rejected-voting_for_too_many": "3", "valid_papers": "814", "unused_votes": "532"}))
    clean(tablet, "the sheet of three seats")
    for screen in SCREENS:
        tablet.set_viewport_size(screen)  # type: ignore[arg-type]
        assert not tablet.evaluate(TOO_WIDE)
    record(tablet)
    expect(viewer.locator("#headline")).to_have_text(
        "Abara (Labour), Byrne (Green) and Cole (Labour) lead for the 3 seats"
    )
    seats = viewer.locator(".race-table td.seat")
    expect(seats).to_have_text(["leads for a seat"] * 3 + ["first behind", "", ""])
    expect(viewer.locator(".standfirst")).to_contain_text("10 votes ahead of Dunn (Conservative) for the last seat")
    clean(viewer, "the page of three seats")
    for screen in SCREENS:
        viewer.set_viewport_size(screen)  # type: ignore[arg-type]
        assert not viewer.evaluate(TOO_WIDE)
