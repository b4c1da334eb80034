"""What is still out, by area and vote type: expected votes where there is a public projection, else papers.

Areas are those of the ward table: wards that share a group are shown jointly. An area that is all in keeps
its row, with nothing out, so that the table does not shrink under the reader's eyes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from results.policy import Released
from results.projection import Projection
from results.tally import Area, Tally, tenths

KINDS = ("polling", "postal")
ROWS = 10
"""Areas in the table; in a contest of more, the others are folded under it."""

Cell = tuple[str, str, int]
"""Ward, vote type, votes or papers; ward and type are "" where not known."""


def still_out(released: Released, totals: Tally, now: Projection | None) -> dict[str, Any]:
    """The largest areas under "areas", the others under "more"; `scale` is what the longest bar could show."""
    cells = _papers(released) if now is None else [(c.ward, c.type, c.expected_votes) for c in now.still_out]
    rows = sorted((_row(area, cells) for area in totals.areas), key=lambda row: -row["total"])
    for rank, row in enumerate(rows, 1):
        row["rank"] = rank
    document: dict[str, Any] = {
        "basis": "papers" if now is None else "votes",
        **_sums(cells),
        "scale": max(row["papers"] for row in rows) or 1,
        "areas": _keyed(rows[:ROWS]),
    }
    if rows[ROWS:]:
        document["more"] = _keyed(rows[ROWS:])
    if now is not None and (needed := _needed(released, totals, now, document["total"])) is not None:
        document["needed"] = needed
    if now is None and (unverified := sum(box.papers is None for box in released.boxes)):
        document["unverified"] = {"boxes": unverified}
    return document


def _papers(released: Released) -> list[Cell]:
    """Verified papers of every box of which no votes are released."""
    counted = {label for made in released.sets for label in made.boxes}
    # A box of several wards lies in one area with all of them: any of them names its row.
    return [(box.wards[0], box.kind, box.papers or 0) for box in released.boxes if box.label not in counted]


def _row(area: Area, cells: Iterable[Cell]) -> dict[str, Any]:
    """`papers` are all of the area, counted or not: what is verified, or what is counted and expected where that is more."""
    sums = _sums([cell for cell in cells if cell[0] in area.wards])
    return {"wards": list(area.wards), "papers": max(area.papers_verified, area.papers_counted + sums["total"]), **sums}


def _sums(cells: Iterable[Cell]) -> dict[str, int]:
    """The total and each vote type's part of it; what is of no known type is in the total only."""
    listed = list(cells)
    return {"total": sum(number for _, _, number in listed)} | {
        kind: sum(number for _, own, number in listed if own == kind) for kind in KINDS
    }


def _keyed(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"-".join(row["wards"]): row for row in rows}


def _needed(released: Released, totals: Tally, now: Projection, left: int) -> dict[str, Any] | None:
    """What the expected runner-up needs of it, in a sentence; None where nobody is expected to be second."""
    if now.runner_up is None or now.leader is None or left <= 0:
        return None
    first, second = int(now.leader), int(now.runner_up)
    votes = dict(zip(released.definition.numbers, totals.votes, strict=True))
    behind = votes[first] - votes[second]
    args = {"candidate": second}
    if now.required_share is None:
        return {"code": "out.not_enough" if behind > left else "out.not_enough_of_two", "args": args}
    args["so_far"] = tenths(votes[second], totals.valid)
    args["share"] = round(now.required_share * 1000)
    return {"code": "out.needed_ahead" if behind < 0 else "out.needed", "args": args}
