"""The demo night: a seeded reconstruction of the count at Rochester and Strood that adds up to the official figures.

The story. Fifty ballot boxes and nine boxes of postal papers reach Medway Park, are verified by 00:48 (a combined
poll: nothing is counted before), mixed into 24 groups and counted from 01:12 to 04:06. UKIP is strongest on the
Peninsula and in Strood; Labour in Rochester East and in Strood's north and south; the Conservatives and the Greens in
Rochester West and in Cuxton and Halling. Postal voters lean to the Conservatives, and the groups that hold their
papers tend to be counted late, though not in strict order. So the first totals flatter UKIP by several points, an
early projection is rosy, and the lead, 13 to 16 points at first, falls to 7.29. Two officers read each sheet. One of
them swaps two digits, which is resolved eight minutes later; one group waits twenty minutes for the adjudication of its
doubtful papers; one is recounted. A paper of the ward's poll lies in the constituency's box, and is moved.

The method. Papers per box come from ward electorates and turnouts. Expected votes per group come from the wards'
leanings, the postal tilt and noise; Poisson draws are then fitted to the papers of every group and to the official
votes of every candidate by iterative proportional fitting (Deming and Stephan 1940), and rounded so that both margins
hold exactly. Rejected papers are four more columns of the same table. The same seed gives the same night.

The Peninsula ward's by-election is a night of its own, from a seed of its own: `results.demo.ward`.

    python -m results.demo.reconstruction FOLDER     # a folder in it for each of the two
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from results.demo import counting, official, script
from results.demo import ward as ward_night
from results.demo.fitting import apportion, count_groups
from results.demo.folder import write
from results.demo.script import ReconstructedBox, ReconstructedGroup, Reconstruction, ScriptedEvent

# How much likelier a postal voter is than a neighbour voting in person: UKIP, Conservative, Labour, Green, Lib Dem.
POSTAL_TILT = (0.82, 1.24, 1.00, 0.80, 1.10)
LEADING = ("UKIP", "CON", "LAB", "GREEN", "LD")

# Wards with an odd number of stations give their last box to a group shared with another such ward.
SHARED = (("Peninsula", "Strood Rural"), ("Cuxton and Halling", "Strood South"), ("River", "Rochester West"))


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
    return count_groups(mix(boxes), lambda box: leanings(box, rng), official.CONSTITUENCY, rng)


def make_events(
    boxes: Sequence[ReconstructedBox], groups: Sequence[ReconstructedGroup], rng: np.random.Generator
) -> tuple[ScriptedEvent, ...]:
    """The whole script in order of time, every event with its officer."""
    arrived = script.arrivals(boxes, rng)
    return script.assign(
        [
            *arrived,
            *script.verifications(boxes, arrived, rng),
            *script.move(),
            *script.formations(groups),
            *counting.counts(groups, rng),
            *script.release(),
        ]
    )


def reconstruct(seed: int = 20141120) -> Reconstruction:
    """The whole night from one seed: boxes, groups and the script of events."""
    rng = np.random.default_rng(seed)
    boxes = make_boxes(rng)
    groups = make_groups(boxes, rng)
    return Reconstruction(official.CONSTITUENCY, boxes, groups, make_events(boxes, groups, rng))


def nights() -> dict[str, Reconstruction]:
    """Both contests of the night, each by the name of its folder."""
    constituency = reconstruct()
    return {
        "rochester-and-strood-2014": constituency,
        "peninsula-ward-2014": ward_night.reconstruct(constituency),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m results.demo.reconstruction FOLDER")
    for name, night in nights().items():
        write(night, Path(sys.argv[1]) / name)
