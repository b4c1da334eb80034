"""When figures agree: every finding by its code, its arguments, and the words that an officer reads."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Entered, Verified
from results.facts.reading import read_facts
from results.facts.types import Facts
from results.rules.counts import MOST, check_count, gap
from results.rules.findings import Finding
from results.rules.groups import check_group
from results.rules.order import before_close, check_order
from results.rules.verification import check_verification
from results.texts.wording import words
from tests.counts import REJECTED, VOTES, make_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts() -> Facts:
    return read_facts(make_count().ready().contest)


def verified(found: int, reason: str = "", explanation: str = "") -> Verified:
    counts = (found, found) if reason == "unexplained" else (found,)
    return Verified("1", 300, (BoxPapers("1", counts),), reason, explanation, AccountFigures(300, 0, 0, 0))


@pytest.mark.parametrize(
    ("papers", "accounted", "said"),
    [
        (820, 820, "every paper accounted for"),
        (820, 819, "1 paper missing"),
        (820, 821, "1 paper too many"),
        (820, 0, "820 papers missing"),
        (13974, 13947, "27 papers missing. The difference is divisible by 9: are two digits swapped?"),
        (13947, 13974, "27 papers too many. The difference is divisible by 9: are two digits swapped?"),
        (MOST, 0, "10,000,000 papers missing"),
    ],
)
def test_it_says_how_far_a_sheet_is_from_the_papers_verified(papers: int, accounted: int, said: str) -> None:
    assert words(gap(papers, accounted)) == said


@pytest.mark.parametrize(
    ("found", "reason", "explanation", "said"),
    [
        (300, "", "", []),
        (
            299,
            "",
            "",
            [
                "1 paper fewer found than expected: count the box again; if the figure stands, choose a reason.",
                "Say in a few words what explains the variance: agents read it on the statement as to verification.",
            ],
        ),
        (
            302,
            "",
            "",
            [
                "2 papers more found than expected: count the box again; if the figure stands, choose a reason.",
                "Say in a few words what explains the variance: agents read it on the statement as to verification.",
            ],
        ),
        (300, "unexplained", "", ["Papers found and expected are equal: leave the reason at “No variance”."]),
        (299, "unexplained", "seen twice", []),
    ],
)
def test_it_asks_for_the_reason_of_a_variance(
    facts: Facts, found: int, reason: str, explanation: str, said: list[str]
) -> None:
    assert [words(f) for f in check_verification(facts, verified(found, reason, explanation))] == said


def test_it_warns_of_more_papers_than_electors(facts: Facts) -> None:
    electors = facts.definition.boxes["1"].electors
    findings = check_verification(facts, verified(electors + 1, "unexplained", "counted twice"))
    assert [(f.code, f.level, f.field) for f in findings] == [("verification.more_than_electors", "warning", "found")]
    assert words(findings[0]).endswith(f"and only {electors:,} electors belong to box 1.")


def test_it_says_each_thing_that_is_wrong_with_a_group(facts: Facts) -> None:
    findings = check_group(facts, 1, ["1", "99", "99"])
    assert [words(finding) for finding in findings] == [
        "There is a group 1 already.",
        "A box is named twice.",
        "Box 1 is in group 1 already.",
        "There is no box 99.",
        "There is no box 99.",
        "A group mixes the papers of two polling boxes or more, so that nobody's vote can be told from its box. Add a box.",
    ]
    assert all(finding.level == "refusal" for finding in findings)


def test_it_lets_nothing_be_entered_before_the_close_of_poll(facts: Facts) -> None:
    definition, group = facts.definition, facts.groups[1]
    assert check_order(facts, group, definition.close_of_poll, ()) == []
    early = check_order(facts, group, definition.close_of_poll - timedelta(seconds=1), ())
    assert early == [before_close(definition)]


def test_it_blocks_agreement_until_every_paper_is_accounted_for(facts: Facts) -> None:
    group = facts.groups[1]
    papers = group.papers or 0
    assert check_count(facts, group, Entered(1, "0001", papers, VOTES[1], REJECTED, 0)) == []
    first, *rest = VOTES[1]
    short = check_count(facts, group, Entered(1, "0001", papers, (first - 18, *rest), REJECTED, 0))
    assert [(f.level, words(f)) for f in short] == [
        (
            "error",
            f"{papers - 18:,} of {papers:,} papers accounted for: 18 papers missing. "
            "The difference is divisible by 9: are two digits swapped?",
        )
    ]


def test_it_gives_arguments_that_are_json(facts: Facts) -> None:
    group = facts.groups[1]
    findings: list[Finding] = [
        before_close(facts.definition),
        *check_count(facts, group, Entered(1, "0001", 820, (900, 0, 0), (0, 10, 0, 10), 3)),
        *check_verification(facts, verified(9000)),
        *check_group(facts, 0, ["99"]),
    ]
    assert len(findings) > 8
    for finding in findings:
        assert json.loads(json.dumps(dict(finding.args))) == finding.args
