"""What a contest has in common with the others that are counted at the same event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from results.facts.kinds import BoxCancelled
from results.facts.reading import read_facts
from results.facts.types import Facts
from results.models import BoxContest, Contest, LedgerEntry


def contests_sharing_box(contest: Contest, *labels: str) -> Sequence[Contest]:
    """The other contests whose papers the same physical boxes hold: what happens to these is told to each."""
    return _others(contest, Q(boxes__box__label__in=labels))


def contests_with_session(contest: Contest, session: str) -> Sequence[Contest]:
    """The other contests whose postal votes the same session opened, as they were set up."""
    return _others(contest, Q(boxes__box__session__name=session, boxes__registered=False))


def facts_sharing_box(contest: Contest, labels: Sequence[str]) -> Mapping[str, Sequence[Facts]]:
    """What is known at the other contests with papers in each of these boxes; those that took it off their lists have none."""
    others = [read_facts(other) for other in contests_sharing_box(contest, *labels)]
    return {label: [other for other in others if label in other.boxes] for label in labels}


def _others(contest: Contest, having: Q) -> Sequence[Contest]:
    return list(
        Contest.objects.filter(having, event=contest.event_id)
        .exclude(pk=contest.pk)
        .select_related("election", "event")
        .order_by("pk")
        .distinct()
    )


def contests_in_area(contest: Contest) -> Sequence[Contest]:
    """The other contests with papers in this one's area: they share a box, or a ward, with it."""
    if contest.verify_first != Contest.VerifyFirst.AREA:
        return ()
    boxes = contest.boxes.values("box")
    wards = contest.wards.values("gss")
    return _others(contest, Q(boxes__box__in=boxes) | Q(wards__gss__in=wards))


def facts_in_area(contest: Contest) -> Sequence[Facts]:
    """What is known of the other contests in this one's area; asked under their locks where something is written."""
    return [read_facts(other) for other in contests_in_area(contest)]


@dataclass(frozen=True, slots=True)
class AmendedElsewhere:
    """A box that another contest of the event registered, or took off its list, and that this contest may have to as well."""

    box: str
    contest: str
    registered: bool


def amended_elsewhere(contest: Contest, facts: Facts) -> Sequence[AmendedElsewhere]:
    """What other contests amended of their lists that this one's may have missed, by box.

    A box that was registered for another contest concerns this one where it comes from a ward, a station or a session that
    this one has; a box that another took off its list, where its papers are still to be verified here.
    """
    cancelled = LedgerEntry.objects.filter(kind=BoxCancelled.KIND, contest__event=contest.event_id)
    own = contest.boxes.all()
    from_here = (
        Q(box_wards__ward__gss__in=contest.wards.values("gss"))
        | Q(box__station__in=own.values("box__station").exclude(box__station=None))
        | Q(box__session__in=own.values("box__session").exclude(box__session=None))
    )
    registered = (
        BoxContest.objects.filter(from_here, registered=True, contest__event=contest.event_id)
        .exclude(contest=contest)
        .exclude(box__in=own.values("box"))
        .exclude(pk__in=cancelled.values("box"))
    )
    brought = registered.values_list("box__label", "contest__name").distinct()
    waited_for = [label for label, box in facts.boxes.items() if box.papers is None]
    taken_off = cancelled.filter(box__box__label__in=waited_for).exclude(contest=contest)
    gone = taken_off.values_list("box__box__label", "contest__name")
    found = [AmendedElsewhere(box, name, True) for box, name in brought]
    return sorted(
        found + [AmendedElsewhere(box, name, False) for box, name in gone], key=lambda one: (one.box, one.contest)
    )
