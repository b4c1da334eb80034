"""A folder of CSV files becomes a contest whole, or is refused whole with every problem at its place."""

import csv
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results import clock
from results.audit import chain
from results.board.publishing import latest, publish
from results.facts.reading import read_facts
from results.formats import contest_candidates, contest_lines, democracy_club
from results.formats.contest_folder import FolderRead, read_folder
from results.formats.contest_loading import FolderRefused, load_folder
from results.models import (
    Appointment,
    BallotBox,
    BallotPaperAccount,
    BaselineVotes,
    BoxContest,
    BoxWard,
    Candidate,
    Contest,
    Election,
    Event,
    LedgerEntry,
    Party,
    PollingPlace,
    PollingStation,
    PostalSession,
    RejectionHead,
    Role,
    Ward,
)
from results.people import accounts

ROCHESTER = Path(__file__).parent.parent / "results" / "demo" / "rochester-and-strood-2014"
SET_UP = (
    Event,
    Election,
    Contest,
    Party,
    Candidate,
    Ward,
    PollingPlace,
    PollingStation,
    PostalSession,
    BallotBox,
    BallotPaperAccount,
    BoxContest,
    BoxWard,
    RejectionHead,
    BaselineVotes,
)

SMALL = {
    "contest.csv": """field,value
ballot_paper_id,local.medway.peninsula.by.2014-11-20
name,Peninsula
election_id,parl.2014-11-20
election_name,Medway
poll_date,2014-11-20
close_of_poll,2014-11-20 22:00
combined,yes
environment,rehearsal
publish,progress
projection,off
baseline_label,2011 local election
""",
    "parties.csv": """code,name,short_name,initial,colour,ec_id
UKIP,UK Independence Party (UKIP),UKIP,U,#6D3177,PP85
CON,Conservative Party,Conservative,C,#0087DC,PP52
LAB,Labour Party,Labour,L,#E4003B,PP53
IND,Independent,Independent,I,#828282,
""",
    "candidates.csv": """number,surname,forenames,party,description,person_id
1,Adams,Ann,CON,The Conservative Party,11
2,Brown,Bob,UKIP,,
""",
    "wards.csv": "gss,name,electorate\nE05002256,Peninsula,3000\nE05002261,River,1000\n",
    "boxes.csv": """box,kind,ward,station,electors
1,polling,Peninsula,"Hall, room 1",1500
2,polling,E05002256,"Hall, room 2",1000
3,polling,River,,1000
P1,postal,peninsula,,500
""",
    "baseline.csv": "ward,party,votes\n,CON,900\nRiver,UKIP,300\n",
}
CLUB_HEADER = (
    "person_id,person_name,election_id,ballot_paper_id,election_date,election_current,party_name,party_id,post_label,"
    "cancelled_poll,seats_contested,party_description_text,sopn_last_name,sopn_first_names\n"
)
BALLOT = "local.medway.peninsula.by.2014-11-20"

Make = Callable[..., Path]


def club(
    person: str,
    name: str,
    party: str,
    ec_id: str,
    last: str = "",
    first: str = "",
    ballot: str = BALLOT,
    cancelled: str = "False",
    description: str = "",
) -> str:
    return (
        f"{person},{name},parl.2014-11-20,{ballot},2014-11-20,True,{party},{ec_id},Peninsula,{cancelled},1,"
        f"{description},{last},{first}\n"
    )


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the small folder, with whole files replaced (None leaves one out) or pieces of them."""

    def write(*changes: tuple[str, str, str], name: str = "folder", **files: str | None) -> Path:
        texts: dict[str, str | None] = dict(SMALL)
        texts.update({f"{stem}.csv": text for stem, text in files.items()})
        for file, old, new in changes:
            text = texts[file]
            assert text is not None and old in text, (file, old)
            texts[file] = text.replace(old, new)
        folder = tmp_path / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, text in texts.items():
            if text is not None:
                (folder / file).write_bytes(text.encode())
        return folder

    return write


def rows() -> list[int]:
    return [model._default_manager.count() for model in SET_UP]


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_folder(folder).problems]


def begin(contest: Contest) -> None:
    """Put a first entry into a contest's ledger."""
    LedgerEntry.objects.create(
        contest=contest,
        seq=1,
        kind="held",
        actor=User.objects.create(username="first"),
        recorded_at=datetime(2014, 11, 20, 22, 5, tzinfo=UTC),
        act=uuid.uuid4(),
        submission_id=uuid.uuid4(),
    )


