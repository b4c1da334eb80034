"""A folder of CSV files -> a contest's set-up, with every problem and every notice. Nothing is written here.

contest.csv, parties.csv, candidates.csv, wards.csv and boxes.csv are needed, baseline.csv and heads.csv may be there
(docs/set-up.md). A problem keeps the contest from being loaded; a notice asks for a look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from results.capacity import MOST_HEADS
from results.facts.definition import AccountDefinition, BoxDefinition, HeadDefinition, PartyDefinition, WardDefinition
from results.formats import contest_candidates, democracy_club
from results.formats.contest_boxes import BOXES_FILE, SESSION, WARDS_FILE, Wards, read_boxes, read_wards
from results.formats.contest_candidates import CandidateRow, Parties
from results.formats.contest_fields import ContestFields, read_fields
from results.formats.contest_kind import Poll, poll_of_folder
from results.formats.tables import FileProblem, longest, read_table, same, shown
from results.models import BallotBox, RejectionHead

BASELINE_FILE, HEADS_FILE = "baseline.csv", "heads.csv"
_HEAD_CODE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD_WORDS = "a code is written with letters, digits, hyphens and underscores: want_of_official_mark"


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A party's votes at the last poll in a ward, or in the whole contest where `ward` is empty."""

    ward: str
    party: str
    votes: int


@dataclass(frozen=True, slots=True)
class ContestFolder:
    """All that a folder says of a contest: it may be written as it is."""

    fields: ContestFields
    poll: Poll
    parties: tuple[PartyDefinition, ...]
    candidates: tuple[CandidateRow, ...]
    wards: tuple[WardDefinition, ...]
    boxes: tuple[BoxDefinition, ...]
    accounts: tuple[AccountDefinition, ...]
    on_the_night: frozenset[str]
    heads: tuple[HeadDefinition, ...]
    baseline: tuple[BaselineRow, ...]

    @property
    def electorate(self) -> int:
        """Electors on the register, all wards."""
        return sum(ward.electorate for ward in self.wards)


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What a folder holds: the set-up where there are no problems, else None; notices either way."""

    folder: ContestFolder | None
    problems: tuple[FileProblem, ...]
    notices: tuple[FileProblem, ...]


def read_folder(folder: Path) -> FolderRead:
    """What the files of a folder say, each checked and all laid side by side; no file's content raises."""
    problems: list[FileProblem] = []
    notices: list[FileProblem] = []
    if not folder.is_dir():
        return FolderRead(None, (FileProblem(str(folder), 0, "", "there is no such folder"),), ())
    fields = read_fields(folder / "contest.csv", problems)
    parties, candidates = _read_people(folder, fields, problems, notices)
    wards = read_wards(folder / WARDS_FILE, problems)
    boxes = read_boxes(folder / BOXES_FILE, wards, problems)
    gss = [ward.gss for ward in wards.all]
    poll = poll_of_folder(fields, gss, len(candidates), problems, notices) if fields and gss and all(gss) else None
    heads = _read_heads(folder / HEADS_FILE, poll, fields.seats if fields else 1, problems)
    baseline = _read_baseline(folder / BASELINE_FILE, wards, parties, problems)
    if problems or fields is None or poll is None:
        return FolderRead(None, tuple(problems), tuple(notices))
    whole = ContestFolder(
        fields,
        poll,
        tuple(parties),
        tuple(candidates),
        tuple(wards.all),
        tuple(boxes.all),
        tuple(boxes.accounts),
        boxes.on_the_night,
        tuple(heads),
        tuple(baseline),
    )
    _look_at_whole(whole, problems, notices)
    return FolderRead(None if problems else whole, tuple(problems), tuple(notices))


