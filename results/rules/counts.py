"""One sheet's figures against the papers verified in its group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from results.facts.definition import Definition
from results.facts.figures import Figures
from results.facts.types import Facts, Group
from results.rules.findings import Finding
from results.texts.message import Message

MOST = 10_000_000
REJECTED_SHARE_WARNED = 0.01
"""Rejected papers are usually 0.1-0.4 % of a parliamentary poll; from 1 % on a bundle may lie on the wrong pile."""
KNOWN_PARTY_SHARE = 0.05
"""A party that had a twentieth of the votes last time (a saved deposit) hardly ever has none in a whole group."""


def gap(papers_in_group: int, accounted: int) -> Message:
    """The difference between a sheet's sum and the papers verified; static/js/count.js chooses the same codes."""
    missing = papers_in_group - accounted
    if missing == 0:
        return Message("gap.none")
    said = Message("gap.missing" if missing > 0 else "gap.too_many", {"papers": abs(missing)})
    # The night's own press report printed 13,974 for 13,947: swapped digits always differ by a multiple of nine.
    return Message("gap.digits_swapped", {"gap": said.nested()}) if missing % 9 == 0 else said


def check_count(facts: Facts, group: Group, said: Figures) -> list[Finding]:
    """Errors and warnings about one sheet's figures against the papers verified in its group."""
    in_group = group.papers or 0
    rejected = sum(said.rejected)
    accounted = sum(said.votes) + rejected + said.doubtful
    findings = []
    # Inverness, Skye and West Ross 2024: verified differed from counted.
    if accounted != in_group:
        args = {"accounted": accounted, "papers": in_group, "gap": gap(in_group, accounted).nested()}
        findings.append(Finding("count.sum", "error", args))
    # Forest Hill 2014, Highworth 2019: more votes than there were papers.
    for candidate, votes in zip(facts.definition.candidates, said.votes, strict=True):
        if votes > in_group:
            args = {"name": candidate.ballot_name, "papers": in_group}
            findings.append(Finding("count.more_than_papers", "error", args, f"votes-{candidate.number}"))
    if said.doubtful:
        findings.append(Finding("count.doubtful", "error", {"papers": said.doubtful}, "doubtful"))
    return findings + list(_count_warnings(facts, group, said, in_group, rejected))


def _count_warnings(facts: Facts, group: Group, said: Figures, in_group: int, rejected: int) -> Iterator[Finding]:
    # Prestatyn North: a bundle on the wrong pile. Many rejected papers are the commonest sign of it.
    if in_group and rejected / in_group >= REJECTED_SHARE_WARNED:
        yield Finding("count.rejected_share", "warning", {"share": round(1000 * rejected / in_group)})
    others = [other for other in facts.groups.values() if other.number != group.number and other.latest is not None]
    # Rainham North 2015: a candidate was declared with zero votes.
    for position, candidate in enumerate(facts.definition.candidates):
        if (
            said.votes[position] == 0
            and any(said.votes)
            and _expected_to_have_votes(facts.definition, candidate.party, others, position)
        ):
            party = facts.definition.parties[candidate.party].short_name
            args = {"name": candidate.ballot_name, "party": party}
            number = candidate.number
            yield Finding("count.no_votes", "warning", args, f"votes-{number}", key=str(number))
    for other in others:
        latest = other.latest
        assert latest is not None
        # Forest Hill 2014: one sheet entered twice.
        if latest.figures.votes == said.votes and any(said.votes):
            yield Finding("count.same_figures", "warning", {"group": other.number}, key=str(other.number))
        if latest.figures.sheet == said.sheet:
            used = {"sheet": said.sheet, "group": other.number}
            yield Finding("count.sheet_used", "warning", used, "sheet", key=str(other.number))


def _expected_to_have_votes(definition: Definition, party: str, others: Iterable[Group], position: int) -> bool:
    """Whether no votes at all would be a surprise: a known party, or a candidate who has votes in every other group.

    `position` is the candidate's in the definition, from 0: the number on the ballot paper may skip those who withdrew.
    """
    baseline = definition.baseline.get("") or _summed(definition.baseline.values())
    total = sum(baseline.values())
    if total and baseline.get(party, 0) / total >= KNOWN_PARTY_SHARE:
        return True
    counted = [other.latest.figures for other in others if other.latest is not None]
    votes, cast = sum(figures.votes[position] for figures in counted), sum(sum(figures.votes) for figures in counted)
    return cast > 0 and votes / cast >= KNOWN_PARTY_SHARE


def _summed(baselines: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for baseline in baselines:
        for party, votes in baseline.items():
            total[party] = total.get(party, 0) + votes
    return total
