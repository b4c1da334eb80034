"""The command load_contest: what it says, what it returns, and its check that only reads."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from results.board.publishing import latest, publish
from results.formats.contest_loading import load_folder
from results.models import Contest
from tests.contest_folder.folders import ROCHESTER, Make, begin, rows


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