# --- what is loaded --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_loads_the_demo_night() -> None:
    contest = load_folder(ROCHESTER)
    definition = read_facts(contest).definition
    assert definition.electorate == 79_163
    assert [c.ballot_name for c in definition.candidates][10] == "RECKLESS, Mark"
    assert list(definition.boxes)[:2] == ["1", "2"] and list(definition.boxes)[-1] == "P9"
    assert definition.boxes["4"].source == "Hoo Village Hall, station 1"
    assert (definition.boxes["1"].place, definition.boxes["1"].origin) == ("Cuxton Community Infants School", "")
    assert definition.accounts["4"].entrusted == 1150
    assert definition.baseline == {"": {"CON": 23604, "LAB": 13651, "LD": 7800, "ENGDEM": 2182, "GREEN": 734}}
    assert definition.close_of_poll == datetime(2014, 11, 20, 22, tzinfo=UTC)
    assert definition.planned_declaration == datetime(2014, 11, 21, 3, 30, tzinfo=UTC)
    assert definition.heads[0].code == "want_of_official_mark"
    assert (definition.publish, definition.projection, definition.verify_first) == ("totals", True, "declare")
    assert not read_folder(ROCHESTER).notices


@pytest.mark.django_db
def test_it_takes_summer_time_from_london(make: Make) -> None:
    contest = load_folder(make(("contest.csv", "2014-11-20", "2015-05-07")))
    assert contest.event.close_of_poll == datetime(2015, 5, 7, 21, tzinfo=UTC)


def test_it_loads_the_same_set_up_from_excels_files(make: Make) -> None:
    plain = read_folder(make()).folder
    for separator in ";\t":
        folder = make()
        for path in folder.iterdir():
            with path.open(newline="") as file:
                cells = list(csv.reader(file))
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                csv.writer(file, delimiter=separator).writerows([*cells, [""] * 4])
        assert read_folder(folder).folder == plain


def test_it_reads_days_as_a_spreadsheet_turns_them(make: Make) -> None:
    plain = read_folder(make()).folder
    turned = make(
        ("contest.csv", "poll_date,2014-11-20", "Poll Date,20/11/2014"),
        ("contest.csv", "close_of_poll,2014-11-20 22:00", "Close of Poll,20/11/2014 22:00:00"),
    )
    assert read_folder(turned).folder == plain


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("poll_date,2014-11-20", "poll_date,11/20/2014", "“2014-20-11” is a day that does not exist"),
        ("poll_date,2014-11-20", "poll_date,12/11/2014", "ends with another date than poll_date, 2014-11-12"),
        ("poll_date,2014-11-20", "poll_date,20/11/14", "“20/11/14”: write a date as 2014-11-20"),
        ("poll_date,2014-11-20", "poll_date,20-Nov-14", "“20-Nov-14”: write a date as 2014-11-20"),
        ("poll_date,2014-11-20", "poll_date,41963", "“41963”: write a date as 2014-11-20"),
        (
            "combined,yes",
            "combined,yes\nplanned_declaration,05/12/2014 03:30",
            "2014-12-05 is 14 days after the close of poll",
        ),
        (
            "combined,yes",
            "combined,yes\nplanned_declaration,19/11/2014 03:30",
            "planned for a time before the close of poll",
        ),
        ("combined,yes", "combined,yes\ncount_begins,11/12/2014 09:00", "look whether day and month are exchanged"),
        ("combined,yes", "combined,#REF!", "field combined: “#REF!”: this is a spreadsheet's error"),
    ],
)
def test_it_never_takes_one_day_for_another(make: Make, old: str, new: str, message: str) -> None:
    found = problems(make(("contest.csv", old, new)))
    assert any(message in words for words in found), found


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


@pytest.mark.django_db
def test_it_takes_the_heads_of_the_kind_of_poll(make: Make) -> None:
    assert [head.code for head in load_folder(make()).heads.all()] == [
        "want_of_official_mark",
        "voting_for_too_many",
        "identifying_mark",
        "unmarked_or_void",
    ]
    said = make(("contest.csv", "combined,yes", "combined,yes\nkind,PCC\nmethod,simple_majority"))
    reading = read_folder(said)
    assert reading.folder is not None and reading.folder.poll.kind.code == "pcc"
    assert [head.code for head in reading.folder.heads][-2:] == ["unmarked", "void_for_uncertainty"]
    assert any("“pcc”, while the ballot_paper_id speaks of local_england" in notice.words for notice in reading.notices)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("contest.csv", "local.medway", "sp.c")], "field ballot_paper_id: this poll gives seats to parties’ lists"),
        ([("contest.csv", "local.medway", "senedd")], "field ballot_paper_id: this poll gives seats to parties’ lists"),
        (
            [("contest.csv", "local.medway.peninsula", "mayor.london")],
            "field ballot_paper_id: this poll is by supplementary vote",
        ),
        ([("contest.csv", "local.medway", "school.medway")], "field kind: the ballot_paper_id does not say which kind"),
        (
            [("contest.csv", "combined,yes", "combined,yes\nkind,senate")],
            "field kind: “senate” is not known: write parliament",
        ),
        (
            [("contest.csv", "combined,yes", "combined,yes\nmethod,approval")],
            "field method: “approval” is not known: write simple",
        ),
        (
            [("contest.csv", "combined,yes", "combined,yes\nmethod,supplementary_vote")],
            "field method: this poll is by supplement",
        ),
        ([("contest.csv", "combined,yes", "combined,yes\nseats,3")], "field seats: 3 seats are filled by block vote"),
        (
            [("contest.csv", "combined,yes", "combined,yes\nkind,pcc\nseats,2")],
            "such a poll fills one seat, and 2 are given",
        ),
        (
            [("wards.csv", "E05002256", "S13002256"), ("boxes.csv", "E05002256", "S13002256")],
            "column gss: the GSS codes are of sev",
        ),
        (
            [("wards.csv", "E05", "S13"), ("boxes.csv", "E05", "S13")],
            "field ballot_paper_id: this poll is by single transferable vote",
        ),
        (
            [("wards.csv", "E05", "K05"), ("boxes.csv", "E05", "K05")],
            "column gss: the GSS codes are of several nations, or of none",
        ),
    ],
)
def test_it_refuses_what_it_cannot_count_and_says_why(
    make: Make, changes: list[tuple[str, str, str]], message: str
) -> None:
    found = problems(make(*changes))
    assert any(message in words for words in found), found


