"""What an entry says of an account, of a sheet and of adjudication, as values that add up."""

from __future__ import annotations

from results.facts.definition import HeadDefinition
from results.facts.figures import (
    AccountFigures,
    AccountVerification,
    AdjudicationFigures,
    BoxPapers,
    Figures,
)

MARK, IN_PART = (
    HeadDefinition("mark", "Want of official mark"),
    HeadDefinition("part", "Rejected in part", in_part=True),
)


def test_it_adds_an_account_up_to_the_papers_entrusted() -> None:
    assert AccountFigures(issued=600, unused=390, spoilt=10, tendered=3).entrusted == 1000


def test_it_takes_the_last_of_successive_counts() -> None:
    said = AccountVerification("1", 601, (BoxPapers("1", (300, 301)), BoxPapers("2", (299,))))
    assert (said.found, said.variance) == (600, -1)


def test_it_adds_what_adjudication_returned_to_the_sheet() -> None:
    sheet = Figures(7, "S7", 620, (400, 200), (3, 0), 17, round=2, objections=(1, 0))
    returned = AdjudicationFigures(7, 2, (8, 4), (5, 0), (2, 0))
    assert returned.papers((MARK, IN_PART)) == 17
    assert returned.added_to(sheet, (MARK, IN_PART)) == Figures(
        7, "S7", 620, (408, 204), (8, 0), 0, round=2, objections=(3, 0)
    )


def test_it_leaves_the_papers_that_are_still_with_adjudication_doubtful() -> None:
    sheet = Figures(7, "S7", 620, (400, 200), (3, 0), 17)
    assert AdjudicationFigures(7, 1, (8, 4), (0, 0)).added_to(sheet, (MARK, IN_PART)).doubtful == 5


def test_it_counts_a_paper_rejected_in_part_once() -> None:
    """Of a block vote: three papers with a vote or more, of which one was rejected in part, and two rejected whole."""
    returned = AdjudicationFigures(1, 1, (3, 2), (2, 1), valid_papers=3, unused_votes=4)
    assert returned.papers((MARK, IN_PART)) == 5
    sheet = Figures(1, "S1", 100, (90, 60), (1, 2), 5, valid_papers=94, unused_votes=132)
    whole = returned.added_to(sheet, (MARK, IN_PART))
    assert (whole.valid_papers, whole.unused_votes, whole.rejected, whole.doubtful) == (97, 136, (3, 3), 0)
