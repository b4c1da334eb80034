"""What may be public, and what must never show."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.board.publishing import build
from results.facts.definition import SessionDefinition
from results.facts.figures import BoxPapers
from results.facts.fold import fold
from results.facts.kinds import Entry, GroupFormed, HeldSet, PolicySet, ReleaseMade, SessionClosed, Verified
from results.facts.types import Facts
from results.policy import last_release, may_release, releasable, released, ward_areas, withheld_revisions
from tests.nights import Plan, Script, definition, plans, play, verified


def publications(definition_: Any, entries: list[Entry]) -> list[dict[str, Any]]:
    """Every version that the public would get, if each entry were looked at at once."""
    boards: list[dict[str, Any]] = []
    call = None
    for cut in range(len(entries) + 1):
        facts = fold(definition_, entries[:cut])
        board, folded = build(facts, released(facts), call)
        if not boards or board != boards[-1]:
            boards.append(board)
            call = folded
    return boards


@given(plans, st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_it_shows_nothing_of_what_is_not_released(plan: Plan, one: int, other: int) -> None:
    # Two nights that differ only in figures that never were agreed: every version must be the same, and their number.
    first, second = play(plan, random.Random(one)), play(plan, random.Random(other))
    assert [e.seq for e in first.entries] == [e.seq for e in second.entries]
    assert publications(first.definition, first.entries) == publications(second.definition, second.entries)


@given(plans)
@settings(max_examples=60, deadline=None)
def test_it_shows_no_votes_unless_totals_are_chosen(plan: Plan) -> None:
    script = play(plan)
    for cut in range(len(script.entries) + 1):
        facts = fold(script.definition, script.entries[:cut])
        public = released(facts)
        if facts.publish != "totals":
            assert not public.sets
            assert not public.events
            board, _ = build(facts, public, None)
            assert "votes" not in json.dumps({k: v for k, v in board.items() if k != "turnout"})
            assert "candidates" not in board
        if facts.publish == "off":
            assert not public.boxes


@given(plans)
@settings(max_examples=80, deadline=None)
def test_it_never_releases_less_than_the_rule_allows(plan: Plan) -> None:
    script = play(plan)
    facts = script.facts
    public: set[str] = set()
    for event in facts.past_releases:
        boxes = set(event.released.boxes)
        if event.replaced is None:
            assert not boxes & public
            public |= boxes
            left = set(facts.boxes) - public
            if boxes == set(facts.boxes):
                continue  # the whole contest at once is what the declaration says
            assert stations(facts, boxes) >= 2
            assert event.released.papers >= plan.minimum_papers
            assert not left or stations(facts, left) >= 2


def stations(facts: Facts, labels: set[str]) -> int:
    """How many of these boxes come from polling stations."""
    return sum(facts.definition.boxes[label].kind == "polling" for label in labels)


@given(plans)
@settings(max_examples=100, deadline=None)
def test_it_never_completes_a_contest_by_itself(plan: Plan) -> None:
    script = play(plan)
    for entry in script.entries:
        if isinstance(entry.said, ReleaseMade) and entry.said.automatic:
            facts = fold(script.definition, script.entries[: entry.seq])
            public = {label for group in facts.groups.values() if group.released for label in group.boxes}
            assert facts.past_releases[-1].replaced is not None or public != set(facts.boxes)


def small_night() -> Script:
    script = Script(definition(polling=6, postal=0, wards=2))
    for label, papers in zip("123456", (400, 400, 400, 400, 60, 70), strict=True):
        script.say(verified(label, papers))
    script.say(GroupFormed(1, ("1", "2")))
    script.say(GroupFormed(2, ("3", "4")))
    script.say(GroupFormed(3, ("5", "6")))
    return script


def test_it_keeps_a_small_group_until_another_goes_with_it() -> None:
    script = small_night()
    script.count(3, (100, 20, 10), (0, 0))
    assert not script.facts.releases  # 130 papers: too few to be shown
    script.count(1, (400, 300, 100), (0, 0))
    assert [s.groups for s in script.facts.releases] == [(1, 3)]
    assert script.facts.releases[0].votes == (500, 320, 110)


def test_it_keeps_a_large_group_when_too_few_would_be_left() -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    assert [s.groups for s in script.facts.releases] == [(1,)]
    script.count(2, (400, 300, 100), (0, 0))
    assert len(script.facts.releases) == 1  # else group 3 alone would be what is left
    script.count(3, (100, 20, 10), (0, 0))
    assert last_release(script.facts) == (2, 3)  # the whole outcome, which the candidates see first
    script.let_go()
    assert [s.groups for s in script.facts.releases] == [(1,), (2, 3)]


def test_it_corrects_a_set_as_a_whole() -> None:
    script = small_night()
    script.count(3, (100, 20, 10), (0, 0))
    script.count(1, (400, 300, 100), (0, 0))
    script.count(3, (90, 30, 10), (0, 0))
    standing = script.facts.releases
    assert [(s.groups, s.votes) for s in standing] == [((1, 3), (490, 330, 110))]
    board = publications(script.definition, script.entries)[-1]
    said = board["corrections"]["k1"]["said"]["args"]
    assert said["groups"] == [1, 3]
    assert said["votes"] == {
        "1": {"before": 500, "after": 490},
        "2": {"before": 320, "after": 330},
    }


def test_it_holds_new_releases_and_hides_nothing() -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    script.say(HeldSet(True))
    script.count(2, (400, 300, 100), (0, 0))
    script.count(3, (100, 20, 10), (0, 0))
    assert [s.groups for s in released(script.facts).sets] == [(1,)]
    assert last_release(script.facts) is None
    script.say(HeldSet(False))
    script.release()
    script.let_go()
    assert sum(len(s.groups) for s in released(script.facts).sets) == 3


def test_it_keeps_the_figures_that_complete_the_contest_until_they_are_let_go() -> None:
    script = Script(definition(polling=8, postal=0, wards=2))
    for label in "12345678":
        script.say(verified(label, 400))
    for number, labels in enumerate(("12", "34", "56", "78"), 1):
        script.say(GroupFormed(number, tuple(labels)))
    script.say(PolicySet("progress", True))
    for number in (1, 2, 3, 4):
        script.count(number, (400, 300, 100), (0, 0))
    # Totals are chosen when everything is counted: all but the last group go out.
    script.say(PolicySet("totals", True))
    script.release()
    assert [s.groups for s in script.facts.releases] == [(1, 2, 3)]
    assert last_release(script.facts) == (4,)
    assert released(script.facts).groups[3].counted is False
    script.let_go()
    # What is corrected afterwards is public at once: the outcome is known.
    script.count(4, (390, 310, 100), (0, 0), reason="Two bundles were exchanged")
    assert script.facts.past_releases[-1].reasons == ("Two bundles were exchanged",)
    assert script.facts.releases[-1].votes == (390, 310, 100)


def test_it_releases_a_contest_with_a_single_polling_box_whole_or_not_at_all() -> None:
    script = Script(definition(polling=1, postal=1, wards=1))
    script.say(verified("1", 120))
    script.say(verified("P1", 60))
    script.say(GroupFormed(1, ("1", "P1")))
    script.count(1, (100, 50, 30), (0, 0))
    assert not script.facts.releases
    script.let_go()
    assert [s.papers for s in script.facts.releases] == [180]


def test_it_takes_postal_boxes_for_no_boxes_of_polling_stations() -> None:
    script = Script(definition(polling=5, postal=3, wards=1))
    for label in script.definition.boxes:
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "P1")))  # one polling box: three boxes would be two of them postal
    script.count(1, (500, 300, 200), (0, 0))
    assert not script.facts.releases
    script.say(GroupFormed(2, ("2", "3", "4", "P2")))
    script.count(2, (1000, 600, 400), (0, 0))
    assert not script.facts.releases  # one polling box and a postal box would be left


def test_it_takes_totals_back_when_the_policy_says_progress() -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    script.say(PolicySet("progress", True))
    public = released(script.facts)
    assert public.sets == ()
    assert public.projection is False


def test_it_publishes_nothing_before_the_close_of_poll() -> None:
    early = definition()
    entries = [Entry(1, early.close_of_poll.replace(hour=20), verified("P1", 100))]
    public = released(fold(early, entries))
    assert (public.boxes, public.groups, public.as_of) == ((), (), None)


@pytest.mark.parametrize(
    ("groups", "areas"),
    [
        ([], [("E05000001",), ("E05000002",), ("E05000003",)]),
        ([("1", "4")], [("E05000001",), ("E05000002",), ("E05000003",)]),
        ([("1", "2")], [("E05000001", "E05000002"), ("E05000003",)]),
        ([("1", "2"), ("5", "6")], [("E05000001", "E05000002", "E05000003")]),
    ],
)
def test_it_joins_wards_that_share_a_group(groups: list[tuple[str, ...]], areas: list[tuple[str, ...]]) -> None:
    assert list(ward_areas(definition(), groups)) == areas


def test_it_asks_the_rule_of_sets_and_not_of_groups() -> None:
    script = small_night()
    facts = script.facts
    assert not may_release(facts, [3])
    assert may_release(facts, [1])
    assert may_release(facts, [1, 2, 3])
    assert releasable(facts) is None


def test_it_holds_back_a_correction_that_would_show_how_one_paper_was_cast() -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    script.say(verified("1", 401))
    script.count(1, (400, 301, 100), (0, 0))
    assert script.facts.releases[0].votes == (400, 300, 100)
    assert [released_set.groups for released_set in withheld_revisions(script.facts)] == [(1,)]
    # The paper turns out to be of another poll: what stands is again what was released.
    script.say(verified("1", 400))
    script.count(1, (400, 300, 100), (0, 0))
    assert withheld_revisions(script.facts) == ()


@pytest.mark.parametrize(
    "found",
    [
        (("1", 401), ("2", 399)),  # one paper came and another went: the sum is the same
        (("2", 399), ("1", 401)),
        (("1", 399), ("1", 400)),  # even in one box
        (("1", 401),),
    ],
)
def test_it_takes_equal_numbers_for_other_papers_where_boxes_were_verified_anew(
    found: tuple[tuple[str, int], ...],
) -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    for label, papers in found:
        script.say(verified(label, papers))
    more = (script.facts.groups[1].papers or 0) - 800
    script.count(1, (399, 301 + more, 100), (0, 0))
    assert script.facts.releases[0].votes == (400, 300, 100)
    assert [s.groups for s in withheld_revisions(script.facts)] == [(1,)]
    script.release_again((1,))
    assert script.facts.releases[0].votes == (399, 301 + more, 100)
    # What is corrected on these papers from now on is a slip of the pen again.
    script.count(1, (400, 300 + more, 100), (0, 0))
    assert script.facts.releases[0].votes == (400, 300 + more, 100)


def test_it_corrects_by_itself_where_a_box_was_verified_anew_with_what_it_had() -> None:
    script = small_night()
    script.count(1, (400, 300, 100), (0, 0))
    script.say(Verified("1", 400, (BoxPapers("1", (400,)),), "arithmetic", "The account was added up wrongly"))
    script.count(1, (399, 301, 100), (0, 0))
    assert script.facts.releases[0].votes == (399, 301, 100)


@given(plans)
@settings(max_examples=150, deadline=None)
def test_it_corrects_by_itself_only_what_was_written_wrongly(plan: Plan) -> None:
    script = play(plan)
    released_at: dict[tuple[int, ...], int] = {}
    for entry in script.entries:
        if not isinstance(entry.said, ReleaseMade):
            continue
        event = fold(script.definition, script.entries[: entry.seq]).past_releases[-1]
        made = event.released
        if event.replaced is not None and entry.said.automatic:
            assert made.papers == event.replaced.papers
            assert made.boxes == event.replaced.boxes
            since = script.entries[released_at[made.groups] : entry.seq - 1]
            before = fold(script.definition, script.entries[: released_at[made.groups]]).boxes
            for other in since:
                if isinstance(other.said, Verified):
                    for box in other.said.boxes:
                        assert box.box not in made.boxes or before[box.box].papers == box.papers
        released_at[made.groups] = entry.seq


def on_the_night() -> Script:
    """A night whose box P2 is filled with the packs that are handed in at stations."""
    whole = definition()
    boxes = {**whole.boxes, "P2": replace(whole.boxes["P2"], origin="Handed in")}
    sessions = {"Handed in": SessionDefinition("Handed in", ("P2",), on_the_night=True)}
    return Script(replace(whole, boxes=boxes, sessions=sessions))


def test_it_is_not_verified_while_packs_handed_in_are_opened() -> None:
    script = on_the_night()
    for label in script.definition.boxes:
        script.say(verified(label, 300))
    public = released(script.facts)
    assert (public.state, public.boxes_verified, public.verified) == ("verifying", True, False)
    assert [box.label for box in public.boxes if box.open] == ["P2"]
    closing = script.say(SessionClosed("Handed in"))
    public = released(script.facts)
    assert (public.state, public.closed_at, public.as_of) == ("verified", closing.at, closing.at)
    assert not any(box.open for box in public.boxes)


def test_it_has_no_last_figures_while_packs_handed_in_are_opened() -> None:
    script = on_the_night()
    for label in script.definition.boxes:
        script.say(verified(label, 300))
    for number, boxes in enumerate((("1", "2", "3", "P1"), ("4", "5", "6", "P2"), ("7", "8")), 1):
        script.say(GroupFormed(number, boxes))
        script.count(number, (300 * len(boxes) - 2, 1, 1), (0, 0))
    assert last_release(script.facts) is None
    assert releasable(script.facts) is None
    assert released(script.facts).state == "counting"
    assert not released(script.facts).last_waits
    script.say(SessionClosed("Handed in"))
    assert last_release(script.facts) is not None
    script.let_go()
    assert released(script.facts).complete


def test_it_hides_that_a_session_is_open_where_nothing_is_public() -> None:
    script = on_the_night()
    script.say(PolicySet("off", False))
    public = released(script.facts)
    assert (public.packs_open, public.closed_at, public.boxes) == (False, None, ())
