"""Why agreed figures wait: every sentence is true of its case."""

from __future__ import annotations

import uuid

import pytest

from results import ledger
from results.desk.waiting import why_not_released
from results.facts.reading import read_facts
from results.models import Contest
from results.texts.wording import words
from tests.builders import People, enter, make_contest, make_people, ready_group, verify
from tests.desk.pages import at_desk, text_of, url

pytestmark = pytest.mark.django_db


def small(polling_boxes: int = 4, **options: str) -> tuple[Contest, People]:
    """A contest whose releases need two boxes of polling stations and 250 papers."""
    contest = make_contest("parl.waiting.2026-11-05", polling_boxes=polling_boxes, **options)
    return contest, make_people(contest)


def said(contest: Contest) -> str:
    message = why_not_released(read_facts(contest))
    return words(message) if message else ""


def agree(contest: Contest, number: int, actor: object) -> None:
    papers = read_facts(contest).groups[number].papers or 0
    enter(contest, number, (papers, 0, 0), actor)  # type: ignore[arg-type]


def test_totals_are_not_public() -> None:
    contest, cast = small(publish="progress")
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    assert said(contest).startswith("Totals are not public")


def test_the_set_is_too_small() -> None:
    contest, cast = small()
    ready_group(contest, 1, ["1", "2"], 100, cast)
    agree(contest, 1, cast.olu)
    assert said(contest).startswith("A release needs at least 2 boxes of polling stations and 250 papers")


def test_too_few_boxes_would_stay() -> None:
    contest, cast = small(3)
    for label in ("3", "P1"):
        verify(contest, label, 700, cast.olu)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    assert said(contest).startswith("1 box of polling stations would stay unreleased")


def test_enough_boxes_would_stay_with_too_few_papers() -> None:
    contest, cast = small()
    for label, papers in (("3", 100), ("4", 100), ("P1", 7)):
        verify(contest, label, papers, cast.olu)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    assert said(contest).startswith("207 papers would stay unreleased")
    assert "at least 250 must stay" in said(contest)


def test_what_would_stay_is_not_verified_and_then_it_is() -> None:
    contest, cast = small(6)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    assert "5 boxes are not verified yet: these wait until they are" in said(contest)
    ready_group(contest, 2, ["3", "4"], 700, cast)
    assert said(contest) == "Nothing keeps group 1 back: released when the figures of the next group are agreed."
    for label in ("5", "6"):
        verify(contest, label, 700, cast.olu)
    agree(contest, 2, cast.olu)
    assert read_facts(contest).groups[1].released, "as was said"


def test_they_complete_the_contest() -> None:
    contest, cast = small()
    ready_group(contest, 2, ["3", "4", "P1"], 200, cast)
    ready_group(contest, 1, ["1", "2"], 200, cast)
    agree(contest, 1, cast.olu)
    agree(contest, 2, cast.olu)
    assert read_facts(contest).groups[1].released
    assert said(contest).startswith("They complete the contest")


def test_they_are_all_that_is_left_and_too_few() -> None:
    contest, cast = small()
    ready_group(contest, 2, ["3", "4", "P1"], 130, cast)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    assert read_facts(contest).groups[1].released
    for label in ("3", "4", "P1"):
        verify(contest, label, 50, cast.sam)
    agree(contest, 2, cast.olu)
    assert said(contest).endswith("these wait for the declaration.")


def test_releases_are_on_hold() -> None:
    contest, cast = small()
    ready_group(contest, 1, ["1", "2"], 700, cast)
    agree(contest, 1, cast.olu)
    ledger.set_held(contest, True, actor=cast.rita, submission_id=uuid.uuid4(), seen=0, reason="A query")
    assert said(contest) == "New releases are on hold."
    assert "New releases are on hold." in text_of(at_desk(cast.olu).get(url(contest, "group", 1)))
