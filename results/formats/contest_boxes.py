"""wards.csv and boxes.csv: wards, ballot boxes, where they come from, and their ballot paper accounts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from results.capacity import MOST_BOXES
from results.facts.definition import AccountDefinition, BoxDefinition, WardDefinition
from results.formats.contest_lines import GSS, GSS_WORDS
from results.formats.tables import FileProblem, Row, longest, read_table, same, shown
from results.models import BallotBox, PollingPlace, PollingStation, PostalSession, Ward

WARDS_FILE, BOXES_FILE = "wards.csv", "boxes.csv"
BOX_COLUMNS = ("box", "kind", "ward", "station", "electors")
MORE_BOX_COLUMNS = ("place", "session", "on_the_night", "account", "entrusted")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_LABEL_WORDS = "a box is named with letters, digits and hyphens: 14 or P3"
SESSION = "Postal votes"
"""The opening session of a postal box for which boxes.csv names none."""


@dataclass(slots=True)
class Wards:
    """Wards as boxes and the last result name them: by GSS code or by name."""

    all: list[WardDefinition] = field(default_factory=list)
    by_word: dict[str, str] = field(default_factory=dict)

    def named(self, row: Row, column: str) -> str | None:
        """The GSS code of the ward in a cell; None, with a problem, for one that wards.csv does not have."""
        word = row.text(column, longest(Ward, "name"))
        if word is None:
            return None
        gss = self.by_word.get(same(word))
        if gss is None and self.all:
            row.refuse(column, f"{WARDS_FILE} has no ward {shown(word)}: write a name or a GSS code that it has")
        return gss if self.all else ""


def read_wards(path: Path, problems: list[FileProblem]) -> Wards:
    """The wards of wards.csv, in the order of the file."""
    wards = Wards()
    table = read_table(path, problems)
    before = len(problems)
    for row in table.rows(problems, ("gss", "name", "electorate"), ("postal_electors",)) if table else ():
        gss = row.matching("gss", GSS, longest(Ward, "gss"), GSS_WORDS)
        name = row.text("name", longest(Ward, "name"))
        electorate = row.whole("electorate")
        postal = None if row.blank("postal_electors") else row.whole("postal_electors")
        if postal is not None and electorate is not None and postal > electorate:
            row.refuse("postal_electors", f"{postal:,} are more than the {electorate:,} electors of the ward")
        for column, word in (("gss", gss), ("name", name)):
            if word and same(word) in wards.by_word:
                row.refuse(column, f"{shown(word)} is there twice: each ward has a name and a GSS code of its own")
            elif word:
                wards.by_word[same(word)] = gss or ""
        wards.all.append(WardDefinition(gss or "", name or "", electorate or 0, postal))
    if table and not wards.all and len(problems) == before:
        problems.append(FileProblem(WARDS_FILE, 0, "", "there is no ward in this file: write a line for each"))
    return wards


@dataclass(frozen=True, slots=True)
class Boxes:
    """What boxes.csv says: the boxes in the order of the file, their accounts in the order of their first boxes, and the
    opening sessions that open what is handed in at stations on the night."""

    all: list[BoxDefinition]
    accounts: list[AccountDefinition]
    on_the_night: frozenset[str]


def read_boxes(path: Path, wards: Wards, problems: list[FileProblem]) -> Boxes:
    """The boxes of boxes.csv, and where their papers come from."""
    rows: dict[str, _BoxRow] = {}
    table = read_table(path, problems)
    before = len(problems)
    for row in table.rows(problems, BOX_COLUMNS, MORE_BOX_COLUMNS) if table else ():
        box = _read_box(row, wards)
        if box.label and same(box.label) in rows:
            row.refuse("box", f"{shown(box.label)} is there twice: each box has a label of its own")
        elif box.label:
            rows[same(box.label)] = box
    if table and len(problems) == before and not any(box.kind == BallotBox.Kind.POLLING for box in rows.values()):
        words = (
            "none of the boxes is a polling station's: postal papers are mixed with those of one (RPA 1983 Sch 1 r.45)"
        )
        problems.append(FileProblem(BOXES_FILE, 0, "", words))
    if len(rows) > MOST_BOXES:
        problems.append(FileProblem(BOXES_FILE, 0, "", f"{len(rows):,} boxes: at most {MOST_BOXES:,} are accepted"))
    accounts = _accounts(rows.values())
    key_of = {label: account.key for account in accounts for label in account.boxes}
    boxes = [
        BoxDefinition(b.label, b.kind, b.wards, b.place, b.origin, b.electors, key_of[b.label]) for b in rows.values()
    ]
    return Boxes(boxes, accounts, _on_the_night(rows.values()))


@dataclass(frozen=True, slots=True)
class _BoxRow:
    """A line of boxes.csv; `account` names what it shares with other boxes, `row` is where it stands."""

    label: str
    kind: str
    wards: tuple[str, ...]
    place: str
    origin: str
    electors: int
    account: str
    entrusted: int | None
    on_the_night: bool | None
    row: Row


def _read_box(row: Row, wards: Wards) -> _BoxRow:
    label = row.matching("box", _LABEL, longest(BallotBox, "label"), _LABEL_WORDS) or ""
    kind = row.choice("kind", tuple(BallotBox.Kind.values)) or ""
    place = row.text("place", longest(PollingPlace, "name"), required=False) or ""
    station = row.text("station", longest(PollingStation, "name"), required=False) or ""
    session = row.text("session", longest(PostalSession, "name"), required=False) or ""
    account = row.text("account", 40, required=False) or ""
    electors = row.whole("electors") or 0
    entrusted = None if row.blank("entrusted") else row.whole("entrusted")
    night = None if row.blank("on_the_night") else row.choice("on_the_night", ("yes", "no")) == "yes"
    if kind == BallotBox.Kind.POSTAL:
        if station or place:
            row.refuse("station", "a postal box comes from an opening session: leave place and station empty")
        of = _wards(row, wards, several=True)
        return _BoxRow(label, kind, of, "", session or SESSION, electors, account, entrusted, night, row)
    for column, given in (("session", session), ("on_the_night", night)):
        if given:
            row.refuse(column, "a polling station's box comes from no opening session: leave this empty")
    if not place:
        # A place of one station: its name is the place's.
        place, station = station or f"Polling station of box {label}", ""
    of = _wards(row, wards, several=False)
    return _BoxRow(label, kind, of, place, station, electors, account, entrusted, None, row)


def _wards(row: Row, wards: Wards, *, several: bool) -> tuple[str, ...]:
    """The wards whose papers a box holds: one, or for a postal box also several, or all where the cell is empty."""
    if several and row.blank("ward"):
        return tuple(ward.gss for ward in wards.all)
    names = [name.strip() for name in row.cells.get("ward", "").split(";")] if several else [row.cells.get("ward", "")]
    found = []
    for name in names:
        gss = wards.named(Row(row.file, row.line, {"ward": name}, row.problems), "ward")
        if gss in found:
            row.refuse("ward", f"{shown(name)} is named twice")
        elif gss:
            found.append(gss)
    order = {ward.gss: position for position, ward in enumerate(sorted(wards.all, key=lambda ward: ward.name))}
    return tuple(sorted(found, key=lambda gss: order[gss]))


def _on_the_night(rows: Iterable[_BoxRow]) -> frozenset[str]:
    """The sessions of which one of their boxes says so; the others may leave the cell empty."""
    said: dict[str, bool] = {}
    for box in rows:
        night = box.on_the_night
        if night is not None and said.setdefault(box.origin, night) != night:
            box.row.refuse("on_the_night", f"the boxes of {shown(box.origin)} say yes and no: write it once")
    return frozenset(session for session, night in said.items() if night)


def _accounts(rows: Iterable[_BoxRow]) -> list[AccountDefinition]:
    """One account a polling station, one a postal box, unless the column account says otherwise."""
    covered: dict[tuple[str, ...], list[_BoxRow]] = {}
    for box in rows:
        own = ("station", box.place, box.origin) if box.kind == BallotBox.Kind.POLLING else ("box", box.label)
        covered.setdefault(("account", same(box.account)) if box.account else own, []).append(box)
    accounts = []
    for boxes in covered.values():
        given = Counter(box.entrusted for box in boxes if box.entrusted is not None)
        if len(given) > 1:
            boxes[0].row.refuse("entrusted", "the boxes of one account give different figures: write it once")
        if len({(box.kind, box.place, box.origin) for box in boxes}) > 1:
            boxes[0].row.refuse("account", "one account is of one polling station, or of one opening session")
        accounts.append(AccountDefinition(boxes[0].label, tuple(box.label for box in boxes), next(iter(given), None)))
    return accounts