def test_it_refuses_a_mayor_by_supplementary_vote_by_the_day_of_the_poll(make: Make) -> None:
    def on(day: str, more: str = "") -> list[str]:
        third = "3,Cole,Cat,LAB,,\n"
        folder = make(
            ("contest.csv", "local.medway.peninsula.by", "mayor.medway"),
            ("contest.csv", "2014-11-20", day),
            ("candidates.csv", "2,Brown,Bob,UKIP,,\n", "2,Brown,Bob,UKIP,,\n" + third + more),
        )
        return problems(folder)

    assert on("2026-05-07") == []
    assert on("2026-06-18")[0].startswith("contest.csv, field method: this poll is by supplementary vote")
    assert on("2022-05-05")[0].startswith("contest.csv, field method: this poll is by supplementary vote")


@pytest.mark.django_db
def test_it_reads_the_heads_of_other_polls(make: Make) -> None:
    contest = load_folder(make(heads="code,name\nmark,Want of official mark\npart,Rejected in part\n"))
    assert list(contest.heads.values_list("number", "code")) == [(1, "mark"), (2, "part")]


@pytest.mark.django_db
def test_it_takes_markup_and_formulas_as_text_and_joins_accents(make: Make) -> None:
    folder = make(
        ("candidates.csv", "1,Adams,Ann", '1,<b>Adams</b>,"=HYPERLINK(1)"'), ("candidates.csv", "Brown", " Zoe\u0308 ")
    )
    contest = load_folder(folder)
    assert [c.surname for c in contest.candidates.all()] == ["<b>Adams</b>", "Zo\u00eb"]
    assert contest.candidates.all()[0].forenames == "=HYPERLINK(1)"


