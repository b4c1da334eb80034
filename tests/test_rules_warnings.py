"""What of a sheet is to be looked at again: by its own figures, and by those of other groups that nobody reads any more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from results.facts.definition import Definition
from results.facts.kinds import Agreed, Entered, Entry, GroupFormed
from results.facts.types import Facts
from results.rules.findings import Finding
from results.rules.warnings import check_warnings, namesakes
from results.texts.wording import words
from tests.nights import CLOSE, Script, definition, verified

OLU, BEA, CAT = 1, 2, 3
PAPERS = 1000


class Hall(Script):
    """A contest of twenty boxes in ten groups of 1,000 papers each."""

    def open(self) -> Hall:
        """Everything up to the first sheet."""
        for label in range(1, 21):
            self.say(verified(str(label), PAPERS // 2))
        for number in range(1, 11):
            self.say(GroupFormed(number, (str(2 * number - 1), str(2 * number))))
        return self

    def read(
        self, number: int, votes: Sequence[int], actor: int = OLU, reading: int = 1, sheet: str = "", doubtful: int = 0
    ) -> int:
        """One person's reading of a group's sheet."""
        said = Entered(number, sheet or f"S{number}", PAPERS, tuple(votes), (0, 0), doubtful, reading=reading)
        seq = len(self.entries) + 1
        self.entries.append(Entry(seq, CLOSE, said, actor=actor, actor_name="Olu"))
        return seq

    def agree(self, number: int, votes: Sequence[int], sheet: str = "") -> None:
        """Two readings that say the same and stand."""
        seqs = (self.read(number, votes, OLU, 1, sheet), self.read(number, votes, BEA, 2, sheet))
        self.say(Agreed(number, seqs))

    def warned(
        self, number: int, votes: Sequence[int], *rejected: int, reader: int = CAT, sheet: str = "X"
    ) -> list[Finding]:
        """What a person is asked who types this."""
        heads = (*rejected, 0, 0)[:2]
        said = Entered(number, sheet, PAPERS, tuple(votes), heads, 0)
        return check_warnings(self.facts, self.facts.groups[number], said, reader)


def hall(candidates: int = 3, surnames: Sequence[str] = (), **changes: object) -> Hall:
    """A hall for so many candidates, or for these surnames."""
    made = definition(polling=20, postal=0, candidates=len(surnames) or candidates, publish="progress")
    named = tuple(
        replace(candidate, surname=name, ballot_name=f"{name.upper()}, {candidate.name.split()[0]} {candidate.number}")
        for candidate, name in zip(made.candidates, surnames, strict=False)
    )
    made = replace(made, entries_required=2, candidates=named or made.candidates, **changes)
    return Hall(made).open()


def codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.acknowledgement for finding in findings]


# --- rejected papers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rejected", "warned"), [(0, False), (9, False), (10, True), (60, True)])
def test_it_warns_where_one_paper_in_a_hundred_is_rejected(rejected: int, warned: bool) -> None:
    found = hall().warned(1, (500, 300, 200 - rejected), rejected)
    assert codes(found) == (["count.rejected_share"] if warned else [])


# --- no votes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elsewhere", "warned"),
    [(0, False), (5, False), (9, False), (10, True), (50, True), (300, True)],
)
def test_it_warns_of_no_votes_only_where_a_hundredth_was_to_be_expected(elsewhere: int, warned: bool) -> None:
    night = hall(4)
    for number in range(1, 9):
        night.agree(number, (500, 300 - elsewhere, 200, elsewhere))
    found = night.warned(9, (510, 290, 200, 0))
    assert codes(found) == (["count.no_votes.4"] if warned else [])
    if warned:
        assert (
            words(found[0])
            == f"DLDER, Ann (IND) has no votes, where about {elsewhere} were to be expected: is that right?"
        )


def test_it_ticks_nothing_for_ten_small_candidates_of_thirteen() -> None:
    night = hall(13, baseline={})
    small = (12, 2, 3, 1, 4, 2, 1, 3, 2, 1)
    night.agree(1, (450, 350, 200 - sum(small), *small))
    found = night.warned(2, (450, 350, 200, *[0] * 10))
    # Twelve of a thousand were to be expected of one; of the others fewer than a hundredth.
    assert codes(found) == ["count.no_votes.4"]


def test_it_warns_of_no_votes_in_a_small_group_only_where_some_were_to_be_expected() -> None:
    night = hall(4)
    night.agree(1, (500, 280, 200, 20))
    assert codes(night.warned(2, (100, 20, 20, 0))) == []
    assert codes(night.warned(2, (100, 30, 20, 0))) == ["count.no_votes.4"]


def test_it_expects_what_a_party_had_last_time_and_nothing_of_those_without_one() -> None:
    last = {"": {"UKIP": 1000, "CON": 8000, "IND": 1000}}
    assert codes(hall(4, baseline=last).warned(1, (0, 1000, 0, 0))) == ["count.no_votes.1"]


def test_it_goes_on_expecting_a_party_that_every_sheet_leaves_out() -> None:
    night = hall(3)
    for number in range(1, 6):
        night.agree(number, (600, 400, 0))
        assert codes(night.warned(10, (600, 400, 0), sheet=f"X{number}"))[:1] == ["count.no_votes.3"]


# --- one surname ---------------------------------------------------------------------------------------------------------


def test_it_warns_of_two_of_one_surname_the_other_way_round_incident_silloth() -> None:
    night = hall(surnames=("Graham", "Markley", "Graham", "Lister"))
    night.agree(1, (300, 400, 150, 150))
    night.agree(2, (280, 420, 160, 140))
    assert codes(night.warned(3, (290, 410, 150, 150))) == []
    [found] = night.warned(3, (150, 410, 290, 150))
    assert (found.acknowledgement, found.field) == ("count.same_surname.1-3", "votes-1")
    assert words(found) == (
        "GRAHAM, Ann 1 and GRAHAM, Ann 3 have the same surname, and their votes are not divided as in the other groups: "
        "check the bundles of both in group 3."
    )


def test_it_warns_of_a_surname_in_either_order_and_not_of_a_handful_of_votes() -> None:
    night = hall(surnames=("Palmer", "Lee", "Palmer"))
    night.agree(1, (100, 600, 300))
    assert codes(night.warned(2, (300, 600, 100))) == ["count.same_surname.1-3"]
    assert codes(night.warned(2, (3, 996, 1))) == []


def test_it_says_nothing_of_one_surname_while_no_other_group_is_agreed() -> None:
    night = hall(surnames=("Palmer", "Lee", "Palmer"))
    night.read(1, (100, 600, 300))
    assert night.warned(2, (300, 600, 100)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Smith", "SMITH", True),
        ("O'Brien", "O’BRIEN", True),
        ("Núñez", "Nunez", True),
        ("Smith-Jones", "Smith Jones", True),
        ("Smith", "Smyth", False),
        ("", "", False),
    ],
)
def test_it_knows_a_surname_however_it_is_written(one: str, other: str, same: bool) -> None:
    first, second, third = definition().candidates
    found = namesakes([replace(first, surname=one), third, replace(second, surname=other)])
    assert found == ([[0, 2]] if same else [])


def test_it_finds_namesakes_among_five_hundred_candidates_at_once() -> None:
    first = definition().candidates[0]
    many = [replace(first, number=number, surname=f"{number % 250}x") for number in range(500)]
    assert namesakes(many) == [list(range(500))], "figures in a name are no letters"


# --- one sheet twice -----------------------------------------------------------------------------------------------------


def test_it_warns_of_a_sheet_entered_twice_incident_forest_hill() -> None:
    night = hall()
    night.agree(1, (511, 300, 189), sheet="0107")
    assert codes(night.warned(2, (511, 300, 189), sheet="0107")) == ["count.same_figures.1", "count.sheet_used.1"]
    # With other rejected papers it is the same sheet as much.
    assert codes(night.warned(2, (511, 300, 189), 3, sheet="0108")) == ["count.same_figures.1"]


def test_it_tells_a_reader_nothing_of_a_sheet_that_others_still_read() -> None:
    night = hall()
    night.read(1, (511, 300, 189), OLU, 1, sheet="0107")
    assert night.warned(2, (511, 300, 189), reader=BEA, sheet="0107") == []
    assert codes(night.warned(2, (511, 300, 189), reader=OLU, sheet="0107")) == [
        "count.same_figures.1",
        "count.sheet_used.1",
    ]
    night.read(1, (511, 301, 188), BEA, 2, sheet="0107")
    assert codes(night.warned(2, (511, 300, 189), reader=BEA)) == []
    assert codes(night.warned(2, (511, 300, 189), reader=CAT)) == []
    assert codes(night.warned(2, (511, 301, 188), reader=BEA)) == ["count.same_figures.1"]


def test_it_warns_the_last_of_two_groups_whatever_was_read_first() -> None:
    night = hall()
    same = (511, 300, 189)
    night.read(1, same, OLU, 1)
    night.read(2, same, BEA, 1)
    night.say(Agreed(1, (night.entries[-2].seq, night.read(1, same, CAT, 2))))
    assert codes(night.warned(2, same, reader=CAT)) == ["count.same_figures.1"]


def test_it_warns_of_a_sheet_whose_doubtful_papers_are_with_adjudication() -> None:
    night = hall()
    for reading, actor in ((1, OLU), (2, BEA)):
        night.read(1, (501, 300, 189), actor, reading, doubtful=10)
    assert codes(night.warned(2, (501, 300, 189))) == ["count.same_figures.1"]


def outcomes(facts: Facts) -> list[list[str]]:
    """What a reader of group 2 is asked, for many sheets."""
    group = facts.groups[2]
    sheets = [(511, 300, 189), (0, 500, 500), (300, 511, 189), (189, 300, 511), (1000, 0, 0)]
    typed = [Entered(2, sheet, PAPERS, votes, (0, 0), 0) for votes in sheets for sheet in ("0107", "X")]
    return [codes(check_warnings(facts, group, said, CAT)) for said in typed]


def test_no_warning_depends_on_a_reading_that_is_still_open() -> None:
    night = hall(surnames=("Palmer", "Lee", "Palmer"))
    night.agree(1, (500, 300, 200))
    before = outcomes(night.facts)
    night.read(3, (511, 300, 189), OLU, 1, sheet="0107")
    night.read(2, (189, 300, 511), OLU, 1, sheet="0107")
    night.read(4, (1000, 0, 0), OLU, 1)
    night.read(4, (0, 1000, 0), BEA, 2)
    assert outcomes(night.facts) == before


# --- all of them ---------------------------------------------------------------------------------------------------------


def everything() -> list[Finding]:
    night = hall(surnames=("Palmer", "Lee", "Palmer", "Ng"))
    night.agree(1, (100, 500, 300, 100), sheet="0107")
    night.agree(2, (290, 700, 10, 0), sheet="0108")
    night.agree(4, (50, 600, 300, 50), sheet="0109")
    return night.warned(3, (290, 700, 10, 0), 100, sheet="0107")


def test_it_names_no_candidate_and_no_group_in_a_code() -> None:
    found = everything()
    assert {finding.code for finding in found} == {
        *("count.rejected_share", "count.no_votes", "count.same_surname", "count.same_figures", "count.sheet_used")
    }
    assert all(finding.level == "warning" for finding in found)
    assert not [finding for finding in found if any(sign.isdigit() for sign in finding.code)]
    assert len(set(codes(found))) == len(found)


def test_it_gives_arguments_that_are_json_and_words_for_each() -> None:
    for finding in everything():
        assert json.loads(json.dumps(dict(finding.args))) == finding.args
        assert "{" not in words(finding)
        assert words(finding) != finding.code


def test_it_takes_a_definition_without_a_last_result() -> None:
    bare: Definition = replace(definition(polling=20, postal=0, publish="progress"), baseline={}, entries_required=2)
    assert Hall(bare).open().warned(1, (1000, 0, 0)) == []
