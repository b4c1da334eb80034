"""Of a contest for several seats: who stands in the leading places, and by how much the last of them. Pure.

By block vote the N candidates with the most votes are elected: there is no leader, and what decides is the last seat. Where
candidates are level across it nobody is in the places that they would share.
"""

from __future__ import annotations

from typing import Any

from results.facts.states import ContestState
from results.policy import Released
from results.tally import Places, Tally, hundredths, places, tenths

Document = dict[str, Any]


def seats_headline(released: Released, totals: Tally, status: str) -> Document:
    """Who leads for the seats, or who are level for those that are left."""
    seats, found = released.definition.seats, places(totals.votes, released.definition.seats)
    leaders, level = _numbers(released, found.leading), _numbers(released, found.level)
    counted = status == ContestState.COUNTED
    if not level:
        code = "headline.counted_seats" if counted else "headline.lead_seats"
        return {"code": code, "args": {"leaders": leaders, "seats": seats}}
    if not leaders:
        code = "headline.counted_level_seats" if counted else "headline.lead_level_seats"
        return {"code": code, "args": {"level": level, "seats": seats}}
    args = {"leaders": leaders, "leading": len(leaders), "level": level, "left": seats - len(leaders)}
    return {"code": "headline.counted_and_level" if counted else "headline.lead_and_level", "args": args}


def seats_document(released: Released, totals: Tally) -> Document:
    """The seats, and the votes between the last leading place and the first behind it."""
    found = places(totals.votes, released.definition.seats)
    document: Document = {"seats": released.definition.seats}
    if found.first_out and found.last_in:
        document |= {
            "votes": found.margin,
            "exact_share": hundredths(found.margin, totals.valid),
            "last_in": _numbers(released, found.last_in),
            "first_out": _numbers(released, found.first_out),
        }
    return document


def votes_document(released: Released, totals: Tally) -> Document:
    """Valid papers, and the votes that they did not use."""
    valid = totals.valid_papers
    return {"valid_papers": valid, "unused": released.definition.seats * valid - totals.valid}


def place_of(found: Places, position: int) -> Document:
    """Where a candidate stands, as one key of the candidate's part of the board; nothing far from the last seat."""
    ranked = {"in": found.leading, "level": found.level, "first_out": found.first_out}
    return next(({"place": word} for word, positions in ranked.items() if position in positions), {})


def area_lead(released: Released, votes: tuple[int, ...]) -> Document:
    """Who has the most votes in a ward, one for each seat, and by how much the last of them."""
    found = places(votes, released.definition.seats)
    document: Document = {"lead": found.margin, "lead_share": tenths(found.margin, sum(votes))}
    if found.leading:
        document["leaders"] = _numbers(released, found.leading)
    return document


def _numbers(released: Released, positions: tuple[int, ...]) -> list[int]:
    return [released.definition.numbers[position] for position in positions]