# --- problems --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "boxes.csv",
            ",1500",
            ",12a",
            "boxes.csv line 2, column electors: “12a” is not a whole number: write digits only",
        ),
        ("boxes.csv", ",1500", ",\u0661\u0662", "column electors: “\u0661\u0662” is not a whole number"),
        ("boxes.csv", ",1500", ",-3", "“-3” is not a whole number"),
        ("boxes.csv", ",1500", ",10000001", "“10000001” is not between 0 and 10,000,000"),
        ("boxes.csv", ",1500", ",", "boxes.csv line 2, column electors: this is empty: write a whole number"),
        ("boxes.csv", "River", "Rivver", "boxes.csv line 4, column ward: wards.csv has no ward “Rivver”"),
        ("boxes.csv", "P1,postal", "p 1,postal", "column box: “p 1”: a box is named with letters, digits and hyphens"),
        ("boxes.csv", "2,polling", "1,polling", "boxes.csv line 3, column box: “1” is there twice"),
        ("boxes.csv", "postal", "post", "“post” is not known: write polling or postal"),
        ("boxes.csv", '"Hall, room 1"', "Hall, room 1", "boxes.csv line 2: this line has 6 cells and the first line 5"),
        ("boxes.csv", "River,,1000", "River,1000", "boxes.csv line 4: this line has 4 cells"),
        (
            "boxes.csv",
            '"Hall, room 1"',
            '"Hall, room 1',
            "boxes.csv line 2: the cells of this line cannot be told apart",
        ),
        ("boxes.csv", "electors", "elektors", "boxes.csv line 1: the column electors is missing"),
        ("boxes.csv", "electors", "elektors", "boxes.csv line 1: the column “elektors” is unknown"),
        ("boxes.csv", "station", "kind", "boxes.csv line 1: the column “kind” is there twice"),
        ("wards.csv", "E05002261", "E05002256", "wards.csv line 3, column gss: “E05002256” is there twice"),
        ("wards.csv", "River", "PENINSULA", "wards.csv line 3, column name: “PENINSULA” is there twice"),
        ("wards.csv", "E05002261", "e5", "“e5”: a GSS code is one capital letter and eight digits"),
        ("parties.csv", "LAB,", "con,", "parties.csv line 4, column code: “con” is there twice"),
        ("parties.csv", "#E4003B", "red", "column colour: “red”: a colour is written as #"),
        ("parties.csv", ",L,", ",LAB,", "column initial: “LAB” has 3 characters: at most 2 are accepted"),
        ("parties.csv", "PP53", "PP52", "parties.csv line 4, column ec_id: “PP52” is there twice"),
        ("candidates.csv", "CON", "CONS", "column party: no party in parties.csv has the code “CONS”"),
        ("candidates.csv", "2,Brown", "1,Brown", "column number: 1 is there twice, first on line 2"),
        ("candidates.csv", "1,Adams", "0,Adams", "“0” is not between 1 and 500"),
        ("candidates.csv", "Adams", "  ", "candidates.csv line 2, column surname: this is empty"),
        ("candidates.csv", "Adams", "\u202esmadA", "invisible character (U+202E) that turns the direction of writing"),
        ("candidates.csv", "Adams", "A\x1b[31mdams", "“A[U+001B][31mdams” holds a line break or another control"),
        ("candidates.csv", "Adams", '"A\ndams"', "candidates.csv line 2, column surname: “A[U+000A]dams” holds a line"),
        ("candidates.csv", "Adams", "A" * 101, "has 101 characters: at most 100 are accepted"),
        (
            "parties.csv",
            "Labour Party",
            "CONSERVATIVE PARTY",
            "column name: “CONSERVATIVE PARTY” is there twice: each party stands",
        ),
        (
            "candidates.csv",
            "UKIP,,",
            "UKIP,,11",
            "column person_id: “11” is there twice, first on line 2: write each person's own",
        ),
        ("candidates.csv", "CON", "XX", "add the party there, or write one that it has (UKIP, CON, LAB, IND)"),
        ("baseline.csv", "River,UKIP", "Lake,UKIP", "baseline.csv line 3, column ward: wards.csv has no ward “Lake”"),
        (
            "contest.csv",
            "combined,yes",
            "combined,yes\nplanned_declaration,2014-11-21 03:30\ncount_begins,2014-11-21 09:00",
            "field count_begins: the count begins after the time for which the declaration is planned: write an earlier",
        ),
        ("contest.csv", "2014-11-20 22:00", "2014-11-20 22:61", "look at day, month and hour"),
        ("contest.csv", "local.medway", "local.me--dway", "an id is written in small letters"),
        ("baseline.csv", "UKIP", "GREEN", "no party in parties.csv has the code “GREEN”"),
        (
            "baseline.csv",
            "River,UKIP",
            ",CON",
            "baseline.csv line 3, column party: “CON” is there twice for the contest",
        ),
        ("contest.csv", "publish,progress", "publish,", "contest.csv line 10, field publish: this field is required"),
        (
            "contest.csv",
            "projection,off\n",
            "",
            "contest.csv, field projection: this field is required and has no default",
        ),
        ("contest.csv", "progress", "all", "“all” is not known: write off, progress or totals"),
        ("contest.csv", "rehearsal", "test", "write live, rehearsal, demo or reconstruction"),
        ("contest.csv", "name,Peninsula", "nam,Peninsula", "the field “nam” is unknown"),
        (
            "contest.csv",
            "combined,yes",
            "combined,yes\ncombined,no",
            "line 9, field combined: this field is there twice",
        ),
        ("contest.csv", "combined,yes", "combined,maybe", "“maybe” is not known: write yes or no"),
        ("contest.csv", "combined,yes", "combined,yes\nseats,3", "field seats: 3 seats are filled by block vote"),
        ("contest.csv", "combined,yes", "combined,yes\nentries_required,3", "“3” is not between 1 and 2"),
        ("contest.csv", "combined,yes", "combined,yes\nverify_first,all", "write own, area or declare"),
        ("contest.csv", "combined,yes", "combined,yes\nevent,Medway 2014", "the id of an event"),
        ("contest.csv", "combined,yes", "combined,yes\nminimum_boxes,1", "“1” is not between 2 and 1,000"),
        ("contest.csv", "combined,yes", "combined,yes\nminimum_papers,0", "“0” is not between 1 and"),
        (
            "contest.csv",
            "combined,yes",
            "combined,yes\ncount_begins,2014-11-20 21:59",
            "begins before the close of poll",
        ),
        ("contest.csv", "combined,yes", "combined,yes\nexpected_time,yes", "“yes” is not known: write on or off"),
        ("contest.csv", "2014-11-20 22:00", "22:00", "write a date and a time as 2014-11-20 22:00"),
        ("contest.csv", "2014-11-20 22:00", "2014-11-20 24:00", "“2014-11-20 24:00” is a time that does not exist"),
        ("contest.csv", "2014-11-20 22:00", "2014-10-26 01:30", "the hour in which the clocks change"),
        ("contest.csv", "2014-11-20 22:00", "2014-11-21 22:00", "the poll closes on another day than poll_date"),
        ("contest.csv", "poll_date,2014-11-20", "poll_date,2014-02-30", "is a day that does not exist"),
        ("contest.csv", "parl.2014", "Parl.2014", "an id is written in small letters"),
        ("contest.csv", "by.2014-11-20", "by.2014-11-21", "ends with another date than poll_date, 2014-11-20"),
    ],
)
def test_it_says_what_is_wrong_and_where(make: Make, file: str, old: str, new: str, message: str) -> None:
    assert problems(make()) == []
    found = problems(make((file, old, new)))
    assert any(message in words for words in found), found


