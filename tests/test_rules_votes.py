"""Votes against papers: of one vote a paper, and of a block vote with its two balances."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.facts.types import Facts
from results.rules.counts import check_count
from results.rules.votes import votes_gap
from results.texts.wording import words
from tests.block_votes import ready, sheet, three_seats
from tests.nights import definition

VOTES = (420, 380, 350, 310, 300, 240)


@pytest.fixture
def facts() -> Facts:
    return ready(three_seats()).facts


def said(facts: Facts, **changes: object) -> list[str]:
    """The errors of a sheet of 1,000 papers that balances but for these changes."""
    figures = replace(sheet(VOTES, papers=1000, rejected=(2, 6, 3)), **changes)  # type: ignore[arg-type]
    return [words(found) for found in check_count(facts, facts.groups[1], figures) if found.level == "error"]


def test_it_lets_a_sheet_stand_that_balances_in_papers_and_in_votes(facts: Facts) -> None:
    assert said(facts) == []


def test_it_asks_that_every_paper_is_accounted_for(facts: Facts) -> None:
    found = said(facts, valid_papers=990, unused_votes=970)
    assert found == ["998 of 1,000 papers accounted for: 2 papers missing"]


def test_it_counts_a_paper_rejected_in_part_among_the_valid_ones(facts: Facts) -> None:
    assert said(facts, rejected=(2, 6, 40)) == []
    assert said(facts, rejected=(2, 7, 2)) == ["1,001 of 1,000 papers accounted for: 1 paper too many"]


@pytest.mark.parametrize(
    ("unused", "gap"),
    [(975, "1 vote missing"), (977, "1 vote too many"), (994, "18 votes too many. The difference is divisible by 9")],
)
def test_it_asks_that_every_vote_of_the_valid_papers_is_accounted_for(facts: Facts, unused: int, gap: str) -> None:
    [found] = said(facts, unused_votes=unused)
    assert found.startswith("992 valid papers have 2,976 votes, 3 each; the candidates’ 2,000 and ")
    assert found.split("unused: ")[1].startswith(gap)


def test_it_says_that_every_vote_is_accounted_for() -> None:
    assert words(votes_gap(0)) == "every vote accounted for"


def test_it_lets_no_candidate_have_more_votes_than_there_are_valid_papers(facts: Facts) -> None:
    found = said(facts, votes=(993, *VOTES[1:]), unused_votes=976 - 573)
    assert found == ["ALDER, Ann: more votes than the 992 valid papers, and no paper has two for one candidate."]


def test_it_knows_that_a_valid_paper_has_a_vote(facts: Facts) -> None:
    found = said(facts, votes=(300, 200, 100, 100, 100, 100), unused_votes=2976 - 900)
    assert found == [
        "992 valid papers and only 900 votes: a valid paper has one vote or more. "
        "Papers without a vote are rejected as unmarked."
    ]


def test_it_knows_that_a_paper_rejected_in_part_has_a_vote_that_is_not_counted(facts: Facts) -> None:
    found = said(facts, votes=(992, 992, 980, 6, 4, 0), unused_votes=2)
    assert found == [
        "3 papers are rejected in part: each is among the 992 valid papers, and has a vote or more among the 2 unused votes."
    ]


@pytest.mark.parametrize("seats", range(2, 17))
def test_it_stops_multiplied_block_votes_incident_highworth(seats: int) -> None:
    """Highworth 2019: 41,939 votes were declared from 2,477 papers. So many cannot be for any number of seats up to 16."""
    facts = ready(three_seats(seats=seats, candidates=17), papers=2477).facts
    group = replace(facts.groups[1], papers=2477)
    votes = (2467,) * 17
    figures = replace(sheet(votes, papers=2477, seats=seats), unused_votes=0)
    found = [words(one) for one in check_count(facts, group, figures) if one.level == "error"]
    assert found == [
        f"41,939 votes cannot come from 2,477 papers, which have {seats * 2477:,} at most: "
        "was a tally entered twice, or multiplied?"
    ]


def test_it_stops_a_tally_entered_twice_incident_forest_hill(facts: Facts) -> None:
    """Forest Hill 2014: one tally sheet's 1,708 votes were added twice to what its papers had."""
    votes = (600, 480, 430, 90, 60, 48)
    assert sum(votes) == 1708
    group = replace(facts.groups[1], papers=620)
    once = sheet(votes, papers=620, rejected=(1, 3, 0))
    assert not [
        one for one in check_count(facts, group, replace(once, votes=(600, 520, *votes[2:]))) if one.field == ""
    ]
    twice = replace(once, votes=tuple(2 * number for number in votes))
    found = [words(one) for one in check_count(facts, group, twice)]
    assert (
        "3,416 votes cannot come from 620 papers, which have 1,860 at most: was a tally entered twice, or multiplied?"
        in found
    )


def test_it_finds_of_one_vote_a_paper_what_it_always_found() -> None:
    facts = ready(definition(polling=4, postal=0, wards=1)).facts
    figures = replace(sheet((1001, 0, 0), papers=1000), rejected=(0, 0), valid_papers=None, unused_votes=0)
    errors = [one for one in check_count(facts, facts.groups[1], figures) if one.level == "error"]
    assert [one.code for one in errors] == ["count.sum", "count.more_than_papers"]
    assert words(errors[1]) == "ALDER, Ann: more votes than the 1,000 papers in the group."
