"""The set-up document: what a reader needs once, and what never changes on the night."""

from __future__ import annotations

from collections import Counter
from typing import Any

from results import clock
from results.board.document import Document
from results.board.timeline import iso
from results.facts.definition import Definition
from results.facts.reading import read_definition
from results.models import Contest
from results.texts.catalogue import ENGLISH, public_catalogue
from results.texts.locales import language


def shown_names(definition: Definition) -> list[str]:
    """The shortest name by which each candidate is told from the others: the surname, the whole name where a surname
    is there twice, and with the number on the ballot paper where even that is."""
    surnames = Counter(candidate.surname.casefold() for candidate in definition.candidates)
    shown = [c.surname if surnames[c.surname.casefold()] == 1 else c.name for c in definition.candidates]
    same = Counter(name.casefold() for name in shown)
    return [
        name if same[name.casefold()] == 1 else f"{candidate.name}, {candidate.number}"
        for name, candidate in zip(shown, definition.candidates, strict=True)
    ]


def _candidates(definition: Definition) -> dict[str, Any]:
    """Names and colours of the candidates by their numbers on the ballot paper."""
    candidates: dict[str, Any] = {}
    for candidate, name in zip(definition.candidates, shown_names(definition), strict=True):
        party = definition.parties[candidate.party]
        candidates[str(candidate.number)] = {
            "number": candidate.number,
            "name": candidate.name,
            "shown": name,
            "order_on_paper": candidate.number,
            "ballot_name": candidate.ballot_name,
            "party": party.short_name,
            "party_name": party.name,
            "code": party.code,
            "initial": party.initial,
            "colour": party.colour,
        }
    return candidates


def set_up_document(contest: Contest) -> Document:
    """Names, colours and texts of a contest; a played night also has the clock by which it is played."""
    definition = read_definition(contest)
    election = contest.election
    document: Document = {
        "contest": definition.contest,
        "name": definition.name,
        "election": definition.election,
        "poll_date": election.poll_date.isoformat(),
        "close_of_poll": iso(definition.close_of_poll),
        "venue": definition.venue,
        "environment": definition.environment,
        "electorate": definition.electorate,
        "baseline_label": definition.baseline_label,
        "candidates": _candidates(definition),
        "wards": {gss: ward.name for gss, ward in definition.wards.items()},
        "heads": {head.code: head.name for head in definition.heads},
        "stations": sum(box.kind == "polling" for box in definition.boxes.values()),
        "minimum_boxes": definition.minimum_boxes,
        "minimum_papers": definition.minimum_papers,
        "language": ENGLISH,
        "locale": language(ENGLISH).document(),
        "messages": public_catalogue(ENGLISH),
    }
    if definition.seats > 1:
        # Of several seats a party has several candidates: none of them has the party's share of last time.
        in_part = [head.code for head in definition.heads if head.in_part]
        document |= {"seats": definition.seats, "in_part": in_part, "baseline_label": ""}
    if definition.expected_time:
        document["expected_time"] = True
    if definition.planned_declaration is not None:
        document["planned_declaration"] = iso(definition.planned_declaration)
    if (played := clock.demo_clock(contest.event)) is not None:
        document["clock"] = {
            "real_origin": iso(played.real_origin),
            "night_origin": iso(played.night_origin),
            "speed": played.speed,
        }
    return document
