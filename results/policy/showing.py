"""Facts -> Released: what is shown at one point of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from results.facts.types import Facts, PastPolicy, PastRelease
from results.policy.corrections import is_recounting
from results.policy.releases import only_last_left
from results.policy.types import PublicBox, PublicGroup, Released


def released(facts: Facts) -> Released:
    """What may be public of these facts."""
    definition = facts.definition
    begun = facts.begun
    publish = facts.publish if begun else "off"
    shown = publish != "off"
    totals = publish == "totals"
    boxes = _public_boxes(facts) if shown else ()
    recounting = tuple(made for made in facts.releases if is_recounting(facts, made)) if totals else ()
    again = {number for made in recounting for number in made.groups}
    groups = _public_groups(facts, totals, again) if shown else ()
    policies = facts.past_policies if begun else ()
    sets = facts.releases if totals else ()
    events = facts.past_releases if totals else ()
    closed_at = _closed_at(facts) if shown else None
    return Released(
        definition=definition,
        publish=facts.publish,
        projection=facts.projection and totals and definition.seats == 1,
        held=facts.held and begun,
        as_of=_as_of(boxes, groups, events, policies, closed_at),
        boxes=boxes,
        groups=groups,
        sets=sets,
        events=events,
        policies=policies,
        recounting=recounting,
        last_waits=totals and only_last_left(facts),
        packs_open=shown and bool(facts.open_sessions),
        closed_at=closed_at,
    )


def _public_boxes(facts: Facts) -> tuple[PublicBox, ...]:
    of = facts.definition.boxes
    open_ = {label for session in facts.open_sessions for label in facts.boxes_of_session(session)}
    return tuple(
        PublicBox(label, of[label].wards, of[label].kind, box.arrived_at, box.papers, box.verified_at, label in open_)
        for label, box in facts.boxes.items()
    )


def _closed_at(facts: Facts) -> datetime | None:
    """When the last of the sessions for packs handed in on the night was closed; None while one is open."""
    if facts.open_sessions:
        return None
    nights = [name for name, session in facts.definition.sessions.items() if session.on_the_night]
    return max((facts.closed_sessions[name].at for name in nights), default=None)


def _public_groups(facts: Facts, totals: bool, again: Collection[int]) -> tuple[PublicGroup, ...]:
    """Where totals are public a group is "counted" when it is released: an agreed figure that waits shows nowhere."""
    return tuple(
        PublicGroup(
            group.number,
            group.boxes,
            group.papers,
            group.formed_at,
            group.released and group.number not in again if totals else group.agreed is not None,
            None if totals else group.agreed_at,
            group.number in again,
        )
        for group in facts.groups.values()
    )


def _as_of(
    boxes: Iterable[PublicBox],
    groups: Iterable[PublicGroup],
    events: Iterable[PastRelease],
    policies: Iterable[PastPolicy],
    closed_at: datetime | None,
) -> datetime | None:
    """The time of the last thing that is public: an entry that shows nowhere must not move it."""
    times = [at for box in boxes for at in (box.arrived_at, box.verified_at) if at]
    times += [at for group in groups for at in (group.formed_at, group.counted_at) if at]
    times += [event.at for event in events] + [choice.at for choice in policies]
    times += [closed_at] if closed_at else []
    return max(times, default=None)
