"""A variance: where it is looked for, which reasons can be, and how often papers are counted."""

from __future__ import annotations

import pytest

from results.facts.kinds import PapersMoved, Verified
from results.facts.types import Facts
from results.rules.verification import check_verification, differs, doubts, explained_by_moves, where_to_look
from results.texts.wording import words
from tests.test_statement import POSTAL, said, station


def codes(facts: Facts, verified: Verified) -> list[str]:
    return [finding.code for finding in check_verification(facts, verified)]


@pytest.mark.parametrize(
    ("counts", "reason", "found"),
    [
        ((499,), "unexplained", ["verification.count_again"]),
        ((499, 498), "unexplained", ["verification.counts_differ"]),
        ((499, 498), "arithmetic", ["verification.counts_differ"]),
        ((498, 499, 499), "unexplained", []),
        ((499,), "arithmetic", []),
        ((499, 500), "", []),
    ],
)
def test_it_lets_two_equal_counts_stand(counts: tuple[int, ...], reason: str, found: list[str]) -> None:
    verified = station("3", counts[-1], reason=reason, counts=counts[:-1])
    assert codes(said(), verified) == found


def test_it_takes_errors_that_make_up_for_each_other_within_a_place() -> None:
    wrong = ["verification.not_compensating"]
    assert codes(said(), station("1", 498, reason="compensating")) == []
    assert codes(said(station("2", 500)), station("1", 498, reason="compensating")) == wrong
    assert codes(said(station("2", 502, reason="arithmetic")), station("1", 498, reason="compensating")) == []
    # There is no other account in the barn.
    assert codes(said(station("2", 502, reason="arithmetic")), station("3", 498, reason="compensating")) == wrong


def test_it_counts_moved_papers_into_a_variance() -> None:
    facts = said(station("3", 501, reason="second_box"), PapersMoved("3", 1, False, "local.y", "7"))
    assert (differs(facts, station("3", 501)), explained_by_moves(facts, station("3", 501))) == (False, True)
    assert codes(facts, station("3", 501)) == []
    assert codes(facts, station("3", 500)) == [
        "verification.variance_unexplained",
        "verification.variance_without_words",
    ]
    account = facts.accounts["3"]
    assert account.verified is not None
    assert doubts(facts.definition, account.verified, account.moved) == []
    assert [words(doubt) for doubt in doubts(facts.definition, station("3", 500), account.moved)] == ["1 missing"]


def test_it_calls_an_account_an_error_that_is_not_what_was_entrusted() -> None:
    verified = station("3", 500, issued=500, reason="arithmetic")
    off = Verified("3", 500, verified.boxes, "arithmetic", "A pad", verified.figures)
    assert codes(said(), off) == ["verification.reason_without_variance"]
    assert verified.figures is not None
    short = Verified("3", 500, verified.boxes, "arithmetic", "A pad", type(verified.figures)(500, 100, 1, 0))
    [finding] = check_verification(said(), short)
    assert (finding.code, finding.level) == ("account.fewer_than_given", "error")
    assert words(finding).endswith("99 papers fewer than the 700 entrusted: the account cannot be right.")


def test_it_sends_nobody_to_count_a_box_whose_papers_are_all_there() -> None:
    verified = station("3", 500)
    assert verified.figures is not None
    short = Verified("3", 500, verified.boxes, "", "", type(verified.figures)(500, 100, 1, 0))
    found = {finding.code: words(finding) for finding in check_verification(said(), short)}
    assert found["verification.account_unexplained"] == (
        "The account says 99 papers fewer than the 700 entrusted: add the account up again; if it stands so, choose a reason."
    )
    assert "verification.variance_unexplained" not in found


def test_it_looks_for_a_variance_in_the_commissions_order() -> None:
    facts = said(station("2", 502, reason="arithmetic"))
    looked = [message.code for message in where_to_look(facts, station("1", 498), ["North"])]
    assert looked == [
        "look.arithmetic",
        "look.boxes_issued",
        "look.other_contest",
        "look.compensating",
        "look.count_again",
    ]
    assert where_to_look(said(), station("1", 498), [])[1].code == "look.boxes_out"
    assert [message.code for message in where_to_look(said(), POSTAL, [])] == []
