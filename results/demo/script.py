"""The script of the demo night: what each officer enters, and when, in local London time.

Times follow a night that was criticised as slow: boxes in by 23:40, the last postal papers verified at 00:48, groups
formed at once, then three hours of counting with lulls; the last figures are let go when the candidates have seen
them. The declaration at 04:15 is the Returning Officer's and is no
part of the script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from results.demo import official, official_ward
from results.demo.official import OfficialPoll

NIGHT = datetime(2014, 11, 20)
OFFICERS = tuple(f"demo-officer-{n:02d}" for n in range(1, 13))
SUPERVISOR = "demo-supervisor"
RETURNING_OFFICER = "demo-returning-officer"
LET_GO_AT = "28:11"
"""Five minutes after the last count: the candidates and agents have seen the provisional result."""
SPACING = timedelta(seconds=45)
PACKETS = 4
"""Sealed packets that come with a station's box: unused and spoilt papers, tendered ones, the marked register, lists."""

# Papers found more than the account says were issued, with the reason recorded. Boxes 4 and 5 stood in one hall.
VARIANCES = {
    "4": (-2, "compensating", "Two electors of station 1 put their papers into station 2's box in the same hall"),
    "5": (2, "compensating", "Two papers of station 1 in this box: both stations stood in the same hall"),
    "19": (10, "arithmetic", "Unused papers entered ten too high and issued ten too low: the stubs agree with the box"),
    "37": (-1, "unexplained", "One paper issued is not in the box: two recounts agree, presumed taken away"),
}

# A paper of the ward's poll lay among the constituency's in this box, and was counted with them at first.
STRAY_BOX = "8"
MOVED_AT = "24:31"


@dataclass(frozen=True)
class ReconstructedBox:
    """A ballot box: its electors, papers found and the figures of its account (`expected` alone for a postal box)."""

    label: str
    kind: str
    ward: str
    station: str
    electors: int
    found: int
    account: Mapping[str, int]
    reason: str = ""
    explanation: str = ""


@dataclass(frozen=True)
class ReconstructedGroup:
    """Boxes mixed and counted together; `votes` in ballot-paper order, `rejected` in the order of the heads."""

    number: int
    boxes: tuple[str, ...]
    papers: int
    votes: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True)
class ScriptedEvent:
    """One entry by one officer; `details` are the keys of its line after `at`, `officer` and `do`."""

    at: datetime
    do: str
    details: Mapping[str, object] = field(default_factory=dict)
    officer: str = ""


@dataclass(frozen=True)
class Reconstruction:
    """A contest's whole night: every box with its account, every group with its agreed figures, every event in order of time."""

    poll: OfficialPoll
    boxes: tuple[ReconstructedBox, ...]
    groups: tuple[ReconstructedGroup, ...]
    events: tuple[ScriptedEvent, ...]


def clock(hhmm: str, seconds: int = 0) -> datetime:
    """A time of the night; hours from 24 are after midnight, so that "25:12" is 01:12 on the 21st."""
    hours, minutes = hhmm.split(":")
    return NIGHT + timedelta(hours=int(hours), minutes=int(minutes), seconds=seconds)


