"""contest.csv: days, times and choices, what is missing, unknown or contradicts itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from results.facts.reading import read_facts
from results.formats import contest_candidates, contest_lines, democracy_club
from results.formats.contest_folder import read_folder
from results.formats.contest_loading import load_folder
from tests.contest_folder.folders import CLUB_HEADER, SMALL, Make, assert_said, club, problems


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "combined,yes",
            "combined,yes\nplanned_declaration,2014-11-21 03:30\ncount_begins,2014-11-21 09:00",
            "field count_begins: the count begins after the time for which the declaration is planned: write an earlier",
        ),
        ("2014-11-20 22:00", "2014-11-20 22:61", "look at day, month and hour"),
        ("local.medway", "local.me--dway", "an id is written in small letters"),
        ("publish,progress", "publish,", "contest.csv line 10, field publish: this field is required"),
        ("projection,off\n", "", "contest.csv, field projection: this field is required and has no default"),
        ("progress", "all", "“all” is not known: write off, progress or totals"),
        ("rehearsal", "test", "write live, rehearsal, demo or reconstruction"),
        ("name,Peninsula", "nam,Peninsula", "the field “nam” is unknown"),
        ("combined,yes", "combined,yes\ncombined,no", "line 9, field combined: this field is there twice"),
        ("combined,yes", "combined,maybe", "“maybe” is not known: write yes or no"),
        (
            "combined,yes",
            "combined,yes\nseats,2",
            "field seats: 2 candidates stand for 2 seats: they are elected without",
        ),
        ("combined,yes", "combined,yes\nentries_required,3", "“3” is not between 1 and 2"),
        ("combined,yes", "combined,yes\nverify_first,all", "write own, area or declare"),
        ("combined,yes", "combined,yes\nevent,Medway 2014", "the id of an event"),
        ("combined,yes", "combined,yes\nminimum_boxes,1", "“1” is not between 2 and 1,000"),
        ("combined,yes", "combined,yes\nminimum_papers,0", "“0” is not between 1 and"),
        ("combined,yes", "combined,yes\ncount_begins,2014-11-20 21:59", "begins before the close of poll"),
        ("combined,yes", "combined,yes\nexpected_time,yes", "“yes” is not known: write on or off"),
        ("2014-11-20 22:00", "22:00", "write a date and a time as 2014-11-20 22:00"),
        ("2014-11-20 22:00", "2014-11-20 24:00", "“2014-11-20 24:00” is a time that does not exist"),
        ("2014-11-20 22:00", "2014-10-26 01:30", "the hour in which the clocks change"),
        ("2014-11-20 22:00", "2014-11-21 22:00", "the poll closes on another day than poll_date"),
        ("poll_date,2014-11-20", "poll_date,2014-02-30", "is a day that does not exist"),
        ("parl.2014", "Parl.2014", "an id is written in small letters"),
        ("by.2014-11-20", "by.2014-11-21", "ends with another date than poll_date, 2014-11-20"),
    ],
)
def test_it_says_what_is_wrong_and_where(make: Make, old: str, new: str, message: str) -> None:
    assert_said(make, ("contest.csv", old, new), message)


@pytest.mark.django_db
def test_it_takes_summer_time_from_london(make: Make) -> None:
    contest = load_folder(make(("contest.csv", "2014-11-20", "2015-05-07")))
    assert contest.event.close_of_poll == datetime(2015, 5, 7, 21, tzinfo=UTC)


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


def test_it_names_what_is_wrong_with_contest_csv_itself(make: Make) -> None:
    assert problems(make(contest="name;value\nx;y\n")) == [
        "contest.csv line 1: the column field is missing: name it in this line",
        "contest.csv line 1: the column “name” is unknown: write field, value",
    ]
    from_club = problems(make(contest=None, candidates=CLUB_HEADER + club("1", "A B", "Labour Party", "PP53")))
    assert from_club == ["contest.csv: this file is missing"]


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


def test_it_asks_for_a_look_where_less_is_verified_first_than_the_law_has(make: Make) -> None:
    reading = read_folder(make(("contest.csv", "combined,yes", "combined,yes\nverify_first,own")))
    assert reading.folder is not None and reading.folder.poll.verify_first == "own"
    assert any("while the law has area for such a poll" in notice.words for notice in reading.notices)


def test_the_page_on_set_up_names_every_field_and_column() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "set-up.md").read_text(encoding="utf-8")
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
