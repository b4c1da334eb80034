"""What an id says of its poll, how votes become seats there, and why a poll cannot be set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from results.polls.table import KINDS
from results.polls.types import KindOfPoll, Method, Nation


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a poll cannot be set up: a code of the catalogue, and what its text names."""

    code: str
    args: Mapping[str, str | int]


_LETTERS = {"E": Nation.ENGLAND, "W": Nation.WALES, "S": Nation.SCOTLAND, "N": Nation.NORTHERN_IRELAND}


def nation_of(gss: str) -> Nation | None:
    """The nation of a GSS code, E14000898; None for a code of another form."""
    return _LETTERS.get(gss[:1])


# Ids of Democracy Club, made by uk-election-ids: the type of election comes first.
_BY_PREFIX = {"parl": "parliament", "parish": "parish", "pcc": "pcc", "ref": "neighbourhood_referendum"}
_LOCAL = {Nation.ENGLAND: "local_england", Nation.WALES: "local_wales"}
_NOT_COUNTED = {
    "sp": Method.PARTY_LISTS,
    "senedd": Method.PARTY_LISTS,
    "naw": Method.PARTY_LISTS,
    "gla": Method.PARTY_LISTS,
    "europarl": Method.PARTY_LISTS,
    "nia": Method.SINGLE_TRANSFERABLE_VOTE,
}
_COMBINED_ENDINGS = ("-ca", "-cca", "-combined-authority", "-combined-county-authority")


def kind_of_ballot(ballot_paper_id: str, nation: Nation = Nation.ENGLAND) -> str | None:
    """The kind of poll that an id's first part names, as a default; None where it names none of the table's."""
    prefix, _, rest = ballot_paper_id.partition(".")
    if prefix == "local":
        return _LOCAL.get(nation)
    if prefix == "mayor":
        place = rest.partition(".")[0]
        if place == "london":
            return None
        return "combined_mayor" if place.endswith(_COMBINED_ENDINGS) else "mayor"
    return _BY_PREFIX.get(prefix)


def refusal_of_ballot(ballot_paper_id: str, nation: Nation = Nation.ENGLAND) -> Refusal | None:
    """Why the poll of an id cannot be counted here, whatever else the set-up says; None where it may be."""
    prefix, _, rest = ballot_paper_id.partition(".")
    if prefix in _NOT_COUNTED:
        return Refusal(f"polls.{_NOT_COUNTED[prefix]}", {})
    if prefix == "local" and nation in (Nation.SCOTLAND, Nation.NORTHERN_IRELAND):
        return Refusal(f"polls.{Method.SINGLE_TRANSFERABLE_VOTE}", {})
    if prefix == "mayor" and rest.partition(".")[0] == "london":
        return Refusal(f"polls.{Method.SUPPLEMENTARY_VOTE}", {})
    return None


# Elections Act 2022: simple majority for mayors and commissioners at polls from 4 May 2023 (ministers in Parliament, read).
_SIMPLE_MAJORITY_FROM = date(2023, 5, 4)


def method_by_law(kind: KindOfPoll, poll_date: date, candidates: int) -> Method:
    """The method of a poll where its set-up names none; of two candidates one has the majority in any case."""
    if kind.supplementary_from is None or candidates <= 2:
        return Method.SIMPLE_MAJORITY
    if _SIMPLE_MAJORITY_FROM <= poll_date < kind.supplementary_from:
        return Method.SIMPLE_MAJORITY
    return Method.SUPPLEMENTARY_VOTE


def refusal(kind: str, seats: int, method: Method, nation: Nation) -> Refusal | None:
    """Why a poll cannot be set up: what the law does not know, or what this count cannot do yet. None where it can."""
    known = KINDS.get(kind)
    if known is None:
        return Refusal("polls.unknown_kind", {"kind": kind, "kinds": ", ".join(KINDS)})
    if nation not in known.nations:
        return Refusal("polls.not_in_nation", {"kind": known.name, "nation": nation.value})
    if method is not Method.SIMPLE_MAJORITY:
        return Refusal(f"polls.{method}", {})
    if seats > 1 and not known.several_seats:
        return Refusal("polls.one_seat", {"kind": known.name, "seats": seats})
    return None
