"""What a contest has in common with the others that are counted at the same event."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from results.facts.reading import read_facts
from results.facts.types import Facts
from results.models import Contest


def contests_sharing_box(contest: Contest, label: str) -> Sequence[Contest]:
    """The other contests whose papers the same physical box holds: what happens to it is told to each."""
    return list(
        Contest.objects.filter(event=contest.event_id, boxes__box__label=label)
        .exclude(pk=contest.pk)
        .select_related("election", "event")
        .order_by("pk")
    )


def contests_in_area(contest: Contest) -> Sequence[Contest]:
    """The other contests with papers in this one's area: they share a box, or a ward, with it."""
    if contest.verify_first != Contest.VerifyFirst.AREA:
        return ()
    boxes = contest.boxes.values("box")
    wards = contest.wards.values("gss")
    return list(
        Contest.objects.filter(Q(boxes__box__in=boxes) | Q(wards__gss__in=wards), event=contest.event_id)
        .exclude(pk=contest.pk)
        .select_related("election", "event")
        .order_by("pk")
        .distinct()
    )


def facts_in_area(contest: Contest) -> Sequence[Facts]:
    """What is known of the other contests in this one's area; asked under their locks where something is written."""
    return [read_facts(other) for other in contests_in_area(contest)]
