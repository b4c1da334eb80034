"""What the public projection sees: Released -> Setup and Counted, and the projection as the board shows it.

Only `Released` comes in here. Units are the count groups and, until they are grouped, the single boxes.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy

from results import projection
from results.facts.definition import Definition
from results.policy import PublicBox, Released
from results.projection import Call, Counted, CountedSet, Projection, Setup, Unit

UNPROMISED_PARTIES = frozenset({"IND"})
"""Codes shared by candidates who have nothing in common but having no party: last time's says nothing of them."""


@cache
def model_hash() -> str:
    """Names the model and the machine's arithmetic: only where it is equal must a rebuilt projection be equal too."""
    digest = hashlib.sha256(f"{numpy.__version__} {platform.machine()} {platform.processor()}".encode())
    for source in sorted(Path(projection.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def setup_of(released: Released) -> Setup:
    """What the projection knows without any vote: candidates, units and their sizes, the last result."""
    definition = released.definition
    boxes = {box.label: box for box in released.boxes}
    grouped = {label for group in released.groups for label in group.boxes}
    units = [_unit(definition, f"group-{g.number}", [boxes[label] for label in g.boxes]) for g in released.groups]
    units += [_unit(definition, f"box-{box.label}", [box]) for box in released.boxes if box.label not in grouped]
    return Setup(
        candidates=tuple(
            projection.Candidate(str(c.number), c.party, None if c.party in UNPROMISED_PARTIES else c.party)
            for c in definition.candidates
        ),
        units=tuple(units),
        baseline=definition.baseline,
        settled=released.verified and not released.recounting,
    )


def _unit(definition: Definition, key: str, boxes: Iterable[PublicBox]) -> Unit:
    members = list(boxes)
    # Where papers are not verified yet, electors say how a group is made up.
    verified = all(box.papers is not None for box in members)
    sizes = [(box.papers or 0) if verified else definition.boxes[box.label].electors for box in members]
    whole = sum(sizes)
    wards: dict[str, float] = {}
    types: dict[str, float] = {}
    for box, size in zip(members, sizes, strict=True):
        part = size / whole if whole else 1 / len(members)
        for gss, share in _ward_shares(definition, box.wards):
            wards[gss] = wards.get(gss, 0.0) + part * share
        types[box.kind] = types.get(box.kind, 0.0) + part
    electors = sum(definition.boxes[box.label].electors for box in members)
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


def counted_of(released: Released) -> Counted:
    """The released sets, as the projection reads them."""
    return Counted(
        tuple(
            CountedSet(tuple(f"group-{number}" for number in s.groups), s.votes, sum(s.rejected)) for s in released.sets
        )
    )


def project_released(released: Released, previous: Call) -> tuple[Projection, Call]:
    """The public projection, and the call folded on from the one before."""
    now = projection.project(setup_of(released), counted_of(released))
    return now, projection.call(previous, now)


def projection_document(now: Projection) -> dict[str, Any]:
    """The projection as the board shows it: shares in tenths of a percent, chances in whole percent."""
    candidates: dict[str, dict[str, int]] = {}
    for share in now.shares:
        candidates[share.key] = {
            "mean": round(share.mean * 1000),
            "low": round(share.low * 1000),
            "lower_quartile": round(share.lower_quartile * 1000),
            "upper_quartile": round(share.upper_quartile * 1000),
            "high": round(share.high * 1000),
        }
        # Where it is certain who wins the others have no chance at all, which is less than any that has a word.
        if share.win_probability > 0 or not now.certain:
            candidates[share.key]["chance"] = round(share.win_probability * 100)
    return {"candidates": candidates}
