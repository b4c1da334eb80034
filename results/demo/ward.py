"""The Peninsula ward's by-election in the same hall: its papers are in the boxes of the constituency's contest.

Its electors voted in both polls, so that each of their boxes has a second account, and nearly as many papers. The boxes
arrive once, with both accounts. By the law of local polls nothing of the ward is counted before all papers of both polls
in its area are verified; its three groups are counted while the constituency's are. It has officers and a seed of its own,
and the constituency's night is the same with it and without.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from results.demo import counting, script
from results.demo.fitting import apportion, count_groups
from results.demo.official_ward import WARD
from results.demo.script import ReconstructedBox, ReconstructedGroup, Reconstruction, ScriptedEvent

OFFICERS = tuple(f"demo-officer-{n:02d}" for n in range(13, 17))
MIXING = (("4", "5", "6"), ("7", "8", "9"), ("10", "11", "12", "P2"))
COUNTED_AT = ("25:31", "25:55", "26:24")

VARIANCES = {
    "11": (1, "arithmetic", "Issued entered one too low: the stubs agree with the box"),
}


def make_boxes(constituency: Sequence[ReconstructedBox], rng: np.random.Generator) -> tuple[ReconstructedBox, ...]:
    """The constituency's boxes from the ward, with the papers of the ward's poll: a few more or fewer in each."""
    shared = [box for box in constituency if box.ward == WARD.wards[0].name]
    papers = apportion(WARD.papers, [box.found * rng.normal(1, 0.006) for box in shared])
    return tuple(
        script.postal_box(box.label, box.ward, box.electors, int(found))
        if box.kind == "postal"
        else script.polling_box(rng, box.label, box.ward, box.station, box.electors, int(found), VARIANCES)
        for box, found in zip(shared, papers, strict=True)
    )


def leanings(box: ReconstructedBox, rng: np.random.Generator) -> NDArray[np.float64]:
    """Expected shares (5,) of the candidates among a box's papers; postal voters lean to the Conservatives; sum 1."""
    tilt = {"UKIP": 0.82, "CON": 1.24} if box.kind == "postal" else {}
    weights = [c.votes * tilt.get(c.party, 1.0) * rng.gamma(400, 1 / 400) for c in WARD.candidates]
    shares: NDArray[np.float64] = np.array(weights) / np.sum(weights)
    return shares


def verifications(
    boxes: Sequence[ReconstructedBox], constituency: Sequence[ScriptedEvent], rng: np.random.Generator
) -> list[ScriptedEvent]:
    """Each box's second account, at the table where the constituency's papers of the box were verified just before."""
    before = {event.details["box"]: event.at for event in constituency if event.do == "verify"}
    return [
        _verification(box, before[box.label] + timedelta(seconds=int(rng.uniform(60, 90) * _pace(box))))
        for box in boxes
    ]


def _verification(box: ReconstructedBox, at: datetime) -> ScriptedEvent:
    if box.label == script.STRAY_BOX:
        return script.verification(box, at, -1, "The constituency's bundle of this box had one paper of this poll")
    return script.verification(box, at)


def _pace(box: ReconstructedBox) -> int:
    # The postal box came last, and everybody waited for it.
    return 1 if box.kind == "postal" else 6


def counts(groups: Sequence[ReconstructedGroup]) -> list[ScriptedEvent]:
    """Every group's count: two readings that agree."""
    return [
        event
        for position, (group, hhmm) in enumerate(zip(groups, COUNTED_AT, strict=True))
        for event in counting.read_twice(group, script.clock(hhmm, 20), position, WARD.rejected_by_head)
    ]


def reconstruct(constituency: Reconstruction, seed: int = 20141121) -> Reconstruction:
    """The ward's night beside this one of the constituency, from a seed of its own."""
    rng = np.random.default_rng(seed)
    boxes = make_boxes(constituency.boxes, rng)
    by_label = {box.label: box for box in boxes}
    mixed = [[by_label[label] for label in labels] for labels in MIXING]
    groups = count_groups(mixed, lambda box: leanings(box, rng), WARD, rng)
    events = [
        *verifications(boxes, constituency.events, rng),
        *script.formations(groups, "24:58"),
        *counts(groups),
    ]
    return Reconstruction(WARD, boxes, groups, script.assign(events, OFFICERS))
