"""Released + Projection -> the document. Pure: no clock, no database, the same facts always the same board.

No nulls (an absent key means: not known); lists that grow are objects with keys like "e10"; order is an explicit `rank`;
texts are codes with arguments, put into words by the reader (results/texts/en/public.py). Shares and turnouts are whole
hundredths of a percent, times ISO 8601 in UTC. What never changes on the night is in the set-up document instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from results.board.calling import call_document
from results.board.projecting import UNPROMISED_PARTIES, projection_document
from results.board.still_out import still_out
from results.board.timeline import CallEvent, corrections, feed, iso
from results.pace import Forecast, pace
from results.policy import Released
from results.projection import Call, Projection
from results.tally import Area, Tally, baseline_shares, hundredths, tally

Document = dict[str, Any]


def make_board(
    released: Released,
    now: Projection | None,
    call: Call | None,
    calls: Sequence[CallEvent] = (),
) -> Document:
    """The board of what is released; `now` and `call` where the projection is public, `calls` their changes so far."""
    totals = tally(released)
    status = _status(released)
    board: Document = {
        "contest": released.definition.contest,
        "environment": released.definition.environment,
        "status": status,
        "policy": {"publish": released.publish, "projection": released.projection},
        "headline": _headline(released, totals, status),
    }
    if released.held:
        board["policy"]["held"] = True
    if released.as_of is not None:
        board["as_of"] = iso(released.as_of)
    if released.boxes:
        board["progress"] = _progress(released, totals)
        board["turnout"] = _turnout(released, totals)
        board["areas"] = {area.key: _area(released, area, rank) for rank, area in enumerate(totals.areas, 1)}
        board["feed"] = feed(released, calls)
    if (expected := pace(released)) is not None:
        last = {} if expected.last is None else {"last": _forecast(expected.last)}
        board["pace"] = last | {"declaration": _forecast(expected.declaration)}
    if now is not None and call is not None and released.boxes:
        board["call"] = call_document(call, now, released, totals)
    if released.sets:
        board |= _votes(released, totals, now if call is not None else None)
        if status == "counting":
            board["still_out"] = still_out(released, totals, now)
    if replaced := corrections(released):
        board["corrections"] = replaced
    return board


def _votes(released: Released, totals: Tally, now: Projection | None) -> Document:
    """What is known once votes are released."""
    rejected = zip(released.definition.heads, totals.rejected, strict=True)
    document: Document = {
        "candidates": _candidates(released, totals),
        "majority": _majority(released, totals),
        "valid": totals.valid,
        "rejected": {"papers": sum(totals.rejected)} | {head.code: papers for head, papers in rejected},
    }
    if now is not None:
        document["projection"] = projection_document(now)
    return document | {"axis": _axis(document)}


def _status(released: Released) -> str:
    """off, before, verifying, verified, counting or counted."""
    if released.publish == "off":
        return "off"
    if not released.boxes or released.as_of is None:
        return "before"
    if any(group.counted for group in released.groups):
        every_box = sum(len(group.boxes) for group in released.groups) == len(released.boxes)
        return "counted" if every_box and all(group.counted for group in released.groups) else "counting"
    return "verified" if all(box.papers is not None for box in released.boxes) else "verifying"


def _progress(released: Released, totals: Tally) -> Document:
    postal = [box for box in released.boxes if box.kind == "postal"]
    counted = [group for group in released.groups if group.counted]
    papers = sum(group.papers or 0 for group in counted)
    return {
        "boxes": len(released.boxes),
        "boxes_in": sum(box.arrived_at is not None for box in released.boxes),
        "boxes_verified": sum(box.papers is not None for box in released.boxes),
        "postal": len(postal),
        "postal_in": sum(box.arrived_at is not None for box in postal),
        "postal_verified": sum(box.papers is not None for box in postal),
        "papers_verified": totals.papers_verified,
        "groups": len(released.groups),
        "groups_counted": len(counted),
        "papers_counted": papers,
        "counted_share": hundredths(papers, totals.papers_verified),
        "complete": all(box.papers is not None for box in released.boxes),
    }


def _turnout(released: Released, totals: Tally) -> Document:
    """Ballot-box turnout is papers / electorate, valid-vote turnout valid votes / electorate; both are of all electors."""
    electorate = released.definition.electorate
    document: Document = {
        "electorate": electorate,
        "ballot_box": hundredths(totals.papers_verified, electorate),
    }
    if totals.papers_verified:
        # More than half of the papers is certain to win, however the rest are divided; rejected papers only lower it.
        document["votes_to_win"] = totals.papers_verified // 2 + 1
    if released.sets and _status(released) == "counted":
        document["valid_vote"] = hundredths(totals.valid, electorate)
    return document


def _forecast(forecast: Forecast) -> Document:
    return {"expected": iso(forecast.expected), "low": iso(forecast.low), "high": iso(forecast.high)}


def _candidates(released: Released, totals: Tally) -> Document:
    before = baseline_shares(released.definition)
    places = {place: order for order, place in enumerate(totals.order(), 1)}
    document: Document = {}
    for place, candidate in enumerate(released.definition.candidates):
        share = hundredths(totals.votes[place], totals.valid)
        entry: Document = {
            "votes": totals.votes[place],
            "share": share,
            "rank": totals.ranks[place],
            "order": places[place],
        }
        # Independents have nothing in common with those of last time.
        if candidate.party in before and candidate.party not in UNPROMISED_PARTIES:
            entry["change"] = share - before[candidate.party]
        document[str(candidate.number)] = entry
    return document


def _majority(released: Released, totals: Tally) -> Document:
    order = [released.definition.numbers[place] for place in totals.order()]
    document: Document = {"votes": totals.majority, "share": hundredths(totals.majority, totals.valid)}
    if totals.majority:
        document["leader"] = order[0]
        if len(order) > 1:
            document["second"] = order[1]
    return document


def _area(released: Released, area: Area, rank: int) -> Document:
    document: Document = {
        "rank": rank,
        "wards": list(area.wards),
        "electorate": area.electorate,
        "boxes": area.boxes,
        "boxes_verified": area.boxes_verified,
        "papers_verified": area.papers_verified,
        "turnout": hundredths(area.papers_verified, area.electorate),
    }
    if released.sets:
        document["papers_counted"] = area.papers_counted
        document["counted_share"] = hundredths(area.papers_counted, area.papers_verified)
    if sum(area.votes):
        valid = sum(area.votes)
        numbers = [candidate.number for candidate in released.definition.candidates]
        document["votes"] = {str(number): votes for number, votes in zip(numbers, area.votes, strict=True)}
        document["shares"] = {str(n): hundredths(v, valid) for n, v in zip(numbers, area.votes, strict=True)}
        ordered = sorted(area.votes, reverse=True)
        lead = ordered[0] - (ordered[1] if len(ordered) > 1 else 0)
        document["lead"] = lead
        document["lead_share"] = hundredths(lead, valid)
        if lead:
            document["leader"] = numbers[area.votes.index(ordered[0])]
    return document


def _axis(board: Mapping[str, Any]) -> int:
    """The right end of the bars, in hundredths of a percent: the next whole ten percent, so that it seldom moves."""
    ends: list[int] = [entry["share"] for entry in board["candidates"].values()]
    ends += [entry["high"] for entry in board.get("projection", {}).get("candidates", {}).values()]
    return min(10_000, max(4_000, -(-max(ends) // 1_000) * 1_000))


def _headline(released: Released, totals: Tally, status: str) -> Document:
    if status in ("off", "before"):
        return {"code": f"headline.{status}", "args": {"at": iso(released.definition.close_of_poll)}}
    progress = _progress(released, totals)
    if released.sets:
        order = [released.definition.numbers[place] for place in totals.order()]
        args = {"votes": totals.majority}
        if len(order) == 1:
            return {"code": "headline.alone", "args": {"leader": order[0]} | args}
        if not totals.majority:
            return {"code": "headline.level", "args": {"first": order[0], "second": order[1]}}
        code = "headline.counted" if status == "counted" else "headline.lead"
        return {"code": code, "args": {"leader": order[0], "second": order[1]} | args}
    if status == "verifying":
        keys = ("boxes", "boxes_in", "boxes_verified", "papers_verified")
        return {"code": "headline.verifying", "args": {key: progress[key] for key in keys}}
    if status == "verified":
        turnout = hundredths(totals.papers_verified, released.definition.electorate)
        return {
            "code": "headline.verified",
            "args": {"boxes": progress["boxes"], "papers": progress["papers_verified"], "turnout": turnout},
        }
    keys = ("groups", "groups_counted", "papers_counted", "counted_share")
    code = "headline.all_counted" if status == "counted" else "headline.counting"
    return {"code": code, "args": {key: progress[key] for key in keys}}
