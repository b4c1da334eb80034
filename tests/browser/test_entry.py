"""Entry that cannot trap: what keys do and do not do, figures that are pasted, and how few strokes a sheet takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from results.models import Contest
from results.rules.counts import MOST
from tests import builders
from tests.browser.conftest import Hall, desk, entered, figures, fill, record
from tests.counts import GROUPS, PAPERS, VOTES, Count, make_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = json.loads((Path(__file__).parent.parent / "vectors" / "entry.json").read_text(encoding="utf-8"))
MOST_STROKES = 30
THIRTEEN = tuple((f"Candidate{number:02d}", "Ann", "RED" if number == 1 else "IND") for number in range(1, 14))


def open_sheet(hall: Hall, count: Count, group: int = 1, **options: Any) -> Page:
    """The form of a group's sheet on an officer's tablet."""
    tablet = hall.officer(count.cast.olu, **options)
    tablet.goto(desk(count.contest, "count", group))
    expect(tablet.locator("[data-sum]")).not_to_be_empty()
    return tablet


def open_box(hall: Hall, count: Count) -> Page:
    """The form of a verification."""
    tablet = hall.officer(count.cast.olu)
    tablet.goto(desk(count.contest, "box", "1"))
    return tablet


class Hands:
    """Somebody at a keyboard, whose strokes are counted: digits, and all others."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.digits = self.others = 0

    def type(self, text: str) -> None:
        """Digits one by one."""
        assert text.isdigit()
        self.page.keyboard.type(text)
        self.digits += len(text)

    def press(self, key: str) -> None:
        """Any other key."""
        self.page.keyboard.press(key)
        self.others += 1


# --- the vectors -------------------------------------------------------------------------------------------------------

READ = """async ([figures, gaps, most]) => {
  const { readFigure, gap } = await import("/static/js/figures.js");
  const said = figures.map(({ typed }) => {
    const { value, empty, wrong } = readFigure(typed, most);
    if (empty) return { typed, code: "form.empty" };
    return wrong ? { typed, ...wrong } : { typed, value };
  });
  return [said, gaps.map(({ papers, accounted }) => ({ papers, accounted, ...gap(papers, accounted, true) }))];
}"""


def test_it_reads_figures_and_gaps_as_the_vectors_say(hall: Hall, count: Count) -> None:
    page = open_sheet(hall, count.ready())
    said, gaps = page.evaluate(READ, [FILE["figures"], FILE["gaps"], MOST])
    assert [pair for pair in zip(said, FILE["figures"], strict=True) if pair[0] != pair[1]] == []
    assert gaps == FILE["gaps"]


# --- Enter -------------------------------------------------------------------------------------------------------------


