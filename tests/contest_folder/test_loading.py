"""A folder becomes a contest whole, or nothing of it does; a count that has begun keeps its set-up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from results import clock
from results.audit import chain
from results.facts.reading import read_facts
from results.formats.contest_folder import read_folder
from results.formats.contest_loading import FolderRefused, load_folder
from results.models import Appointment, Role
from results.people import accounts
from tests.contest_folder.folders import ROCHESTER, SET_UP, Make, begin, rows


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


@pytest.mark.django_db
def test_it_lets_no_real_contest_run_on_a_demo_clock(make: Make) -> None:
    played = load_folder(make(("contest.csv", "rehearsal", "demo")))
    clock.play(played.event, played.event.close_of_poll, 12)
    real = load_folder(make(("contest.csv", "rehearsal", "live")))
    assert clock.demo_clock(real.event) is None
