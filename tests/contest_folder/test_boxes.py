"""boxes.csv: boxes, where they come from, and the accounts of their papers."""

from __future__ import annotations

import pytest

from results.facts.reading import read_facts
from results.formats.contest_folder import read_folder
from results.formats.contest_loading import load_folder
from tests.contest_folder.folders import Make, assert_said, problems


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",1500", ",12a", "boxes.csv line 2, column electors: “12a” is not a whole number: write digits only"),
        (",1500", ",\u0661\u0662", "column electors: “\u0661\u0662” is not a whole number"),
        (",1500", ",-3", "“-3” is not a whole number"),
        (",1500", ",10000001", "“10000001” is not between 0 and 10,000,000"),
        (",1500", ",", "boxes.csv line 2, column electors: this is empty: write a whole number"),
        ("River", "Rivver", "boxes.csv line 4, column ward: wards.csv has no ward “Rivver”"),
        ("P1,postal", "p 1,postal", "column box: “p 1”: a box is named with letters, digits and hyphens"),
        ("2,polling", "1,polling", "boxes.csv line 3, column box: “1” is there twice"),
        ("postal", "post", "“post” is not known: write polling or postal"),
        ('"Hall, room 1"', "Hall, room 1", "boxes.csv line 2: this line has 6 cells and the first line 5"),
        ("River,,1000", "River,1000", "boxes.csv line 4: this line has 4 cells"),
        ('"Hall, room 1"', '"Hall, room 1', "boxes.csv line 2: the cells of this line cannot be told apart"),
        ("electors", "elektors", "boxes.csv line 1: the column electors is missing"),
        ("electors", "elektors", "boxes.csv line 1: the column “elektors” is unknown"),
        ("station", "kind", "boxes.csv line 1: the column “kind” is there twice"),
    ],
)
def test_it_says_what_is_wrong_and_where(make: Make, old: str, new: str, message: str) -> None:
    assert_said(make, ("boxes.csv", old, new), message)


def test_it_names_labels_of_which_a_spreadsheet_made_dates(make: Make) -> None:
    (found,) = problems(make(("boxes.csv", "2,polling", "03-Jan,polling")))
    assert found.startswith("boxes.csv line 3, column box: “03-Jan”: a spreadsheet has made a date or a number of this")


def test_it_asks_for_a_look_where_zeros_may_have_been_taken_from_labels(make: Make) -> None:
    words = "a spreadsheet may have taken zeros away"
    looked = read_folder(make(("boxes.csv", "1,polling", "01,polling"), ("boxes.csv", "2,polling", "02,polling")))
    assert any(words in notice.words for notice in looked.notices)
    whole = make(
        ("boxes.csv", "1,polling", "01,polling"),
        ("boxes.csv", "2,polling", "02,polling"),
        ("boxes.csv", "3,poll", "10,poll"),
    )
    assert not any(words in notice.words for notice in read_folder(whole).notices)


def test_it_wants_a_polling_stations_box(make: Make) -> None:
    (found,) = problems(make(boxes="box,kind,ward,station,electors\nP1,postal,River,,10\nP2,postal,Peninsula,,10\n"))
    assert found.startswith("boxes.csv: none of the boxes is a polling station's")
    assert problems(make(boxes="box,kind,ward,station,electors\n1,polling,River,,10\nP1,postal,Peninsula,,10\n")) == []


