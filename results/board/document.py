"""Released + Projection -> the document. Pure: no clock, no database, the same facts always the same board.

No nulls (an absent key means: not known); lists that grow are objects with keys like "e10"; order is an explicit `rank`;
texts are codes with arguments, put into words by the reader (results/texts/en/public.py). Shares and turnouts are what
is displayed, whole tenths of a percent rounded once from the votes; times are ISO 8601 in UTC. Keys of ours never share
an object with keys of set-up, such as the codes of heads of rejection. What never changes on the night is in the set-up
document instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from results.board.calling import call_document
from results.board.headline import headline, lines
from results.board.projecting import projection_document
from results.board.seats import area_lead, last_seat_document, seat_of, votes_document
from results.board.still_out import still_out
from results.board.timeline import PastCall, corrections, feed, iso
from results.facts.states import ContestState
from results.pace import ExpectedTime, pace
from results.policy import Released
from results.projection import Call, Projection
from results.tally import Area, Tally, baseline_votes, change, hundredths, leaders, tally, tenths
from results.units import UNPROMISED_PARTIES

Document = dict[str, Any]
OFF = "off"
"""The one public status that is no state of a contest: nothing of the count is public."""
LEAST_AXIS, LEAST_AXIS_OF_SEVERAL = 400, 100
"""The least right end of the bars, in tenths of a percent: of N seats a candidate has one vote in N at most."""


def make_board(
    released: Released,
    now: Projection | None,
    call: Call | None,
    calls: Sequence[PastCall] = (),
) -> Document:
    """The board of what is released; `now` and `call` where the projection is public, `calls` their changes so far."""
    totals = tally(released)
    status = public_status(released)
    progress = _progress(released, totals)
    board: Document = {
        "contest": released.definition.contest,
        "environment": released.definition.environment,
        "status": status,
        "policy": {"publish": released.publish, "projection": released.projection},
        "headline": headline(released, totals, status, progress),
    }
    if released.held:
        board["policy"]["held"] = True
    if released.last_waits:
        board["policy"]["last_waits"] = True
    if released.as_of is not None:
        board["as_of"] = iso(released.as_of)
    if released.boxes:
        board["progress"] = progress
        board["turnout"] = _turnout(released, totals)
        board["areas"] = {area.key: _area(released, area, rank) for rank, area in enumerate(totals.areas, 1)}
        board["feed"] = feed(released, calls)
    if (expected := pace(released)) is not None:
        last = {} if expected.last is None else {"last": _expected_time(expected.last)}
        board["pace"] = last | {"declaration": _expected_time(expected.declaration)}
    if now is not None and call is not None and released.boxes:
        board["call"] = call_document(call, now, released, totals)
    if released.sets:
        board |= _votes(released, totals, now if call is not None else None)
        board["lines"] = lines(released, status, progress)
        if status == ContestState.COUNTING:
            board["still_out"] = still_out(released, totals, now)
    if replaced := corrections(released):
        board["corrections"] = replaced
    return board


def _votes(released: Released, totals: Tally, now: Projection | None) -> Document:
    """What is known once votes are released."""
    rejected = zip(released.definition.heads, totals.rejected, strict=True)
    document: Document = {
        "candidates": _candidates(released, totals),
        **_lead(released, totals),
        "valid": totals.valid,
        "rejected": {"papers": totals.rejected_papers, "heads": {head.code: papers for head, papers in rejected}},
    }
    if now is not None:
        document["projection"] = projection_document(now)
    return document | {"axis": _axis(document, LEAST_AXIS if released.definition.seats == 1 else LEAST_AXIS_OF_SEVERAL)}


def public_status(released: Released) -> str:
    """The contest's state as far as it is public, or "off"."""
    return OFF if released.publish == OFF else released.state.value


def _progress(released: Released, totals: Tally) -> Document:
    """`groups` only once every box is in one: before, nobody knows how many there will be. Papers counted are those
    whose figures stand, so that their share is never above the whole."""
    postal = [box for box in released.boxes if box.kind == "postal"]
    counted = [group for group in released.groups if group.counted]
    papers = sum(group.papers or 0 for group in counted)
    document: Document = {
        "boxes": len(released.boxes),
        "boxes_in": sum(box.arrived_at is not None for box in released.boxes),
        "boxes_verified": sum(box.papers is not None for box in released.boxes),
        "postal": len(postal),
        "postal_in": sum(box.arrived_at is not None for box in postal),
        "postal_verified": sum(box.papers is not None for box in postal),
        "papers_verified": totals.papers_verified,
        "groups_counted": len(counted),
        "papers_counted": papers,
        "counted_share": tenths(papers, totals.papers_verified),
        "complete": released.verified,
    }
    if released.groups and not released.ungrouped:
        document["groups"] = len(released.groups)
    elif released.groups:
        document["ungrouped"] = released.ungrouped
    if recounting := sum(group.recounting for group in released.groups):
        document["recounting"] = recounting
    return document


