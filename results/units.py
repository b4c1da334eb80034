"""The groups and boxes of a count as the projection's units, and its candidates as the projection's. Pure.

The public projection and the desk's alarm see the same units: the count groups and, until they are grouped, the single
boxes. How many papers a box holds is told by who asks: what is public, or what the desk knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from results import projection
from results.facts.definition import Definition
from results.projection import Setup, Unit

UNPROMISED_PARTIES = frozenset({"IND"})
"""Codes shared by candidates who have nothing in common but having no party: last time's says nothing of them."""


def group_key(number: int) -> str:
    """What the projection calls a count group."""
    return f"group-{number}"


def setup_of_units(
    definition: Definition, papers: Mapping[str, int | None], groups: Mapping[int, Sequence[str]], *, settled: bool
) -> Setup:
    """What the projection knows without any vote: candidates, units and their sizes, the last result.

    `papers` are those of each box, None where they are not verified; `groups` are the labels of each group's boxes.
    """
    grouped = {label for labels in groups.values() for label in labels}
    units = [_unit(definition, group_key(number), labels, papers) for number, labels in groups.items()]
    units += [_unit(definition, f"box-{label}", (label,), papers) for label in papers if label not in grouped]
    return Setup(
        candidates=tuple(
            projection.Candidate(str(c.number), c.party, None if c.party in UNPROMISED_PARTIES else c.party)
            for c in definition.candidates
        ),
        units=tuple(units),
        baseline=definition.baseline,
        settled=settled,
    )


def _unit(definition: Definition, key: str, labels: Iterable[str], papers: Mapping[str, int | None]) -> Unit:
    boxes = [definition.boxes[label] for label in labels]
    found = [papers[box.label] for box in boxes]
    # Where papers are not verified yet, electors say how a group is made up.
    verified = None not in found
    sizes = [(number or 0) if verified else box.electors for box, number in zip(boxes, found, strict=True)]
    whole = sum(sizes)
    wards: dict[str, float] = {}
    types: dict[str, float] = {}
    for box, size in zip(boxes, sizes, strict=True):
        part = size / whole if whole else 1 / len(boxes)
        for gss, share in _ward_shares(definition, box.wards):
            wards[gss] = wards.get(gss, 0.0) + part * share
        types[box.kind] = types.get(box.kind, 0.0) + part
    electors = sum(box.electors for box in boxes)
    return Unit(key, electors, whole if verified else None, tuple(wards.items()), tuple(types.items()))


def _ward_shares(definition: Definition, wards: tuple[str, ...]) -> list[tuple[str, float]]:
    """How the papers of a box are assumed to be divided among its wards: by postal electors, else by electors."""
    if len(wards) == 1:
        return [(wards[0], 1.0)]
    postal = [definition.wards[gss].postal_electors for gss in wards]
    given = [number for number in postal if number is not None]
    sizes = given if len(given) == len(wards) else [definition.wards[gss].electorate for gss in wards]
    whole = sum(sizes)
    return [(gss, size / whole if whole else 1 / len(wards)) for gss, size in zip(wards, sizes, strict=True)]
