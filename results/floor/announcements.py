"""What the screen in the hall says. It is for the people there: it is on no public page, and in no ledger."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from results import clock
from results.database.queue import write_queue
from results.ledger.errors import Conflict, Stale
from results.live.broadcast import ring
from results.models import Announcement, Event
from results.people.accounts import display_name


def announce(event: Event, text: str, *, actor: User, submission_id: uuid.UUID, seen: int) -> Announcement:
    """Say this on the screens of a hall from now on; "" takes down what they say.

    Sent again it is said once. Stale where another announcement was made since `seen`, which is the key of the last one.
    """
    with write_queue(), transaction.atomic():
        # The event's row is the queue: two who announce at one moment are told so, and neither overwrites the other.
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        if (known := Announcement.objects.filter(submission_id=submission_id).first()) is not None:
            return _same(known, event, text, actor)
        last = standing(event)
        if (last.pk if last else 0) != seen:
            raise Stale("stale.announcement", name=last.actor_name if last else "")
        made = Announcement.objects.create(
            event=event,
            submission_id=submission_id,
            text=text,
            actor=actor,
            actor_name=display_name(actor),
            made_at=clock.now(event),
        )
    for contest in event.contests.values_list("pk", flat=True):
        ring(contest)
    return made


def _same(known: Announcement, event: Event, text: str, actor: User) -> Announcement:
    if (known.event_id, known.text, known.actor_id) != (event.pk, text, actor.pk):
        raise Conflict("conflict.announcement")
    return known


def standing(event: Event) -> Announcement | None:
    """The last announcement, empty or not; None before the first."""
    return Announcement.objects.filter(event=event).order_by("-pk").first()


def past(event: Event, most: int = 20) -> list[Announcement]:
    """The last announcements, newest first."""
    return list(Announcement.objects.filter(event=event).order_by("-pk")[:most])
