"""Tablets on which something is typed and not sent. A tablet says how many forms, and never what is on them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from results import clock
from results.database.queue import write_queue
from results.live.broadcast import ring
from results.models import Contest, Tablet

FORGOTTEN_HOURS = 12
WRITTEN_SECONDS = 60
"""What has not changed is written again no more often."""
MOST_UNSENT = 999


def report(contest: Contest, device: str, person: User, unsent: int, oldest: datetime | None) -> None:
    """Note how many forms a tablet has kept and not sent; one that has none is forgotten."""
    now = clock.real_now()
    unsent = min(unsent, MOST_UNSENT)
    known = Tablet.objects.filter(contest=contest, device=device).first()
    if known is None and not unsent:
        return
    same = known is not None and (known.unsent, known.user_id) == (unsent, person.pk)
    if known is not None and same and now - known.seen_at < timedelta(seconds=WRITTEN_SECONDS):
        return
    with write_queue(), transaction.atomic():
        if unsent:
            values = {"user": person, "unsent": unsent, "oldest": oldest, "seen_at": now}
            Tablet.objects.update_or_create(contest=contest, device=device, defaults=values)
        else:
            Tablet.objects.filter(contest=contest, device=device).delete()
    if not same:
        ring(contest.pk)


def with_unsent(contest: Contest) -> list[Tablet]:
    """The tablets that said so, the oldest form first; also those that say nothing any more."""
    since = clock.real_now() - timedelta(hours=FORGOTTEN_HOURS)
    found = Tablet.objects.filter(contest=contest, unsent__gt=0, seen_at__gt=since).select_related("user")
    return sorted(found, key=lambda tablet: (tablet.oldest or tablet.seen_at, tablet.pk))
