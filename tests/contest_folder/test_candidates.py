"""parties.csv and candidates.csv: parties, candidates, and their names as the ballot paper prints them."""

from __future__ import annotations

import pytest

from results.formats.contest_folder import read_folder
from results.formats.contest_loading import load_folder
from tests.contest_folder.folders import Make, assert_said, ballot_names


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("parties.csv", "LAB,", "con,", "parties.csv line 4, column code: “con” is there twice"),
        ("parties.csv", "#E4003B", "red", "column colour: “red”: a colour is written as #"),
        ("parties.csv", ",L,", ",LAB,", "column initial: “LAB” has 3 characters: at most 2 are accepted"),
        ("parties.csv", "PP53", "PP52", "parties.csv line 4, column ec_id: “PP52” is there twice"),
        (
            "parties.csv",
            "Labour Party",
            "CONSERVATIVE PARTY",
            "column name: “CONSERVATIVE PARTY” is there twice: each party stands",
        ),
        ("candidates.csv", "CON", "CONS", "column party: no party in parties.csv has the code “CONS”"),
        ("candidates.csv", "2,Brown", "1,Brown", "column number: 1 is there twice, first on line 2"),
        ("candidates.csv", "1,Adams", "0,Adams", "“0” is not between 1 and 500"),
        ("candidates.csv", "Adams", "  ", "candidates.csv line 2, column surname: this is empty"),
        ("candidates.csv", "Adams", "\u202esmadA", "invisible character (U+202E) that turns the direction of writing"),
        ("candidates.csv", "Adams", "A\x1b[31mdams", "“A[U+001B][31mdams” holds a line break or another control"),
        ("candidates.csv", "Adams", '"A\ndams"', "candidates.csv line 2, column surname: “A[U+000A]dams” holds a line"),
        ("candidates.csv", "Adams", "A" * 101, "has 101 characters: at most 100 are accepted"),
        (
            "candidates.csv",
            "UKIP,,",
            "UKIP,,11",
            "column person_id: “11” is there twice, first on line 2: write each person's own",
        ),
        ("candidates.csv", "CON", "XX", "add the party there, or write one that it has (UKIP, CON, LAB, IND)"),
    ],
)
def test_it_says_what_is_wrong_and_where(make: Make, file: str, old: str, new: str, message: str) -> None:
    assert_said(make, (file, old, new), message)


@pytest.mark.django_db
def test_it_takes_markup_and_formulas_as_text_and_joins_accents(make: Make) -> None:
    folder = make(
        ("candidates.csv", "1,Adams,Ann", '1,<b>Adams</b>,"=HYPERLINK(1)"'), ("candidates.csv", "Brown", " Zoe\u0308 ")
    )
    contest = load_folder(folder)
    assert [c.surname for c in contest.candidates.all()] == ["<b>Adams</b>", "Zo\u00eb"]
    assert contest.candidates.all()[0].forenames == "=HYPERLINK(1)"


def test_it_asks_for_a_look_at_candidates_of_one_surname_and_gaps(make: Make) -> None:
    reading = read_folder(make(("candidates.csv", "2,Brown", "3,ADAMS")))
    words = " ".join(map(str, reading.notices))
    assert "no candidate has the number 2" in words and "another candidate is called “ADAMS” too" in words


PRINTED = "number,surname,forenames,ballot_name,party,description,person_id\n"


@pytest.mark.parametrize(
    ("surname", "forenames", "printed", "shown"),
    [
        ("McDonald", "Ann", "McDONALD, Ann", "McDONALD, Ann"),
        ("McDonald", "Ann", "", "McDonald, Ann"),
        ("MCDONALD", "ANN", "", "MCDONALD, ANN"),
        ("Ó hEaghra", "Seán", "Ó hEAGHRA, Seán", "Ó hEAGHRA, Seán"),
        ("Weiß", "Jörg", "", "Weiß, Jörg"),
        ("van der Berg", "Piet", "VAN DER BERG Piet", "VAN DER BERG Piet"),
        ("Cher", "", "", "Cher"),
        ("İnce", "Işıl", "", "İnce, Işıl"),
    ],
)
def test_it_shows_a_name_as_the_ballot_paper_prints_it_and_makes_no_capitals(
    make: Make, surname: str, forenames: str, printed: str, shown: str
) -> None:
    reading = read_folder(make(candidates=PRINTED + f'1,{surname},{forenames},"{printed}",CON,,\n'))
    assert ballot_names(reading) == [shown]
    assert not [notice for notice in reading.notices if notice.column == "ballot_name"]


def test_it_takes_commonly_used_names_for_the_others(make: Make) -> None:
    header = "number,surname,forenames,commonly_used_surname,commonly_used_forenames,party,description,person_id\n"
    reading = read_folder(make(candidates=header + "1,Hope,Alan,,Howling Laud,CON,,\n2,Lopes,Ana,Costa,,LAB,,\n"))
    assert ballot_names(reading) == ["Hope, Howling Laud", "Costa, Ana"]


def test_it_asks_for_a_look_at_a_printed_name_without_the_surname(make: Make) -> None:
    reading = read_folder(make(candidates=PRINTED + '1,Adams,Ann,"BROWN, Bob",CON,,\n2,Brown,Bob,"BROWN, Bob",LAB,,\n'))
    looked = [notice for notice in reading.notices if notice.column == "ballot_name"]
    assert [notice.line for notice in looked] == [2]
    assert "“BROWN, Bob” does not hold the surname “Adams”" in looked[0].words
