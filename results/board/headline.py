"""The sentence that says where the count stands, and the lines under it, as codes with arguments. Pure.

A verdict on the whole asks whether it is the whole: "all", "of all the papers" and "N of M groups" are said only where
every box is verified, every box is in a group, and what is counted stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.board.seats import seats_headline
from results.board.timeline import iso
from results.facts.states import ContestState
from results.policy import Released
from results.tally import Tally, tenths

Text = dict[str, Any]
NAMED = 5
"""Of more candidates than these who are level the others are counted: a sentence of forty names says nothing."""


def headline(released: Released, totals: Tally, status: str, progress: Mapping[str, Any]) -> Text:
    """The sentence on top."""
    if status == "off":
        return _text("headline.off")
    if status == ContestState.BEFORE:
        return _before(released)
    if released.sets:
        return _standing(released, totals, status)
    if status == ContestState.VERIFYING and released.boxes_verified:
        return _of("headline.packs_open", progress, "boxes", "papers_verified")
    if status == ContestState.VERIFYING:
        return _of("headline.verifying", progress, "boxes", "boxes_in", "boxes_verified", "papers_verified")
    if status == ContestState.VERIFIED:
        turnout = tenths(totals.papers_verified, released.definition.electorate)
        args = {"boxes": progress["boxes"], "papers": progress["papers_verified"], "turnout": turnout}
        return {"code": "headline.verified", "args": args}
    if status == ContestState.COUNTED:
        return _of("headline.all_counted", progress, "groups")
    if released.verified and not released.ungrouped:
        return _of("headline.counting", progress, "groups", "groups_counted", "counted_share")
    return _of("headline.counting_part", progress, "groups_counted", "counted_share")


def _before(released: Released) -> Text:
    """When the poll closes and when the count begins: true before the one, between them, and after both."""
    close, begins = released.definition.close_of_poll, released.definition.count_begins
    if begins == close:
        return {"code": "headline.before", "args": {"close": iso(close)}}
    return {"code": "headline.before_later", "args": {"close": iso(close), "begins": iso(begins)}}


def _standing(released: Released, totals: Tally, status: str) -> Text:
    """Who leads, or who are level."""
    if released.definition.seats > 1:
        return seats_headline(released, totals, status)
    numbers = released.definition.numbers
    order = [numbers[position] for position in totals.order()]
    if len(order) == 1:
        return {"code": "headline.alone", "args": {"leader": order[0], "votes": totals.majority}}
    if not totals.majority:
        level = [numbers[position] for position in totals.first]
        if len(level) > NAMED:
            args: Text = {"candidates": level[:NAMED], "more": len(level) - NAMED}
            return {"code": "headline.level_many", "args": args}
        return {"code": "headline.level", "args": {"candidates": level}}
    code = "headline.counted" if status == ContestState.COUNTED else "headline.lead"
    return {"code": code, "args": {"leader": order[0], "second": order[1], "votes": totals.majority}}


def lines(released: Released, status: str, progress: Mapping[str, Any]) -> dict[str, Text]:
    """What stands under the sentence once votes are public: how much is counted, and whether some is counted again."""
    grouped = "groups" in progress
    counted = ("groups", "groups_counted") if grouped else ("ungrouped", "groups_counted")
    said = {"groups": _of("line.groups" if grouped else "line.groups_so_far", progress, *counted)}
    if status == ContestState.COUNTING:
        said["papers"] = _of("line.papers" if released.verified else "line.papers_so_far", progress, "counted_share")
    if "recounting" in progress:
        said["recounting"] = _of("line.recounting", progress, "recounting")
    return said


def _text(code: str) -> Text:
    return {"code": code, "args": {}}


def _of(code: str, progress: Mapping[str, Any], *keys: str) -> Text:
    return {"code": code, "args": {key: progress[key] for key in keys}}
