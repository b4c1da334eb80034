"""A candidate is found by position, never by number: where somebody withdrew the numbers on the ballot paper have gaps."""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from results.board.publishing import current
from results.board.set_up_document import set_up_document
from results.demo.player import Performance
from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import form_group, let_go, make_contest, make_people, verify
from tests.counts import GROUPS, PAPERS

GAPS = [(1, 2, 4), (3, 7, 12), (2, 3, 4), (498, 499, 500)]
SHEETS = {1: (400, 300, 120), 2: (300, 250, 90), 3: (310, 300, 80)}


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    """The tests speak HTTP, as a hall's own network may."""
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def at_desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="results.people.accounts.CountBackend")
    return client


def fields(numbers: tuple[int, ...], votes: tuple[int, ...], group: int) -> dict[str, str]:
    heads = ("want_of_official_mark", "voting_for_more_than_one", "identifying_mark", "unmarked_or_void")
    return {
        "sheet": f"S{group}",
        "doubtful": "0",
        **{f"votes-{number}": str(value) for number, value in zip(numbers, votes, strict=True)},
        **{f"rejected-{head}": "0" for head in heads},
    }


def enter(client: Client, contest: Contest, group: int, figures: dict[str, str]) -> Any:
    """Open the group's form, as a tablet does, and send it with these figures; its warnings are acknowledged."""
    page = reverse("desk:count", args=[contest.ballot_paper_id, group])
    opened = client.get(page)
    assert opened.status_code == 200
    words = opened.content.decode()
    assert sorted(re.findall(r'name="(votes-\d+)"', words)) == sorted(k for k in figures if k.startswith("votes-"))
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', words))
    answer = client.post(page, {**hidden, **figures})
    if answer.status_code == 422 and (
        codes := re.findall(r'name="acknowledge" value="([\w.]+)"', answer.content.decode())
    ):
        answer = client.post(page, {**hidden, **figures, "acknowledge": codes})
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", GAPS)
def test_it_counts_releases_and_shows_candidates_whose_numbers_have_gaps(numbers: tuple[int, ...]) -> None:
    contest = make_contest(numbers=numbers, projection=True)
    cast = make_people(contest)
    client = at_desk(cast.olu)
    for label, papers in PAPERS.items():
        verify(contest, label, papers, cast.olu)
    for group, labels in GROUPS.items():
        form_group(contest, group, labels, cast.sam)
    for group, votes in SHEETS.items():
        assert enter(client, contest, group, fields(numbers, votes, group)).status_code == 303, group
    let_go(contest, cast.rita)
    facts = read_facts(contest)
    assert [group.state for group in facts.groups.values()] == ["released"] * 3
    board = current(contest).board
    totals = tuple(sum(column) for column in zip(*SHEETS.values(), strict=True))
    assert [board["candidates"][str(number)]["votes"] for number in numbers] == list(totals)
    assert board["majority"]["leader"] == numbers[0] and board["majority"]["second"] == numbers[1]
    assert list(set_up_document(contest)["candidates"]) == [str(number) for number in numbers]
    page = client.get(reverse("public:contest", args=[contest.ballot_paper_id])).content.decode()
    for name, total in zip(("Adams", "Barker", "Challis"), totals, strict=True):
        assert name in page and f"{total:,}" in page
    desk = client.get(reverse("desk:group", args=[contest.ballot_paper_id, 1])).content.decode()
    assert "400" in desk


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", GAPS)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_it_warns_of_the_candidate_without_votes_and_of_no_other(numbers: tuple[int, ...], position: int) -> None:
    contest = make_contest(numbers=numbers)
    cast = make_people(contest)
    client = at_desk(cast.olu)
    for label, papers in PAPERS.items():
        verify(contest, label, papers, cast.olu)
    for group, labels in GROUPS.items():
        form_group(contest, group, labels, cast.sam)
    assert enter(client, contest, 1, fields(numbers, SHEETS[1], 1)).status_code == 303
    votes = [0 if other == position else 320 for other in range(3)]
    page = reverse("desk:count", args=[contest.ballot_paper_id, 2])
    hidden = dict(
        re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', client.get(page).content.decode())
    )
    answer = client.post(page, {**hidden, **fields(numbers, tuple(votes), 2)})
    assert answer.status_code == 422
    warned = re.findall(r"count\.no_votes\.(\d+)", answer.content.decode())
    assert set(warned) == {str(numbers[position])}


def test_a_played_night_enters_votes_beside_the_numbers_of_its_candidates(tmp_path: Path) -> None:
    numbers = (3, 7, 12)
    event = {"at": "2014-11-20T22:00:00Z", "officer": "demo-1", "do": "count", "group": 1, "sheet": "S1"}
    (tmp_path / "night.jsonl").write_text(
        json.dumps(event | {"votes": [5, 6, 7], "rejected": {}, "doubtful": 0}) + "\n"
    )
    with (tmp_path / "candidates.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("number", "surname"), *((number, "Adams") for number in reversed(numbers))])
    night = Performance({"parl.x.2014-11-20": tmp_path}, "http://127.0.0.1:9", "x")
    try:
        sheet = night._sheet(night.events[0])
    finally:
        night.close()
    assert {key: value for key, value in sheet.items() if key.startswith("votes-")} == {
        "votes-3": "5",
        "votes-7": "6",
        "votes-12": "7",
    }


def test_the_gaps_are_gaps() -> None:
    for numbers in GAPS:
        assert numbers[0] != 1 or any(later - earlier > 1 for earlier, later in pairwise(numbers))