def _read_people(
    folder: Path, fields: ContestFields | None, problems: list[FileProblem], notices: list[FileProblem]
) -> tuple[Parties, Sequence[CandidateRow]]:
    """Parties and candidates; parties.csv may be left out where the candidates come from Democracy Club."""
    own: list[FileProblem] = []
    table = read_table(folder / contest_candidates.CANDIDATES_FILE, own)
    from_club = table is not None and democracy_club.recognises(table.header)
    parties = contest_candidates.read_parties(
        folder / contest_candidates.PARTIES_FILE, problems, required=not from_club
    )
    problems += own
    if table is None:
        return parties, ()
    before = len(problems)
    candidates: Sequence[CandidateRow]
    if not from_club:
        candidates = contest_candidates.read_candidates(table, parties, problems, notices)
    elif fields is None:
        # Without a ballot paper id nobody can say which lines are meant; contest.csv's own problems say what to mend.
        return parties, ()
    else:
        candidates = democracy_club.read_candidates(
            table, fields.ballot_paper_id, fields.seats, parties, problems, notices
        )
    if not candidates and len(problems) == before:
        problems.append(FileProblem(table.file, 0, "", "there is no candidate in this file: write a line for each"))
    return parties, candidates


def _read_heads(path: Path, poll: Poll | None, seats: int, problems: list[FileProblem]) -> list[HeadDefinition]:
    """The heads of rejection: those of the kind of poll where the folder has no heads.csv."""
    if not path.exists():
        kind = poll.kind if poll else None
        by_law = kind.heads_for(seats) if kind else ()
        return [
            HeadDefinition(head.code, head.name, kind is not None and head == kind.rejected_in_part) for head in by_law
        ]
    heads: dict[str, HeadDefinition] = {}
    table = read_table(path, problems)
    before = len(problems)
    for row in table.rows(problems, ("code", "name"), ("in_part",)) if table else ():
        code = row.matching("code", _HEAD_CODE, longest(RejectionHead, "code"), _HEAD_WORDS)
        name = row.text("name", longest(RejectionHead, "name"))
        in_part = not row.blank("in_part") and row.choice("in_part", ("yes", "no")) == "yes"
        if in_part and seats == 1:
            row.refuse("in_part", "papers are rejected in part only where a voter has several votes: write no")
        if code and same(code) in heads:
            row.refuse("code", f"{shown(code)} is there twice: each head has a code of its own")
        elif code:
            heads[same(code)] = HeadDefinition(code, name or "", in_part)
    if table and not heads and len(problems) == before:
        problems.append(FileProblem(HEADS_FILE, 0, "", "there is no head in this file: leave the file out"))
    if len(heads) > MOST_HEADS:
        problems.append(FileProblem(HEADS_FILE, 0, "", f"{len(heads)} heads: at most {MOST_HEADS} are accepted"))
    return list(heads.values())


def _read_baseline(path: Path, wards: Wards, parties: Parties, problems: list[FileProblem]) -> list[BaselineRow]:
    """The last result, or nothing where the folder has no baseline.csv."""
    if not path.exists():
        return []
    rows: dict[tuple[str, str], BaselineRow] = {}
    table = read_table(path, problems)
    for row in table.rows(problems, ("ward", "party", "votes")) if table else ():
        ward = "" if row.blank("ward") else wards.named(row, "ward")
        code = row.text("party", 100)
        party = parties.coded(code) if code else None
        if code and party is None and not parties.unread:
            row.refuse("party", parties.missing(code))
        votes = row.whole("votes")
        if ward is None or party is None:
            continue
        if (ward, party.code) in rows:
            where = "this ward" if ward else "the contest"
            row.refuse("party", f"{shown(party.code)} is there twice for {where}: add the votes up on one line")
        rows[ward, party.code] = BaselineRow(ward, party.code, votes or 0)
    return list(rows.values())


def _look_at_whole(whole: ContestFolder, problems: list[FileProblem], notices: list[FileProblem]) -> None:
    """What only shows when the files are laid side by side."""
    if whole.electorate == 0:
        problems.append(
            FileProblem(WARDS_FILE, 0, "electorate", "no ward has an elector: write the electors on the register")
        )
    for look in (
        _look_at_electors,
        _look_at_labels,
        _look_at_postal_electors,
        _look_at_candidates,
        _look_at_sessions,
        _look_at_choices,
        _look_at_seats,
    ):
        notices += look(whole)


