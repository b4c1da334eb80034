"""Democracy Club's file of candidates in the place of candidates.csv."""

from __future__ import annotations

import pytest

from results.formats.contest_folder import FolderRead, read_folder
from tests.contest_folder.folders import CLUB_HEADER, Make, ballot_names, club


def club_reading(make: Make, *lines: str, **files: str | None) -> FolderRead:
    return read_folder(make(candidates=CLUB_HEADER + "".join(lines), **files))


def test_it_reads_democracy_clubs_candidates(make: Make) -> None:
    reading = club_reading(
        make,
        club("3", "Zed Young", "Labour Party", "PP53", "YOUNG", "Zedekiah"),
        club("2", "Mark O'Neill", "Conservative Party", "party:52", description="Local Conservatives"),
        club("1", "Ann McNeil", "Independent", "ynmp-party:2", "MCNEIL", "Ann Jane"),
        club("4", "Élan Neave", "UK Independence Party (UKIP)", "", "Éames", "Élan"),
        club("9", "Somebody Else", "Green Party", "PP63", ballot="local.elsewhere.2014-11-20", cancelled="True"),
    )
    assert reading.folder is not None, reading.problems
    assert [(c.number, c.surname, c.forenames, c.party) for c in reading.folder.candidates] == [
        (1, "Éames", "Élan", "UKIP"),
        (2, "McNeil", "Ann Jane", "IND"),
        (3, "O'Neill", "Mark", "CON"),
        (4, "Young", "Zedekiah", "LAB"),
    ]
    assert [c.description for c in reading.folder.candidates][2:] == ["Local Conservatives", "Labour Party"]
    assert [c.person_id for c in reading.folder.candidates] == ["4", "1", "2", "3"]
    assert any("surname is read as “O'Neill”" in notice.words for notice in reading.notices)
    assert any("compare the numbers with the ballot paper" in notice.words for notice in reading.notices)


@pytest.mark.parametrize(
    ("name", "last", "first", "surname", "shown"),
    [
        ("Ann McDonald", "MCDONALD", "Ann", "McDonald", "MCDONALD, Ann"),
        ("Seán Ó hEaghra", "Ó HEAGHRA", "Seán", "Ó hEaghra", "Ó HEAGHRA, Seán"),
        ("Jörg Weiß", "WEISS", "Jörg", "Weiß", "WEISS, Jörg"),
        ("Ann McDonald", "McDonald", "Ann Mary", "McDonald", "McDonald, Ann Mary"),
        ("Ann McDonald", "", "", "McDonald", "McDonald, Ann"),
        ("Ann Mc Donald-Smith", "SMITH", "Ann", "SMITH", "SMITH, Ann"),
    ],
)
def test_it_takes_the_printed_name_from_the_statement_of_persons_nominated(
    make: Make, name: str, last: str, first: str, surname: str, shown: str
) -> None:
    reading = club_reading(make, club("1", name, "Labour Party", "PP53", last, first))
    assert ballot_names(reading) == [shown]
    assert reading.folder is not None
    assert reading.folder.candidates[0].surname == surname


def test_it_names_what_democracy_clubs_file_cannot_give(make: Make) -> None:
    long = club_reading(make, club("1", f"{'A' * 90} {'B' * 101}", "Labour Party", "PP53"))
    assert "fill sopn_last_name and sopn_first_names" in long.problems[0].words
    many = club_reading(make, *(club(str(n), f"A B{n}", "Labour Party", "PP53") for n in range(501)))
    assert many.problems[0].words == "501 candidates: at most 500 are accepted"


def test_it_gives_unknown_parties_codes_that_no_other_has(make: Make) -> None:
    reading = club_reading(
        make, club("1", "A Aa", "Ärger", ""), club("2", "B Bb", "Arger!", ""), club("3", "C Cc", "Arger?", "")
    )
    assert reading.folder is not None, reading.problems
    assert [candidate.party for candidate in reading.folder.candidates] == ["ARGER", "ARGER-2", "ARGER-3"]


def test_it_shows_unknown_parties_in_grey_and_joint_ones_as_the_first(make: Make) -> None:
    reading = club_reading(
        make,
        club("1", "A Aa", "Official Monster Raving Loony Party", "PP66"),
        club("2", "B Bb", "Labour and Co-operative Party", "joint-party:53-119"),
        club("3", "C Cc", "Official Monster Raving Loony Party", "party:66"),
    )
    assert reading.folder is not None, reading.problems
    assert [c.party for c in reading.folder.candidates] == ["PP66", "LAB", "PP66"]
    made = reading.folder.parties[-1]
    assert (made.code, made.ec_id, made.initial, made.colour) == ("PP66", "PP66", "OM", "#8C8C8C")
    assert sum("is not in parties.csv: it is shown in grey" in notice.words for notice in reading.notices) == 1


def test_it_makes_all_parties_where_there_is_no_parties_file(make: Make) -> None:
    reading = club_reading(
        make,
        club("1", "A Aa", "Independent", "ynmp-party:2"),
        club("2", "B Bb", "Ours", ""),
        parties=None,
        baseline=None,
    )
    assert reading.folder is not None, reading.problems
    assert [(p.code, p.name) for p in reading.folder.parties] == [("IND", "Independent"), ("OURS", "Ours")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (club("1", "A Aa", "Labour Party", "PP53", cancelled="True"), "column cancelled_poll: this poll is cancelled"),
        (club("1", "A Aa", "", ""), "column party_name: this is empty"),
        (club("1", "A Aa", "X", "x" * 30), "column party_id"),
        (club("1", "", "Labour Party", "PP53"), "column person_name: this is empty"),
        (club("2", "B Bb", "Labour Party", "PP53") * 2, "column person_id: “2” is there twice, first on line 2"),
        (club("1", "A Aa", "X", "PP1", ballot="local.elsewhere.2014-11-20"), "no line has the ballot_paper_id"),
        (club("1", "A Aa", "X", "PP1").replace(",1,", ",2,"), "column seats_contested: “2” seats"),
    ],
)
def test_it_refuses_what_democracy_clubs_file_may_not_hold(make: Make, line: str, message: str) -> None:
    found = [str(problem) for problem in club_reading(make, line).problems]
    assert any(message in words for words in found), found


def test_it_takes_the_seats_that_contest_csv_has(make: Make) -> None:
    people = [("1", "A Aa"), ("2", "B Bb"), ("3", "C Cc"), ("4", "D Dd")]
    lines = "".join(club(number, name, "Labour Party", "PP53").replace(",1,,", ",3,,") for number, name in people)
    folder = make(
        ("contest.csv", "combined,yes", "combined,yes\nseats,3"),
        candidates=CLUB_HEADER + lines,
    )
    reading = read_folder(folder)
    assert reading.folder is not None, reading.problems
    assert (reading.folder.fields.seats, len(reading.folder.candidates)) == (3, 4)
