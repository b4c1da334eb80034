"""Kinds of poll are data: what the law fixes for each is there, docs/polls.md shows it, and what cannot be counted is said."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.db.models import CheckConstraint

from results.models import Contest
from results.polls import (
    KINDS,
    Deposit,
    KindOfPoll,
    MayAskRecount,
    Method,
    Nation,
    Refusal,
    VerifyFirst,
    kind_of_ballot,
    method_by_law,
    nation_of,
    refusal,
    refusal_of_ballot,
)
from results.texts.catalogue import catalogue
from results.texts.wording import text

PAGE = Path(__file__).resolve().parent.parent / "docs" / "polls.md"
SEVERAL = ("local_england", "local_wales", "parish")


def said(found: Refusal | None) -> str:
    assert found is not None
    assert found.code in catalogue()
    return text(found.code, found.args, {})


# --- the page --------------------------------------------------------------------------------------------------------


def _by_nation(values: dict[Nation, str]) -> str:
    """One word where all nations agree, else each with its nations."""
    if len(set(values.values())) == 1:
        return next(iter(values.values()))
    kept: dict[str, list[str]] = {}
    for nation, value in values.items():
        kept.setdefault(value, []).append(said_nation(nation))
    return "; ".join(f"{value} ({', '.join(nations)})" for value, nations in kept.items())


def said_nation(nation: Nation) -> str:
    return catalogue()[f"word.{nation}"]


def _officer(kind: KindOfPoll) -> str:
    words = _by_nation(dict(kind.officer))
    return f"{words}; each area: {kind.local_officer}" if kind.local_officer else words


def _deposit(deposit: Deposit | None) -> str:
    return f"£{deposit.pounds:,}, back with more than {deposit.share}" if deposit else "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def tables() -> str:
    """The tables of docs/polls.md."""
    lines = ["| code | kind of poll | law | declared by |", "|---|---|---|---|"]
    lines += [f"| `{k.code}` | {k.name} | {k.law} | {_officer(k)} |" for k in KINDS.values()]
    lines += [
        "",
        "| code | seats | deposit | writ | four-hour statement | a recount is asked for by |",
        "|---|---|---|---|---|---|",
    ]
    for k in KINDS.values():
        asked = ", ".join(by.replace("_", " ") for by in k.may_ask_recount)
        seats = "one or more" if k.several_seats else "one"
        lines.append(
            f"| `{k.code}` | {seats} | {_deposit(k.deposit)} | {_yes(k.writ)} | {_yes(k.four_hour_statement)} | {asked} |"
        )
    lines += ["", "| code | verified first, where polls are combined | heads of rejection |", "|---|---|---|"]
    for k in KINDS.values():
        first = _by_nation({nation: f"`{k.verified_first(nation, combined=True)}`" for nation in k.nations})
        heads = "; ".join(head.name for head in k.heads)
        if k.rejected_in_part:
            heads += f"; for more than one seat also: {k.rejected_in_part.name}"
        lines.append(f"| `{k.code}` | {first} | {heads} |")
    return "\n".join(lines)


def test_the_page_shows_the_table_as_it_is() -> None:
    assert tables() in PAGE.read_text(encoding="utf-8"), f"write this into {PAGE.name}:\n{tables()}"


def test_the_page_says_every_refusal_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for method in Method:
        if method is not Method.SIMPLE_MAJORITY:
            assert catalogue()[f"polls.{method}"] in page.replace("\n", " ")


# --- the table -------------------------------------------------------------------------------------------------------


def test_it_has_every_kind_once_with_a_law_and_an_officer() -> None:
    assert len(KINDS) == 8
    for code, kind in KINDS.items():
        assert code == kind.code and kind.law and kind.nations
        assert len({head.code for head in kind.heads_for(3)}) == len(kind.heads_for(3))
        assert kind.may_ask_recount


def test_it_keeps_a_deposit_with_more_than_a_twentieth_only() -> None:
    deposit = KINDS["parliament"].deposit
    assert deposit is not None
    assert not deposit.kept(2000, 40_000)
    assert deposit.kept(2001, 40_000)
    assert not deposit.kept(0, 0)
    # A share as a float would be wrong where a twentieth is no whole number: 5% of 40,065 is 2,003.25.
    assert (deposit.kept(2003, 40_065), deposit.kept(2004, 40_065)) == (False, True)
    assert [kind.code for kind in KINDS.values() if kind.deposit is None] == [*SEVERAL, "neighbourhood_referendum"]


def test_it_splits_unmarked_from_void_for_commissioners_only() -> None:
    split = [
        code for code, kind in KINDS.items() if {"unmarked", "void_for_uncertainty"} <= {h.code for h in kind.heads}
    ]
    assert split == ["pcc"]
    assert all("unmarked_or_void" in {h.code for h in kind.heads} for code, kind in KINDS.items() if code != "pcc")


def test_it_rejects_in_part_only_where_a_voter_has_several_votes() -> None:
    for code, kind in KINDS.items():
        assert "rejected_in_part" not in {head.code for head in kind.heads_for(1)}
        assert ("rejected_in_part" in {head.code for head in kind.heads_for(2)}) == (code in SEVERAL)


def test_it_lets_a_parliamentary_count_begin_before_the_other_papers_but_not_in_scotland() -> None:
    parliament = KINDS["parliament"]
    assert parliament.verified_first(Nation.ENGLAND, combined=True) is VerifyFirst.DECLARE
    assert parliament.verified_first(Nation.WALES, combined=True) is VerifyFirst.DECLARE
    assert parliament.verified_first(Nation.SCOTLAND, combined=True) is VerifyFirst.AREA
    for code, kind in KINDS.items():
        for nation in kind.nations:
            assert kind.verified_first(nation, combined=False) is VerifyFirst.OWN
            if code != "parliament":
                assert kind.verified_first(nation, combined=True) is VerifyFirst.AREA


def test_it_asks_a_four_hour_statement_and_has_a_writ_for_parliament_only() -> None:
    assert [code for code, kind in KINDS.items() if kind.four_hour_statement] == ["parliament"]
    assert [code for code, kind in KINDS.items() if kind.writ] == ["parliament"]


def test_it_lets_a_counting_agent_ask_for_a_recount_only_where_the_poll_does() -> None:
    agents = [code for code, kind in KINDS.items() if MayAskRecount.COUNTING_AGENT in kind.may_ask_recount]
    assert agents == ["mayor", "combined_mayor", "pcc"]
    assert MayAskRecount.ELECTION_AGENT not in KINDS["parish"].may_ask_recount


# --- what is refused -------------------------------------------------------------------------------------------------


def test_it_takes_one_seat_by_simple_majority_of_every_kind() -> None:
    for code, kind in KINDS.items():
        for nation in kind.nations:
            assert refusal(code, 1, Method.SIMPLE_MAJORITY, nation) is None


@pytest.mark.parametrize("method", [m for m in Method if m is not Method.SIMPLE_MAJORITY])
def test_it_refuses_every_other_method_with_a_whole_sentence(method: Method) -> None:
    words = said(refusal("local_wales", 3, method, Nation.WALES))
    assert "countnight counts" in words and "count this poll by other means" in words
    assert "{" not in words


def test_it_takes_several_seats_of_the_kinds_that_have_them_alone() -> None:
    for code, kind in KINDS.items():
        for nation in kind.nations:
            found = refusal(code, 3, Method.SIMPLE_MAJORITY, nation)
            assert (found is None) == (code in ("local_england", "local_wales", "parish"))
    assert said(refusal("parliament", 2, Method.SIMPLE_MAJORITY, Nation.ENGLAND)) == (
        "UK parliamentary election: such a poll fills one seat, and 2 are given. Write 1"
    )


def test_the_database_knows_the_kinds_that_have_several_seats() -> None:
    [rule] = [one for one in Contest._meta.constraints if one.name == "contest_seats_of_its_kind"]
    assert isinstance(rule, CheckConstraint)
    several = [code for code, kind in KINDS.items() if kind.several_seats]
    assert str(several) in str(rule.condition)


def test_it_refuses_a_kind_that_it_does_not_know_or_that_a_nation_does_not_have() -> None:
    assert "write one of parliament, local_england" in said(
        refusal("senate", 1, Method.SIMPLE_MAJORITY, Nation.ENGLAND)
    )
    assert said(refusal("pcc", 1, Method.SIMPLE_MAJORITY, Nation.SCOTLAND)).startswith(
        "Police and crime commissioner: there is no such poll in Scotland"
    )


def test_it_answers_every_combination() -> None:
    for code, seats, method, nation in product((*KINDS, "x"), (1, 2, 60), Method, Nation):
        found = refusal(code, seats, method, nation)
        assert found is None or "{" not in said(found)


@pytest.mark.parametrize(
    ("poll_date", "candidates", "method"),
    [
        (date(2026, 6, 17), 5, Method.SIMPLE_MAJORITY),
        (date(2026, 6, 18), 5, Method.SUPPLEMENTARY_VOTE),
        (date(2026, 6, 18), 2, Method.SIMPLE_MAJORITY),
        (date(2023, 5, 4), 3, Method.SIMPLE_MAJORITY),
        (date(2021, 5, 6), 3, Method.SUPPLEMENTARY_VOTE),
    ],
)
@pytest.mark.parametrize("code", ["mayor", "combined_mayor", "pcc"])
def test_it_knows_when_mayors_and_commissioners_are_elected_by_supplementary_vote(
    code: str, poll_date: date, candidates: int, method: Method
) -> None:
    assert method_by_law(KINDS[code], poll_date, candidates) is method
    assert method_by_law(KINDS["parliament"], poll_date, candidates) is Method.SIMPLE_MAJORITY


# --- what an id says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ballot", "nation", "kind"),
    [
        ("parl.rochester-and-strood.by.2014-11-20", Nation.ENGLAND, "parliament"),
        ("parl.orkney.2024-07-04", Nation.SCOTLAND, "parliament"),
        ("local.medway.peninsula.by.2014-11-20", Nation.ENGLAND, "local_england"),
        ("local.cardiff.adamsdown.2022-05-05", Nation.WALES, "local_wales"),
        ("local.fife.cupar.2022-05-05", Nation.SCOTLAND, None),
        ("mayor.bedford.2027-05-06", Nation.ENGLAND, "mayor"),
        ("mayor.greater-manchester-ca.2024-05-02", Nation.ENGLAND, "combined_mayor"),
        ("mayor.london.2024-05-02", Nation.ENGLAND, None),
        ("pcc.kent.2024-05-02", Nation.ENGLAND, "pcc"),
        ("ref.hoo.2026-05-07", Nation.ENGLAND, "neighbourhood_referendum"),
        ("parish.hoo.2026-05-07", Nation.ENGLAND, "parish"),
        ("sp.c.fife.2026-05-07", Nation.SCOTLAND, None),
        ("", Nation.ENGLAND, None),
    ],
)
def test_it_takes_the_kind_from_the_id_as_a_default(ballot: str, nation: Nation, kind: str | None) -> None:
    assert kind_of_ballot(ballot, nation) == kind


@pytest.mark.parametrize(
    ("ballot", "nation", "words"),
    [
        ("sp.c.fife.2026-05-07", Nation.SCOTLAND, "lists"),
        ("senedd.c.fife.2026-05-07", Nation.WALES, "lists"),
        ("gla.a.2024-05-02", Nation.ENGLAND, "lists"),
        ("nia.foyle.2027-05-06", Nation.NORTHERN_IRELAND, "single transferable vote"),
        ("local.fife.cupar.2022-05-05", Nation.SCOTLAND, "single transferable vote"),
        ("mayor.london.2028-05-04", Nation.ENGLAND, "supplementary vote"),
    ],
)
def test_it_refuses_polls_that_their_id_says_cannot_be_counted(ballot: str, nation: Nation, words: str) -> None:
    assert words in said(refusal_of_ballot(ballot, nation))


def test_it_refuses_no_id_of_a_kind_in_the_table() -> None:
    for ballot in ("parl.a.2026-05-07", "local.a.b.2026-05-07", "mayor.a.2026-05-07", "pcc.a.2026-05-07", "x", ""):
        assert refusal_of_ballot(ballot) is None


def test_it_takes_the_nation_from_a_gss_code() -> None:
    assert [nation_of(gss) for gss in ("E14000898", "W06000015", "S14000001", "N06000001")] == list(Nation)
    assert nation_of("") is None and nation_of("K02000001") is None
