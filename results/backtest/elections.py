"""Elections to test with: SET.results.csv.gz and SET.baseline.csv.gz -> contests whose truth is known.

A results file has contest,unit,ward,type,candidate,votes; a baseline file contest,ward,party,votes of the election
before. A candidate's baseline is the party of the same name. A ward that only holds units of one vote type, other
than the commonest, and all of them, is that type's own: its baseline is the type's.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from results.projection import Candidate, CountedSet, Setup, Unit
from results.projection.baseline import Floats

RESULTS = ("contest", "unit", "ward", "type", "candidate", "votes")
BASELINE = ("contest", "ward", "party", "votes")

TURNOUT = 0.5
SIZE_SD, TYPE_SD, UNIT_SD = 0.08, 0.15, 0.15
"""How far expected sizes are off (log sd): all units together, a vote type that is not the commonest, one unit."""


@dataclass(frozen=True)
class Contest:
    """B units with votes (B, K) of K candidates; `wards` and `types` (B,) their names; `baseline` votes by ward and
    party; `own_wards` by vote type, the ward that is the type's own."""

    set: str
    name: str
    candidates: tuple[str, ...]
    units: tuple[str, ...]
    wards: tuple[str, ...]
    types: tuple[str, ...]
    votes: Floats
    baseline: dict[str, dict[str, float]]
    own_wards: dict[str, str]

    def setup(self, rng: np.random.Generator, type_baseline: bool, verified: bool) -> Setup:
        """What would have been known before the count. Sizes are expected ones, off by a few percent at random, or
        with `verified` the exact papers; without `type_baseline` what is known of vote types last time is dropped."""
        votes = self.votes.sum(axis=1)
        commonest = Counter(self.types).most_common(1)[0][0]
        shift = {t: rng.normal(0, TYPE_SD) * (t != commonest) for t in sorted(set(self.types))}
        noise = rng.normal(0, SIZE_SD) + rng.normal(0, UNIT_SD, len(votes)) + np.array([shift[t] for t in self.types])
        electors = np.maximum(votes * np.exp(noise) / TURNOUT, votes).round().astype(int)
        special = set(self.own_wards.values())
        wards = {name: row for name, row in self.baseline.items() if name not in special}
        types = {t: self.baseline[w] for t, w in self.own_wards.items() if w in self.baseline} if type_baseline else {}
        whole: Counter[str] = Counter()
        for row in (*wards.values(), *types.values()):
            whole.update(row)
        return Setup(
            candidates=tuple(Candidate(name, name, name) for name in self.candidates),
            units=tuple(
                Unit(
                    key,
                    int(electors[b]),
                    int(votes[b]) if verified else None,
                    () if self.wards[b] in special else ((self.wards[b], 1.0),),
                    ((self.types[b], 1.0),),
                )
                for b, key in enumerate(self.units)
            ),
            baseline={"": dict(whole), **wards} if whole else {},
            expected_turnout=TURNOUT,
            type_baseline=types,
        )

    def sets(self) -> tuple[CountedSet, ...]:
        """Each unit as a counted set of its own, in the order of `units`."""
        return tuple(
            CountedSet((key,), tuple(int(v) for v in row)) for key, row in zip(self.units, self.votes, strict=True)
        )


def names(folder: Path) -> list[str]:
    """The sets of a folder: every name that has both files. Raises FileNotFoundError where there is none."""
    found = sorted(path.name.removesuffix(".results.csv.gz") for path in folder.glob("*.results.csv.gz"))
    alone = [name for name in found if not (folder / f"{name}.baseline.csv.gz").exists()]
    if alone:
        raise FileNotFoundError(f"{folder}: {alone[0]}.results.csv.gz has no {alone[0]}.baseline.csv.gz beside it")
    if not found:
        raise FileNotFoundError(f"{folder}: no file is called SET.results.csv.gz")
    return found


def read(folder: Path, name: str) -> list[Contest]:
    """The contests of a set, in the order of the file; units without votes are left out, and so are contests of one
    unit or one candidate. Raises ValueError with file and line for a row that cannot be read."""
    baseline: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for row, votes in _rows(folder / f"{name}.baseline.csv.gz", BASELINE):
        baseline[row["contest"]][row["ward"]][row["party"]] += votes
    units: dict[str, dict[str, tuple[str, str, dict[str, float]]]] = defaultdict(dict)
    for row, votes in _rows(folder / f"{name}.results.csv.gz", RESULTS):
        of = units[row["contest"]].setdefault(row["unit"], (row["ward"], row["type"], defaultdict(float)))
        of[2][row["candidate"]] += votes
    contests = [_contest(name, contest, rows, baseline.get(contest, {})) for contest, rows in units.items()]
    return [contest for contest in contests if len(contest.units) > 1 and len(contest.candidates) > 1]


def _contest(
    of_set: str,
    name: str,
    rows: dict[str, tuple[str, str, dict[str, float]]],
    baseline: dict[str, dict[str, float]],
) -> Contest:
    rows = {unit: row for unit, row in rows.items() if sum(row[2].values()) > 0}
    candidates = tuple(sorted({candidate for row in rows.values() for candidate in row[2]}))
    return Contest(
        set=of_set,
        name=name,
        candidates=candidates,
        units=tuple(rows),
        wards=tuple(row[0] for row in rows.values()),
        types=tuple(row[1] for row in rows.values()),
        votes=np.array([[row[2].get(c, 0.0) for c in candidates] for row in rows.values()]).reshape(
            len(rows), len(candidates)
        ),
        baseline={ward: dict(row) for ward, row in baseline.items()},
        own_wards=_own_wards([(row[0], row[1]) for row in rows.values()]),
    )


def _own_wards(places: list[tuple[str, str]]) -> dict[str, str]:
    types = Counter(kind for _, kind in places)
    own = {}
    for kind in types:
        wards = {ward for ward, of in places if of == kind}
        if kind != types.most_common(1)[0][0] and len(wards) == 1:
            ward = wards.pop()
            if all(of == kind for where, of in places if where == ward):
                own[kind] = ward
    return own


def _rows(path: Path, fields: tuple[str, ...]) -> Iterator[tuple[dict[str, str], float]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames is None or not set(fields) <= set(reader.fieldnames):
            raise ValueError(f"{path.name}: the first line must name the columns {','.join(fields)}")
        for row in reader:
            try:
                votes = float(row["votes"])
            except (TypeError, ValueError):
                raise ValueError(f"{path.name}, line {reader.line_num}: votes are {row['votes']!r}") from None
            if not 0 <= votes < float("inf"):
                raise ValueError(f"{path.name}, line {reader.line_num}: votes are {row['votes']!r}")
            yield row, votes
