"""The kind of poll of a folder: said in contest.csv, or taken from the ballot paper id and the nation of the wards.

A poll that cannot be counted here is refused with the sentence of the catalogue that says why (docs/polls.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from results.formats.contest_fields import ContestFields
from results.formats.contest_lines import FILE
from results.formats.tables import FileProblem, shown
from results.polls import (
    KINDS,
    KindOfPoll,
    Nation,
    Refusal,
    VerifyFirst,
    kind_of_ballot,
    method_by_law,
    nation_of,
    refusal,
    refusal_of_ballot,
)
from results.texts.wording import text

_FIELD = {
    "polls.one_seat": "seats",
    "polls.no_projection": "projection",
    "polls.unknown_kind": "kind",
    "polls.not_in_nation": "kind",
}


@dataclass(frozen=True, slots=True)
class Poll:
    """What kind of poll a contest is, where it is held, and what is verified before its votes are counted."""

    kind: KindOfPoll
    nation: Nation
    verify_first: VerifyFirst


def poll_of_folder(
    fields: ContestFields,
    wards: Iterable[str],
    candidates: int,
    problems: list[FileProblem],
    notices: list[FileProblem],
) -> Poll | None:
    """The kind of poll, by the contest's facts, the GSS codes of its wards and how many candidates stand; None, with the
    problem kept, where it is not known or not counted here."""
    nation = _nation((fields.gss, *wards), problems)
    if nation is None:
        return None
    if (refused := refusal_of_ballot(fields.ballot_paper_id, nation)) is not None:
        problems.append(_said(refused, "ballot_paper_id"))
        return None
    by_id = kind_of_ballot(fields.ballot_paper_id, nation)
    code = fields.kind or by_id
    if code is None:
        words = f"the ballot_paper_id does not say which kind of poll this is: write {', '.join(KINDS)}"
        problems.append(FileProblem(FILE, 0, "kind", words))
        return None
    if by_id is not None and code != by_id:
        words = f"{shown(code)}, while the ballot_paper_id speaks of {by_id}: look at both"
        notices.append(FileProblem(FILE, 0, "kind", words))
    kind = KINDS[code]
    method = fields.method or method_by_law(kind, fields.election.poll_date, candidates)
    if (refused := refusal(code, fields.seats, method, nation)) is not None:
        problems.append(_said(refused, _FIELD.get(refused.code, "method")))
        return None
    problems += (_said(refused, _FIELD.get(refused.code, "seats")) for refused in _block_vote(fields, candidates))
    by_law = kind.verified_first(nation, combined=fields.combined)
    if fields.verify_first and fields.verify_first != by_law:
        words = f"{shown(fields.verify_first)}, while the law has {by_law} for such a poll: look at docs/polls.md"
        notices.append(FileProblem(FILE, 0, "verify_first", words))
    return Poll(kind, nation, VerifyFirst(fields.verify_first) if fields.verify_first else by_law)


def _block_vote(fields: ContestFields, candidates: int) -> Iterator[Refusal]:
    """What of a contest with several seats cannot be: a projection, and no more candidates than seats."""
    if fields.seats == 1:
        return
    if fields.projection:
        yield Refusal("polls.no_projection", {"seats": fields.seats})
    if 0 < candidates <= fields.seats:
        yield Refusal("polls.no_contest", {"candidates": candidates, "seats": fields.seats})


def _nation(codes: Iterable[str], problems: list[FileProblem]) -> Nation | None:
    """The nation of all GSS codes; None, with the problem kept, where they are of several or of none."""
    found = {nation_of(gss) for gss in codes if gss}
    nation = next(iter(found), None)
    if len(found) != 1 or nation is None:
        words = "the GSS codes are of several nations, or of none: they begin with E, W, S or N, and all with the same"
        problems.append(FileProblem("wards.csv", 0, "gss", words))
        return None
    return nation


def _said(refused: Refusal, field: str) -> FileProblem:
    return FileProblem(FILE, 0, field, text(refused.code, refused.args, {}))
