"""parties.csv, and candidates.csv in the format of countnight's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from results.capacity import MOST_CANDIDATES
from results.facts.definition import PartyDefinition
from results.formats.tables import FileProblem, Row, Table, longest, read_table, same, shown
from results.models import Candidate, Party

PARTIES_FILE = "parties.csv"
CANDIDATES_FILE = "candidates.csv"
PARTY_COLUMNS = ("code", "name", "short_name", "initial", "colour", "ec_id")
CANDIDATE_COLUMNS = ("number", "surname", "forenames", "party", "description", "person_id")
OPTIONAL_COLUMNS = ("ballot_name", "commonly_used_surname", "commonly_used_forenames")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_CODE_WORDS = "a code is written with letters, digits, hyphens and underscores: LAB"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COLOUR_WORDS = "a colour is written as # and six digits or letters A to F: #6D3177"
INDEPENDENT_ID = "ynmp-party:2"
"""Democracy Club's party id of those who stand for no party."""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate as a file gives it; `party` is the party's code, `line` where the file says so."""

    number: int
    surname: str
    forenames: str
    ballot_name: str
    party: str
    description: str
    person_id: str
    line: int = 0


def as_printed(surname: str, forenames: str) -> str:
    """A name for the ballot paper where no file gives it: the surname first, its capitals as they were typed."""
    return f"{surname}, {forenames}" if forenames else surname


def party_id(value: str) -> str:
    """The Electoral Commission's number of a party as PP52, also where it is written party:52; other ids stay."""
    value = value.strip()
    match = re.fullmatch(r"(?:party:|PP)\s*([0-9]+)", value, re.IGNORECASE)
    return f"PP{match[1]}" if match else value.lower() if value.isascii() else value


@dataclass(slots=True)
class Parties:
    """The parties that a folder knows, in order; candidates' files may add to them."""

    by_code: dict[str, PartyDefinition] = field(default_factory=dict)
    unread: bool = False

    def add(self, party: PartyDefinition) -> None:
        self.by_code[same(party.code)] = party

    def coded(self, code: str) -> PartyDefinition | None:
        """The party of a code; capitals make no difference."""
        return self.by_code.get(same(code))

    def named(self, name: str) -> PartyDefinition | None:
        """The party of a full name."""
        return next((party for party in self if same(party.name) == same(name)), None)

    def registered(self, ec_id: str) -> PartyDefinition | None:
        """The party of an id; the independents answer to Democracy Club's id for them."""
        party = next((party for party in self if party.ec_id and party_id(party.ec_id) == party_id(ec_id)), None)
        if party is None and party_id(ec_id) == INDEPENDENT_ID:
            return self.named("Independent") or self.coded("IND")
        return party

    def missing(self, code: str) -> str:
        """What is said of a code that no party has: which there are."""
        codes = ", ".join(party.code for party in list(self)[:20]) or "none"
        return f"no party in {PARTIES_FILE} has the code {shown(code)}: add the party there, or write one that it has ({codes})"

    def __iter__(self) -> Iterator[PartyDefinition]:
        return iter(self.by_code.values())


def read_parties(path: Path, problems: list[FileProblem], *, required: bool) -> Parties:
    """The parties of parties.csv; none where the file is not required and not there."""
    parties = Parties()
    if not required and not path.exists():
        return parties
    table = read_table(path, problems)
    before = len(problems)
    rows = table.rows(problems, PARTY_COLUMNS) if table else []
    # A file that could not be read has said so: its parties are not missed one by one.
    parties.unread = table is None or (not rows and len(problems) > before)
    for row in rows:
        _read_party(row, parties)
    return parties


def _read_party(row: Row, parties: Parties) -> None:
    code = row.matching("code", CODE, longest(Party, "code"), _CODE_WORDS)
    name = row.text("name", longest(Party, "name"))
    short_name = row.text("short_name", longest(Party, "short_name"))
    initial = row.text("initial", longest(Party, "initial"))
    colour = row.matching("colour", _COLOUR, longest(Party, "colour"), _COLOUR_WORDS)
    ec_id = row.text("ec_id", longest(Party, "ec_id"), required=False)
    if code and parties.coded(code):
        row.refuse("code", f"{shown(code)} is there twice: each party has a code of its own")
        return
    if name and parties.named(name):
        row.refuse("name", f"{shown(name)} is there twice: each party stands on one line")
    if ec_id and parties.registered(ec_id):
        row.refuse("ec_id", f"{shown(ec_id)} is there twice: each party has a number of its own")
    if code:
        registered = party_id(ec_id) if ec_id else ""
        parties.add(PartyDefinition(code, name or "", short_name or "", initial or "", colour or "", registered))


def read_candidates(
    table: Table, parties: Parties, problems: list[FileProblem], notices: list[FileProblem]
) -> list[CandidateRow]:
    """The candidates of countnight's own format, by their numbers on the ballot paper."""
    candidates: dict[int, CandidateRow] = {}
    people: dict[str, int] = {}
    for row in table.rows(problems, CANDIDATE_COLUMNS, OPTIONAL_COLUMNS):
        number = row.whole("number", 1, MOST_CANDIDATES)
        candidate = _candidate(row, number or 0, parties)
        _look_at_ballot_name(candidate, notices)
        if number in candidates:
            row.refuse("number", f"{number} is there twice, first on line {candidates[number].line}")
        elif number:
            candidates[number] = candidate
        if candidate.person_id and candidate.person_id in people:
            first = people[candidate.person_id]
            words = (
                f"{shown(candidate.person_id)} is there twice, first on line {first}: write each person's own, or none"
            )
            row.refuse("person_id", words)
        people.setdefault(candidate.person_id, row.line)
    return [candidates[number] for number in sorted(candidates)]


def _candidate(row: Row, number: int, parties: Parties) -> CandidateRow:
    surname, forenames = _names(row)
    printed = row.text("ballot_name", longest(Candidate, "ballot_name"), required=False)
    code = row.text("party", longest(Party, "code"))
    party = parties.coded(code) if code else None
    if code and party is None and not parties.unread:
        row.refuse("party", parties.missing(code))
    description = row.text("description", longest(Candidate, "description"), required=False)
    person_id = row.text("person_id", longest(Candidate, "person_id"), required=False)
    return CandidateRow(
        number,
        surname,
        forenames,
        printed or as_printed(surname, forenames),
        party.code if party else "",
        description or "",
        person_id or "",
        row.line,
    )


def _names(row: Row) -> tuple[str, str]:
    """Surname and forenames: where a candidate is nominated by commonly used names, these stand on the ballot paper."""
    most = {"surname": longest(Candidate, "surname"), "forenames": longest(Candidate, "forenames")}
    surname = row.text("surname", most["surname"]) or ""
    forenames = row.text("forenames", most["forenames"], required=False) or ""
    used_surname = row.text("commonly_used_surname", most["surname"], required=False)
    used_forenames = row.text("commonly_used_forenames", most["forenames"], required=False)
    return used_surname or surname, used_forenames or forenames


def _look_at_ballot_name(candidate: CandidateRow, notices: list[FileProblem]) -> None:
    """Nelson 2023: figures went to the wrong candidate. A name that slipped by a line is seen here."""
    if same(candidate.surname) not in same(candidate.ballot_name):
        words = f"{shown(candidate.ballot_name)} does not hold the surname {shown(candidate.surname)}: look at the ballot paper"
        notices.append(FileProblem(CANDIDATES_FILE, candidate.line, "ballot_name", words))