def test_it_names_what_is_wrong_with_contest_csv_itself(make: Make) -> None:
    assert problems(make(contest="name;value\nx;y\n")) == [
        "contest.csv line 1: the column field is missing: name it in this line",
        "contest.csv line 1: the column “name” is unknown: write field, value",
    ]
    from_club = problems(make(contest=None, candidates=CLUB_HEADER + club("1", "A B", "Labour Party", "PP53")))
    assert from_club == ["contest.csv: this file is missing"]


def test_it_names_heads_that_are_there_twice(make: Make) -> None:
    (found,) = problems(make(heads="code,name\nmark,Want of official mark\nMARK,Another\n"))
    assert found == "heads.csv line 3, column code: “MARK” is there twice: each head has a code of its own"


def test_it_wants_electors(make: Make) -> None:
    found = problems(make(wards="gss,name,electorate\nE05002256,Peninsula,0\nE05002261,River,0\n"))
    assert found == ["wards.csv, column electorate: no ward has an elector: write the electors on the register"]


def test_it_asks_for_a_look_at_a_minimum_that_nothing_reaches_and_a_last_result_without_a_name(make: Make) -> None:
    changed = make(
        ("contest.csv", "baseline_label,2011 local election\n", ""),
        ("contest.csv", "combined,yes", "combined,yes\nminimum_boxes,9"),
    )
    looked = {notice.column: notice.words for notice in read_folder(changed).notices}
    assert looked["minimum_boxes"].startswith("9 boxes are more than the contest has")
    assert looked["baseline_label"].startswith("baseline.csv is there: say which poll it is")


def test_it_says_what_each_choice_of_policy_means(make: Make) -> None:
    (found,) = problems(make(("contest.csv", "publish,progress\n", "")))
    for words in ("off: the public sees nothing", "progress: the public sees boxes", "totals: the public sees votes"):
        assert words in found
    (found,) = problems(make(("contest.csv", "projection,off\n", "")))
    assert "on: the public page shows a forecast" in found and "off: the public page shows no forecast" in found


def test_it_collects_the_problems_of_all_files(make: Make) -> None:
    found = problems(
        make(
            ("contest.csv", "progress", "all"),
            ("boxes.csv", ",1500", ",x"),
            ("boxes.csv", "P1", "P 1"),
            ("wards.csv", ",1000", ",y"),
            ("candidates.csv", "CON", "XX"),
        )
    )
    assert len(found) == 5


@pytest.mark.parametrize("file", ["contest", "parties", "candidates", "wards", "boxes"])
def test_it_misses_a_file_once_and_an_empty_one_too(make: Make, file: str) -> None:
    assert problems(make(**{file: None})) == [f"{file}.csv: this file is missing"]
    assert problems(make(**{file: ""})) == [f"{file}.csv: this file is empty"]
    assert problems(make(**{file: "\n,,\n"})) == [f"{file}.csv: this file is empty"]


def test_it_refuses_lists_without_a_line(make: Make) -> None:
    assert problems(make(candidates="number,surname,forenames,party,description,person_id\n")) == [
        "candidates.csv: there is no candidate in this file: write a line for each"
    ]
    (first, *_) = problems(make(wards="gss,name,electorate\n", baseline=None))
    assert first == "wards.csv: there is no ward in this file: write a line for each"
    assert problems(make(heads="code,name\n")) == ["heads.csv: there is no head in this file: leave the file out"]


