"""The document, its patches, and that it says nothing it should not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.board.patches import apply_patch, make_patch
from results.board.publishing import build
from results.board.set_up_document import shown_names
from results.board.timeline import PastCall, feed, iso
from results.facts.definition import HeadDefinition
from results.facts.fold import fold
from results.facts.kinds import GroupFormed, SessionClosed
from results.policy import released, same_papers
from results.tally import change, tenths
from tests.nights import Plan, Script, definition, plans, play, verified
from tests.test_policy import on_the_night, publications

values = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.lists(st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from("abcdef"), values, max_size=5)


@given(documents, documents)
@settings(max_examples=400, deadline=None)
def test_it_patches_any_document_into_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = json.dumps(before, sort_keys=True)
    patched = apply_patch(before, make_patch(before, after))
    assert json.dumps(patched, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert json.dumps(before, sort_keys=True) == kept


@given(plans)
@settings(max_examples=30, deadline=None)
def test_it_leads_from_every_version_to_every_later_one(plan: Plan) -> None:
    script = play(plan)
    boards = publications(script.definition, script.entries)
    for older in range(len(boards)):
        for newer in range(older + 1, len(boards)):
            over_the_wire = json.loads(json.dumps(make_patch(boards[older], boards[newer])))
            assert apply_patch(boards[older], over_the_wire) == boards[newer]


def holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(holds_null(inner) for inner in value.values())
    return value is None or (isinstance(value, list) and any(map(holds_null, value)))


@given(plans)
@settings(max_examples=30, deadline=None)
def test_it_holds_no_nulls_and_survives_json(plan: Plan) -> None:
    script = play(plan)
    for board in publications(script.definition, script.entries):
        assert not holds_null(board)
        assert json.loads(json.dumps(board)) == board


def counted_night() -> Script:
    script = Script(definition(polling=4, postal=0, wards=2))
    for label in "1234":
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "3")))
    script.say(GroupFormed(2, ("2", "4")))
    return script


def test_it_says_who_leads_by_how_much_and_what_changed() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    board = publications(script.definition, script.entries)[-1]
    assert board["headline"] == {"code": "headline.lead", "args": {"leader": 1, "second": 2, "votes": 100}}
    assert board["candidates"]["1"] == {"votes": 500, "share": 501, "rank": 1, "order": 1}
    assert board["candidates"]["2"]["change"] == -99  # 400 of 998 less 4,000 of 8,000: 9.92 points down
    assert board["majority"] == {"votes": 100, "share": 100, "exact_share": 1002, "leader": 1, "second": 2}
    assert board["rejected"] == {"papers": 2, "heads": {"want_of_official_mark": 0, "unmarked_or_void": 2}}
    assert board["progress"]["counted_share"] == 500
    assert board["status"] == "counting"
    assert board["turnout"]["votes_to_win"] == 1001


def test_it_shows_a_tie_as_a_tie() -> None:
    script = counted_night()
    script.count(1, (450, 450, 100), (0, 0))
    script.count(2, (450, 450, 100), (0, 0))
    script.let_go()
    board = publications(script.definition, script.entries)[-1]
    assert board["headline"]["code"] == "headline.level"
    assert [board["candidates"][n]["rank"] for n in "123"] == [1, 1, 3]
    assert board["majority"] == {"votes": 0, "share": 0, "exact_share": 0}
    assert board["call"]["state"] != "projected"


def test_it_gives_both_turnouts_once_everything_is_counted() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    script.count(2, (500, 400, 98), (0, 2))
    assert publications(script.definition, script.entries)[-1]["status"] == "counting"
    script.let_go()
    board = publications(script.definition, script.entries)[-1]
    assert board["status"] == "counted"
    assert board["turnout"]["ballot_box"] == 200
    assert board["turnout"]["valid_vote"] == 200
    assert board["call"]["state"] == "certain"


def test_it_keeps_the_feed_in_order_and_names_no_ledger_entry() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    board = publications(script.definition, script.entries)[-1]
    codes = [board["feed"][f"e{n}"]["code"] for n in range(1, len(board["feed"]) + 1)]
    assert codes[-2:] == ["feed.released", "feed.call.too_early"] or "feed.released" in codes
    assert "seq" not in json.dumps(board)


def test_it_joins_wards_in_the_table_as_they_are_mixed() -> None:
    script = Script(definition(polling=4, postal=0, wards=2))
    for label in "1234":
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "2")))
    board = publications(script.definition, script.entries)[-1]
    assert list(board["areas"]) == ["E05000001-E05000002"]
    assert board["areas"]["E05000001-E05000002"]["turnout"] == 200


def test_it_says_what_is_still_out_by_area_and_vote_type() -> None:
    script = Script(definition(polling=4, postal=2, wards=2))
    for label, papers in zip(("1", "2", "3", "4", "P1", "P2"), (500, 400, 300, 200, 250, 150), strict=True):
        script.say(verified(label, papers))
    script.say(GroupFormed(1, ("1", "3")))
    script.say(GroupFormed(2, ("2", "4", "P2")))
    script.count(1, (500, 290, 10), (0, 0))
    out = publications(script.definition, script.entries)[-1]["still_out"]
    south, north = out["areas"]["E05000002"], out["areas"]["E05000001"]
    assert out["basis"] == "votes"
    # Papers, less the few that are expected to be rejected.
    assert (south["rank"], south["postal"], north["rank"], north["polling"]) == (1, 150, 2, 0)
    assert 595 <= south["polling"] <= 600
    assert 248 <= north["postal"] == north["total"] <= 250
    assert out["total"] == out["polling"] + out["postal"] == south["total"] + north["total"]
    assert out["scale"] == north["papers"] == 1050  # a bar as long as all the papers of the largest area
    assert out["needed"]["code"] == "out.needed"
    assert out["needed"]["args"]["candidate"] == 2
    assert out["needed"]["args"]["so_far"] == 363
    assert 360 < out["needed"]["args"]["share"] < 900


def test_it_shows_papers_still_out_where_the_projection_is_not_public() -> None:
    script = Script(definition(polling=5, postal=1, wards=2, projection=False))
    for label in ("1", "2", "3", "4", "P1"):
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "3")))
    script.count(1, (500, 400, 98), (0, 2))
    board = publications(script.definition, script.entries)[-1]
    out = board["still_out"]
    assert out["basis"] == "papers"
    assert (out["polling"], out["postal"], out["total"]) == (1000, 500, 1500)
    assert out["unverified"] == {"boxes": 1}
    assert "needed" not in out
    assert "projection" not in board
    assert "call" not in board


def test_it_keeps_the_rows_of_areas_that_are_all_in_and_folds_the_smaller_ones() -> None:
    script = Script(definition(polling=28, postal=0, wards=14))
    for label in script.definition.boxes:
        script.say(verified(label, 300 + int(label)))
    for ward in range(1, 15):
        script.say(GroupFormed(ward, (str(ward), str(ward + 14))))
    script.count(14, (300, 200, 142), (0, 0))
    out = publications(script.definition, script.entries)[-1]["still_out"]
    assert len(out["areas"]) == 10
    assert len(out["more"]) == 4
    shown = sorted((*out["areas"].values(), *out["more"].values()), key=lambda row: row["rank"])
    assert [row["total"] for row in shown] == sorted((row["total"] for row in shown), reverse=True)
    assert (shown[-1]["wards"], shown[-1]["total"]) == (["E050000014"], 0)


def test_nothing_is_still_out_before_the_first_release_and_after_the_last() -> None:
    script = counted_night()
    assert "still_out" not in publications(script.definition, script.entries)[-1]
    script.count(1, (500, 400, 98), (0, 2))
    assert "still_out" in publications(script.definition, script.entries)[-1]
    script.count(2, (500, 400, 98), (0, 2))
    script.let_go()
    assert "still_out" not in publications(script.definition, script.entries)[-1]


@given(plans)
@settings(max_examples=30, deadline=None)
def test_what_is_still_out_adds_up_and_speaks_of_the_areas_of_the_ward_table(plan: Plan) -> None:
    script = play(plan)
    for board in publications(script.definition, script.entries):
        if "still_out" not in board:
            continue
        rows = board["still_out"]["areas"] | board["still_out"].get("more", {})
        assert rows.keys() == board["areas"].keys()
        for part in ("polling", "postal", "total"):
            assert sum(row[part] for row in rows.values()) == board["still_out"][part]
        assert board["still_out"]["total"] == board["still_out"]["polling"] + board["still_out"]["postal"]


def test_the_middle_half_of_a_projected_share_lies_inside_its_interval() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    for share in publications(script.definition, script.entries)[-1]["projection"]["candidates"].values():
        assert share["low"] <= share["lower_quartile"] < share["upper_quartile"] <= share["high"]


def test_it_says_whether_what_is_out_is_enough_for_the_runner_up() -> None:
    wide = Script(definition(polling=6, postal=0, wards=2))
    for label in "123456":
        wide.say(verified(label, 500))
    wide.say(GroupFormed(1, ("1", "3", "4", "6")))
    wide.say(GroupFormed(2, ("2", "5")))
    wide.count(1, (1900, 60, 40), (0, 0))
    out = publications(wide.definition, wide.entries)[-1]["still_out"]
    assert out["needed"]["code"] == "out.not_enough"


def test_it_keeps_candidates_apart_where_a_number_is_missing_on_the_paper() -> None:
    # The third withdrew after the numbers were given out: 1, 2, 4.
    usual = definition(polling=6, postal=0, wards=2)
    candidates = (*usual.candidates[:2], replace(usual.candidates[2], number=4))
    script = Script(replace(usual, candidates=candidates))
    for label in "123456":
        script.say(verified(label, 500))
    for number, labels in enumerate((("1", "4"), ("2", "5"), ("3", "6")), 1):
        script.say(GroupFormed(number, labels))
    script.count(1, (300, 200, 500), (0, 0))
    script.count(2, (300, 200, 500), (0, 0))
    board = publications(script.definition, script.entries)[-1]
    assert board["headline"]["args"] == {"leader": 4, "second": 1, "votes": 400}
    assert (board["majority"]["leader"], board["majority"]["second"]) == (4, 1)
    assert board["still_out"]["needed"]["args"]["candidate"] == 1
    events = [event for event in board["feed"].values() if event["code"] == "feed.released"]
    assert events[0]["args"]["votes"] == [[4, 500], [1, 300], [2, 200]]


def test_it_tells_in_the_feed_that_a_projection_was_withdrawn() -> None:
    script = Script(definition(polling=6, postal=0, wards=2))
    script.say(verified("1", 500))
    public = released(script.facts)
    at = iso(script.entries[-1].at)
    events = [PastCall(at, 1, "projected", 1), PastCall(at, 2, "too_close", None, True)]
    codes = [event["code"] for event in feed(public, events).values()]
    assert codes[-2:] == ["feed.call.projected", "feed.call.withdrawn"]


# --- verdicts of the whole -------------------------------------------------------------------------------------------


def shares_in(value: Any) -> list[int]:
    """Every share of papers counted, and every turnout, that a board holds."""
    if not isinstance(value, dict):
        return []
    own = [number for key, number in value.items() if key in ("counted_share", "turnout") and isinstance(number, int)]
    return own + [share for inner in value.values() for share in shares_in(inner)]


@given(plans)
@settings(max_examples=60, deadline=None)
def test_it_says_of_the_whole_only_what_is_true_of_the_whole(plan: Plan) -> None:
    script = play(plan)
    call = None
    for cut in range(len(script.entries) + 1):
        facts = fold(script.definition, script.entries[:cut])
        board, call = build(facts, released(facts), call)
        found = {label: box.papers for label, box in facts.boxes.items() if box.papers is not None}
        verified = len(found) == len(facts.boxes)
        grouped = {label for group in facts.groups.values() for label in group.boxes} == set(facts.boxes)
        standing = [made for made in facts.releases if same_papers(facts.boxes, made)]
        codes = {board["headline"]["code"], *(event["code"] for event in board.get("feed", {}).values())}
        codes |= {line["code"] for line in board.get("lines", {}).values()}
        if board["status"] == "counted" or codes & {"headline.counted", "headline.all_counted", "feed.all_counted"}:
            assert verified and grouped
            assert all(group.agreed for group in facts.groups.values()) or facts.publish == "totals"
            if facts.publish == "totals":
                assert sum(made.papers for made in facts.releases) == sum(found.values())
        if codes & {"line.papers", "headline.counting"}:
            assert verified
        if codes & {"line.groups", "headline.counting"} or "groups" in board.get("progress", {}):
            assert grouped
        if "votes_to_win" in board.get("turnout", {}):
            assert verified
            assert board["turnout"]["votes_to_win"] == sum(found.values()) // 2 + 1
        if board.get("call", {}).get("state") == "certain":
            votes = sorted(map(sum, zip(*(made.votes for made in facts.releases), strict=True)))
            lead = votes[-1] - (votes[-2] if len(votes) > 1 else 0)
            assert verified
            assert len(votes) == 1 or lead > sum(found.values()) - sum(made.papers for made in facts.releases)
            assert all(made in standing or not board["progress"].get("recounting") for made in facts.releases)
        assert all(
            0 <= share <= 1000 for share in shares_in(board) if facts.definition.electorate >= sum(found.values())
        )
        assert all(board["progress"]["counted_share"] <= 1000 for _ in "1" if "progress" in board)
        if "valid_vote" in board.get("turnout", {}):
            assert board["turnout"]["valid_vote"] <= board["turnout"]["ballot_box"]


def test_it_is_not_certain_of_a_contest_of_which_boxes_are_not_verified() -> None:
    script = Script(definition(polling=6, postal=0, wards=2))
    for label in "12345":
        script.say(verified(label, 900))
    script.say(GroupFormed(1, ("1", "2")))
    script.count(1, (1750, 40, 10), (0, 0))
    script.say(GroupFormed(2, ("3", "4")))
    script.count(2, (1750, 40, 10), (0, 0))
    board = publications(script.definition, script.entries)[-1]
    assert "votes_to_win" not in board["turnout"]
    assert board["call"]["state"] != "certain"
    assert board["status"] == "counting"
    assert board["lines"]["groups"] == {"code": "line.groups_so_far", "args": {"groups_counted": 2, "ungrouped": 2}}
    assert board["lines"]["papers"]["code"] == "line.papers_so_far"
    script.say(verified("6", 900))
    script.say(GroupFormed(3, ("5", "6")))
    board = publications(script.definition, script.entries)[-1]
    assert (board["call"]["state"], board["turnout"]["votes_to_win"]) == ("certain", 2701)


def test_it_says_that_released_figures_are_counted_again_and_never_more_than_all() -> None:
    script = Script(definition(polling=6, postal=0, wards=3))
    for label in "123456":
        script.say(verified(label, 300))
    for number, labels in enumerate((("1", "4"), ("2", "5"), ("3", "6")), 1):
        script.say(GroupFormed(number, labels))
    for number in (1, 2, 3):
        script.count(number, (300, 200, 100), (0, 0))
    script.let_go()
    assert publications(script.definition, script.entries)[-1]["status"] == "counted"
    for label in "14":
        script.say(verified(label, 100))
    board = publications(script.definition, script.entries)[-1]
    assert board["status"] == "counting"
    assert board["headline"]["code"] == "headline.lead"
    assert board["lines"]["recounting"] == {"code": "line.recounting", "args": {"recounting": 1}}
    assert board["areas"]["E05000001"]["recounting"] == 1
    assert board["areas"]["E05000001"]["counted_share"] == 0
    assert board["progress"]["counted_share"] == 857  # 1,200 of 1,400
    assert "valid_vote" not in board["turnout"]
    assert board["call"]["state"] != "certain"
    script.count(1, (100, 70, 30), (0, 0), reason="A bundle of another poll was taken out")
    script.release_again((1,))
    board = publications(script.definition, script.entries)[-1]
    assert board["status"] == "counted"
    assert "recounting" not in board["progress"]


def test_it_counts_nothing_again_once_the_released_figures_are_confirmed() -> None:
    script = Script(definition(polling=4, postal=0, wards=2))
    for label in "1234":
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "3")))
    script.say(GroupFormed(2, ("2", "4")))
    script.count(1, (500, 400, 100), (0, 0))
    script.say(verified("1", 499))
    assert publications(script.definition, script.entries)[-1]["progress"]["recounting"] == 1
    script.say(verified("1", 500))
    assert publications(script.definition, script.entries)[-1]["progress"]["recounting"] == 1
    script.count(1, (500, 400, 100), (0, 0))
    assert "recounting" not in publications(script.definition, script.entries)[-1]["progress"]


def test_it_says_that_the_last_figures_go_to_the_candidates_first() -> None:
    script = counted_night()
    assert "last_waits" not in publications(script.definition, script.entries)[-1]["policy"]
    script.count(1, (500, 400, 100), (0, 0))
    before = publications(script.definition, script.entries)[-1]
    assert before["policy"]["last_waits"] is True
    script.count(2, (500, 400, 100), (0, 0))
    # Whether the last group is counted meanwhile nobody can tell.
    assert publications(script.definition, script.entries)[-1] == before
    script.let_go()
    assert "last_waits" not in publications(script.definition, script.entries)[-1]["policy"]


@pytest.mark.parametrize("level", [2, 3, 5, 6, 40])
def test_it_names_all_who_are_level(level: int) -> None:
    script = Script(definition(polling=4, postal=0, wards=2, candidates=level + 1))
    for label in "1234":
        script.say(verified(label, 1000))
    script.say(GroupFormed(1, ("1", "3")))
    each = 2000 // level
    script.count(1, (*[each] * level, 0), (0, 2000 - each * level))
    said = publications(script.definition, script.entries)[-1]["headline"]
    if level <= 5:
        assert said == {"code": "headline.level", "args": {"candidates": list(range(1, level + 1))}}
    else:
        assert said == {"code": "headline.level_many", "args": {"candidates": [1, 2, 3, 4, 5], "more": level - 5}}


def test_it_says_when_the_count_begins_with_its_day() -> None:
    usual = definition()
    at_close = publications(usual, [])[-1]["headline"]
    assert at_close == {"code": "headline.before", "args": {"close": "2014-11-20T22:00:00Z"}}
    next_morning = replace(usual, count_begins=usual.close_of_poll + timedelta(hours=12))
    args = {"close": "2014-11-20T22:00:00Z", "begins": "2014-11-21T10:00:00Z"}
    assert publications(next_morning, [])[-1]["headline"] == {"code": "headline.before_later", "args": args}


@pytest.mark.parametrize("code", ["papers", "heads", "rank", "before"])
def test_it_keeps_what_set_up_calls_its_heads_apart_from_its_own_keys(code: str) -> None:
    usual = definition(polling=4, postal=0, wards=2)
    script = Script(replace(usual, heads=(HeadDefinition(code, "Odd"), HeadDefinition("void", "Void"))))
    for label in "1234":
        script.say(verified(label, 500))
    script.say(GroupFormed(1, ("1", "3")))
    script.count(1, (500, 400, 50), (10, 40))
    board = publications(script.definition, script.entries)[-1]
    assert board["rejected"] == {"papers": 50, "heads": {code: 10, "void": 40}}


def test_it_keeps_the_whole_of_what_a_correction_replaced_and_why() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    script.count(1, (500, 390, 108), (2, 0), reason="Ten papers lay on the wrong pile")
    [entry] = publications(script.definition, script.entries)[-1]["corrections"].values()
    assert entry["said"]["code"] == "correction.replaced"
    assert entry["reasons"] == {"r1": "Ten papers lay on the wrong pile"}
    assert entry["figures"]["candidates"] == {
        "1": {"before": 500, "after": 500},
        "2": {"before": 400, "after": 390},
        "3": {"before": 98, "after": 108},
    }
    assert entry["figures"]["papers"] == {"before": 1000, "after": 1000}
    assert entry["figures"]["rejected"]["heads"]["want_of_official_mark"] == {"before": 0, "after": 2}
    script.count(1, (500, 390, 108), (1, 1), reason="One was void")
    last = publications(script.definition, script.entries)[-1]["corrections"]["k2"]
    assert last["said"] == {"code": "correction.rejected", "args": {"groups": [1]}}


# --- names -----------------------------------------------------------------------------------------------------------

people = st.lists(
    st.tuples(st.sampled_from(["Taylor", "TAYLOR", "Smith", "Ann Taylor"]), st.sampled_from(["", "Ann", "Bob"])),
    min_size=1,
    max_size=8,
)


@given(people)
@settings(max_examples=200, deadline=None)
def test_it_never_calls_two_candidates_the_same(names: list[tuple[str, str]]) -> None:
    usual = definition()
    candidates = tuple(
        replace(usual.candidates[0], number=number, surname=surname, name=f"{forenames} {surname}".strip())
        for number, (surname, forenames) in enumerate(names, 1)
    )
    shown = shown_names(replace(usual, candidates=candidates))
    assert len({name.casefold() for name in shown}) == len(names)


def test_it_takes_the_forename_where_two_have_one_surname() -> None:
    usual = definition()
    names = (("Ann Taylor", "Taylor"), ("Bob Taylor", "Taylor"), ("Cy Young", "Young"))
    candidates = tuple(
        replace(usual.candidates[0], number=number, name=name, surname=surname)
        for number, (name, surname) in enumerate(names, 1)
    )
    assert shown_names(replace(usual, candidates=candidates)) == ["Ann Taylor", "Bob Taylor", "Young"]


# --- rounded once ----------------------------------------------------------------------------------------------------


def exactly(part: int, whole: int) -> int:
    """part / whole in tenths of a percent, half up, in exact arithmetic."""
    return int((Decimal(1000 * part) / Decimal(whole)).quantize(Decimal(1), ROUND_HALF_UP))


@given(st.lists(st.integers(0, 40_000), min_size=2, max_size=5), st.integers(1, 9000), st.integers(1, 9000))
@settings(max_examples=300, deadline=None)
def test_it_rounds_every_share_once_from_the_votes(votes: list[int], before: int, others: int) -> None:
    valid = sum(votes)
    if not valid:
        return
    assert [tenths(v, valid) for v in votes] == [exactly(v, valid) for v in votes]
    exact = Fraction(1000 * votes[0], valid) - Fraction(1000 * before, before + others)
    nearest = change(votes[0], valid, before, before + others)
    assert abs(exact - nearest) <= Fraction(1, 2)
    assert change(before, before + others, votes[0], valid) == -nearest


def test_it_shows_fifty_of_405_as_it_is() -> None:
    assert tenths(50, 405) == 123  # 12.3457 %, which hundredths would have made 12.35 and then 12.4


def test_it_says_nothing_of_all_papers_while_packs_handed_in_are_opened() -> None:
    script = on_the_night()
    for label in script.definition.boxes:
        script.say(verified(label, 300))
    board = publications(script.definition, script.entries)[-1]
    assert (board["status"], board["progress"]["complete"]) == ("verifying", False)
    assert board["headline"] == {"code": "headline.packs_open", "args": {"boxes": 10, "papers_verified": 3000}}
    assert "votes_to_win" not in board["turnout"]
    area = next(area for area in board["areas"].values() if "E05000001" in area["wards"])
    assert (area["boxes_verified"], area["complete"]) == (area["boxes"], False)
    assert "feed.all_verified" not in {event["code"] for event in board["feed"].values()}
    closing = script.say(SessionClosed("Handed in"))
    board = publications(script.definition, script.entries)[-1]
    assert (board["status"], board["headline"]["code"], board["as_of"]) == (
        "verified",
        "headline.verified",
        iso(closing.at),
    )
    assert all(area["complete"] for area in board["areas"].values())
    (said,) = [event for event in board["feed"].values() if event["code"] == "feed.all_verified"]
    assert said["at"] == iso(closing.at)
