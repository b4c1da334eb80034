"""Democracy Club's candidates CSV, read (https://candidates.democracyclub.org.uk, “Download candidates”).

It lists people in no order of a ballot paper: they are numbered here by surname, then forenames, the order of the
statement of persons nominated (RPA 1983 Sch 1 r.14), and a notice asks for a look at the printed paper.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from results.capacity import MOST_CANDIDATES
from results.facts.definition import PartyDefinition
from results.formats.contest_candidates import (
    INDEPENDENT_ID,
    PARTIES_FILE,
    CandidateRow,
    Parties,
    as_printed,
    party_id,
)
from results.formats.tables import FileProblem, Row, Table, longest, same, shown
from results.models import Candidate, Party

RECOGNISED_BY = ("person_id", "person_name", "ballot_paper_id")
REQUIRED = (*RECOGNISED_BY, "party_name", "party_id")
GREY = "#8C8C8C"
_NO = ("", "false", "f", "no", "0")


def recognises(header: tuple[str, ...]) -> bool:
    """Whether a first line is that of Democracy Club's candidates CSV."""
    return set(RECOGNISED_BY) <= set(header)


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate with the reason, if any, to look at how the name was divided."""

    candidate: CandidateRow
    guessed: bool


def read_candidates(
    table: Table,
    ballot_paper_id: str,
    seats: int,
    parties: Parties,
    problems: list[FileProblem],
    notices: list[FileProblem],
) -> list[CandidateRow]:
    """The candidates of one ballot paper, numbered from 1; parties that the folder does not know are added, in grey."""
    found: dict[str, _Found] = {}
    rows = table.rows(problems, REQUIRED, ignore_others=True)
    for row in rows:
        if row.value("ballot_paper_id").lower() != ballot_paper_id:
            continue
        _refuse_other_polls(row, seats)
        person = row.text("person_id", longest(Candidate, "person_id"))
        read = _candidate(row, person or "", parties, notices)
        if person in found:
            row.refuse("person_id", f"{shown(person)} is there twice, first on line {found[person].candidate.line}")
        elif person:
            found[person] = read
    if rows and not found:
        words = f"no line has the ballot_paper_id {shown(ballot_paper_id)} of contest.csv: look at it, or download this poll"
        problems.append(FileProblem(table.file, 0, "ballot_paper_id", words))
    if len(found) > MOST_CANDIDATES:
        problems.append(
            FileProblem(table.file, 0, "", f"{len(found)} candidates: at most {MOST_CANDIDATES} are accepted")
        )
    for read in found.values():
        if read.guessed:
            words = f"the surname is read as {shown(read.candidate.surname)}: the file does not give it apart"
            notices.append(FileProblem(table.file, read.candidate.line, "person_name", words))
    if found:
        words = "candidates are numbered by surname, then forenames: compare the numbers with the ballot paper"
        notices.append(FileProblem(table.file, 0, "", words))
    ordered = sorted((read.candidate for read in found.values()), key=_place)
    return [replace(candidate, number=number) for number, candidate in enumerate(ordered, 1)]


def _refuse_other_polls(row: Row, seats: int) -> None:
    if row.value("cancelled_poll").lower() not in _NO:
        row.refuse("cancelled_poll", "this poll is cancelled: nothing is counted")
    contested = row.value("seats_contested")
    if contested not in ("", str(seats)):
        row.refuse("seats_contested", f"{shown(contested)} seats, and {seats} in contest.csv: look at both")


def _plain(name: str) -> str:
    """A name as the alphabet sorts it, without accents and capitals."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def _place(candidate: CandidateRow) -> tuple[str, str, str]:
    return _plain(candidate.surname), _plain(candidate.forenames), candidate.person_id


def _candidate(row: Row, person: str, parties: Parties, notices: list[FileProblem]) -> _Found:
    most = longest(Candidate, "surname")
    full = row.text("person_name", most * 2)
    surname = row.text("sopn_last_name", most, required=False)
    forenames = row.text("sopn_first_names", longest(Candidate, "forenames"), required=False)
    # The ballot paper prints names as the statement of persons nominated does (RPA 1983 Sch 1 r.19).
    printed = as_printed(surname, forenames or "") if surname else ""
    guessed = surname == "" and bool(full)
    if guessed and full:
        forenames, _, surname = full.rpartition(" ")
        forenames = forenames.strip()
        if len(surname) > most or len(forenames) > longest(Candidate, "forenames"):
            row.refuse(
                "person_name",
                f"a part of {shown(full)} is longer than {most} characters: fill sopn_last_name and sopn_first_names",
            )
    elif surname and full and surname.isupper():
        surname = _as_written(surname, full)
    party = _party(row, parties, notices)
    description = row.text("party_description_text", longest(Candidate, "description"), required=False)
    candidate = CandidateRow(
        0,
        surname or "",
        forenames or "",
        printed or as_printed(surname or "", forenames or ""),
        party.code if party else "",
        description or (party.name if party else ""),
        person,
        row.line,
    )
    return _Found(candidate, guessed and " " in (full or ""))


def _as_written(surname: str, full: str) -> str:
    """A surname in capitals as the full name writes it: McGinty for MCGINTY, Ó hEaghra for Ó HEAGHRA, Weiß for WEISS."""
    words = full.split(" ")
    tails = (" ".join(words[position:]) for position in range(len(words)))
    return next((tail for tail in tails if same(tail) == same(surname)), surname)


def _party(row: Row, parties: Parties, notices: list[FileProblem]) -> PartyDefinition | None:
    """The candidate's party: by its id, by its name, by the first of a joint candidate's parties; else a new one."""
    written = row.text("party_id", 100, required=False)
    name = row.text("party_name", longest(Party, "name"), required=not written)
    if written is None or name is None:
        return None
    ec_id = party_id(written)
    party = parties.registered(ec_id) if ec_id else None
    if party is None and name:
        named = parties.named(name)
        if named is not None and (not ec_id or not named.ec_id):
            party = named
    if party is None and (joint := re.fullmatch(r"joint-party:([0-9]+)-[0-9-]+", ec_id)):
        party = parties.registered(f"PP{joint[1]}")
    if party is not None:
        return party
    made = _new_party(ec_id, name or ec_id, parties)
    if made is None:
        row.refuse(
            "party_id", f"{shown(written)} is too long: at most {longest(Party, 'ec_id')} characters are accepted"
        )
        return None
    parties.add(made)
    words = f"{shown(made.name)} is not in {PARTIES_FILE}: it is shown in grey, with the code {made.code}"
    notices.append(FileProblem(row.file, row.line, "party_name", words))
    return made


def _new_party(ec_id: str, name: str, parties: Parties) -> PartyDefinition | None:
    """A party in grey, with a code that no other has; None for an id that is too long."""
    if ec_id == INDEPENDENT_ID:
        wanted, name = "IND", "Independent"
    else:
        wanted = re.sub(r"[^A-Za-z0-9]+", "-", ec_id or _plain(name)).strip("-").upper()[:16] or "PARTY"
    if len(ec_id) > longest(Party, "ec_id"):
        return None
    code, number = wanted, 1
    while parties.coded(code):
        number += 1
        code = f"{wanted}-{number}"
    initial = "".join(word[0] for word in name.split() if word[0].isalnum())[:2].upper()[:2] or "?"
    short_name = name[: longest(Party, "short_name")].strip()
    return PartyDefinition(code, name, short_name, initial, GREY, ec_id)