def test_a_sheet_of_thirteen_candidates_takes_thirty_strokes_beside_its_digits(hall: Hall) -> None:
    count = make_count(candidates=THIRTEEN).ready()
    hall.server.start()
    tablet = open_sheet(hall, count)
    hands = Hands(tablet)
    votes = (410, 280, 60, 30, 20, 8, 4, 3, 2, 1, 0, 0, 0)
    assert sum(votes) == sum(PAPERS[label] for label in GROUPS[1]) - 2
    expect(tablet.get_by_label("Sheet number")).to_be_focused()
    for text in ("0107", *map(str, votes), "0", "0", "1", "0", "1"):
        hands.type(text)
        hands.press("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    hands.press("Enter")
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert hands.others <= MOST_STROKES
    assert len(entered(count.contest, 1)) == 1


def test_a_warning_to_confirm_takes_four_strokes_more(hall: Hall) -> None:
    count = make_count(candidates=THIRTEEN).ready()
    hall.server.start()
    tablet = open_sheet(hall, count)
    hands = Hands(tablet)
    for text in ("0107", "410", "280", "60", "30", *["2"] * 8, "4", "0", "10", "10", "0", "0"):
        hands.type(text)
        hands.press("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    hands.press("Enter")
    expect(tablet.get_by_role("alert").filter(visible=True)).to_be_focused()
    for key in ("Tab", "Space", "Enter", "Enter"):
        hands.press(key)
    expect(tablet.locator(".receipt")).to_contain_text("Received")
    assert hands.others <= MOST_STROKES


def test_enter_from_the_last_figure_passes_the_explanation_where_there_is_no_variance(hall: Hall, count: Count) -> None:
    tablet = open_box(hall, count)
    for name, text in (("issued", "300"), ("unused", "100"), ("spoilt", "2"), ("tendered", "0"), ("found", "300")):
        expect(tablet.locator(f"#id_{name}")).to_be_focused()
        tablet.keyboard.type(text)
        tablet.keyboard.press("Enter")
    for _ in ("unused", "spoilt"):
        tablet.keyboard.press("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".receipt")).to_contain_text("Received")


def test_enter_from_the_last_figure_goes_to_the_counts_and_the_reason_where_there_is_a_variance(
    hall: Hall, count: Count
) -> None:
    tablet = open_box(hall, count)
    fill(tablet, {"issued": "300", "unused": "100", "spoilt": "2", "tendered": "0", "found": "299"})
    tablet.locator("#id_spoilt_counted").focus()
    tablet.keyboard.press("Enter")
    # The box is counted again before anything is explained.
    expect(tablet.locator("#id_again")).to_be_focused()
    tablet.keyboard.type("299")
    for _ in ("again", "third"):
        tablet.keyboard.press("Enter")
    chosen = tablet.locator("input[name=reason]:checked")
    expect(chosen).to_be_focused()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp"):
        tablet.keyboard.press(key)
        expect(chosen).to_have_value("")
    expect(tablet.get_by_role("radio", name="Papers in another box")).to_be_focused()
    tablet.keyboard.press("Space")
    expect(chosen).to_have_value("second_box")
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_label("Explanation")).to_be_focused()
    expect(chosen).to_have_value("second_box")
    tablet.keyboard.type("in box 2")
    tablet.keyboard.press("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".receipt")).to_contain_text("Received")


def test_enter_asks_for_the_reason_of_a_correction_that_readers_will_see(hall: Hall) -> None:
    count = make_count().ready()
    hall.server.start()
    for group in (1, 2):
        count.enter(group)
    tablet = hall.officer(count.cast.sam)
    tablet.goto(desk(count.contest, "count", 1))
    tablet.locator("#id_rejected-unmarked_or_void").focus()
    tablet.keyboard.press("Enter")
    expect(tablet.locator("#id_reason")).to_be_focused()


def test_shift_and_enter_go_to_the_button_and_record_nothing(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures(VOTES[1]))
    tablet.locator("#id_votes-2").focus()
    tablet.keyboard.press("Shift+Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    assert entered(count.contest, 1) == []
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".receipt")).to_contain_text("Received")


def test_a_key_that_is_held_down_walks_nowhere_and_records_nothing(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures(VOTES[1]))
    last = tablet.locator("#id_rejected-unmarked_or_void")
    last.focus()
    for _ in range(5):
        # Playwright repeats a key that is pressed and not let go.
        tablet.keyboard.down("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    assert entered(count.contest, 1) == []
    tablet.keyboard.up("Enter")
    expect(tablet.locator("[data-record]")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".receipt")).to_contain_text("Received")


# --- arrows, the wheel, the keypad -------------------------------------------------------------------------------------


def test_arrows_go_up_and_down_and_what_is_typed_replaces_what_is_there(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    tablet.locator("#id_votes-1").fill("40")
    tablet.locator("#id_votes-2").focus()
    tablet.keyboard.press("ArrowUp")
    expect(tablet.locator("#id_votes-1")).to_be_focused()
    tablet.keyboard.type("400")
    expect(tablet.locator("#id_votes-1")).to_have_value("400")
    tablet.keyboard.press("ArrowDown")
    expect(tablet.locator("#id_votes-2")).to_be_focused()


def test_no_arrow_and_no_wheel_changes_a_figure_or_a_choice(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    typed = figures(VOTES[1])
    fill(tablet, typed)
    for name in typed:
        field = tablet.locator(f"#id_{name}")
        field.focus()
        field.hover()
        tablet.mouse.wheel(0, 120)
        for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "PageUp"):
            tablet.keyboard.press(key)
    assert {name: tablet.locator(f"#id_{name}").input_value() for name in typed} == typed
    chooser = hall.officer(count.cast.rita)
    chooser.goto(desk(count.contest, "policy"))
    chosen = chooser.locator("input[name=publish]:checked")
    before = chosen.input_value()
    chosen.focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowDown"):
        chooser.keyboard.press(key)
        chooser.mouse.wheel(0, 40)
        expect(chosen).to_have_value(before)


def test_a_keypad_without_numlock_jumps_nowhere_and_says_so(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures(VOTES[1]))
    field = tablet.locator("#id_votes-2")
    field.focus()
    said = tablet.locator("form[data-count] [data-keypad]")
    expect(said).to_be_hidden()
    for key in ("Numpad8", "Numpad2", "Numpad4", "Numpad7", "Numpad1", "Numpad9", "NumpadDecimal"):
        # As a keypad without NumLock sends them: an arrow, Home, End, a page, Delete.
        tablet.keyboard.press(key)
        expect(said).to_have_text("NumLock is off: the keypad types no figures. Press NumLock, then type.")
        expect(field).to_be_focused()
        expect(field).to_have_value("300")
    expect(said).to_be_in_viewport(ratio=1)
    tablet.keyboard.type("31")
    expect(said).to_be_hidden()
    expect(field).to_have_value("31")


# --- what is pasted ----------------------------------------------------------------------------------------------------

PASTE = """([field, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const input = document.querySelector(field);
  input.focus();
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  // A pasted text that no script takes is written by the browser itself.
  if (input.dispatchEvent(event)) {
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""


@pytest.mark.parametrize(
    ("pasted", "held", "said"),
    [
        ("1,234", "1,234", "Write 1234, without the comma"),
        (" 1 234", " 1 234", "Write 1234, without the space"),
        ("1\u202f234", "1\u202f234", "Write 1234, without the space"),
        ("12\n34", "12 34", "One figure only"),
        ("12\t34\t56", "12 34 56", "One figure only"),
        ("1234567890123", "1234567890123", "At most 10,000,000"),
    ],
)
def test_it_says_what_is_wrong_with_a_pasted_figure_and_cuts_nothing(
    hall: Hall, count: Count, pasted: str, held: str, said: str
) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures(VOTES[1]))
    tablet.evaluate(PASTE, ["#id_votes-2", pasted])
    expect(tablet.locator("#id_votes-2")).to_have_value(held)
    expect(tablet.locator("[data-sum]")).to_contain_text(f"check BARKER Mike: {said}")
    record(tablet)
    expect(tablet.get_by_role("alert").filter(visible=True)).to_contain_text(f"BARKER Mike: {said}")
    expect(tablet.locator("#id_votes-2")).to_have_value(held)
    assert entered(count.contest, 1) == []


@pytest.mark.parametrize("pasted", ["300\n", "\t300", " 300 ", "300\r\n"])
def test_it_takes_one_figure_that_comes_from_a_table(hall: Hall, count: Count, pasted: str) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures(VOTES[1]) | {"votes-2": ""})
    tablet.evaluate(PASTE, ["#id_votes-2", pasted])
    record(tablet)
    expect(tablet.locator(".receipt")).to_contain_text("Received")


def test_a_figure_that_is_left_empty_is_not_nought(hall: Hall, count: Count) -> None:
    tablet = open_sheet(hall, count.ready())
    fill(tablet, figures((500, 318, 0)) | {"votes-3": ""})
    expect(tablet.locator("[data-sum]")).to_have_text("820 of 820 · every paper accounted for · 1 field empty")
    expect(tablet.locator("[data-sum]")).to_have_attribute("data-state", "open")
    record(tablet)
    expect(tablet.get_by_role("alert").filter(visible=True)).to_contain_text("Write 0 if there are none")
    assert entered(count.contest, 1) == []


# --- what stands beside a figure ---------------------------------------------------------------------------------------


def test_it_shows_the_numbers_of_the_ballot_paper_and_names_in_full(hall: Hall) -> None:
    long = ("Featherstonehaugh-Cholmondeley", "Maximilian Alexander Bartholomew", "RED")
    count = make_count(candidates=(long, ("Ng", "A", "IND"), ("Lee", "Bo", "BLU")), numbers=(2, 5, 11)).ready()
    hall.server.start()
    for width in (1024, 390):
        tablet = open_sheet(hall, count, viewport={"width": width, "height": 768})
        rows = tablet.locator(".figure:has(.on-paper)")
        expect(rows.locator(".on-paper")).to_have_text(["2", "5", "11"])
        name = rows.first.locator(".name")
        expect(name).to_contain_text(
            "FEATHERSTONEHAUGH-CHOLMONDELEY Maximilian Alexander Bartholomew", ignore_case=True
        )
        assert name.evaluate("element => element.scrollWidth <= element.clientWidth + 1"), width
        expect(tablet.get_by_label("Ng A")).to_have_count(1)


def desk_of(contest: Contest) -> dict[str, str]:
    """The screens that people touch in the hall."""
    return {
        "contests": "/desk/",
        "contest": desk(contest, "contest"),
        "a sheet": desk(contest, "count", 1),
        "a verification": desk(contest, "box", "5"),
        "a group": desk(contest, "group", 1),
        "a new group": desk(contest, "form_group"),
        "a new box": desk(contest, "register_box"),
        "what is public": desk(contest, "policy"),
        "receipt": desk(contest, "receipt"),
        "a box checked in": desk(contest, "check_in", "5"),
        "verification": desk(contest, "verification"),
        "the floor": desk(contest, "hall"),
        "totals": desk(contest, "totals"),
        "an announcement": desk(contest, "announce"),
        "the ledger": desk(contest, "ledger"),
    }


SMALL = """() => [...document.querySelectorAll("body :is(a, button, input:not([type=hidden]), select, summary, textarea)")]
  .filter((element) => element.offsetParent !== null && !element.closest(".visually-hidden, .skip"))
  // A link in a sentence is as high as its line, and a box to tick is as large as its label.
  .filter((element) => !(element.matches("a") && element.closest("p, li.entry, .history")))
  .map((element) => [element, (element.closest("label") || element).getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 0 && (height < 43.5 || width < 43.5))
  .map(([element, { width, height }]) => `${Math.round(width)} x ${Math.round(height)} ${element.outerHTML.slice(0, 100)}`)"""


def test_everything_that_is_touched_is_as_large_as_a_finger(hall: Hall) -> None:
    count = make_count()
    for label in ("1", "2", "3", "4", "P1"):
        builders.verify(count.contest, label, 300, count.cast.olu)
    builders.form_group(count.contest, 1, ["1", "3", "P1"], count.cast.sam)
    hall.server.start()
    page = hall.officer(count.cast.rita, viewport={"width": 1024, "height": 768})
    for name, path in desk_of(count.contest).items():
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate(SMALL) == [], name