def test_it_names_the_line_that_is_not_utf_8(make: Make) -> None:
    folder = make()
    (folder / "wards.csv").write_bytes("gss,name,electorate\nE05002256,Péninsula,3000\n".encode("latin-1"))
    assert problems(folder)[0].startswith(
        "wards.csv line 2: this line is not UTF-8 (byte E9; if it is Windows text, it reads “Péninsula”): in Excel"
    )


@pytest.mark.parametrize(
    ("extra", "begins", "expected"),
    [
        ("", datetime(2014, 11, 20, 22, tzinfo=UTC), False),
        ("count_begins,2014-11-21 10:00\nexpected_time,on\n", datetime(2014, 11, 21, 10, tzinfo=UTC), True),
        ("count_begins,2014-11-20 22:00\nexpected_time,off\n", datetime(2014, 11, 20, 22, tzinfo=UTC), False),
    ],
)
@pytest.mark.django_db
def test_it_loads_when_the_count_begins_and_whether_its_end_is_estimated(
    make: Make, extra: str, begins: datetime, expected: bool
) -> None:
    contest = load_folder(make(contest=SMALL["contest.csv"] + extra))
    loaded = read_facts(contest).definition
    assert (loaded.count_begins, loaded.expected_time) == (begins, expected)


def test_it_wants_a_polling_stations_box(make: Make) -> None:
    (found,) = problems(make(boxes="box,kind,ward,station,electors\nP1,postal,River,,10\nP2,postal,Peninsula,,10\n"))
    assert found.startswith("boxes.csv: none of the boxes is a polling station's")
    assert problems(make(boxes="box,kind,ward,station,electors\n1,polling,River,,10\nP1,postal,Peninsula,,10\n")) == []


def test_it_asks_for_a_look_where_less_is_verified_first_than_the_law_has(make: Make) -> None:
    reading = read_folder(make(("contest.csv", "combined,yes", "combined,yes\nverify_first,own")))
    assert reading.folder is not None and reading.folder.poll.verify_first == "own"
    assert any("while the law has area for such a poll" in notice.words for notice in reading.notices)


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
        ("1,polling,River,H,,S,,,5", "comes from no opening session"),
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


def test_it_asks_for_a_look_where_electors_do_not_add_up(make: Make) -> None:
    reading = read_folder(make(("boxes.csv", ",1500", ",1400")))
    assert reading.folder is not None
    assert [str(notice) for notice in reading.notices] == [
        "boxes.csv, column electors: the boxes of Peninsula have 2,900 electors together, wards.csv has 3,000"
    ]


def test_it_asks_for_a_look_at_candidates_of_one_surname_and_gaps(make: Make) -> None:
    reading = read_folder(make(("candidates.csv", "2,Brown", "3,ADAMS")))
    words = " ".join(map(str, reading.notices))
    assert "no candidate has the number 2" in words and "another candidate is called “ADAMS” too" in words


def test_it_says_that_there_is_no_folder(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "nowhere")
    assert "there is no such folder" in found


# --- Democracy Club --------------------------------------------------------------------------------------------------


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


PRINTED = "number,surname,forenames,ballot_name,party,description,person_id\n"


def ballot_names(reading: FolderRead) -> list[str]:
    assert reading.folder is not None, reading.problems
    return [candidate.ballot_name for candidate in reading.folder.candidates]


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


def test_it_takes_commonly_used_names_for_the_others(make: Make) -> None:
    header = "number,surname,forenames,commonly_used_surname,commonly_used_forenames,party,description,person_id\n"
    reading = read_folder(make(candidates=header + "1,Hope,Alan,,Howling Laud,CON,,\n2,Lopes,Ana,Costa,,LAB,,\n"))
    assert ballot_names(reading) == ["Hope, Howling Laud", "Costa, Ana"]


def test_it_asks_for_a_look_at_a_printed_name_without_the_surname(make: Make) -> None:
    reading = read_folder(make(candidates=PRINTED + '1,Adams,Ann,"BROWN, Bob",CON,,\n2,Brown,Bob,"BROWN, Bob",LAB,,\n'))
    looked = [notice for notice in reading.notices if notice.column == "ballot_name"]
    assert [notice.line for notice in looked] == [2]
    assert "“BROWN, Bob” does not hold the surname “Adams”" in looked[0].words


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


# --- all or nothing, once more, and together -------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_writes_nothing_on_a_problem(make: Make) -> None:
    with pytest.raises(FolderRefused, match="12a"):
        load_folder(make(("boxes.csv", ",1500", ",12a")))
    assert not any(rows())


