"""The statement as to verification: of each account what was expected and found, and the sums. Pure.

The Returning Officer draws it up, and any agent may copy it (RPA 1983 Sch 1 r.45(5)). It is drawn up at any time, "so far",
and complete once every box is verified and no session for packs handed in is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from results.facts.figures import AccountFigures, BoxPapers
from results.facts.types import Account, Facts, SignedStatement


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A box of an account: its successive counts, papers moved in less those moved out, and what is in it now."""

    label: str
    counts: tuple[int, ...]
    moved: int
    papers: int | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account: papers expected and found in its boxes, those `moved` included, and what differs with the reason.

    `expected` and `found` are None until it is verified. `balanced` are boxes of the same polling place whose accounts
    differ by as many the other way.
    """

    boxes: tuple[BoxLine, ...]
    source: str
    postal: bool
    entrusted: int | None
    figures: AccountFigures | None
    expected: int | None
    found: int | None
    moved: int
    reason: str
    explanation: str
    balanced: tuple[str, ...] = ()

    @property
    def variance(self) -> int | None:
        """Papers found more than expected."""
        return None if self.found is None or self.expected is None else self.found - self.expected

    @property
    def off_entrusted(self) -> int:
        """Papers that the account says more than were entrusted; 0 where either is not known."""
        if self.figures is None or self.entrusted is None:
            return 0
        return self.figures.entrusted - self.entrusted


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of the lines that are verified; None of figures that no line has."""

    expected: int
    found: int
    moved: int
    unused: int | None
    spoilt: int | None
    tendered: int | None
    unused_counted: int | None
    spoilt_counted: int | None

    @property
    def variance(self) -> int:
        """Papers found more than expected."""
        return self.found - self.expected


@dataclass(frozen=True, slots=True)
class VerificationStatement:
    """The statement as it stands; `left` are boxes that are not verified, `open_sessions` may still bring papers."""

    stations: tuple[AccountLine, ...]
    postal: tuple[AccountLine, ...]
    stations_total: Total
    postal_total: Total
    grand_total: Total
    left: tuple[str, ...]
    open_sessions: tuple[str, ...]
    complete: bool
    signed: SignedStatement | None

    @property
    def lines(self) -> tuple[AccountLine, ...]:
        """All accounts, polling stations first."""
        return self.stations + self.postal

    @property
    def varying(self) -> tuple[AccountLine, ...]:
        """The accounts that have something to explain, or an explanation."""
        return tuple(line for line in self.lines if line.variance or line.off_entrusted or line.reason or line.moved)


def draw_up(facts: Facts) -> VerificationStatement:
    """The statement as to verification, as these facts have it."""
    lines = [_line(facts, facts.accounts[key]) for key in facts.definition.accounts if _listed(facts, key)]
    stations = tuple(line for line in lines if not line.postal)
    postal = tuple(line for line in lines if line.postal)
    return VerificationStatement(
        stations,
        postal,
        _total(stations),
        _total(postal),
        _total(lines),
        tuple(label for label, box in facts.boxes.items() if box.papers is None),
        facts.open_sessions,
        facts.verification_complete,
        facts.signed_statement,
    )


def _listed(facts: Facts, key: str) -> bool:
    """Whether the account still has a box: all of them may have been taken off the list."""
    return any(label in facts.boxes for label in facts.definition.accounts[key].boxes)


def _line(facts: Facts, account: Account) -> AccountLine:
    definition, verified = facts.definition.accounts[account.key], account.verified
    box = facts.definition.boxes[definition.boxes[0]]
    counted = {one.box: one for one in verified.boxes} if verified else {}
    return AccountLine(
        tuple(_box(facts, label, counted.get(label)) for label in definition.boxes),
        box.source,
        box.kind == "postal",
        definition.entrusted,
        verified.figures if verified else None,
        verified.expected if verified else None,
        account.found,
        account.moved,
        verified.reason if verified else "",
        verified.explanation if verified else "",
        _balanced(facts, account),
    )


def _box(facts: Facts, label: str, counted: BoxPapers | None) -> BoxLine:
    known = facts.boxes[label]
    return BoxLine(label, counted.counts if counted else (), known.moved, known.papers)


def _balanced(facts: Facts, account: Account) -> tuple[str, ...]:
    """The boxes whose accounts make up for this one's variance, where all of the polling place balance."""
    place = facts.definition.boxes[facts.definition.accounts[account.key].boxes[0]].place
    if not place or not account.variance:
        return ()
    there = [other for other in facts.accounts.values() if _listed(facts, other.key) and _place(facts, other) == place]
    if sum(other.variance or 0 for other in there) != 0:
        return ()
    differing = [other for other in there if other.variance and other.key != account.key]
    return tuple(label for other in differing for label in facts.definition.accounts[other.key].boxes)


def _place(facts: Facts, account: Account) -> str:
    return facts.definition.boxes[facts.definition.accounts[account.key].boxes[0]].place


def _total(lines: Sequence[AccountLine]) -> Total:
    verified = [line for line in lines if line.found is not None]
    figures = [line.figures for line in verified if line.figures is not None]
    return Total(
        sum(line.expected or 0 for line in verified),
        sum(line.found or 0 for line in verified),
        sum(line.moved for line in verified),
        _sum(one.unused for one in figures),
        _sum(one.spoilt for one in figures),
        _sum(one.tendered for one in figures),
        _sum_of_all(one.unused_counted for one in figures),
        _sum_of_all(one.spoilt_counted for one in figures),
    )


def _sum_of_all(numbers: Iterable[int | None]) -> int | None:
    """The sum, None where one is missing: beside the sum of all accounts that of some would look like a variance."""
    known = list(numbers)
    return None if None in known else _sum(known)


def _sum(numbers: Iterable[int | None]) -> int | None:
    """The sum of the numbers that are there; None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