def _turnout(released: Released, totals: Tally) -> Document:
    """Ballot-box turnout is papers / electorate, valid-vote turnout valid votes / electorate; both are of all electors."""
    electorate = released.definition.electorate
    document: Document = {
        "electorate": electorate,
        "ballot_box": tenths(totals.papers_verified, electorate),
    }
    if released.verified and totals.papers_verified:
        # More than half of all papers is certain to win, however the rest are divided; rejected papers only lower it. Of N
        # seats more than N in N + 1: N others would need as many each, and no paper has more than N votes.
        seats = released.definition.seats
        document["votes_to_win"] = seats * totals.papers_verified // (seats + 1) + 1
    if released.sets and released.complete:
        document["valid_vote"] = tenths(totals.valid_papers, electorate)
    return document


def _expected_time(forecast: ExpectedTime) -> Document:
    return {"expected": iso(forecast.expected), "low": iso(forecast.low), "high": iso(forecast.high)}


def _candidates(released: Released, totals: Tally) -> Document:
    before = baseline_votes(released.definition)
    whole_before = sum(before.values())
    positions = {position: order for order, position in enumerate(totals.order(), 1)}
    ranks, valid = totals.ranks, totals.valid
    several = released.definition.seats > 1
    found = leaders(totals.votes, released.definition.seats)
    document: Document = {}
    for position, candidate in enumerate(released.definition.candidates):
        votes = totals.votes[position]
        entry: Document = {
            "votes": votes,
            "share": tenths(votes, valid),
            "rank": ranks[position],
            "order": positions[position],
        }
        if several:
            entry |= seat_of(found, position)
        # Independents have nothing in common with those of last time; of several seats a party has several candidates.
        elif candidate.party in before and candidate.party not in UNPROMISED_PARTIES and whole_before and valid:
            entry["change"] = change(votes, valid, before[candidate.party], whole_before)
        document[str(candidate.number)] = entry
    return document


def _lead(released: Released, totals: Tally) -> Document:
    """By how much the first is ahead; of several seats who leads for them, and what their papers' votes were."""
    if released.definition.seats == 1:
        return {"majority": _majority(released, totals)}
    return {"last_seat": last_seat_document(released, totals), "block_vote": votes_document(released, totals)}


def _majority(released: Released, totals: Tally) -> Document:
    order = [released.definition.numbers[position] for position in totals.order()]
    document: Document = {
        "votes": totals.majority,
        "share": tenths(totals.majority, totals.valid),
        "exact_share": hundredths(totals.majority, totals.valid),
    }
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
        "turnout": tenths(area.papers_verified, area.electorate),
        "complete": area.verified,
    }
    if released.sets:
        document["papers_counted"] = area.papers_counted
        if area.verified:
            document["counted_share"] = tenths(area.papers_counted, area.papers_verified)
    if area.recounting:
        document["recounting"] = area.recounting
    if valid := sum(area.votes):
        numbers = released.definition.numbers
        document["votes"] = {str(number): votes for number, votes in zip(numbers, area.votes, strict=True)}
        if released.definition.seats > 1:
            return document | area_lead(released, area.votes)
        ordered = sorted(area.votes, reverse=True)
        lead = ordered[0] - (ordered[1] if len(ordered) > 1 else 0)
        document["lead"] = lead
        document["lead_share"] = tenths(lead, valid)
        if lead:
            document["leader"] = numbers[area.votes.index(ordered[0])]
    return document


def _axis(board: Mapping[str, Any], least: int) -> int:
    """The right end of the bars, in tenths of a percent: the next whole ten percent, so that it seldom moves."""
    ends: list[int] = [entry["share"] for entry in board["candidates"].values()]
    ends += [entry["high"] for entry in board.get("projection", {}).get("candidates", {}).values()]
    return min(1_000, max(least, -(-max(ends) // 100) * 100))