@pytest.mark.django_db
def test_it_replaces_a_set_up_whole_and_keeps_its_staff(make: Make) -> None:
    contest = load_folder(make())
    accounts.enrol(contest, "anna", None, Role.SUPERVISOR, "Anna")
    other = ("contest.csv", "parl.2014-11-20", "local.medway.2014-11-20")
    again = load_folder(
        make(
            other,
            ("boxes.csv", "P1,postal,peninsula,,500\n", ""),
            ("candidates.csv", "Brown", "Green"),
            ("parties.csv", "LAB,Labour Party,Labour,L,#E4003B,PP53\n", ""),
        )
    )
    assert again.pk == contest.pk and again.epoch != contest.epoch
    assert Appointment.objects.filter(contest=again).count() == 1
    assert [c.surname for c in again.candidates.all()] == ["Adams", "Green"]
    assert [b.box.label for b in again.boxes.all()] == ["1", "2", "3"]
    fresh = rows()
    counts = {model.__name__: number for model, number in zip(SET_UP, fresh, strict=True)}
    assert counts["PollingPlace"] == counts["PollingStation"] == 3
    assert (counts["BallotBox"], counts["BoxContest"], counts["PostalSession"], counts["Ward"]) == (3, 3, 0, 2)
    load_folder(make(other, ("boxes.csv", "P1,postal,peninsula,,500\n", "")))
    models = {model.__name__: number for model, number in zip(SET_UP, rows(), strict=True)}
    assert {name: models[name] for name in ("Event", "Contest", "Candidate", "Ward", "PostalSession")} == {
        "Event": 1,
        "Contest": 1,
        "Candidate": 2,
        "Ward": 2,
        "PostalSession": 0,
    }


@pytest.mark.django_db
def test_it_does_not_touch_a_count_that_has_begun(make: Make) -> None:
    contest = load_folder(make())
    begin(contest)
    before, hashed = rows(), chain.definition_hash(contest)
    with pytest.raises(FolderRefused, match="has begun: its set-up is frozen"):
        load_folder(make(("candidates.csv", "Brown", "Green")))
    assert (rows(), chain.definition_hash(contest)) == (before, hashed)


SECOND = (
    ("contest.csv", "local.medway.peninsula.by.2014-11-20", "local.medway.river.by.2014-11-20"),
    ("contest.csv", "name,Peninsula", "name,River"),
)


VENUE = ("contest.csv", "combined,yes", "combined,yes\nvenue,Medway Park")


@pytest.mark.django_db
def test_it_takes_what_an_election_lacks_only_until_a_count_has_begun(make: Make) -> None:
    first = load_folder(make())
    load_folder(make(*SECOND, VENUE))
    assert Event.objects.get().venue == "Medway Park"
    load_folder(make())
    Event.objects.update(venue="")
    begin(first)
    with pytest.raises(FolderRefused) as refused:
        load_folder(make(*SECOND, VENUE))
    assert "venue: the count of Peninsula has begun without it" in str(refused.value)
    assert Event.objects.get().venue == ""


@pytest.mark.django_db
def test_it_shares_the_election_and_its_boxes_between_contests(make: Make) -> None:
    first = load_folder(make(VENUE))
    begin(first)
    hashed = chain.definition_hash(first)
    second = load_folder(
        make(
            *SECOND,
            VENUE,
            ("boxes.csv", "P1,postal", "P2,postal"),
            ("parties.csv", "Labour,L,", "Labour,LB,"),
        )
    )
    assert second.election_id == first.election_id
    assert sorted(second.event.boxes.values_list("label", flat=True)) == ["1", "2", "3", "P1", "P2"]
    assert Event.objects.get().venue == "Medway Park"
    assert chain.definition_hash(Contest.objects.get(pk=first.pk)) == hashed
    # Loading the second again leaves the first's boxes, and takes its own away.
    load_folder(make(*SECOND, ("boxes.csv", "P1,postal", "P3,postal")))
    assert sorted(second.event.boxes.values_list("label", flat=True)) == ["1", "2", "3", "P1", "P3"]
    assert chain.definition_hash(Contest.objects.get(pk=first.pk)) == hashed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("contest.csv", "election_name,Medway", "election_name,Kent"),
            "Peninsula, loaded before, has another election_name",
        ),
        (("contest.csv", "22:00", "21:00"), "has another close_of_poll for the same event"),
        (("contest.csv", "rehearsal", "live"), "Peninsula, of the same event, is rehearsal"),
        (("boxes.csv", "3,polling,River", "4,polling,River"), ""),
        (("boxes.csv", "P1,postal", "P1,polling"), "box P1 is a postal box in another contest of this event"),
        (("boxes.csv", "room 1", "room 9"), "box 1 comes from “Hall, room 1” in another contest"),
        (("parties.csv", "#0087DC", "#000000"), "another contest of this election has a party CON with another name"),
        (("parties.csv", "#E4003B", "#000000"), ""),
    ],
)
def test_it_refuses_what_contradicts_another_contest(make: Make, change: tuple[str, str, str], message: str) -> None:
    load_folder(make())
    before = rows()
    folder = make(*SECOND, change)
    if not message:
        load_folder(folder)
        return
    with pytest.raises(FolderRefused, match=message):
        load_folder(folder)
    assert rows() == before


