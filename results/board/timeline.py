"""What happened, in order: the feed, and the log of corrections. Pure functions of what is released.

Keys count the events in their order ("e1", "e2", ...), so that a new event never renames an old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from results.facts.definition import HeadDefinition
from results.facts.figures import rejected_wholly
from results.facts.types import PastRelease, ReleasedSet
from results.policy import Released

Document = dict[str, Any]
MOST_NAMED = 5
"""Candidates whose votes the feed gives of a release: the first three, of several seats so many."""
KEPT_EVENTS = 200
"""Events in the feed: more than a night of a hundred groups has, and a bound on the board's size. Corrections all stay."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A change of the call, as the publications before this one recorded it; `withdrawn` with it."""

    at: str
    seq: int
    state: str
    candidate: int | None
    withdrawn: bool = False


def iso(at: datetime) -> str:
    """A time as the board writes it: UTC, whole seconds, "2014-11-21T02:14:05Z"."""
    return at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def feed(released: Released, calls: Sequence[PastCall]) -> Document:
    """Milestones, releases, calls and choices, each a code with arguments, keyed in their order."""
    events: list[tuple[str, int, str, Document]] = []
    events += _milestones(released)
    # Older releases could only be cut off below: they are counted, and not put into words.
    named = max(3, min(released.definition.seats, MOST_NAMED))
    omitted = max(0, len(released.events) - KEPT_EVENTS)
    for release in released.events[omitted:]:
        made = release.released
        code = "feed.corrected" if release.replaced else "feed.released"
        wards = sorted({gss for label in made.boxes for gss in released.definition.boxes[label].wards})
        top = sorted(range(len(made.votes)), key=lambda position: (-made.votes[position], position))[:named]
        args = {
            "groups": list(made.groups),
            "wards": wards,
            "papers": made.papers,
            "votes": [[released.definition.numbers[position], made.votes[position]] for position in top],
        }
        events.append((iso(release.at), release.seq, code, args))
    for event in calls:
        candidate = {} if event.candidate is None else {"candidate": event.candidate}
        withdrawal = event.withdrawn and event.candidate is None
        events.append((event.at, event.seq, f"feed.call.{'withdrawn' if withdrawal else event.state}", candidate))
    held = False
    for choice in released.policies:
        holding = "feed.held" if choice.held else "feed.goes_on"
        code = holding if choice.held != held else f"feed.policy.{choice.publish}"
        held = choice.held
        events.append((iso(choice.at), choice.seq, code, {}))
    events.sort(key=lambda event: (event[0], event[1], event[2]))
    newest = list(enumerate(events, omitted + 1))[-KEPT_EVENTS:]
    return {
        f"e{position}": {"at": at, "rank": position, "code": code, "args": args}
        for position, (at, _, code, args) in newest
    }


def _milestones(released: Released) -> list[tuple[str, int, str, Document]]:
    events: list[tuple[str, int, str, Document]] = []
    arrivals = [box.arrived_at for box in released.boxes]
    if arrivals and all(arrivals):
        last = max(at for at in arrivals if at is not None)
        events.append((iso(last), 0, "feed.all_in", {"boxes": len(arrivals)}))
    for gss in released.definition.wards:
        boxes = [box for box in released.boxes if gss in box.wards]
        times = [box.verified_at for box in boxes]
        # The papers of a ward are known only where none of its boxes holds another ward's papers too.
        if boxes and all(times) and all(len(box.wards) == 1 and not box.open for box in boxes):
            papers = sum(box.papers or 0 for box in boxes)
            last = max(at for at in times if at is not None)
            events.append((iso(last), 1, "feed.ward_verified", {"ward": gss, "papers": papers, "boxes": len(boxes)}))
    times = [box.verified_at for box in released.boxes]
    if times and all(times) and not released.packs_open:
        last = max(at for at in (*times, released.closed_at) if at is not None)
        papers = sum(box.papers or 0 for box in released.boxes)
        events.append((iso(last), 2, "feed.all_verified", {"papers": papers, "boxes": len(times)}))
    if released.groups and not released.ungrouped:
        last = max(group.formed_at for group in released.groups)
        events.append((iso(last), 3, "feed.groups_formed", {"groups": len(released.groups)}))
    if not released.events and released.groups and released.complete:
        counted = [group.counted_at for group in released.groups if group.counted_at]
        if counted:
            events.append((iso(max(counted)), 4, "feed.all_counted", {"groups": len(released.groups)}))
    return events


def corrections(released: Released) -> Document:
    """Released figures that were replaced, keyed in their order: what is said of each, all figures of the set before
    and after, and the reasons that were given."""
    numbers, heads = released.definition.numbers, released.definition.heads
    replaced = (event for event in released.events if event.replaced is not None)
    return {f"k{rank}": {**_correction(numbers, heads, event), "rank": rank} for rank, event in enumerate(replaced, 1)}


@lru_cache(maxsize=4000)
def _correction(numbers: Sequence[int], heads: Sequence[HeadDefinition], event: PastRelease) -> Document:
    """What is said of one correction.

    Kept, since it never changes and every later board holds it: on a night of many corrections to write them all again
    would be most of a board's cost. Boards share it, and nobody changes a board.
    """
    before, after = event.replaced, event.released
    assert before is not None
    said: Document = {
        "at": iso(event.at),
        "said": _said(numbers, after, before),
        "figures": _both(numbers, heads, before, after),
    }
    if event.reasons:
        said["reasons"] = {f"r{position}": reason for position, reason in enumerate(event.reasons, 1)}
    return said


def _said(numbers: Sequence[int], made: ReleasedSet, before: ReleasedSet) -> Document:
    changed = zip(numbers, before.votes, made.votes, strict=True)
    votes = {str(number): {"before": old, "after": new} for number, old, new in changed if old != new}
    if votes:
        return {"code": "correction.replaced", "args": {"groups": list(made.groups), "votes": votes}}
    return {"code": "correction.rejected", "args": {"groups": list(made.groups)}}


def _both(numbers: Sequence[int], heads: Sequence[HeadDefinition], before: ReleasedSet, after: ReleasedSet) -> Document:
    """Every figure of a set as it was and as it is."""

    def both(old: int, new: int) -> Document:
        return {"before": old, "after": new}

    votes = zip(numbers, before.votes, after.votes, strict=True)
    rejected = zip(heads, before.rejected, after.rejected, strict=True)
    return {
        "papers": both(before.papers, after.papers),
        "candidates": {str(number): both(old, new) for number, old, new in votes},
        "rejected": {
            "papers": both(rejected_wholly(before.rejected, heads), rejected_wholly(after.rejected, heads)),
            "heads": {head.code: both(old, new) for head, old, new in rejected},
        },
    }
