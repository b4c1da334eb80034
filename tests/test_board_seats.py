"""The board of a contest for several seats: the leading places, shares of votes, and papers that are not votes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.board.document import make_board
from results.board.publishing import build
from results.facts.kinds import Entered, PolicySet
from results.policy import released
from results.tally import leaders
from results.texts import wording
from results.texts.catalogue import public_catalogue
from tests.block_votes import agree, ready, sheet, three_seats
from tests.nights import Script

NAMES = {
    "candidates": {str(n): {"shown": f"{chr(64 + n)}lder", "party": "P"} for n in range(1, 9)},
    "wards": {},
    "messages": public_catalogue(),
}


def board(script: Script) -> dict[str, Any]:
    public = released(script.facts)
    return make_board(public, None, None)


def said(text: dict[str, Any]) -> str:
    return wording.text(text["code"], text["args"], NAMES)


def counted(*votes: tuple[int, ...], rejected: tuple[int, int, int] = (0, 0, 0), seats: int = 3) -> Script:
    """Groups of 1,000 papers that stand with these votes; the figures that complete the contest are let go."""
    script = ready(three_seats(candidates=len(votes[0]), seats=seats))
    for group, row in enumerate(votes, 1):
        agree(script, sheet(row, papers=1000, rejected=rejected, seats=seats, group=group, number=f"S{group}"))
    if len(votes) == 2:
        script.let_go()
    return script


def test_it_says_who_leads_for_the_seats_and_by_how_much_the_last() -> None:
    shown = board(counted((420, 380, 350, 310, 300, 240)))
    assert said(shown["headline"]) == "Alder (P), Blder (P) and Clder (P) lead for the 3 seats"
    assert shown["last_seat"] == {"seats": 3, "votes": 40, "exact_share": 200, "last_in": [3], "first_out": [4]}
    line = wording.text("line.last_seat", shown["last_seat"], NAMES)
    assert line == "Clder (P) 40 votes ahead of Dlder (P) for the last seat"
    of = {number: entry.get("seat") for number, entry in shown["candidates"].items()}
    assert of == {"1": "in", "2": "in", "3": "in", "4": "first_out", "5": None, "6": None}
    assert "majority" not in shown and "leader" not in shown["areas"]["E05000001"]
    assert shown["areas"]["E05000001"]["leaders"] == [1, 2, 3]
    assert shown["areas"]["E05000001"]["lead"] == 40


def test_it_gives_shares_of_votes_and_turnout_of_papers() -> None:
    shown = board(counted(*[(420, 380, 350, 310, 300, 240)] * 2, rejected=(2, 6, 3)))
    assert shown["valid"] == 4000
    assert shown["candidates"]["1"]["share"] == 210, "840 of 4,000 votes, not of 1,984 papers"
    assert shown["block_vote"] == {"valid_papers": 1984, "unused": 3 * 1984 - 4000}
    assert shown["rejected"]["papers"] == 16, "papers rejected in part are valid"
    assert shown["rejected"]["heads"] == {"want_of_official_mark": 4, "unmarked_or_void": 12, "rejected_in_part": 6}
    assert shown["turnout"]["valid_vote"] == 397, "1,984 papers of 5,000 electors"
    assert said(shown["headline"]) == "All votes counted: Alder (P), Blder (P) and Clder (P) lead for the 3 seats"


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ((420, 380, 350, 350, 300, 240), "Alder (P) and Blder (P) lead; Clder (P) and Dlder (P) are level for 1 seat"),
        ((420, 350, 350, 350, 300, 240), "Alder (P) leads; Blder (P), Clder (P) and Dlder (P) are level for 2 seats"),
        ((400, 400, 400, 400, 300, 240), "Alder (P), Blder (P), Clder (P) and Dlder (P) are level for the 3 seats"),
        ((400, 400, 400, 300, 300, 240), "Alder (P), Blder (P) and Clder (P) lead for the 3 seats"),
    ],
)
def test_it_puts_nobody_into_a_place_that_several_share(votes: tuple[int, ...], words: str) -> None:
    shown = board(counted(votes))
    assert said(shown["headline"]) == words
    level = [number for number, entry in shown["candidates"].items() if entry.get("seat") == "level"]
    assert ("first_out" in shown["last_seat"]) == (not level)


def test_it_names_all_who_are_first_behind() -> None:
    shown = board(counted((420, 380, 350, 310, 310, 240)))
    assert shown["last_seat"]["first_out"] == [4, 5]


def test_it_names_five_of_many_and_counts_the_others() -> None:
    shown = board(counted((900, 890, 880, 870, 860, 850, 840, 10), seats=7))
    assert said(shown["headline"]) == (
        "Alder (P), Blder (P), Clder (P), Dlder (P), Elder (P) and 2 others lead for the 7 seats"
    )


def test_it_knows_how_many_votes_are_certain_of_a_seat() -> None:
    """Three others would need as many each, and 2,000 papers have 6,000 votes: 1,501 are more than three can have."""
    assert board(counted((420, 380, 350, 310, 300, 240)))["turnout"]["votes_to_win"] == 1501


@given(st.integers(1, 5), st.lists(st.integers(0, 40), min_size=1, max_size=9))
def test_it_fills_every_place_or_says_who_share_it(seats: int, votes: list[int]) -> None:
    found = leaders(votes, seats)
    assert len(found.leading) == min(seats, len(votes)) or len(found.leading) + len(found.level) > seats
    assert bool(found.level) != bool(found.first_out) or len(votes) <= seats
    if found.first_out:
        assert found.margin == votes[found.last_in[0]] - votes[found.first_out[0]] > 0


def test_it_never_projects_nor_calls_several_seats() -> None:
    script = counted((420, 380, 350, 310, 300, 240))
    script.say(PolicySet("totals", True))
    document, _ = build(script.facts, released(script.facts), None)
    assert "call" not in document and "projection" not in document
    assert document["policy"]["projection"] is False


def test_it_shows_no_changes_since_a_party_has_several_candidates() -> None:
    shown = board(counted((420, 380, 350, 310, 300, 240)))
    assert not [entry for entry in shown["candidates"].values() if "change" in entry]


def test_it_gives_the_votes_of_each_leading_place_in_the_feed() -> None:
    shown = board(counted((900, 890, 880, 870, 10, 5), seats=4))
    [event] = [event for event in shown["feed"].values() if event["code"] == "feed.released"]
    assert [number for number, _ in event["args"]["votes"]] == [1, 2, 3, 4]


def test_it_counts_papers_rejected_in_part_apart_in_a_correction() -> None:
    script = counted((420, 380, 350, 310, 300, 240), rejected=(2, 6, 3))
    right = sheet((420, 380, 350, 310, 300, 241), papers=1000, rejected=(2, 5, 9), number="S1")
    assert isinstance(right, Entered)
    agree(script, right)
    [correction] = board(script)["corrections"].values()
    assert correction["figures"]["rejected"]["papers"] == {"before": 8, "after": 7}
    assert correction["figures"]["rejected"]["heads"]["rejected_in_part"] == {"before": 3, "after": 9}
    json.dumps(correction)
