"""When figures agree: coded errors and warnings. Pure.

A *refusal* is malformed or against the order of the night: nothing is recorded and the text is kept. An *error* is
recorded and blocks agreement, so that a supervisor sees it (a typist can copy a wrong sheet faithfully). A *warning* may
be right and is acknowledged by name. Each says in its comment which statute or incident it comes from (docs/ledger.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from results.facts.types import BoxVerification, CandidateDefinition, Definition, Facts, Figures, Group

MOST = 10_000_000
REJECTED_SHARE_WARNED = 0.01
"""Rejected papers are usually 0.1-0.4 % of a parliamentary poll; from 1 % on a bundle may lie on the wrong pile."""
KNOWN_PARTY_SHARE = 0.05
"""A party that had a twentieth of the votes last time (a saved deposit) hardly ever has none in a whole group."""

Level = Literal["refusal", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about figures: its code, its level, the words, and the field that it stands beside ("" for none)."""

    code: str
    level: Level
    words: str
    field: str = ""


def papers(number: int) -> str:
    """A number of papers in words: "1 paper", "1,702 papers"."""
    return f"{number:,} paper" + ("" if number == 1 else "s")


# --- verification ----------------------------------------------------------------------------------------------------


def check_verification(definition: Definition, said: BoxVerification) -> list[Finding]:
    """What is to be said about one box's verification."""
    findings = []
    box = definition.boxes[said.box]
    difference = said.found - said.expected
    # RPA 1983 Sch 1 r.45: the statement as to verification explains each variance.
    if difference and not said.reason:
        findings.append(
            Finding(
                "verification.variance_unexplained",
                "refusal",
                f"{papers(abs(difference))} {'more' if difference > 0 else 'fewer'} found than expected: "
                "count the box again; if the figure stands, choose a reason.",
                "reason",
            )
        )
    if difference and said.reason and not said.explanation.strip():
        findings.append(
            Finding(
                "verification.variance_without_words",
                "refusal",
                "Say in a few words what explains the variance: agents read it on the statement as to verification.",
                "explanation",
            )
        )
    if not difference and said.reason:
        findings.append(
            Finding(
                "verification.reason_without_variance",
                "refusal",
                "Papers found and expected are equal: leave the reason at “No variance”.",
                "reason",
            )
        )
    if said.found > box.electors:
        findings.append(
            Finding(
                "verification.more_than_electors",
                "warning",
                f"{papers(said.found)} found, and only {box.electors:,} electors belong to box {said.box}.",
                "found",
            )
        )
    return findings


# --- groups ----------------------------------------------------------------------------------------------------------


def check_group(facts: Facts, number: int, labels: Sequence[str], override_reason: str = "") -> list[Finding]:
    """What is to be said about mixing these boxes into one group (RPA 1983 Sch 1 r.45(1A))."""
    findings = []
    if number in facts.groups:
        findings.append(Finding("group.number_taken", "refusal", f"There is a group {number} already.", "number"))
    if not 1 <= number <= 9999:
        findings.append(Finding("group.number_out_of_range", "refusal", "Number the group from 1 to 9999.", "number"))
    if len(set(labels)) != len(labels):
        findings.append(Finding("group.box_twice", "refusal", "A box is named twice.", "boxes"))
    for label in labels:
        if label not in facts.boxes:
            findings.append(Finding("group.box_unknown", "refusal", f"There is no box {label}.", "boxes"))
        elif (other := facts.group_of(label)) is not None:
            findings.append(
                Finding("group.box_taken", "refusal", f"Box {label} is in group {other.number} already.", "boxes")
            )
    if not labels:
        findings.append(Finding("group.no_boxes", "refusal", "Choose the boxes of the group.", "boxes"))
    polling = [label for label in labels if label in facts.boxes and facts.definition.boxes[label].kind == "polling"]
    if len(polling) < 2 and not override_reason.strip():
        findings.append(
            Finding(
                "group.too_few_polling_boxes",
                "refusal",
                "A group mixes the papers of two polling boxes or more, so that nobody's vote can be told from its box. "
                "Add a box, or give the Returning Officer's reason.",
                "boxes",
            )
        )
    return findings


# --- counts ----------------------------------------------------------------------------------------------------------


def check_order(facts: Facts, group: Group, now: datetime) -> list[Finding]:
    """Whether votes of this group may be entered at this time at all."""
    definition = facts.definition
    if now < definition.close_of_poll:
        return [before_close(definition)]
    if definition.verify_before_count and not facts.verification_complete:
        left = sum(box.verified is None for box in facts.boxes.values())
        return [
            Finding(
                "count.before_verification",
                "refusal",
                f"Polls are combined: no votes are counted before every box is verified. {left} still to verify.",
            )
        ]
    if group.papers is None:
        missing = ", ".join(label for label in group.boxes if facts.boxes[label].verified is None)
        return [Finding("count.group_waits", "refusal", f"Not yet verified in this group: box {missing}.")]
    return []


