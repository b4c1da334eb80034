"""The ward's night beside the constituency's: the same boxes, its own papers, the official votes."""

import csv
import json
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from results.demo import folder, official_ward, reconstruction, ward
from results.demo.stage import FOLDER, FOLDERS, WARD_FOLDER

SHARED = [*(str(number) for number in range(4, 13)), "P2"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def script(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "night.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def night() -> list[dict[str, Any]]:
    return script(WARD_FOLDER)


def test_it_is_checked_in_as_its_seed_makes_it_beside_the_constituency() -> None:
    assert set(reconstruction.nights()) == {path.name for path in FOLDERS.values()}
    fresh = folder.files(reconstruction.nights()[WARD_FOLDER.name])
    assert {path.name for path in WARD_FOLDER.iterdir()} == set(fresh)
    for name, text in fresh.items():
        assert (WARD_FOLDER / name).read_bytes() == text.encode(), name


def test_it_makes_another_night_from_another_seed_beside_the_same_constituency() -> None:
    constituency = reconstruction.reconstruct()
    assert ward.reconstruct(constituency, 7).boxes != ward.reconstruct(constituency).boxes
    assert reconstruction.reconstruct() == constituency


def test_it_states_the_official_votes_and_no_names_that_were_not_published() -> None:
    votes = [int(row["votes"]) for row in rows(WARD_FOLDER / "official.csv")]
    assert sorted(votes, reverse=True) == [2850, 1965, 716, 314, 60]
    totals = json.loads((WARD_FOLDER / "official.json").read_text())
    assert (totals["valid"], totals["majority"]) == (5905, 885)
    for candidate in rows(WARD_FOLDER / "candidates.csv"):
        assert candidate["ballot_name"].endswith(" candidate") and candidate["forenames"] == ""


def test_it_has_the_constituencys_boxes_of_the_ward_and_no_others() -> None:
    same = ("box", "kind", "ward", "place", "station", "electors")
    there = [[row[name] for name in same] for row in rows(FOLDER / "boxes.csv") if row["ward"] == "Peninsula"]
    here = [[row[name] for name in same] for row in rows(WARD_FOLDER / "boxes.csv")]
    assert here == there and [row[0] for row in here] == SHARED


def test_it_finds_nearly_the_papers_that_the_same_electors_gave_the_constituency(night: list[dict[str, Any]]) -> None:
    there = {event["box"]: event["found"] for event in script(FOLDER) if event["do"] == "verify"}
    here = {event["box"]: event["found"] for event in night if event["do"] == "verify"}
    [moved] = [event for event in script(FOLDER) if event["do"] == "move_papers"]
    there[moved["box"]] -= moved["papers"]
    here[moved["other_box"]] += moved["papers"]
    assert sum(here.values()) == 5905 + sum(official_ward.REJECTED_BY_HEAD.values())
    assert all(abs(papers - there[box]) <= 0.02 * there[box] for box, papers in here.items())


def test_it_waits_for_all_papers_of_both_polls_in_its_area(night: list[dict[str, Any]]) -> None:
    verified = [
        event["at"] for event in (*script(FOLDER), *night) if event["do"] == "verify" and event["box"] in SHARED
    ]
    assert len(verified) == 2 * len(SHARED)
    assert max(verified) < min(event["at"] for event in night if event["do"] == "count")
    # The boxes are checked in once, for both.
    assert not [event for event in night if event["do"] == "arrive"]


def test_it_gives_its_own_officers_time(night: list[dict[str, Any]]) -> None:
    times = defaultdict(list)
    for event in night:
        times[event["officer"]].append(datetime.fromisoformat(event["at"]))
    assert not {event["officer"] for event in script(FOLDER)} & set(ward.OFFICERS)
    for officer in ward.OFFICERS:
        assert all(b - a >= timedelta(seconds=40) for a, b in pairwise(times[officer])), officer
