"""What the call says, and why: in words that are true of the evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from results.board.calling import call_document
from results.facts.kinds import GroupFormed
from results.policy import Released, last_release, released
from results.projection import Call, CandidateProjection, Gate, Projection
from results.tally import tally
from results.texts import wording
from results.texts.en import PUBLIC as ENGLISH
from tests.nights import Script, definition, verified
from tests.test_policy import publications

NAMES = {
    "candidates": {str(n): {"shown": f"{chr(64 + n)}lder", "party": "P"} for n in (1, 2, 3)},
    "wards": {},
    "messages": ENGLISH,
}


def night(*counted: tuple[int, ...]) -> Released:
    """Three groups of 1,000 papers, of which these are counted."""
    script = Script(definition(polling=6, postal=0, wards=2))
    for label in "123456":
        script.say(verified(label, 500))
    for number, labels in enumerate((("1", "4"), ("2", "5"), ("3", "6")), 1):
        script.say(GroupFormed(number, labels))
    for number, votes in enumerate(counted, 1):
        script.count(number, votes, (0, 0))
    if last_release(script.facts):
        script.let_go()
    return released(script.facts)


def projection(chance: float = 0.97, certain: bool = False) -> Projection:
    shares = tuple(
        CandidateProjection(key, 0.3, 0.2, 0.4, 0.28, 0.32, win)
        for key, win in (("1", chance), ("2", round(1 - chance, 2)), ("3", 0.0))
    )
    return Projection(shares, 900, 100, 0.9, (), (), False, False, certain, "1", "2", None, "key")


def words(call: Call, now: Projection, public: Released) -> tuple[str, list[str]]:
    """The line of the call and its reasons, as a reader sees them."""
    document: dict[str, Any] = call_document(call, now, public, tally(public))
    reasons = [wording.shown("text", reason, NAMES) for reason in document.get("reasons", {}).values()]
    return wording.shown("text", document["said"], NAMES), reasons


def test_it_names_every_gate_that_is_open() -> None:
    gates = (Gate("few_units", {"units": 2, "needed": 5}), Gate("type_unseen", {"type": "postal", "percent": 22}))
    said, reasons = words(Call(gates=gates), projection(), night((500, 400, 100)))
    assert said == "Too early to project"
    assert reasons == ["2 groups counted, 5 needed", "postal votes, 22 per cent of what is expected, not yet counted"]


def test_it_is_not_too_early_when_only_another_release_must_confirm_it() -> None:
    call = Call(gates=(Gate("unconfirmed", {"changes": 1, "needed": 2}),), streak=1, streak_candidate="1")
    said, reasons = words(call, projection(0.99), night((500, 400, 100)))
    assert said == "Close to a projection: 1 more release must confirm it"
    assert reasons == []


@pytest.mark.parametrize(
    ("chance", "line", "reason"),
    [
        (0.55, "Too close to project", "a projection needs more than 99 chances in 100"),
        (0.89, "Too close to project", "a projection needs more than 99 chances in 100"),
        (0.97, "Not sure enough to project yet", "a projection needs more than 99 chances in 100"),
        (
            0.99,
            "Not sure enough to project yet",
            "more than 99 chances in 100, but fewer if the doubt were half as great again",
        ),
    ],
)
def test_it_is_too_close_only_where_the_race_is(chance: float, line: str, reason: str) -> None:
    said, reasons = words(Call("too_close", gates=()), projection(chance), night((500, 400, 100)))
    assert said == line
    assert reasons == [reason]


def test_it_is_too_close_where_the_leaders_are_level() -> None:
    level = replace(projection(), leader=None, runner_up=None)
    assert words(Call("too_close", gates=()), level, night((450, 450, 100)))[0] == "Too close to project"


def test_it_leaves_it_to_the_lot_where_all_is_counted_and_level() -> None:
    level = replace(projection(), leader=None, runner_up=None, expected_votes_left=0)
    said, reasons = words(Call("too_close", gates=()), level, night(*[(450, 450, 100)] * 3))
    assert (said, reasons) == ("Level: if nothing changes, the lot decides", [])


def test_it_counts_papers_found_late_among_the_possible() -> None:
    call = Call("certain", candidate="1", gates=())
    public = night((900, 50, 50), (900, 50, 50))
    found = replace(public, boxes=(replace(public.boxes[0], papers=540), *public.boxes[1:]))
    assert words(call, projection(1.0, certain=True), found)[1] == [
        "cannot be caught: the lead of 1,700 is more than the 1,040 votes still possible"
    ]


def test_it_gives_the_arithmetic_of_what_is_certain() -> None:
    call = Call("certain", candidate="1", gates=())
    public = night((900, 50, 50), (900, 50, 50))
    said, reasons = words(call, projection(1.0, certain=True), public)
    assert said == "Certain to win on the figures released: Alder (P)"
    assert reasons == ["cannot be caught: the lead of 1,700 is more than the 1,000 votes still possible"]
    # With a box not verified nobody knows how many votes are possible: then the line stands alone.
    unknown = replace(public, boxes=(replace(public.boxes[2], papers=None), *public.boxes[:2], *public.boxes[3:]))
    assert words(call, projection(1.0, certain=True), unknown)[1] == []


def test_it_needs_no_arithmetic_when_everything_is_counted() -> None:
    public = night((900, 50, 50), (900, 50, 50), (900, 50, 50))
    assert words(Call("certain", candidate="1", gates=()), projection(1.0, certain=True), public)[1] == []


def test_it_says_why_a_projection_was_withdrawn() -> None:
    call = Call("too_close", gates=(), withdrawn=True, reason=Gate("below_bar", {"percent": 91}))
    assert words(call, projection(0.91), night((500, 400, 100)))[1][0] == "its chance fell to 91 in 100"


def test_the_board_says_of_a_night_what_is_certain_before_the_end() -> None:
    script = Script(definition(polling=6, postal=0, wards=2))
    for label in "123456":
        script.say(verified(label, 500))
    for number, labels in enumerate((("1", "4"), ("2", "5"), ("3", "6")), 1):
        script.say(GroupFormed(number, labels))
    script.count(1, (900, 50, 50), (0, 0))
    script.count(2, (900, 50, 50), (0, 0))
    board = publications(script.definition, script.entries)[-1]
    call, chances = board["call"], board["projection"]["candidates"]
    assert chances["1"]["chance"] == 100
    assert not any("chance" in chances[other] for other in "23")  # "cannot win", not "less than once in 100"
    assert call["said"] == {"code": "call.certain", "args": {"candidate": 1}}
    assert call["reasons"]["r1"]["args"] == {"lead": 1700, "possible": 1000}
