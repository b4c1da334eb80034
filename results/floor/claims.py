"""Who has which box or sheet in hand, so that two people are not sent to one.

A claim is light: it forbids nothing, and is old after a few minutes in which its tablet said nothing. A person has one thing
in hand; opening another lets the first go.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from results import clock
from results.database.queue import write_queue
from results.live.broadcast import ring
from results.models import Claim, Contest

logger = logging.getLogger(__name__)

HELD_SECONDS = 300
"""A sheet takes two minutes to type; who was called away from it for longer has left it to others."""
RENEWED_SECONDS = 45
"""A claim is written again no more often: tablets say every half minute that they are at it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A thing in a person's hand, and since when by the time of the count."""

    person: int
    name: str
    since: datetime


def box(label: str) -> str:
    """What a claim calls a box."""
    return f"box:{label}"


def group(number: int) -> str:
    """What a claim calls the sheet of a group."""
    return f"group:{number}"


def take(contest: Contest, subject: str, person: User) -> None:
    """Note that a person has this in hand; the others' screens look again where that is new.

    If it can be noted: no page is lost for want of a claim.
    """
    try:
        _take(contest, subject, person)
    except DatabaseError:
        logger.exception("%s is in hand, and the others are not told", subject)


def _take(contest: Contest, subject: str, person: User) -> None:
    now = clock.real_now()
    known = Claim.objects.filter(contest=contest, user=person).first()
    same = known is not None and known.subject == subject and known.renewed_at > _oldest(now)
    if known is not None and same and now - known.renewed_at < timedelta(seconds=RENEWED_SECONDS):
        return
    since = known.since if known is not None and same else clock.now(contest.event)
    with write_queue(), transaction.atomic():
        values = {"subject": subject, "since": since, "renewed_at": now}
        Claim.objects.update_or_create(contest=contest, user=person, defaults=values)
    if not same:
        ring(contest.pk)


def in_hand(contest: Contest) -> Mapping[str, tuple[Held, ...]]:
    """All fresh claims, by box and sheet, who was first first."""
    found: dict[str, list[Held]] = defaultdict(list)
    fresh = Claim.objects.filter(contest=contest, renewed_at__gt=_oldest(clock.real_now()))
    for one in fresh.select_related("user").order_by("since", "pk"):
        found[one.subject].append(Held(one.user_id, one.user.get_full_name() or one.user.get_username(), one.since))
    return {subject: tuple(holders) for subject, holders in found.items()}


def _oldest(now: datetime) -> datetime:
    return now - timedelta(seconds=HELD_SECONDS)