def _look_at_electors(whole: ContestFolder) -> Iterator[FileProblem]:
    """Electors of boxes and of wards, which can be compared where no box holds papers of several wards."""
    if any(len(box.wards) != 1 for box in whole.boxes):
        return
    electors: Counter[str] = Counter()
    for box in whole.boxes:
        electors[box.wards[0]] += box.electors
    for ward in whole.wards:
        if electors[ward.gss] != ward.electorate:
            words = (
                f"the boxes of {ward.name} have {electors[ward.gss]:,} electors together, "
                f"{WARDS_FILE} has {ward.electorate:,}"
            )
            yield FileProblem(BOXES_FILE, 0, "electors", words)


def _look_at_labels(whole: ContestFolder) -> Iterator[FileProblem]:
    labels = [box.label for box in whole.boxes if box.label.isdigit()]
    if len({len(label) for label in labels}) > 1 and any(label.startswith("0") for label in labels):
        words = "some labels begin with 0 and others are shorter: a spreadsheet may have taken zeros away. Look at the boxes"
        yield FileProblem(BOXES_FILE, 0, "box", words)


def _look_at_sessions(whole: ContestFolder) -> Iterator[FileProblem]:
    """Sessions that are named, none of them the last one: packs are handed in at stations at every poll with postal votes."""
    named = any(box.kind == BallotBox.Kind.POSTAL and box.origin != SESSION for box in whole.boxes)
    if named and not whole.on_the_night:
        words = (
            "no session opens the packs that are handed in at polling stations: write yes for its boxes, so that "
            "verification waits for it"
        )
        yield FileProblem(BOXES_FILE, 0, "on_the_night", words)


def _look_at_postal_electors(whole: ContestFolder) -> Iterator[FileProblem]:
    postal = whole.fields.postal_electors
    by_ward = [ward.postal_electors for ward in whole.wards if ward.postal_electors is not None]
    if by_ward and postal is not None and sum(by_ward) != postal:
        words = f"{postal:,} here, and {sum(by_ward):,} in {WARDS_FILE}: look at both"
        yield FileProblem("contest.csv", 0, "postal_electors", words)


def _look_at_candidates(whole: ContestFolder) -> Iterator[FileProblem]:
    """Numbers that are missing, and surnames that are there twice."""
    numbers = {candidate.number for candidate in whole.candidates}
    gaps = sorted(set(range(1, max(numbers) + 1)) - numbers)
    if gaps:
        words = f"no candidate has the number {gaps[0]}: compare the numbers with the ballot paper"
        yield FileProblem(contest_candidates.CANDIDATES_FILE, 0, "number", words)
    surnames = Counter(same(candidate.surname) for candidate in whole.candidates)
    for candidate in whole.candidates:
        if surnames[same(candidate.surname)] > 1:
            words = f"another candidate is called {shown(candidate.surname)} too: sheets must not mix them up"
            yield FileProblem(contest_candidates.CANDIDATES_FILE, candidate.line, "surname", words)


def _look_at_choices(whole: ContestFolder) -> Iterator[FileProblem]:
    """What contest.csv chooses, and the other files do not bear."""
    fields = whole.fields
    if fields.minimum_boxes > len(whole.boxes):
        words = f"{fields.minimum_boxes} boxes are more than the contest has: no votes could be shown before the end"
        yield FileProblem("contest.csv", 0, "minimum_boxes", words)
    if whole.baseline and not fields.baseline_label:
        words = f"{BASELINE_FILE} is there: say which poll it is, like “2010 general election”"
        yield FileProblem("contest.csv", 0, "baseline_label", words)


def _look_at_seats(whole: ContestFolder) -> Iterator[FileProblem]:
    """What is different where several seats are filled by block vote."""
    seats = whole.fields.seats
    if seats == 1:
        return
    words = (
        f"{seats} seats: each paper has up to {seats} votes, and there is no projection. Compare with the ballot paper"
    )
    yield FileProblem("contest.csv", 0, "seats", words)
    if not any(head.in_part for head in whole.heads):
        words = "no head is of papers rejected in part: write yes in a column in_part beside it"
        yield FileProblem(HEADS_FILE, 0, "", words)
    if whole.baseline:
        words = "no changes are shown from it: a party has several candidates where several seats are filled"
        yield FileProblem(BASELINE_FILE, 0, "", words)
