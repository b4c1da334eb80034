"""Of a contest for several seats: who leads for them, and by how much the last of these. Pure.

By block vote the N candidates with the most votes are elected: there is no leader, and what decides is the last seat. Where
candidates are level for it nobody leads for the seats that they would share.
"""

from __future__ import annotations

from typing import Any

from results.facts.states import ContestState
from results.policy import Released
from results.tally import Leaders, Tally, hundredths, leaders, tenths

Document = dict[str, Any]


def seats_headline(released: Released, totals: Tally, status: str) -> Document:
    """Who leads for the seats, or who are level for those that are left."""
    seats, found = released.definition.seats, leaders(totals.votes, released.definition.seats)
    leading, level = _numbers(released, found.leading), _numbers(released, found.level)
    counted = status == ContestState.COUNTED
    if not level:
        code = "headline.counted_seats" if counted else "headline.lead_seats"
        return {"code": code, "args": {"leaders": leading, "seats": seats}}
    if not leading:
        code = "headline.counted_level_seats" if counted else "headline.lead_level_seats"
        return {"code": code, "args": {"level": level, "seats": seats}}
    args = {"leaders": leading, "leading": len(leading), "level": level, "left": seats - len(leading)}
    return {"code": "headline.counted_and_level" if counted else "headline.lead_and_level", "args": args}


def last_seat_document(released: Released, totals: Tally) -> Document:
    """The seats, and the votes between the last who leads for one and the first behind."""
    found = leaders(totals.votes, released.definition.seats)
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


def seat_of(found: Leaders, position: int) -> Document:
    """Where a candidate stands for a seat, as one key of their part of the board; nothing of those further behind."""
    ranked = {"in": found.leading, "level": found.level, "first_out": found.first_out}
    return next(({"seat": word} for word, positions in ranked.items() if position in positions), {})


def area_lead(released: Released, votes: tuple[int, ...]) -> Document:
    """Who has the most votes in a ward, one for each seat, and by how much the last of them."""
    found = leaders(votes, released.definition.seats)
    document: Document = {"lead": found.margin, "lead_share": tenths(found.margin, sum(votes))}
    if found.leading:
        document["leaders"] = _numbers(released, found.leading)
    return document


def _numbers(released: Released, positions: tuple[int, ...]) -> list[int]:
    return [released.definition.numbers[position] for position in positions]
