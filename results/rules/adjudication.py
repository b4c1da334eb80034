"""Doubtful papers that come back from the adjudication table: how many may, and what cannot be right. Pure.

Adjudication is the Returning Officer's, or a deputy's; there is one word on it and no second reading. So what cannot be right
is refused at once: it is a slip of the pen of who stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from results.facts.definition import Definition
from results.facts.figures import AdjudicationFigures, rejected_in_part
from results.facts.types import Facts, Group
from results.rules.counts import MOST
from results.rules.findings import Finding, refusal
from results.rules.votes import votes_gap


@dataclass(frozen=True, slots=True)
class PapersOut:
    """Doubtful papers of a group: those on its sheet, None until every reading is in; those that came back; those still out."""

    doubtful: int | None
    returned: int

    @property
    def left(self) -> int | None:
        """Papers that are still with adjudication; None while nobody knows."""
        return None if self.doubtful is None else self.doubtful - self.returned


def papers_out(facts: Facts, group: Group) -> PapersOut:
    """How many papers of a group are with adjudication.

    Before every reading is in, and while one is typed again, nothing is told of the sheet: who types the second one must
    not learn a figure of the first. Where readings differ, it is the greater figure until the sheet has been looked at.
    """
    returned = group.adjudicated.figures.papers(facts.definition.heads) if group.adjudicated else 0
    readings = group.readings.values()
    complete = len(readings) >= group.readings_required and not group.returned
    return PapersOut(max(one.figures.doubtful for one in readings) if complete else None, returned)


def check_adjudication(facts: Facts, group: Group, said: AdjudicationFigures) -> list[Finding]:
    """Refusals of what adjudication is said to have returned of a group so far."""
    definition = facts.definition
    if not _in_shape(definition, said):
        return [refusal("adjudication.shape")]
    figures = (*said.votes, *said.rejected, *said.objections, said.valid_papers or 0, said.unused_votes)
    if any(figure < 0 or figure > MOST for figure in figures):
        return [refusal("adjudication.range", most=MOST)]
    return [*_objections(definition, said), *_papers(facts, group, said), *_block_vote(definition, said)]


def _in_shape(definition: Definition, said: AdjudicationFigures) -> bool:
    """Whether these are the candidates and heads of the contest, and of a block vote what only such a poll has."""
    block_vote = said.valid_papers is not None
    if block_vote != (definition.seats > 1) or (said.unused_votes and not block_vote):
        return False
    heads = len(definition.heads)
    return (len(said.votes), len(said.rejected)) == (len(definition.candidates), heads) and (
        len(said.objections) in (0, heads)
    )


def _objections(definition: Definition, said: AdjudicationFigures) -> Iterator[Finding]:
    """An agent objects to the rejection of a paper (RPA 1983 Sch 1 r.47(2)): there is no objection without one."""
    objections = said.objections or (0,) * len(said.rejected)
    for head, papers, objected in zip(definition.heads, said.rejected, objections, strict=True):
        if objected > papers:
            yield refusal("adjudication.objections", f"objections-{head.code}")


def _papers(facts: Facts, group: Group, said: AdjudicationFigures) -> Iterator[Finding]:
    """No more papers come back than went; while the sheet is not read, no more than the group has."""
    returned = said.papers(facts.definition.heads)
    out = papers_out(facts, group)
    most = (group.papers or 0) if out.doubtful is None else out.doubtful
    if returned > most:
        code = "adjudication.too_many" if out.doubtful is not None else "adjudication.more_than_papers"
        yield refusal(code, "", returned=returned, **{"doubtful" if out.doubtful is not None else "papers": most})


def _block_vote(definition: Definition, said: AdjudicationFigures) -> Iterator[Finding]:
    """Of a block vote: the balance of the votes, and no candidate above the papers (Highworth 2019)."""
    valid = said.valid_papers
    if valid is None:
        return
    for candidate, votes in zip(definition.candidates, said.votes, strict=True):
        if votes > valid:
            args = {"name": candidate.ballot_name, "papers": valid}
            yield refusal("count.more_than_valid", f"votes-{candidate.number}", **args)
    votes, seats = sum(said.votes), definition.seats
    if missing := seats * valid - votes - said.unused_votes:
        args = {"seats": seats, "valid": valid, "all": seats * valid, "votes": votes, "unused": said.unused_votes}
        yield refusal("adjudication.votes_sum", "unused_votes", **args, gap=votes_gap(missing).nested())
    elif votes < valid:
        yield refusal("count.fewer_votes", "valid_papers", votes=votes, papers=valid)
    in_part = rejected_in_part(said.rejected, definition.heads)
    if in_part > min(valid, said.unused_votes):
        yield refusal("count.in_part", "unused_votes", papers=in_part, valid=valid, unused=said.unused_votes)
