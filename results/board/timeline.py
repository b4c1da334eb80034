"""What happened, in order: the feed, and the log of corrections. Pure functions of what is released.

Keys count the events in their order ("e1", "e2", ...), so that a new event never renames an old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from results.policy import Released

Document = dict[str, Any]
KEPT_EVENTS = 200
"""Events in the feed: more than a night of a hundred groups has, and a bound on the board's size. Corrections all stay."""


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A change of the call, as the publications before this one recorded it; `withdrawn` with it."""

    at: str
    seq: int
    state: str
    candidate: int | None
    withdrawn: bool = False


def iso(at: datetime) -> str:
    """A time as the board writes it: UTC, whole seconds, "2014-11-21T02:14:05Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def feed(released: Released, calls: Sequence[CallEvent]) -> Document:
    """Milestones, releases, calls and choices, each a code with arguments, keyed in their order."""
    events: list[tuple[str, int, str, Document]] = []
    events += _milestones(released)
    # Older releases could only be cut off below: they are counted, and not put into words.
    omitted = max(0, len(released.events) - KEPT_EVENTS)
    for release in released.events[omitted:]:
        made = release.released
        code = "feed.corrected" if release.replaced else "feed.released"
        wards = sorted({released.definition.boxes[label].ward for label in made.boxes})
        top = sorted(range(len(made.votes)), key=lambda place: (-made.votes[place], place))[:3]
        args = {
            "groups": list(made.groups),
            "wards": wards,
            "papers": made.papers,
            "votes": [[released.definition.numbers[place], made.votes[place]] for place in top],
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
    return {f"e{place}": {"at": at, "rank": place, "code": code, "args": args} for place, (at, _, code, args) in newest}


def _milestones(released: Released) -> list[tuple[str, int, str, Document]]:
    events: list[tuple[str, int, str, Document]] = []
    arrivals = [box.arrived_at for box in released.boxes]
    if arrivals and all(arrivals):
        last = max(at for at in arrivals if at is not None)
        events.append((iso(last), 0, "feed.all_in", {"boxes": len(arrivals)}))
    for gss in released.definition.wards:
        boxes = [box for box in released.boxes if box.ward == gss]
        times = [box.verified_at for box in boxes]
        if boxes and all(times):
            papers = sum(box.papers or 0 for box in boxes)
            last = max(at for at in times if at is not None)
            events.append((iso(last), 1, "feed.ward_verified", {"ward": gss, "papers": papers, "boxes": len(boxes)}))
    times = [box.verified_at for box in released.boxes]
    if times and all(times):
        last = max(at for at in times if at is not None)
        papers = sum(box.papers or 0 for box in released.boxes)
        events.append((iso(last), 2, "feed.all_verified", {"papers": papers, "boxes": len(times)}))
    if released.groups and sum(len(group.boxes) for group in released.groups) == len(released.boxes):
        last = max(group.formed_at for group in released.groups)
        events.append((iso(last), 3, "feed.groups_formed", {"groups": len(released.groups)}))
    if not released.events and released.groups and all(group.counted for group in released.groups):
        counted = [group.counted_at for group in released.groups if group.counted_at]
        if counted:
            events.append((iso(max(counted)), 4, "feed.all_counted", {"groups": len(released.groups)}))
    return events


def corrections(released: Released) -> Document:
    """Released figures that were replaced: before and after, candidate by candidate, keyed in their order."""
    log: Document = {}
    for event in released.events:
        if event.replaced is None:
            continue
        changes = {
            str(number): {"before": before, "after": after}
            for number, before, after in zip(
                released.definition.numbers, event.replaced.votes, event.released.votes, strict=True
            )
            if before != after
        }
        log[f"k{len(log) + 1}"] = {
            "at": iso(event.at),
            "rank": len(log) + 1,
            "groups": list(event.released.groups),
            "votes": changes,
        }
    return log
