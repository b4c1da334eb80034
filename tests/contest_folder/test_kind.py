"""The kind of poll: its heads and its method, and polls that cannot be counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from results.formats.contest_folder import read_folder
from results.formats.contest_loading import load_folder
from results.models import Contest
from tests.contest_folder.folders import Make, problems


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
        (
            [("contest.csv", "combined,yes", "combined,yes\nseats,2")],
            "field seats: 2 candidates stand for 2 seats: they are elected without a poll",
        ),
        (
            [
                ("contest.csv", "combined,yes", "combined,yes\nseats,3"),
                ("contest.csv", "projection,off", "projection,on"),
            ],
            "field projection: 3 seats are filled by block vote, and the projection knows polls with one winner",
        ),
        (
            [("contest.csv", "combined,yes", "combined,yes\nseats,3\nmethod,single_transferable_vote")],
            "field method: this poll is by single transferable vote",
        ),
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


def test_it_names_heads_that_are_there_twice(make: Make) -> None:
    (found,) = problems(make(heads="code,name\nmark,Want of official mark\nMARK,Another\n"))
    assert found == "heads.csv line 3, column code: “MARK” is there twice: each head has a code of its own"


THREE_MORE = "3,Cole,Cat,LAB,,\n4,Dunn,Dev,CON,,\n5,Ellis,Eve,LAB,,\n"


def three_seats(make: Make, *changes: tuple[str, str, str], **files: str | None) -> Path:
    """The small folder with three seats and five candidates."""
    return make(
        ("contest.csv", "combined,yes", "combined,yes\nseats,3"),
        ("candidates.csv", "2,Brown,Bob,UKIP,,\n", "2,Brown,Bob,UKIP,,\n" + THREE_MORE),
        *changes,
        **files,
    )


@pytest.mark.django_db
def test_it_loads_three_seats_with_the_head_of_papers_rejected_in_part(make: Make) -> None:
    folder = three_seats(make)
    notices = [str(notice) for notice in read_folder(folder).notices]
    assert any(
        "field seats: 3 seats: each paper has up to 3 votes, and there is no projection" in words for words in notices
    )
    assert any("baseline.csv: no changes are shown from it" in words for words in notices)
    contest = load_folder(folder)
    assert contest.seats == 3
    assert list(contest.heads.filter(in_part=True).values_list("code", flat=True)) == ["rejected_in_part"]


@pytest.mark.django_db
def test_it_reads_which_head_is_of_papers_rejected_in_part(make: Make) -> None:
    heads = "code,name,in_part\nmark,Want of official mark,\npart,Rejected in part,yes\n"
    contest = load_folder(three_seats(make, heads=heads))
    assert list(contest.heads.values_list("code", "in_part")) == [("mark", False), ("part", True)]
    notices = [str(n) for n in read_folder(three_seats(make, heads="code,name\nmark,Want of mark\n")).notices]
    assert any("heads.csv: no head is of papers rejected in part" in words for words in notices)
    (found,) = problems(make(heads=heads))
    assert "papers are rejected in part only where a voter has several votes" in found


@pytest.mark.django_db
def test_the_database_refuses_seats_that_a_kind_of_poll_has_not(make: Make) -> None:
    contest = load_folder(three_seats(make))
    for change in ({"kind_of_poll": "parliament"}, {"projection_at_setup": True}, {"seats": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contest.objects.filter(pk=contest.pk).update(**change)
