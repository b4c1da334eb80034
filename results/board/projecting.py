"""What the public projection sees: Released -> Setup and Counted, and the projection as the board shows it.

Only `Released` comes in here.
"""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from pathlib import Path
from typing import Any

import numpy

from results import projection
from results.policy import Released
from results.projection import Call, Counted, CountedSet, Projection, Setup
from results.units import group_key, setup_of_units


@cache
def model_hash() -> str:
    """Names the model and the machine's arithmetic: only where it is equal must a rebuilt projection be equal too."""
    digest = hashlib.sha256(f"{numpy.__version__} {platform.machine()} {platform.processor()}".encode())
    for source in sorted(Path(projection.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def setup_of(released: Released) -> Setup:
    """What the projection knows without any vote: candidates, units and their sizes, the last result."""
    return setup_of_units(
        released.definition,
        {box.label: box.papers for box in released.boxes},
        {group.number: group.boxes for group in released.groups},
        settled=released.verified and not released.recounting,
    )


def counted_of(released: Released) -> Counted:
    """The released sets, as the projection reads them."""
    return Counted(
        tuple(
            CountedSet(tuple(group_key(number) for number in s.groups), s.votes, sum(s.rejected)) for s in released.sets
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