def polling_box(
    rng: np.random.Generator,
    label: str,
    ward: str,
    station: str,
    electors: int,
    found: int,
    variances: Mapping[str, tuple[int, str, str]] = VARIANCES,
) -> ReconstructedBox:
    """A polling box with a ballot paper account: issued + unused + spoilt make whole books of 50 papers."""
    variance, reason, explanation = variances.get(label, (0, "", ""))
    issued = found - variance
    spoilt = min(int(rng.poisson(0.9)), 4)
    entrusted = 50 * max(round(0.85 * electors / 50), -(-(issued + spoilt + 25) // 50))
    account = {
        "issued": issued,
        "unused": entrusted - issued - spoilt,
        "spoilt": spoilt,
        "tendered": int(rng.random() < 0.12),
    }
    return ReconstructedBox(label, "polling", ward, station, electors, found, account, reason, explanation)


def postal_box(label: str, ward: str, electors: int, found: int) -> ReconstructedBox:
    """A ward's postal box: no ballot paper account; the opening sessions say what to expect."""
    return ReconstructedBox(label, "postal", ward, "", electors, found, {"expected": found})


def arrivals(boxes: Sequence[ReconstructedBox], rng: np.random.Generator) -> list[ScriptedEvent]:
    """Every box's arrival: the postal boxes first, then the stations', the nearer wards sooner, all in by 23:40."""
    minutes = {ward.name: ward.minutes for ward in official.WARDS}
    postal = [box for box in boxes if box.kind == "postal"]
    polling = [box for box in boxes if box.kind == "polling"]
    order = np.argsort([minutes[box.ward] + rng.gamma(2.0, 9.0) for box in polling], kind="stable")
    seconds = np.sort(rng.beta(1.6, 2.2, len(polling)))
    seconds = 83 * 60 * (seconds - seconds[0]) / (seconds[-1] - seconds[0])
    events = [ScriptedEvent(clock("22:08", 41 * i), "arrive", {"box": box.label}) for i, box in enumerate(postal)]
    for offset, position in zip(seconds, order, strict=True):
        box = polling[position]
        # Of a station's postal voters about one in twenty brings the pack there instead of posting it.
        came = {"box": box.label, "packets": PACKETS, "packs": box.electors // 120}
        events.append(ScriptedEvent(clock("22:16", 30 + int(offset)), "arrive", came))
    return events


def verifications(
    boxes: Sequence[ReconstructedBox], arrived: Sequence[ScriptedEvent], rng: np.random.Generator
) -> list[ScriptedEvent]:
    """Every box's verification: stations' in about the order they came, postal boxes' after their final sessions."""
    by_label = {box.label: box for box in boxes}
    polling = [event for event in arrived if by_label[str(event.details["box"])].kind == "polling"]
    times: dict[str, datetime] = {}
    for position, event in enumerate(polling):
        table_free = clock("22:39") + timedelta(seconds=int(position * 132 + rng.uniform(0, 110)))
        counted = event.at + timedelta(seconds=int(rng.uniform(16 * 60, 26 * 60)))
        times[str(event.details["box"])] = max(table_free, counted)
    # The last has waited for the packs handed in at the far polling stations.
    postal = [box.label for box in boxes if box.kind == "postal" and box.ward != "Peninsula"]
    for position, number in enumerate(rng.permutation(len(postal))):
        times[postal[number]] = clock("23:46", int(position * 400 + rng.uniform(0, 300)))
    times[next(box.label for box in boxes if box.kind == "postal" and box.ward == "Peninsula")] = clock("24:48")
    return [
        verification(by_label[label], at, 1, "A paper of the ward's poll lay among these: it goes to the ward")
        if label == STRAY_BOX
        else verification(by_label[label], at)
        for label, at in times.items()
    ]


def verification(box: ReconstructedBox, at: datetime, stray: int = 0, words: str = "") -> ScriptedEvent:
    """The verification of a box against its account; `stray` papers were counted too many, or too few, and are moved later."""
    figures = {**box.account, "found": box.found, "reason": box.reason, "explanation": box.explanation}
    if stray:
        figures |= {"found": box.found + stray, "reason": "second_box", "explanation": words}
    return ScriptedEvent(at, "verify", {"box": box.label, **figures})


def formations(groups: Sequence[ReconstructedGroup], hhmm: str = "24:50") -> list[ScriptedEvent]:
    """The groups formed by the supervisor from the mixing plan, one every twenty seconds from this hour."""
    return [
        ScriptedEvent(
            clock(hhmm, 20 * position), "form_group", {"group": group.number, "boxes": list(group.boxes)}, SUPERVISOR
        )
        for position, group in enumerate(groups)
    ]


def move() -> list[ScriptedEvent]:
    """The supervisor moves the ward's paper out of the constituency's box, into the ward's."""
    moved = {
        "box": STRAY_BOX,
        "papers": 1,
        "other_contest": official_ward.CONTEST["ballot_paper_id"],
        "other_box": STRAY_BOX,
        "reason": "Found in the constituency's bundle, by its colour",
    }
    return [ScriptedEvent(clock(MOVED_AT), "move_papers", moved, SUPERVISOR)]


def release() -> list[ScriptedEvent]:
    """The Returning Officer lets the figures go that complete the contest."""
    reason = "The candidates and agents have seen the provisional result; none asks for a recount"
    return [ScriptedEvent(clock(LET_GO_AT), "let_go", {"reason": reason}, RETURNING_OFFICER)]


def assign(events: Sequence[ScriptedEvent], officers: Sequence[str] = OFFICERS) -> tuple[ScriptedEvent, ...]:
    """Events in order of time, each without an officer given to the one idle longest, and late enough for them.

    What is typed again is typed by who typed it. The second reader of a sheet was idle longer than the first, so is another.
    """
    last = dict.fromkeys(officers, NIGHT)
    reader: dict[object, str] = {}
    assigned: list[ScriptedEvent] = []
    for event in sorted(events, key=lambda event: event.at):
        if not event.officer:
            group = event.details.get("group")
            idle = min(officers, key=lambda name: (last[name], name))
            officer = reader[group] if event.details.get("again") else idle
            reader[group] = officer
            if event.at - last[officer] < SPACING:
                raise ValueError(f"no officer is free at {event.at}")
            last[officer] = event.at
            event = replace(event, officer=officer)
        assigned.append(event)
    return tuple(assigned)