@pytest.mark.django_db
def test_it_lets_no_real_contest_run_on_a_demo_clock(make: Make) -> None:
    played = load_folder(make(("contest.csv", "rehearsal", "demo")))
    clock.play(played.event, played.event.close_of_poll, 12)
    real = load_folder(make(("contest.csv", "rehearsal", "live")))
    assert clock.demo_clock(real.event) is None


# --- garbage ---------------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "1", "-1", "1e9", "\x00", "\u202e", '"', "=1+1", "<b>", "PP52", "9" * 400, "\u2028", "a\nb", ";"]
    ),
)


def garbled(file: str, line: int, cell: int, text: str, *, quoted: bool) -> bytes:
    lines = SMALL[file].splitlines()
    cells = lines[line % len(lines)].split(",")
    cells[cell % len(cells)] = '"' + text.replace('"', '""') + '"' if quoted else text
    lines[line % len(lines)] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(sorted(SMALL)),
    line=st.integers(0, 20),
    cell=st.integers(0, 10),
    text=CELLS,
    quoted=st.booleans(),
    raw=st.one_of(st.none(), st.binary(max_size=60)),
)
def test_it_never_fails_on_garbage_and_writes_all_or_nothing(
    db: Any, file: str, line: int, cell: int, text: str, quoted: bool, raw: bytes | None
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in SMALL.items():
            (folder / each).write_bytes(content.encode())
        (folder / file).write_bytes(garbled(file, line, cell, text, quoted=quoted) if raw is None else raw)
        before = rows()
        try:
            contest = load_folder(folder)
        except FolderRefused as refused:
            assert refused.problems and rows() == before
            assert all(str(problem).isprintable() for problem in refused.problems)
        else:
            assert read_facts(contest).definition.electorate > 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, min_size=14, max_size=14), ours=st.booleans())
def test_it_never_fails_on_democracy_clubs_columns(cells: list[str], ours: bool) -> None:
    if ours:
        cells = [*cells[:3], BALLOT, *cells[4:]]
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in SMALL.items():
            (folder / each).write_bytes(content.encode())
        (folder / "candidates.csv").write_bytes((CLUB_HEADER + line).encode("utf-8", "surrogatepass"))
        reading = read_folder(folder)
        assert (reading.folder is None) == bool(reading.problems)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_says_what_it_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_contest", str(ROCHESTER))
    out = capsys.readouterr().out
    assert "13 candidates, 9 wards, 59 boxes (50 polling, 9 postal), 79,163 electors" in out
    assert "publish totals: the public sees votes" in out and "projection on: the public page shows" in out
    assert Contest.objects.count() == 1


@pytest.mark.django_db
def test_the_command_prints_one_problem_on_a_line_and_fails(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(("boxes.csv", ",1500", ",12a"), ("wards.csv", ",3000", ",many"))
    with pytest.raises(CommandError, match=r"2 problems\. Nothing is loaded") as failed:
        call_command("load_contest", str(folder))
    assert failed.value.returncode == 1
    assert capsys.readouterr().err.splitlines() == [
        "wards.csv line 2, column electorate: “many” is not a whole number: write digits only",
        "boxes.csv line 2, column electors: “12a” is not a whole number: write digits only",
    ]


@pytest.mark.django_db
def test_the_check_only_reads(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_contest", str(make(("boxes.csv", ",1500", ",1400"))), "--check")
    captured = capsys.readouterr()
    assert "Nothing is loaded." in captured.out and "Please look: boxes.csv" in captured.err
    assert not any(rows())
    begin(load_folder(make()))
    with pytest.raises(CommandError):
        call_command("load_contest", str(make()), "--check")
    assert "has begun" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_command_shows_the_new_set_up_where_the_old_one_was_shown(make: Make) -> None:
    publish(load_folder(make()))
    call_command("load_contest", str(make(("contest.csv", "rehearsal", "demo"))))
    contest = Contest.objects.get()
    shown = latest(contest)
    assert shown is not None and shown.board["environment"] == "demo"


def test_the_page_on_set_up_names_every_field_and_column() -> None:
    page = (Path(__file__).parent.parent / "docs" / "set-up.md").read_text(encoding="utf-8")
    names = (
        *contest_lines.REQUIRED,
        *contest_lines.DEFAULTS,
        *contest_candidates.PARTY_COLUMNS,
        *contest_candidates.CANDIDATE_COLUMNS,
        *democracy_club.REQUIRED,
    )
    assert [name for name in names if name not in page] == []
    for choice, meaning in (*contest_lines.PUBLISH.items(), *contest_lines.PROJECTION.items()):
        assert f"{choice} | {meaning} |" in page
