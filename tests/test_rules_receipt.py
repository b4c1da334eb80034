"""What receipt asks of boxes that are checked in, of a mistake, and of a session that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from results.facts.definition import SessionDefinition
from results.facts.kinds import Arrived, BoxCancelled
from results.facts.types import Facts
from results.rules.receipt import check_arrivals, check_closing, check_undone, packs_unknown, says_anew
from tests.nights import CLOSE, Script, definition, verified

NIGHT = "Handed in"


def a_hall(on_the_night: bool = True) -> Script:
    """Two stations and two postal boxes: P1 of a session before the poll, P2 of the one on the night."""
    whole = definition(polling=2)
    boxes = {label: replace(box, origin=NIGHT if label == "P2" else "Before") for label, box in whole.boxes.items()}
    boxes |= {label: replace(boxes[label], origin="") for label in ("1", "2")}
    sessions = {"Before": SessionDefinition("Before", ("P1",)), NIGHT: SessionDefinition(NIGHT, ("P2",), on_the_night)}
    return Script(replace(whole, boxes=boxes, sessions=sessions))


def closing(session: str, *hall: Facts, minutes: int = 60) -> list[tuple[str, object]]:
    found = check_closing(session, CLOSE + timedelta(minutes=minutes), hall)
    return [(finding.code, finding.args.get("boxes")) for finding in found]


def test_it_waits_for_the_boxes_of_a_session_and_for_the_stations_of_the_one_on_the_night() -> None:
    script = a_hall()
    assert closing("Before", script.facts) == [("session.boxes_out", ["P1"])]
    assert closing(NIGHT, script.facts) == [("session.boxes_out", ["P2"]), ("session.stations_out", ["1", "2"])]
    script.say(verified("P1", 300))
    script.say(Arrived("P2"))
    script.say(Arrived("1", packs_handed_in=0))
    assert closing("Before", script.facts, minutes=-60) == []
    assert closing(NIGHT, script.facts) == [("session.stations_out", ["2"])]
    script.say(BoxCancelled("2"))
    assert closing(NIGHT, script.facts) == []
    assert closing(NIGHT, script.facts, minutes=-1) == [("session.before_close", None)]


def test_it_waits_for_no_station_where_the_session_opens_nothing_that_is_handed_in() -> None:
    script = a_hall(on_the_night=False)
    script.say(Arrived("P2"))
    assert closing(NIGHT, script.facts, minutes=-60) == []


def test_it_asks_how_many_packs_were_handed_in_until_one_contest_knows() -> None:
    here, there = a_hall(), a_hall()
    for script in (here, there):
        for label in ("1", "2", "P2"):
            script.say(Arrived(label))
    assert closing(NIGHT, here.facts, there.facts) == [("session.packs_unknown", ["1", "2"])]
    there.say(Arrived("1", packs_handed_in=0))
    here.say(Arrived("2", packs_handed_in=4))
    assert packs_unknown([here.facts, there.facts]) == []
    assert closing(NIGHT, here.facts, there.facts) == []


def test_it_knows_what_is_news_of_a_box() -> None:
    script = a_hall()
    expected = script.facts.boxes["1"]
    assert says_anew(expected, Arrived("1"))
    script.say(Arrived("1", True, 3))
    known = script.facts.boxes["1"]
    assert not says_anew(known, Arrived("1", True, 3))
    assert says_anew(known, Arrived("1", True, 3, 0))


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ((), ["arrival.no_boxes"]),
        ((Arrived("1"), Arrived("1")), ["arrival.box_twice"]),
        ((Arrived("1"), Arrived("2")), ["arrival.several_places"]),
        ((Arrived("P1"), Arrived("P2")), ["arrival.several_places"]),
        ((Arrived("1", packs_handed_in=901),), ["arrival.many_packs"]),
        ((Arrived("P1", packs_handed_in=0),), ["arrival.packs_of_postal"]),
        ((Arrived("1", True, 90, 900),), []),
    ],
)
def test_it_checks_boxes_that_come_together(said: tuple[Arrived, ...], codes: list[str]) -> None:
    findings = check_arrivals(a_hall().facts, said)
    assert [finding.code for finding in findings] == codes


def test_it_undoes_an_arrival_where_nobody_counted_in_the_box() -> None:
    here, there = a_hall(), a_hall()
    assert [finding.code for finding in check_undone("1", [here.facts, there.facts])] == ["arrival.not_arrived"]
    for script in (here, there):
        script.say(Arrived("1"))
    assert check_undone("1", [here.facts, there.facts]) == []
    there.say(verified("1", 300))
    (finding,) = check_undone("1", [here.facts, there.facts])
    assert (finding.code, finding.args["contest"]) == ("arrival.verified", "Testing")
