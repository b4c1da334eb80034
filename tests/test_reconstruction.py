"""The demo night adds up to the official figures, keeps the rules of a count, and is what its seed makes."""

import csv
import io
import json
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from results.demo import fitting, folder, official, reconstruction, script

FOLDER = Path(reconstruction.__file__).parent / "rochester-and-strood-2014"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((FOLDER / name).read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def night() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "night.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def found(night: list[dict[str, Any]]) -> dict[str, int]:
    papers = {event["box"]: event["found"] for event in night if event["do"] == "verify"}
    for event in (event for event in night if event["do"] == "move_papers"):
        papers[event["box"]] -= event["papers"]
    return papers


@pytest.fixture(scope="module")
def groups(night: list[dict[str, Any]]) -> dict[int, list[str]]:
    return {event["group"]: event["boxes"] for event in night if event["do"] == "form_group"}


@pytest.fixture(scope="module")
def final(night: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The figures that are agreed in the end: the last sheet, with what adjudication returned."""
    figures = {event["group"]: event for event in night if event["do"] == "count"}
    for returned in (event for event in night if event["do"] == "adjudicate"):
        sheet = figures[returned["group"]]
        votes = [a + b for a, b in zip(sheet["votes"], returned["votes"], strict=True)]
        rejected = {head: papers + returned["rejected"][head] for head, papers in sheet["rejected"].items()}
        both = {"votes": votes, "rejected": rejected, "doubtful": 0, "at": returned["at"]}
        figures[returned["group"]] = sheet | both
    return figures


@pytest.fixture(scope="module")
def readings(night: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    events = defaultdict(list)
    for event in (event for event in night if event["do"] == "count"):
        events[event["group"]].append(event)
    return events


def papers_of(boxes: list[str], found: dict[str, int]) -> int:
    return sum(found[box] for box in boxes)


def test_it_is_checked_in_as_the_seed_makes_it() -> None:
    fresh = folder.files(reconstruction.reconstruct())
    assert {path.name for path in FOLDER.iterdir()} == set(fresh)
    for name, text in fresh.items():
        assert (FOLDER / name).read_bytes() == text.encode(), name


def test_it_writes_the_same_files_into_a_new_folder(tmp_path: Path) -> None:
    folder.write(reconstruction.reconstruct(), tmp_path / "new")
    for path in FOLDER.iterdir():
        assert (tmp_path / "new" / path.name).read_bytes() == path.read_bytes()


def test_it_makes_another_night_from_another_seed() -> None:
    other = reconstruction.reconstruct(7)
    assert other.boxes != reconstruction.reconstruct().boxes
    assert sum(box.found for box in other.boxes) == official.PAPERS


def test_it_states_the_official_figures() -> None:
    totals = json.loads((FOLDER / "official.json").read_text())
    assert totals == {"electorate": 79163, "papers": 40113, "valid": 40065, "rejected": 48, "majority": 2920}
    votes = sorted((int(row["votes"]) for row in rows("official.csv")), reverse=True)
    assert len(votes) == 13
    assert sum(votes) == 40065
    assert votes[0] - votes[1] == 2920


def test_it_lists_candidates_in_ballot_paper_order_with_known_parties() -> None:
    candidates = rows("candidates.csv")
    names = [(row["surname"], row["forenames"]) for row in candidates]
    assert names == sorted(names)
    assert candidates[10]["ballot_name"] == "RECKLESS, Mark"
    assert [row["number"] for row in candidates] == [str(n) for n in range(1, 14)]
    parties = {row["code"] for row in rows("parties.csv")}
    assert {row["party"] for row in candidates} | {row["party"] for row in rows("baseline.csv")} == parties


def test_it_gives_every_party_its_own_colour_and_initial() -> None:
    parties = rows("parties.csv")
    assert len({row["colour"] for row in parties}) == len({row["initial"] for row in parties}) == len(parties)


def test_it_adds_electors_up_by_ward() -> None:
    boxes = rows("boxes.csv")
    for ward in rows("wards.csv"):
        own = [int(row["electors"]) for row in boxes if row["ward"] == ward["name"]]
        assert sum(own) == int(ward["electorate"]), ward["name"]
    assert sum(int(row["electors"]) for row in boxes) == 79163
    assert sum(int(row["electors"]) for row in boxes if row["kind"] == "postal") == 13275
    assert [row["box"] for row in boxes] == [str(n) for n in range(1, 51)] + [f"P{n}" for n in range(1, 10)]
    assert len({(row["place"], row["station"]) for row in boxes if row["kind"] == "polling"}) == 50


def test_it_has_plausible_turnouts(found: dict[str, int]) -> None:
    boxes = rows("boxes.csv")
    for ward in rows("wards.csv"):
        own = [row for row in boxes if row["ward"] == ward["name"]]
        assert 0.42 <= sum(found[row["box"]] for row in own) / int(ward["electorate"]) <= 0.58
    for row in boxes:
        if row["kind"] == "postal":
            assert 0.75 <= found[row["box"]] / int(row["electors"]) <= 0.80


def test_it_verifies_every_paper(night: list[dict[str, Any]], found: dict[str, int]) -> None:
    assert sum(found.values()) == 40113
    varied = []
    for event in (event for event in night if event["do"] == "verify"):
        expected = event["expected"] if event["box"].startswith("P") else event["issued"]
        if expected != event["found"]:
            varied.append((event["box"], event["found"] - expected, event["reason"]))
        assert bool(event["reason"]) == bool(event["explanation"]) == (expected != event["found"])
        if "issued" in event:
            assert min(event["unused"], event["spoilt"], event["tendered"]) >= 0
            assert (event["issued"] + event["unused"] + event["spoilt"]) % 50 == 0
    assert len(varied) == 5
    assert sum(variance for _, variance, reason in varied if reason == "compensating") == 0


def test_it_keeps_the_rules_of_mixing(found: dict[str, int], groups: dict[int, list[str]]) -> None:
    assert sorted(groups) == list(range(1, 25))
    assert sorted(box for boxes in groups.values() for box in boxes) == sorted(row["box"] for row in rows("boxes.csv"))
    wards = {row["box"]: row["ward"] for row in rows("boxes.csv")}
    for boxes in groups.values():
        assert sum(not box.startswith("P") for box in boxes) >= 2
        assert papers_of(boxes, found) >= 250
    assert sum(len({wards[box] for box in boxes}) > 1 for boxes in groups.values()) == 3


def test_it_balances_every_final_count(
    found: dict[str, int], groups: dict[int, list[str]], final: dict[int, dict[str, Any]]
) -> None:
    assert set(final) == set(groups)
    for number, event in final.items():
        assert len(event["votes"]) == 13
        assert min(event["votes"]) >= 0
        assert event["doubtful"] == 0
        assert sum(event["votes"]) + sum(event["rejected"].values()) == papers_of(groups[number], found)


def test_it_reaches_the_official_totals(final: dict[int, dict[str, Any]]) -> None:
    totals = [sum(votes) for votes in zip(*(event["votes"] for event in final.values()), strict=True)]
    assert totals == [int(row["votes"]) for row in rows("official.csv")]
    assert sum(sum(event["rejected"].values()) for event in final.values()) == 48


def test_it_has_every_sheet_read_twice_by_two_officers(readings: dict[int, list[dict[str, Any]]]) -> None:
    assert set(readings) == set(range(1, 25))
    for events in readings.values():
        first, second = events[:2]
        assert first["officer"] != second["officer"]
        later = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
        assert timedelta(minutes=2) <= later <= timedelta(minutes=5)


def test_it_tells_of_a_reader_who_swapped_two_digits(
    night: list[dict[str, Any]], readings: dict[int, list[dict[str, Any]]]
) -> None:
    [returned] = [event for event in night if event["do"] == "return_reading"]
    [confirmed] = [event for event in night if event["do"] == "confirm"]
    first, second, again = readings[returned["group"]]
    assert confirmed["group"] == returned["group"]
    assert second["at"] < returned["at"] < again["at"] < confirmed["at"]
    # Who mistyped types again, and it is what the other reader had typed at first.
    assert again["officer"] == second["officer"] and again["votes"] == first["votes"]
    [(right, wrong)] = [pair for pair in zip(first["votes"], second["votes"], strict=True) if pair[0] != pair[1]]
    assert (right - wrong) % 9 == 0


def test_it_tells_of_doubtful_papers_that_adjudication_returns(
    night: list[dict[str, Any]],
    readings: dict[int, list[dict[str, Any]]],
    found: dict[str, int],
    groups: dict[int, list[str]],
) -> None:
    [returned] = [event for event in night if event["do"] == "adjudicate"]
    first, second = readings[returned["group"]]
    assert first["votes"] == second["votes"] and first["doubtful"] == second["doubtful"] == 6
    papers = papers_of(groups[returned["group"]], found)
    assert sum(first["votes"]) + sum(first["rejected"].values()) + 6 == papers
    assert sum(returned["votes"]) + sum(returned["rejected"].values()) == 6
    assert returned["officer"] == script.RETURNING_OFFICER


def test_it_tells_of_a_group_that_is_recounted_with_a_second_officer(
    night: list[dict[str, Any]], readings: dict[int, list[dict[str, Any]]]
) -> None:
    [recount] = [event for event in night if event["do"] == "recount"]
    first, second, *again = readings[recount["group"]]
    assert second["at"] < recount["at"] < again[0]["at"] and len(again) == 2
    assert recount["officer"] != recount["second"]
    assert again[0]["officer"] != again[1]["officer"]
    assert all(event["votes"] == first["votes"] and event["sheet"] != first["sheet"] for event in again)


def test_it_tells_of_one_paper_of_the_ward_in_the_constituencys_box(night: list[dict[str, Any]]) -> None:
    [moved] = [event for event in night if event["do"] == "move_papers"]
    [verified] = [event for event in night if event["do"] == "verify" and event["box"] == moved["box"]]
    assert verified["found"] - verified["issued"] == moved["papers"] == 1
    assert moved["other_contest"] == "local.medway.peninsula.by.2014-11-20"


def test_it_runs_in_the_order_of_a_night(night: list[dict[str, Any]]) -> None:
    assert [event["at"] for event in night] == sorted(event["at"] for event in night)
    times = defaultdict(list)
    for event in night:
        times[event["do"]].append(event["at"])
    assert times["arrive"][0] == "2014-11-20T22:08:00"
    assert times["arrive"][-1] < "2014-11-20T23:41"
    assert times["verify"][-1] == "2014-11-21T00:48:00"
    assert times["verify"][-1] < times["form_group"][0] < times["form_group"][-1] < times["count"][0]
    assert "2014-11-21T04:06" <= times["count"][-1] < "2014-11-21T04:07"
    # Between the last count and the declaration at 04:15 the candidates see the provisional result.
    assert times["let_go"] == ["2014-11-21T04:11:00"]
    arrived = {event["box"]: event["at"] for event in night if event["do"] == "arrive"}
    assert all(arrived[event["box"]] < event["at"] for event in night if event["do"] == "verify")


def test_it_gives_every_officer_time(night: list[dict[str, Any]]) -> None:
    times = defaultdict(list)
    for event in night:
        if event["do"] in ("form_group", "move_papers", "return_reading", "confirm", "recount"):
            assert event["officer"] == script.SUPERVISOR
        elif event["do"] in ("let_go", "adjudicate"):
            assert event["officer"] == script.RETURNING_OFFICER
        else:
            times[event["officer"]].append(datetime.fromisoformat(event["at"]))
    assert set(times) == set(script.OFFICERS)
    for officer, own in times.items():
        assert min(b - a for a, b in pairwise(own)) >= timedelta(seconds=40), officer


def test_it_flatters_ukip_until_the_postal_papers_come(final: dict[int, dict[str, Any]]) -> None:
    counted = np.array([event["votes"] for event in sorted(final.values(), key=lambda event: event["at"])]).cumsum(0)
    ukip, con = 10, 12
    lead = 100 * (counted[:, ukip] - counted[:, con]) / counted.sum(axis=1)
    share = counted.sum(axis=1) / official.VALID
    assert 12 < lead[np.searchsorted(share, 0.10)] < 15
    assert 10 < lead[np.searchsorted(share, 0.50)] < 13
    assert round(float(lead[-1]), 2) == 7.29


def test_it_refuses_margins_that_cannot_be_met() -> None:
    with pytest.raises(ValueError, match="margins"):
        fitting.fit(np.eye(2), np.array([1, 2]), np.array([2, 1]))


def test_it_rounds_to_both_margins() -> None:
    by_row, by_column = np.array([3, 4]), np.array([2, 2, 3])
    fitted = fitting.fit(np.ones((2, 3)), by_row, by_column)
    whole = fitting.round_to_margins(fitted, by_row, by_column)
    assert whole.sum(axis=1).tolist() == [3, 4]
    assert whole.sum(axis=0).tolist() == [2, 2, 3]
