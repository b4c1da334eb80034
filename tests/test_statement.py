"""The statement as to verification: lines, sums, and what stands on the printed page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from results.facts.definition import AccountDefinition, BoxDefinition, Definition, SessionDefinition, WardDefinition
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.fold import fold
from results.facts.kinds import BoxCancelled, Entry, PapersMoved, Said, SessionClosed, VerificationSigned, Verified
from results.facts.types import Facts
from results.print.verification import explanation, page_of
from results.statement import draw_up

NIGHT = datetime(2026, 11, 5, 23, tzinfo=UTC)
PLACES = {"1": ("North School", "room 1"), "2": ("North School", "room 2"), "3": ("The Barn", "")}


def definition(**more: Any) -> Definition:
    """Boxes 1 and 2 of one place, box 3 of another, and postal boxes P1 and P2 with one account."""
    boxes = {
        label: BoxDefinition(label, "polling", ("N",), place, origin, 900, label)
        for label, (place, origin) in PLACES.items()
    }
    boxes |= {label: BoxDefinition(label, "postal", ("N",), "", "Handed in", 500, "P1") for label in ("P1", "P2")}
    accounts = {label: AccountDefinition(label, (label,), 700) for label in PLACES}
    accounts["P1"] = AccountDefinition("P1", ("P1", "P2"))
    arguments: dict[str, Any] = {
        "contest": "parl.x",
        "name": "Testshire",
        "election": "A by-election",
        "environment": "live",
        "postal_electors": None,
        "seats": 1,
        "close_of_poll": datetime(2026, 11, 5, 22, tzinfo=UTC),
        "planned_declaration": None,
        "count_begins": datetime(2026, 11, 5, 22, tzinfo=UTC),
        "expected_time": False,
        "venue": "Testshire Leisure Centre",
        "event": "count",
        "kind_of_poll": "parliament",
        "nation": "england",
        "verify_first": "own",
        "entries_required": 2,
        "minimum_boxes": 2,
        "minimum_papers": 250,
        "publish": "off",
        "projection": False,
        "baseline_label": "",
        "candidates": (),
        "parties": {},
        "wards": {"N": WardDefinition("N", "North", 3000)},
        "boxes": boxes,
        "accounts": accounts,
        "heads": (),
        "baseline": {},
        "sessions": {"Handed in": SessionDefinition("Handed in", ("P1", "P2"), on_the_night=True)},
    }
    return Definition(**arguments | more)


def said(*all_said: Said) -> Facts:
    entries = [Entry(seq, NIGHT, one, 1, "Olu Ade") for seq, one in enumerate(all_said, 1)]
    return fold(definition(), entries)


def station(box: str, found: int, issued: int = 500, reason: str = "", counts: tuple[int, ...] = ()) -> Verified:
    figures = AccountFigures(issued, 699 - issued, 1, 2, 198 if box == "1" else None)
    words = "They agree on it" if reason else ""
    return Verified(box, issued, (BoxPapers(box, (*counts, found)),), reason, words, figures)


POSTAL = Verified("P1", 400, (BoxPapers("P1", (250,)), BoxPapers("P2", (150,))))


def test_it_says_so_far_what_is_known() -> None:
    statement = draw_up(said(station("1", 500)))
    assert (statement.complete, statement.left, statement.open_sessions) == (
        False,
        ("2", "3", "P1", "P2"),
        ("Handed in",),
    )
    assert [line.variance for line in statement.lines] == [0, None, None, None]
    assert (statement.grand_total.found, statement.postal_total.found) == (500, 0)


def test_it_adds_up_stations_postal_papers_and_all() -> None:
    moved = PapersMoved("3", 2, False, "local.y", "7")
    facts = said(
        station("1", 498, reason="compensating"),
        station("2", 502, reason="compensating"),
        station("3", 502, reason="second_box", counts=(501,)),
        moved,
        POSTAL,
        SessionClosed("Handed in"),
    )
    statement = draw_up(facts)
    assert statement.complete
    stations, postal, total = statement.stations_total, statement.postal_total, statement.grand_total
    assert (stations.expected, stations.found, stations.moved, stations.variance) == (1500, 1500, -2, 0)
    assert (postal.expected, postal.found, postal.unused) == (400, 400, None)
    assert (total.found, total.variance, total.unused, total.spoilt, total.tendered) == (1900, 0, 597, 3, 6)
    # Beside the sum of all accounts, what was counted in the hall of one of them would look like a variance.
    assert total.unused_counted is None
    one, two, three = statement.stations
    assert (one.balanced, two.balanced, three.balanced) == (("2",), ("1",), ())
    assert [line.boxes[0].label for line in statement.varying] == ["1", "2", "3"]
    assert explanation(three) == [
        "2 papers of another poll lay here and are counted there.",
        "Reason: papers in another box; “They agree on it”.",
        "Box 3 was counted as 501 and 502.",
    ]
    assert explanation(one)[:2] == ["2 papers fewer than expected.", "Made up for within the polling place: box 2."]


def test_it_leaves_out_a_box_that_was_taken_off_the_list() -> None:
    statement = draw_up(said(BoxCancelled("3"), station("1", 500)))
    assert [line.boxes[0].label for line in statement.stations] == ["1", "2"]


def test_it_prints_each_figure_as_it_stands_on_the_statement() -> None:
    facts = said(station("1", 498, reason="arithmetic"), VerificationSigned("Rita Rowe", 498))
    page = page_of(facts.definition, draw_up(facts), NIGHT, "")
    line = page["stations"][0]
    assert (line["expected"], line["found"], line["variance"]) == ("500", "498", "−2")
    assert (line["unused"], line["spoilt"], line["tendered"]) == ("199 / 198", "1", "2")
    assert page["stations"][1]["variance"] == "–"
    assert page["totals"]["all"]["found"] == "498"
    assert page["variances"][0]["boxes"] == "1"
    assert page["as_of"] == "at 23:00 on 5 November 2026"
    assert page["signed"] == "Signed by Rita Rowe at 23:00 on 5 November 2026, over 498 papers in all."
    assert page["left"] == "Not verified yet: boxes 2, 3, P1 and P2."


def test_it_says_that_an_account_cannot_be_right() -> None:
    facts = said(replace(station("1", 500, reason="arithmetic"), figures=AccountFigures(500, 190, 1, 0)))
    [line] = draw_up(facts).varying
    assert explanation(line)[0] == "The account comes to 9 papers fewer than were entrusted."
