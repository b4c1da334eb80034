"""The script of the demo night: what each officer enters, and when, in local London time.

Times follow a night that was criticised as slow: boxes in by 23:40, the last postal papers verified at 00:48, groups
formed at once, then three hours of counting with lulls; the last figures are let go when the candidates have seen
them. The declaration at 04:15 is the Returning Officer's and is no
part of the script.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from results.demo import official
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

# When the counts of the 24 groups come in, and which of the positions in that order have a story of their own.
COUNTED_AT = [
    "25:12",
    "25:19",
    "25:24",
    "25:33",
    "25:38",
    "25:41",
    "25:58",
    "26:04",
    "26:09",
    "26:13",
    "26:21",
    "26:26",
    "26:47",
    "26:52",
    "26:58",
    "27:01",
    "27:09",
    "27:14",
    "27:22",
    "27:38",
    "27:43",
    "27:51",
    "27:58",
    "28:06",
]
DOUBTFUL_POSITION = 7
TRANSPOSED_POSITION = 13
DOUBTFUL = 6


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
    return [verification(by_label[label], at) for label, at in times.items()]


def verification(box: ReconstructedBox, at: datetime) -> ScriptedEvent:
    """The verification of a box against its account."""
    figures = {**box.account, "found": box.found, "reason": box.reason, "explanation": box.explanation}
    return ScriptedEvent(at, "verify", {"box": box.label, **figures})


def formations(groups: Sequence[ReconstructedGroup], hhmm: str = "24:50") -> list[ScriptedEvent]:
    """The groups formed by the supervisor from the mixing plan, one every twenty seconds from this hour."""
    return [
        ScriptedEvent(
            clock(hhmm, 20 * position), "form_group", {"group": group.number, "boxes": list(group.boxes)}, SUPERVISOR
        )
        for position, group in enumerate(groups)
    ]


def count_order(groups: Sequence[ReconstructedGroup], rng: np.random.Generator) -> list[ReconstructedGroup]:
    """Groups in the order they are counted: those with postal papers, or less lead for UKIP, tend to come late."""
    ukip, con = (next(i for i, c in enumerate(official.CANDIDATES) if c.party == p) for p in ("UKIP", "CON"))
    lateness = [
        1.1 * any(label.startswith("P") for label in group.boxes)
        - 1.2 * (group.votes[ukip] - group.votes[con]) / group.papers
        + rng.normal(0, 0.4)
        for group in groups
    ]
    return [groups[i] for i in np.argsort(lateness, kind="stable")]


def count_event(
    group: ReconstructedGroup,
    at: datetime,
    *,
    doubtful: int = 0,
    second: bool = False,
    heads: Iterable[str] = official.REJECTED_BY_HEAD,
) -> ScriptedEvent:
    """The entry of a group's sheet: 0107 is group 7's first; a second sheet (0207) is a supervisor's correction."""
    details: dict[str, object] = {
        "group": group.number,
        "sheet": f"{2 if second else 1:02d}{group.number:02d}",
        "votes": list(group.votes),
        "doubtful": doubtful,
        "rejected": dict(zip(heads, group.rejected, strict=True)),
        "acknowledge": True,
    }
    if second:
        return ScriptedEvent(at, "count", {**details, "correction": True}, SUPERVISOR)
    return ScriptedEvent(at, "count", details)


def transposed(group: ReconstructedGroup) -> ReconstructedGroup:
    """The group with the last two digits swapped in the runner-up's figure, or the first other where they differ.

    The difference is nine times that of the digits: the slip of the news report that printed 13,974 for 13,947.
    """
    for position in np.argsort([-candidate.votes for candidate in official.CANDIDATES], kind="stable")[1:]:
        tens, units = divmod(group.votes[position] % 100, 10)
        if tens != units:
            votes = list(group.votes)
            votes[position] += 9 * (units - tens)
            return replace(group, votes=tuple(votes))
    raise ValueError(f"no two digits to swap in group {group.number}")


def awaiting_adjudication(group: ReconstructedGroup) -> ReconstructedGroup:
    """The group while `DOUBTFUL` papers are at the central table: none rejected yet, the rest still short as votes."""
    votes = np.array(group.votes)
    for position in np.resize(np.argsort(-votes, kind="stable")[:3], DOUBTFUL - sum(group.rejected)):
        votes[position] -= 1
    return replace(group, votes=tuple(int(n) for n in votes), rejected=(0,) * len(group.rejected))


def counts(groups: Sequence[ReconstructedGroup], rng: np.random.Generator) -> list[ScriptedEvent]:
    """Every group's count, with the two stories: a sheet with digits swapped, and doubtful papers awaited."""
    events: list[ScriptedEvent] = []
    for position, (group, hhmm) in enumerate(zip(count_order(groups, rng), COUNTED_AT, strict=True)):
        at = clock(hhmm, int(rng.integers(0, 60)))
        if position == DOUBTFUL_POSITION:
            first = awaiting_adjudication(group)
            events.append(count_event(first, at - timedelta(minutes=20, seconds=14), doubtful=DOUBTFUL))
        if position == TRANSPOSED_POSITION:
            events.append(count_event(transposed(group), at - timedelta(minutes=8, seconds=22)))
        events.append(count_event(group, at, second=position in (DOUBTFUL_POSITION, TRANSPOSED_POSITION)))
    return events


def release() -> list[ScriptedEvent]:
    """The Returning Officer lets the figures go that complete the contest."""
    reason = "The candidates and agents have seen the provisional result; none asks for a recount"
    return [ScriptedEvent(clock(LET_GO_AT), "let_go", {"reason": reason}, RETURNING_OFFICER)]


def assign(events: Sequence[ScriptedEvent], officers: Sequence[str] = OFFICERS) -> tuple[ScriptedEvent, ...]:
    """Events in order of time, each without an officer given to the one idle longest, and late enough for them."""
    last = dict.fromkeys(officers, NIGHT)
    assigned: list[ScriptedEvent] = []
    for event in sorted(events, key=lambda event: event.at):
        if not event.officer:
            officer = min(officers, key=lambda name: (last[name], name))
            if event.at - last[officer] < SPACING:
                raise ValueError(f"no officer is free at {event.at}")
            last[officer] = event.at
            event = replace(event, officer=officer)
        assigned.append(event)
    return tuple(assigned)


def make_events(
    boxes: Sequence[ReconstructedBox], groups: Sequence[ReconstructedGroup], rng: np.random.Generator
) -> tuple[ScriptedEvent, ...]:
    """The whole script in order of time, every event with its officer."""
    arrived = arrivals(boxes, rng)
    return assign(
        [*arrived, *verifications(boxes, arrived, rng), *formations(groups), *counts(groups, rng), *release()]
    )
