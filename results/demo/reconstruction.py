"""The demo night: a seeded reconstruction of the count at Rochester and Strood that adds up to the official figures.

The story. Fifty ballot boxes and nine boxes of postal papers reach Medway Park, are verified by 00:48 (a combined
poll: nothing is counted before), mixed into 24 groups and counted from 01:12 to 04:06. UKIP is strongest on the
Peninsula and in Strood; Labour in Rochester East and in Strood's north and south; the Conservatives and the Greens in
Rochester West and in Cuxton and Halling. Postal voters lean to the Conservatives, and the groups that hold their
papers tend to be counted late, though not in strict order. So the first totals flatter UKIP by several points, an
early projection is rosy, and the lead, 13 to 16 points at first, falls to 7.29. One sheet has two digits transposed
and is put right eight minutes later; one group waits twenty minutes for the adjudication of its doubtful papers.

The method. Papers per box come from ward electorates and turnouts. Expected votes per group come from the wards'
leanings, the postal tilt and noise; Poisson draws are then fitted to the papers of every group and to the official
votes of every candidate by iterative proportional fitting (Deming and Stephan 1940), and rounded so that both margins
hold exactly. Rejected papers are four more columns of the same table. The same seed gives the same night.

    python -m results.demo.reconstruction FOLDER
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from results.demo import official, script
from results.demo.script import ReconstructedBox, ReconstructedGroup, ScriptedEvent

# How much likelier a postal voter is than a neighbour voting in person: UKIP, Conservative, Labour, Green, Lib Dem.
POSTAL_TILT = (0.82, 1.24, 1.00, 0.80, 1.10)
LEADING = ("UKIP", "CON", "LAB", "GREEN", "LD")

# Wards with an odd number of stations give their last box to a group shared with another such ward.
SHARED = (("Peninsula", "Strood Rural"), ("Cuxton and Halling", "Strood South"), ("River", "Rochester West"))


@dataclass(frozen=True)
class Reconstruction:
    """The whole night: every box with its account, every group with its agreed figures, every event in order of time."""

    boxes: tuple[ReconstructedBox, ...]
    groups: tuple[ReconstructedGroup, ...]
    events: tuple[ScriptedEvent, ...]


def apportion(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """Whole numbers proportional to `weights` (n,) that sum to `total`, by largest remainder."""
    exact = total * np.asarray(weights, dtype=float) / np.sum(weights)
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def fit(prior: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """`prior` (r, c) scaled by iterative proportional fitting until its sums are `rows` (r,) and `columns` (c,).

    Zeros stay zero. Raises ValueError where the margins cannot be met within a thousandth of a vote.
    """
    fitted = prior.astype(float)
    for _ in range(500):
        fitted *= (rows / fitted.sum(axis=1))[:, None]
        fitted *= columns / fitted.sum(axis=0)
    if not np.allclose(fitted.sum(axis=1), rows, rtol=0, atol=1e-3):
        raise ValueError("the margins cannot be met by scaling")
    return fitted


def round_to_margins(
    fitted: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """`fitted` (r, c) in whole numbers with sums exactly `rows` and `columns`, none below zero.

    Every cell is rounded down; each unit then missing goes to the cell with the largest remainder among the rows and
    columns that still miss one.
    """
    whole: NDArray[np.int64] = np.floor(fitted).astype(np.int64)
    while (whole.sum(axis=1) < rows).any():
        open_cells = (whole.sum(axis=1) < rows)[:, None] & (whole.sum(axis=0) < columns)
        cell = np.unravel_index(np.argmax(np.where(open_cells, fitted - whole, -np.inf)), whole.shape)
        whole[cell] += 1
    return whole


def make_boxes(rng: np.random.Generator) -> tuple[ReconstructedBox, ...]:
    """Fifty polling boxes and nine postal boxes with electors and papers found; the papers sum to the official ones."""
    postal_electors = apportion(
        official.POSTAL_VOTERS, [ward.electorate * rng.uniform(0.85, 1.15) for ward in official.WARDS]
    )
    postal_found = [round(int(n) * rng.uniform(0.755, 0.795)) for n in postal_electors]
    polling: list[tuple[str, str, int, float]] = []
    for ward, by_post, returned in zip(official.WARDS, postal_electors, postal_found, strict=True):
        sizes = [size * rng.uniform(0.93, 1.07) for size in ward.stations.values()]
        electors = apportion(ward.electorate - int(by_post), sizes)
        expected = (ward.turnout * ward.electorate - returned) / electors.sum()
        for station, n in zip(ward.stations, electors, strict=True):
            polling.append((ward.name, station, int(n), expected * int(n) * rng.uniform(0.93, 1.07)))
    papers = apportion(official.PAPERS - sum(postal_found), [expected for *_, expected in polling])
    boxes = [
        script.polling_box(rng, str(number), ward, station, electors, int(found))
        for number, ((ward, station, electors, _), found) in enumerate(zip(polling, papers, strict=True), start=1)
    ]
    for number, (ward, n, found) in enumerate(zip(official.WARDS, postal_electors, postal_found, strict=True), start=1):
        boxes.append(script.postal_box(f"P{number}", ward.name, int(n), found))
    return tuple(boxes)


def mix(boxes: Sequence[ReconstructedBox]) -> list[list[ReconstructedBox]]:
    """Boxes in 24 groups of two or three polling boxes; a ward's postal box joins the last group of its own.

    RPA 1983 Sch 1 r.45(1A): no box is counted alone, postal papers never without a ballot box's.
    """
    groups: list[list[ReconstructedBox]] = []
    left_over: dict[str, ReconstructedBox] = {}
    for ward in official.WARDS:
        own = [box for box in boxes if box.ward == ward.name and box.kind == "polling"]
        if len(own) % 2:
            left_over[ward.name] = own.pop()
        # The Peninsula's village boxes are small: eight of them make two groups of three and one of two.
        sizes = [3, 3, 2] if len(own) == 8 else [2] * (len(own) // 2)
        for size in sizes:
            groups.append([own.pop(0) for _ in range(size)])
        groups[-1].extend(box for box in boxes if box.ward == ward.name and box.kind == "postal")
    groups.extend([left_over[first], left_over[second]] for first, second in SHARED)
    return groups


def leanings(box: ReconstructedBox, rng: np.random.Generator) -> NDArray[np.float64]:
    """Expected shares (13,) of the candidates among a box's papers, with the noise of its neighbourhood; sum 1."""
    ward = next(ward for ward in official.WARDS if ward.name == box.ward)
    tilt = POSTAL_TILT if box.kind == "postal" else (1.0,) * len(LEADING)
    shares: NDArray[np.float64] = np.array([candidate.votes / official.VALID for candidate in official.CANDIDATES])
    for party, share, factor in zip(LEADING, ward.shares, tilt, strict=True):
        position = next(i for i, candidate in enumerate(official.CANDIDATES) if candidate.party == party)
        shares[position] = share / 100 * factor * rng.gamma(400, 1 / 400)
    shares /= shares.sum()
    return shares


