"""How the groups of the demo night are counted: two readings of every sheet, by two officers, and what went wrong.

Most sheets are read twice within minutes, and agree. Three have a story: of one a reader swapped two digits, which a
supervisor found with the sheet in hand; one waited for the adjudication of its doubtful papers; one was recounted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from results.demo import official
from results.demo.script import RETURNING_OFFICER, SUPERVISOR, ReconstructedGroup, ScriptedEvent, clock

# When the 24 groups are agreed, and which of the positions in that order have a story of their own.
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
RECOUNTED_POSITION = 9
DOUBTFUL = 6


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


def reading(
    group: ReconstructedGroup,
    at: datetime,
    *,
    sheet: int = 1,
    doubtful: int = 0,
    heads: Iterable[str] = official.REJECTED_BY_HEAD,
    **more: object,
) -> ScriptedEvent:
    """One reading of a group's sheet: 0107 is group 7's first. Who reads is assigned, a second reader another."""
    return ScriptedEvent(
        at,
        "count",
        {
            "group": group.number,
            "sheet": f"{sheet:02d}{group.number:02d}",
            "votes": list(group.votes),
            "doubtful": doubtful,
            "rejected": dict(zip(heads, group.rejected, strict=True)),
            "acknowledge": True,
            **more,
        },
    )


def between_readings(position: int) -> timedelta:
    """How long after the first reading of a sheet the second one comes: two to five minutes."""
    return timedelta(seconds=130 + 53 * position % 170)


def read_twice(
    group: ReconstructedGroup, at: datetime, position: int, heads: Iterable[str] = official.REJECTED_BY_HEAD
) -> list[ScriptedEvent]:
    """Two readings that agree, the second at this hour."""
    heads = tuple(heads)
    return [reading(group, at - between_readings(position), heads=heads), reading(group, at, heads=heads)]


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


def mistyped(group: ReconstructedGroup, at: datetime, position: int) -> list[ScriptedEvent]:
    """The second reader swapped two digits: returned by the supervisor, typed again, confirmed with the sheet in hand."""
    wrong = at - timedelta(minutes=8, seconds=22)
    return [
        reading(group, wrong - between_readings(position)),
        reading(transposed(group), wrong),
        ScriptedEvent(
            at - timedelta(minutes=5, seconds=40),
            "return_reading",
            {
                "group": group.number,
                "reading": 2,
                "reason": "Two digits swapped: the sheet has the first reading's figure",
            },
            SUPERVISOR,
        ),
        reading(group, at - timedelta(minutes=2, seconds=50), again=True),
        ScriptedEvent(at, "confirm", {"group": group.number}, SUPERVISOR),
    ]


def adjudicated(group: ReconstructedGroup, at: datetime, position: int) -> list[ScriptedEvent]:
    """The sheet is read twice with its doubtful papers out; adjudication returns them, by candidate and by head."""
    sheet = awaiting_adjudication(group)
    read = at - timedelta(minutes=20, seconds=14)
    returned = {
        "group": group.number,
        "votes": [whole - before for whole, before in zip(group.votes, sheet.votes, strict=True)],
        "rejected": dict(zip(official.REJECTED_BY_HEAD, group.rejected, strict=True)),
    }
    return [
        reading(sheet, read - between_readings(position), doubtful=DOUBTFUL),
        reading(sheet, read, doubtful=DOUBTFUL),
        ScriptedEvent(at, "adjudicate", returned, RETURNING_OFFICER),
    ]


def recounted(group: ReconstructedGroup, at: datetime, position: int) -> list[ScriptedEvent]:
    """Agreed, and counted once more a quarter of an hour later: a second round finds the same figures."""
    reason = "An agent saw a bundle fall: the group is counted again"
    again = {
        "group": group.number,
        "purpose": "recount",
        "reason": reason,
        "second": RETURNING_OFFICER,
    }
    opened = at + timedelta(minutes=15)
    return [
        *read_twice(group, at, position),
        ScriptedEvent(opened, "recount", again, SUPERVISOR),
        reading(group, opened + timedelta(minutes=9), sheet=2, reason=reason),
        reading(group, opened + timedelta(minutes=11), sheet=2, reason=reason),
    ]


STORIES = {DOUBTFUL_POSITION: adjudicated, TRANSPOSED_POSITION: mistyped, RECOUNTED_POSITION: recounted}


def counts(groups: Sequence[ReconstructedGroup], rng: np.random.Generator) -> list[ScriptedEvent]:
    """Every group's count, in the order of the night."""
    events: list[ScriptedEvent] = []
    for position, (group, hhmm) in enumerate(zip(count_order(groups, rng), COUNTED_AT, strict=True)):
        at = clock(hhmm, int(rng.integers(0, 60)))
        events += STORIES.get(position, read_twice)(group, at, position)
    return events
