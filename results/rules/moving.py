"""Papers that lay in another contest's box: they are valid, and counted where they belong. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from results.facts.types import Facts
from results.rules.findings import Finding, refusal


@dataclass(frozen=True, slots=True)
class EarlierMove:
    """Papers that went the same way before: how many, who said so, when and in which entry of the contest they left."""

    papers: int
    seq: int
    at: datetime
    actor_name: str


def check_move(
    here: Facts, box: str, papers: int, there: Facts, to_box: str, earlier: Sequence[EarlierMove]
) -> list[Finding]:
    """What is to be said about papers of the contest `there` that were counted in a box of this one.

    They were counted with the papers that they lay with, so that box is verified before anything is taken out of it.
    """
    known = here.boxes[box].papers
    if known is None:
        return [refusal("move.box_not_verified", box=box)]
    if papers < 1:
        return [refusal("move.no_papers", "papers_moved")]
    if papers > known:
        return [refusal("move.more_than_found", "papers_moved", papers=known, box=box)]
    if earlier:
        # The same paper is easily told twice, by the table that found it and by the one that it was brought to.
        last = earlier[-1]
        args = {
            "papers": sum(one.papers for one in earlier),
            "box": box,
            "other": to_box,
            "contest": there.definition.name,
            "at": last.at.astimezone(UTC).isoformat(),
            "name": last.actor_name,
            "entry": last.seq,
        }
        return [Finding("move.again", "warning", args, "papers_moved", key=str(last.seq))]
    return []


def counted_group(facts: Facts, box: str) -> int | None:
    """The group whose papers were counted with those of this box, if any: it is counted again when they change."""
    group = facts.group_of(box)
    return group.number if group is not None and group.counts else None