def make_groups(boxes: Sequence[ReconstructedBox], rng: np.random.Generator) -> tuple[ReconstructedGroup, ...]:
    """The groups with the figures finally agreed: votes and rejected papers, exact by group and by column."""
    mixed = mix(boxes)
    rejected = np.array(list(official.REJECTED_BY_HEAD.values())) / official.PAPERS
    expected = np.array(
        [
            np.sum([box.found * np.concatenate([leanings(box, rng), rejected]) for box in group], axis=0)
            for group in mixed
        ]
    )
    rows = np.array([sum(box.found for box in group) for group in mixed])
    columns = np.array([c.votes for c in official.CANDIDATES] + list(official.REJECTED_BY_HEAD.values()))
    # A trace of the expectation keeps a column of two papers from being drawn empty, which no scaling could fill.
    drawn = rng.poisson(expected) + 0.02 * expected
    table = round_to_margins(fit(drawn, rows, columns), rows, columns)
    seats = len(official.CANDIDATES)
    return tuple(
        ReconstructedGroup(
            number=number,
            boxes=tuple(box.label for box in group),
            papers=sum(box.found for box in group),
            votes=tuple(int(n) for n in row[:seats]),
            rejected=tuple(int(n) for n in row[seats:]),
        )
        for number, (group, row) in enumerate(zip(mixed, table, strict=True), start=1)
    )


def reconstruct(seed: int = 20141120) -> Reconstruction:
    """The whole night from one seed: boxes, groups and the script of events."""
    rng = np.random.default_rng(seed)
    boxes = make_boxes(rng)
    groups = make_groups(boxes, rng)
    return Reconstruction(boxes=boxes, groups=groups, events=script.make_events(boxes, groups, rng))


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def files(reconstruction: Reconstruction) -> dict[str, str]:
    """The text of every file of the demo folder, by file name."""
    numbered = list(enumerate(official.CANDIDATES, start=1))
    totals = {
        "electorate": official.ELECTORATE,
        "papers": official.PAPERS,
        "valid": official.VALID,
        "rejected": official.REJECTED,
        "majority": official.MAJORITY,
    }
    lines = [
        json.dumps({"at": e.at.isoformat(), "officer": e.officer, "do": e.do, **e.details})
        for e in reconstruction.events
    ]
    return {
        "contest.csv": _csv(("field", "value"), official.CONTEST.items()),
        "parties.csv": _csv(
            ("code", "name", "short_name", "initial", "colour", "ec_id"),
            [(p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id) for p in official.PARTIES],
        ),
        "candidates.csv": _csv(
            ("number", "surname", "forenames", "ballot_name", "party", "description", "person_id"),
            [(n, c.surname, c.forenames, c.ballot_name, c.party, _party_name(c.party), "") for n, c in numbered],
        ),
        "wards.csv": _csv(("gss", "name", "electorate"), [(w.gss, w.name, w.electorate) for w in official.WARDS]),
        "boxes.csv": _csv(
            ("box", "kind", "ward", "place", "station", "electors", "entrusted"),
            [(b.label, b.kind, b.ward, *_place(b.station), b.electors, _entrusted(b)) for b in reconstruction.boxes],
        ),
        "baseline.csv": _csv(("ward", "party", "votes"), [("", p, votes) for p, votes in official.BASELINE.items()]),
        "official.csv": _csv(("number", "surname", "votes"), [(n, c.surname, c.votes) for n, c in numbered]),
        "official.json": json.dumps(totals, indent=2) + "\n",
        "night.jsonl": "\n".join(lines) + "\n",
    }


def _place(station: str) -> tuple[str, str]:
    """The polling place of a station, and the station's own name where the place has several."""
    place, _, own = station.partition(", ")
    return place, own


def _entrusted(box: script.ReconstructedBox) -> int | str:
    """The papers that a polling station was given; a postal box has none."""
    account = box.account
    return account["issued"] + account["unused"] + account["spoilt"] if box.kind == "polling" else ""


def _party_name(code: str) -> str:
    return next(party.name for party in official.PARTIES if party.code == code)


def write(reconstruction: Reconstruction, folder: str | Path) -> None:
    """Write the reconstruction's files into `folder`, made if it is not there."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in files(reconstruction).items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m results.demo.reconstruction FOLDER")
    write(reconstruct(), sys.argv[1])
