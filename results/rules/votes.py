"""A sheet's votes against the papers that they came from: no more than a paper has, by one vote or by block vote. Pure.

Where N seats are filled by block vote, a paper has up to N votes and a sheet has two balances: its papers are those
verified (results/rules/counts.py), and N votes on each valid paper are the candidates' votes and the unused ones. Among
the unused are the votes that were not counted on papers rejected in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from results.facts.definition import Definition
from results.facts.figures import Figures, rejected_in_part
from results.rules.findings import Finding
from results.texts.message import Message


def votes_gap(missing: int) -> Message:
    """The votes that a block vote's valid papers have beyond those counted; static/js/block_votes.js chooses the same codes."""
    if missing == 0:
        return Message("gap.no_votes")
    said = Message("gap.votes_missing" if missing > 0 else "gap.votes_too_many", {"votes": abs(missing)})
    return Message("gap.digits_swapped", {"gap": said.nested()}) if missing % 9 == 0 else said


def check_votes(definition: Definition, papers: int, said: Figures) -> Iterator[Finding]:
    """Errors about votes: a candidate's above the papers, and of a block vote those that do not balance."""
    in_part = rejected_in_part(said.rejected, definition.heads)
    valid = said.valid_papers
    # Highworth 2019: block votes multiplied, 41,939 votes from 2,477 papers. No paper has two votes for one candidate.
    most = papers if valid is None else min(papers, valid)
    code = "count.more_than_papers" if valid is None else "count.more_than_valid"
    for candidate, votes in zip(definition.candidates, said.votes, strict=True):
        if votes > most:
            args = {"name": candidate.ballot_name, "papers": most}
            yield Finding(code, "error", args, f"votes-{candidate.number}")
    if valid is None:
        return
    yield from _check_balance(definition.seats, papers, valid, said)
    if in_part > min(valid, said.unused_votes):
        # Such a paper is valid, and one vote of it at least is not counted.
        args = {"papers": in_part, "valid": valid, "unused": said.unused_votes}
        yield Finding("count.in_part", "error", args, "unused_votes")


def _check_balance(seats: int, papers: int, valid: int, said: Figures) -> Iterator[Finding]:
    votes = sum(said.votes)
    missing = said.votes_missing(seats)
    # Forest Hill 2014: a tally sheet entered twice, 1,708 votes doubled. More votes than all papers of the group have.
    if votes > seats * papers:
        yield Finding("count.more_votes", "error", {"votes": votes, "papers": papers, "most": seats * papers})
    elif missing:
        args: dict[str, Any] = {"seats": seats, "valid": valid, "all": seats * valid}
        args |= {"votes": votes, "unused": said.unused_votes, "gap": votes_gap(missing).nested()}
        yield Finding("count.votes_sum", "error", args, "unused_votes")
    if votes < valid:
        # A paper without a vote is unmarked, and rejected.
        yield Finding("count.fewer_votes", "error", {"votes": votes, "papers": valid}, "valid_papers")
