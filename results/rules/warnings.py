"""What of one sheet may be right and is to be looked at again, before it is recorded. Pure.

A reader is blind to the other reading of the same sheet, and may be the other reader of any sheet that is still open. So a
warning rests on this sheet, on what the same person typed, and on sheets that nobody reads any more: nothing else of the
contest may show through its words, nor through their absence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import log

from results.facts.definition import CandidateDefinition, Definition
from results.facts.figures import Figures, rejected_wholly
from results.facts.types import Facts, Group
from results.rules.findings import Finding
from results.units import UNPROMISED_PARTIES

REJECTED_SHARE = 0.01
"""Rejected papers are usually 0.1-0.4 % of a parliamentary poll; from 1 % on a bundle may lie on the wrong pile."""
ZERO_SHARE = 0.01
"""Who had less than a hundredth of the votes elsewhere may well have none in a group: of thirteen candidates, ten had."""
ZERO_VOTES = 3
"""Where three votes are expected none are found once in twenty groups: below that a small group would warn for nothing."""
LAST_TIME_VOTES = 500
"""How many votes of this night the last result is worth, in saying what is to be expected. It is never worth nothing: a line
left out of every sheet alike would soon be what all sheets say."""
EXCHANGED_ODDS = 20
"""How many times likelier the figures of two candidates must be the other way round, as for the desk's alarm."""


def check_warnings(facts: Facts, group: Group, said: Figures, reader: int) -> list[Finding]:
    """Warnings about one sheet's figures, typed by `reader`, against the papers and against the other groups."""
    others = [other for other in facts.groups.values() if other.number != group.number]
    agreed = [other.agreed.figures for other in others if other.agreed is not None]
    return [
        *_rejected(facts.definition, group, said),
        *_without_votes(facts.definition, said, agreed),
        *_same_surname(facts.definition, group, said, agreed),
        *_same_sheet(said, others, reader),
    ]


def _rejected(definition: Definition, group: Group, said: Figures) -> Iterator[Finding]:
    # Prestatyn North: a bundle on the wrong pile. Many rejected papers are the commonest sign of it.
    rejected = rejected_wholly(said.rejected, definition.heads)
    if group.papers and rejected / group.papers >= REJECTED_SHARE:
        yield Finding("count.rejected_share", "warning", {"share": round(1000 * rejected / group.papers)})


# --- no votes at all -------------------------------------------------------------------------------------------------


def _without_votes(definition: Definition, said: Figures, agreed: Sequence[Figures]) -> Iterator[Finding]:
    # Rainham North (Medway) 2015: a candidate was declared with zero votes.
    cast = sum(said.votes)
    for position, candidate in enumerate(definition.candidates):
        if said.votes[position]:
            continue
        share = _expected_share(definition, position, agreed)
        if share >= ZERO_SHARE and share * cast >= ZERO_VOTES:
            party = definition.parties[candidate.party].short_name
            args = {"name": candidate.ballot_name, "party": party, "votes": round(share * cast)}
            number = candidate.number
            yield Finding("count.no_votes", "warning", args, f"votes-{number}", key=str(number))


def _expected_share(definition: Definition, position: int, agreed: Sequence[Figures]) -> float:
    """The part of the votes to be expected of a candidate: by the other groups' agreed figures, and by the last result.

    `position` is the candidate's in the definition, from 0: the number on the ballot paper may skip those who withdrew.
    """
    votes, cast = sum(figures.votes[position] for figures in agreed), sum(sum(figures.votes) for figures in agreed)
    before = _last_time(definition, definition.candidates[position].party)
    if before is None:
        return votes / cast if cast else 0.0
    return (before * LAST_TIME_VOTES + votes) / (LAST_TIME_VOTES + cast)


def _last_time(definition: Definition, party: str) -> float | None:
    """The part of the last result's votes that each of a party's candidates would have; None where it says nothing."""
    baseline = definition.baseline.get("") or _summed(definition.baseline.values())
    if party not in baseline or party in UNPROMISED_PARTIES:
        return None
    total, of_party = sum(baseline.values()), sum(candidate.party == party for candidate in definition.candidates)
    return baseline[party] / total / of_party if total else None


