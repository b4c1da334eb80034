"""The document, its patches, and that it says nothing it should not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from results.board.patches import apply_patch, make_patch
from results.board.timeline import CallEvent, feed, iso
from results.facts.kinds import GroupFormed, Verified
from results.policy import released
from tests.nights import Plan, Script, definition, plans, play
from tests.test_policy import publications

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
        script.say(Verified(label, 500, 500))
    script.say(GroupFormed(1, ("1", "3")))
    script.say(GroupFormed(2, ("2", "4")))
    return script


def test_it_says_who_leads_by_how_much_and_what_changed() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    board = publications(script.definition, script.entries)[-1]
    assert board["headline"] == {"code": "headline.lead", "args": {"leader": 1, "second": 2, "votes": 100}}
    assert board["candidates"]["1"] == {"votes": 500, "share": 5010, "rank": 1, "order": 1}
    assert board["candidates"]["2"]["change"] == 4008 - 5000
    assert board["majority"] == {"votes": 100, "share": 1002, "leader": 1, "second": 2}
    assert board["rejected"] == {"papers": 2, "want_of_official_mark": 0, "unmarked_or_void": 2}
    assert board["progress"]["counted_share"] == 5000
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
    assert board["majority"] == {"votes": 0, "share": 0}
    assert board["call"]["state"] != "projected"


def test_it_gives_both_turnouts_once_everything_is_counted() -> None:
    script = counted_night()
    script.count(1, (500, 400, 98), (0, 2))
    script.count(2, (500, 400, 98), (0, 2))
    assert publications(script.definition, script.entries)[-1]["status"] == "counting"
    script.let_go()
    board = publications(script.definition, script.entries)[-1]
    assert board["status"] == "counted"
    assert board["turnout"]["ballot_box"] == 2000
    assert board["turnout"]["valid_vote"] == 1996
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
        script.say(Verified(label, 500, 500))
    script.say(GroupFormed(1, ("1", "2")))
    board = publications(script.definition, script.entries)[-1]
    assert list(board["areas"]) == ["E05000001-E05000002"]
    assert board["areas"]["E05000001-E05000002"]["turnout"] == 2000


def test_it_says_what_is_still_out_by_area_and_vote_type() -> None:
    script = Script(definition(polling=4, postal=2, wards=2))
    for label, papers in zip(("1", "2", "3", "4", "P1", "P2"), (500, 400, 300, 200, 250, 150), strict=True):
        script.say(Verified(label, papers, papers))
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
    assert out["needed"]["args"]["so_far"] == 3625
    assert 3600 < out["needed"]["args"]["share"] < 9000


def test_it_shows_papers_still_out_where_the_projection_is_not_public() -> None:
    script = Script(definition(polling=5, postal=1, wards=2, projection=False))
    for label in ("1", "2", "3", "4", "P1"):
        script.say(Verified(label, 500, 500))
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
        script.say(Verified(label, 300 + int(label), 300 + int(label)))
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
        wide.say(Verified(label, 500, 500))
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
        script.say(Verified(label, 500, 500))
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
    script.say(Verified("1", 500, 500))
    public = released(script.facts)
    at = iso(script.entries[-1].at)
    events = [CallEvent(at, 1, "projected", 1), CallEvent(at, 2, "too_close", None, True)]
    codes = [event["code"] for event in feed(public, events).values()]
    assert codes[-2:] == ["feed.call.projected", "feed.call.withdrawn"]
