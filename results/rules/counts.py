"""One sheet's figures against the papers verified in its group."""

from __future__ import annotations

from results.facts.figures import Figures
from results.facts.types import Facts, Group
from results.rules.findings import Finding
from results.rules.votes import check_votes
from results.texts.message import Message

MOST = 10_000_000


def gap(papers_in_group: int, accounted: int) -> Message:
    """The difference between a sheet's sum and the papers verified; static/js/figures.js chooses the same codes."""
    missing = papers_in_group - accounted
    if missing == 0:
        return Message("gap.none")
    said = Message("gap.missing" if missing > 0 else "gap.too_many", {"papers": abs(missing)})
    # The night's own press report printed 13,974 for 13,947: swapped digits always differ by a multiple of nine.
    return Message("gap.digits_swapped", {"gap": said.nested()}) if missing % 9 == 0 else said


def check_count(facts: Facts, group: Group, said: Figures) -> list[Finding]:
    """Errors of one sheet's figures against the papers verified in its group: they are recorded, and block agreement."""
    in_group = group.papers or 0
    accounted = said.accounted(facts.definition.heads)
    findings = []
    # Inverness, Skye and West Ross 2024: verified differed from counted.
    if accounted != in_group:
        args = {"accounted": accounted, "papers": in_group, "gap": gap(in_group, accounted).nested()}
        findings.append(Finding("count.sum", "error", args))
    findings += check_votes(facts.definition, in_group, said)
    return findings