@pytest.mark.django_db
def test_it_takes_places_sessions_and_accounts_as_they_are_written(make: Make) -> None:
    folder = make(
        boxes="box,kind,ward,place,station,session,account,entrusted,electors\n"
        "1,polling,River,The Hall,north room,,,900,500\n"
        "2,polling,River,The Hall,north room,,,,500\n"
        "3,polling,Peninsula,The Hall,south room,,,800,500\n"
        "P1,postal,,,,Session 1,,,300\n"
        "P2,postal,Peninsula; River,,,Session 2,last,,200\n"
        "P3,postal,River,,,Session 2,last,,100\n"
    )
    definition = read_facts(load_folder(folder)).definition
    assert {key: (a.boxes, a.entrusted) for key, a in definition.accounts.items()} == {
        "1": (("1", "2"), 900),
        "3": (("3",), 800),
        "P1": (("P1",), None),
        "P2": (("P2", "P3"), None),
    }
    assert {label: box.source for label, box in definition.boxes.items()} == {
        "1": "The Hall, north room",
        "2": "The Hall, north room",
        "3": "The Hall, south room",
        "P1": "Session 1",
        "P2": "Session 2",
        "P3": "Session 2",
    }
    every = tuple(definition.wards)
    assert definition.boxes["P1"].wards == definition.boxes["P2"].wards == every
    assert len(definition.boxes["P3"].wards) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("1,polling,River,H,,,a,,5\n2,polling,River,I,,,a,,5", "one account is of one polling station"),
        ("1,polling,River,H,,,,7,5\n2,polling,River,H,,,,8,5", "give different figures"),
        ("1,polling,River,H,,S,,,5", "column session: a polling station's box comes from no opening session"),
        ("1,polling,,H,,,,,5", "column ward: this is empty"),
        ("1,polling,River; Peninsula,H,,,,,5", "wards.csv has no ward"),
        ("1,polling,River,H,,,,,5\nP1,postal,River,H,,,,,5", "comes from an opening session"),
        ("1,polling,River,H,,,,,5\nP1,postal,River; River,,,,,,5", "is named twice"),
    ],
)
def test_it_says_what_is_wrong_with_where_a_box_comes_from(make: Make, lines: str, message: str) -> None:
    header = "box,kind,ward,place,station,session,account,entrusted,electors\n"
    found = problems(make(boxes=f"{header}{lines}\n"))
    assert any(message in words for words in found), found


def test_it_asks_for_a_look_where_sessions_are_named_and_none_opens_what_is_handed_in(make: Make) -> None:
    words = "boxes.csv, column on_the_night: no session opens the packs that are handed in at polling stations"
    for boxes, asked in ((NIGHT, False), (NIGHT.replace("YES", "no"), True)):
        notices = [str(notice) for notice in read_folder(make(boxes=boxes)).notices]
        assert any(notice.startswith(words) for notice in notices) == asked
    # A folder that names no session may bring its postal papers in boxes of one kind.
    assert not any("no session" in str(notice) for notice in read_folder(make()).notices)


NIGHT = (
    "box,kind,ward,station,session,on_the_night,electors\n1,polling,River,Hall,,,500\n2,polling,Peninsula,School,,,500\n"
    "P1,postal,,,Before,,100\nP2,postal,,,Last,YES,100\nP3,postal,,,Last,,100\n"
)


@pytest.mark.django_db
def test_it_knows_the_session_that_opens_what_is_handed_in_on_the_night(make: Make) -> None:
    facts = read_facts(load_folder(make(boxes=NIGHT)))
    assert {name: one.on_the_night for name, one in facts.definition.sessions.items()} == {
        "Before": False,
        "Last": True,
    }
    assert facts.open_sessions == ("Last",)
    # Loaded again without it, before the first entry, nothing is left of it.
    assert read_facts(load_folder(make(boxes=NIGHT.replace("YES", "")))).open_sessions == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "1,polling,River,Hall,,,",
            "1,polling,River,Hall,,yes,",
            "line 2, column on_the_night: a polling station's box",
        ),
        (
            "P3,postal,,,Last,,",
            "P3,postal,,,Last,no,",
            "line 6, column on_the_night: the boxes of “Last” say yes and no",
        ),
        ("Last,YES", "Last,perhaps", "line 5, column on_the_night: “perhaps” is not known: write yes or no"),
    ],
)
def test_it_says_what_is_wrong_with_a_session_on_the_night(make: Make, old: str, new: str, message: str) -> None:
    assert any(message in words for words in problems(make(boxes=NIGHT.replace(old, new))))


def test_it_asks_for_a_look_where_electors_do_not_add_up(make: Make) -> None:
    reading = read_folder(make(("boxes.csv", ",1500", ",1400")))
    assert reading.folder is not None
    assert [str(notice) for notice in reading.notices] == [
        "boxes.csv, column electors: the boxes of Peninsula have 2,900 electors together, wards.csv has 3,000"
    ]