def before_close(definition: Definition) -> Finding:
    """Refusal of figures before the close of poll (RPA 1983 s.66A)."""
    close = definition.close_of_poll.astimezone(ZoneInfo("Europe/London"))
    return Finding(
        "before_close_of_poll", "refusal", f"The poll closes at {close:%H:%M on %-d %B %Y}: nothing is entered before."
    )


def gap_in_words(papers_in_group: int, accounted: int) -> str:
    """The difference between a sheet's sum and the papers verified, in words; the same words as static/js/count.js."""
    gap = papers_in_group - accounted
    if gap == 0:
        return "every paper accounted for"
    words = f"{papers(abs(gap))} {'missing' if gap > 0 else 'too many'}"
    # The night's own press report printed 13,974 for 13,947: swapped digits always differ by a multiple of nine.
    return words + (". The difference is divisible by 9: are two digits swapped?" if gap % 9 == 0 else "")


def check_count(facts: Facts, group: Group, said: Figures) -> list[Finding]:
    """Errors and warnings about one sheet's figures against the papers verified in its group."""
    in_group = group.papers or 0
    rejected = sum(said.rejected)
    accounted = sum(said.votes) + rejected + said.doubtful
    findings = []
    # Inverness, Skye and West Ross 2024: verified differed from counted.
    if accounted != in_group:
        words = f"{accounted:,} of {papers(in_group)} accounted for: {gap_in_words(in_group, accounted)}"
        findings.append(Finding("count.sum", "error", words))
    # Forest Hill 2014, Highworth 2019: more votes than there were papers.
    for candidate, votes in zip(facts.definition.candidates, said.votes, strict=True):
        if votes > in_group:
            words = f"{candidate.ballot_name}: more votes than the {papers(in_group)} in the group."
            findings.append(Finding("count.more_than_papers", "error", words, f"votes-{candidate.number}"))
    if said.doubtful:
        words = f"{papers(said.doubtful)} with adjudication: enter the sheet again when they are back."
        findings.append(Finding("count.doubtful", "error", words, "doubtful"))
    return findings + list(_count_warnings(facts, group, said, in_group, rejected))


def _count_warnings(facts: Facts, group: Group, said: Figures, in_group: int, rejected: int) -> Iterator[Finding]:
    # Prestatyn North: a bundle on the wrong pile. Many rejected papers are the commonest sign of it.
    if in_group and rejected / in_group >= REJECTED_SHARE_WARNED:
        yield Finding(
            "count.rejected_share", "warning", f"{rejected / in_group:.1%} of the papers are rejected: is that right?"
        )
    others = [other for other in facts.groups.values() if other.number != group.number and other.latest is not None]
    # Rainham North 2015: a candidate was declared with zero votes.
    for place, candidate in enumerate(facts.definition.candidates):
        if (
            said.votes[place] == 0
            and any(said.votes)
            and _expected_to_have_votes(facts.definition, candidate.party, others, place)
        ):
            yield Finding(
                f"count.no_votes_{candidate.number}",
                "warning",
                f"{candidate.ballot_name} ({_party(facts, candidate)}) has no votes: is that right?",
                f"votes-{candidate.number}",
            )
    for other in others:
        latest = other.latest
        assert latest is not None
        # Forest Hill 2014: one sheet entered twice.
        if latest.figures.votes == said.votes and any(said.votes):
            yield Finding(
                "count.same_figures", "warning", f"Group {other.number} has exactly the same votes: is this its sheet?"
            )
        if latest.figures.sheet == said.sheet:
            yield Finding(
                "count.sheet_used", "warning", f"Sheet {said.sheet} was entered for group {other.number}.", "sheet"
            )


def _party(facts: Facts, candidate: CandidateDefinition) -> str:
    return facts.definition.parties[candidate.party].short_name


def _expected_to_have_votes(definition: Definition, party: str, others: Iterable[Group], place: int) -> bool:
    """Whether no votes at all would be a surprise: a known party, or a candidate who has votes in every other group.

    `place` is the candidate's in the definition, from 0: the number on the ballot paper may skip those who withdrew.
    """
    baseline = definition.baseline.get("") or _summed(definition.baseline.values())
    total = sum(baseline.values())
    if total and baseline.get(party, 0) / total >= KNOWN_PARTY_SHARE:
        return True
    counted = [other.latest.figures for other in others if other.latest is not None]
    votes, cast = sum(figures.votes[place] for figures in counted), sum(sum(figures.votes) for figures in counted)
    return cast > 0 and votes / cast >= KNOWN_PARTY_SHARE


def _summed(baselines: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for baseline in baselines:
        for party, votes in baseline.items():
            total[party] = total.get(party, 0) + votes
    return total