def _summed(baselines: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for baseline in baselines:
        for party, votes in baseline.items():
            total[party] = total.get(party, 0) + votes
    return total


# --- two of one name -------------------------------------------------------------------------------------------------


def _same_surname(definition: Definition, group: Group, said: Figures, agreed: Sequence[Figures]) -> Iterator[Finding]:
    # Silloth 2019, Broxtowe 2011: votes of one candidate were given to another of the same surname.
    for positions in namesakes(definition.candidates):
        for first, second in combinations(positions, 2):
            elsewhere = [sum(figures.votes[position] for figures in agreed) for position in (first, second)]
            if _other_way_round((said.votes[first], said.votes[second]), (elsewhere[0], elsewhere[1])):
                yield exchanged("count.same_surname", definition, group, first, second)


def namesakes(candidates: Sequence[CandidateDefinition]) -> list[list[int]]:
    """The positions of candidates who have one surname, two or more each, however it is written.

    Capitals, accents, hyphens and apostrophes apart: on a sheet at three in the morning they tell nobody apart.
    """
    of: dict[str, list[int]] = {}
    for position, candidate in enumerate(candidates):
        letters = "".join(s for s in unicodedata.normalize("NFKD", candidate.surname).casefold() if s.isalpha())
        of.setdefault(letters, []).append(position)
    return [positions for letters, positions in of.items() if letters and len(positions) > 1]


def _other_way_round(here: tuple[int, int], elsewhere: tuple[int, int]) -> bool:
    """Whether two candidates' votes would be so much likelier exchanged, of the two's votes as divided elsewhere.

    The ratio of two binomial likelihoods; one vote more for each keeps a candidate without votes from being impossible.
    """
    if not any(elsewhere):
        return False
    odds = log((elsewhere[0] + 1) / (elsewhere[1] + 1))
    return (here[1] - here[0]) * odds >= log(EXCHANGED_ODDS)


def exchanged(code: str, definition: Definition, group: Group, first: int, second: int) -> Finding:
    """A warning that the figures of two candidates, by their positions, may be the other way round: an instruction.

    The names stand in the order of the ballot paper: who has more votes is not said.
    """
    one, other = (definition.candidates[position] for position in sorted((first, second)))
    args = {"first": one.ballot_name, "second": other.ballot_name, "group": group.number}
    return Finding(code, "warning", args, f"votes-{one.number}", key=f"{one.number}-{other.number}")


# --- one sheet twice -------------------------------------------------------------------------------------------------


def _same_sheet(said: Figures, others: Sequence[Group], reader: int) -> Iterator[Finding]:
    # Forest Hill 2014: one sheet was entered twice, and 1,708 votes were doubled. The votes alone are compared: of a sheet
    # that is copied with other rejected papers there is as much to be said, and few rejected papers are often the same.
    for other in others:
        sheets = _known_sheets(other, reader)
        if any(said.votes) and any(sheet.votes == said.votes for sheet in sheets):
            yield Finding("count.same_figures", "warning", {"group": other.number}, key=str(other.number))
        if any(sheet.sheet == said.sheet for sheet in sheets):
            used = {"sheet": said.sheet, "group": other.number}
            yield Finding("count.sheet_used", "warning", used, "sheet", key=str(other.number))


def _known_sheets(group: Group, reader: int) -> list[Figures]:
    """What a reader may be told of another group's sheet: nothing that somebody else typed, while it is still read.

    The last of two groups to be read is always warned of the first.
    """
    readings = [reading.figures for reading in group.readings.values()]
    alike = len(readings) >= group.readings_required and len({figures.votes for figures in readings}) == 1
    if group.agreed is not None or alike:
        return readings
    return [reading.figures for reading in group.readings.values() if reading.actor == reader]
