"""How many doubtful papers may come back, and what cannot be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.facts.kinds import Adjudicated, Entered, GroupFormed, ReadingReturned
from results.facts.types import Facts, Group
from results.rules.adjudication import check_adjudication, papers_out
from tests.block_votes import sheet, three_seats
from tests.nights import Script, definition, verified

HEADS = 4


def script(*, readings: int = 1, seats: int = 1) -> Script:
    """A group of 200 papers; no sheet of it is read."""
    made = three_seats() if seats > 1 else definition(polling=4, postal=0, wards=1, candidates=3, projection=False)
    made = Script(replace(made, entries_required=readings))
    for label in list(made.definition.boxes)[:2]:
        made.say(verified(label, 100))
    made.say(GroupFormed(1, tuple(list(made.definition.boxes)[:2])))
    return made


def read(made: Script, doubtful: int, reading: int = 1) -> None:
    heads = len(made.definition.heads)
    made.say(Entered(1, "S1", 200, (100, 80, 20 - doubtful), (0,) * heads, doubtful, reading=reading))


def group(made: Script) -> tuple[Facts, Group]:
    facts = made.facts
    return facts, facts.groups[1]


def back(made: Script, votes: tuple[int, ...], rejected: int = 0, objected: int = 0) -> Adjudicated:
    rest = (0,) * (len(made.definition.heads) - 1)
    return Adjudicated(1, 1, votes, (rejected, *rest), (objected, *rest))


def codes(made: Script, said: Adjudicated) -> list[str]:
    return [finding.code for finding in check_adjudication(*group(made), said)]


def test_it_counts_papers_that_came_back_against_those_of_the_sheet() -> None:
    made = script()
    read(made, 12)
    made.say(back(made, (5, 2, 0), rejected=1))
    out = papers_out(*group(made))
    assert (out.doubtful, out.returned, out.left) == (12, 8, 4)


def test_it_tells_nothing_of_a_sheet_before_both_readings_are_in() -> None:
    made = script(readings=2)
    read(made, 12)
    assert papers_out(*group(made)).doubtful is None
    read(made, 12, reading=2)
    assert papers_out(*group(made)).left == 12
    made.say(ReadingReturned(1, 2))
    assert papers_out(*group(made)).left is None


def test_it_takes_the_greater_of_two_readings_that_differ() -> None:
    made = script(readings=2)
    read(made, 12)
    read(made, 13, reading=2)
    assert papers_out(*group(made)).doubtful == 13


def test_it_lets_no_more_papers_come_back_than_the_sheet_has_doubtful() -> None:
    made = script()
    read(made, 12)
    assert codes(made, back(made, (6, 5, 0), rejected=1)) == []
    assert codes(made, back(made, (6, 5, 0), rejected=2)) == ["adjudication.too_many"]


def test_it_lets_papers_come_back_before_the_sheet_is_read_but_no_more_than_the_group_has() -> None:
    made = script()
    assert codes(made, back(made, (150, 49, 0), rejected=1)) == []
    assert codes(made, back(made, (150, 50, 0), rejected=1)) == ["adjudication.more_than_papers"]


def test_it_takes_no_objection_without_a_rejection() -> None:
    made = script()
    read(made, 12)
    assert codes(made, back(made, (0, 0, 0), rejected=2, objected=2)) == []
    [finding] = check_adjudication(*group(made), back(made, (0, 0, 0), rejected=2, objected=3))
    assert (finding.code, finding.field) == (
        "adjudication.objections",
        f"objections-{made.definition.heads[0].code}",
    )


@pytest.mark.parametrize("votes", [(1, 1), (1, 1, 1, 1)])
def test_it_takes_no_figures_of_another_contest(votes: tuple[int, ...]) -> None:
    made = script()
    read(made, 12)
    assert codes(made, back(made, votes)) == ["adjudication.shape"]


def test_it_takes_no_figure_below_nought() -> None:
    made = script()
    read(made, 12)
    assert codes(made, back(made, (-1, 1, 1))) == ["adjudication.range"]


def test_it_balances_the_votes_of_a_block_vote() -> None:
    made = script(seats=3)
    made.say(sheet((90, 80, 70, 60, 50, 40), papers=200, doubtful=10))

    def said(votes: tuple[int, ...], unused: int, valid: int, in_part: int = 0, void: int = 0) -> list[str]:
        return codes(made, Adjudicated(1, 1, votes, (0, void, in_part), (), valid, unused))

    assert said((4, 4, 4, 4, 3, 2), unused=3, valid=8, void=2) == []
    assert said((4, 4, 4, 4, 3, 2), unused=2, valid=8, void=2) == ["adjudication.votes_sum"]
    assert said((9, 4, 4, 4, 1, 1), unused=1, valid=8, void=2) == ["count.more_than_valid"]
    assert said((4, 0, 0, 0, 0, 0), unused=11, valid=5) == ["count.fewer_votes"]
    assert said((4, 4, 4, 4, 3, 2), unused=3, valid=8, in_part=4) == ["count.in_part"]
    # A paper rejected in part is among the valid ones: ten papers came back, not eleven.
    assert said((5, 5, 5, 5, 4, 3), unused=3, valid=10, in_part=1) == []
