"""What was done with a box or a group, as its page lists it: who did it, who stood by it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from results.models import GroupReopening, LedgerEntry
from results.texts.message import Message

_COLUMNS = ("seq", "kind", "actor_name", "recorded_at", "note", "witness")
_SECOND = ("second_officer__first_name", "second_officer__last_name", "second_officer__username")


def history(entries: QuerySet[LedgerEntry]) -> Sequence[Mapping[str, Any]]:
    """These entries, the last first."""
    found = list(entries.order_by("-seq").values("pk", *_COLUMNS, *_SECOND))
    reopened = [entry["pk"] for entry in found if entry["kind"] == "group_reopened"]
    purposes = (
        dict(GroupReopening.objects.filter(entry__in=reopened).values_list("entry", "purpose")) if reopened else {}
    )
    return [
        {
            **entry,
            "words": Message(
                f"reopened.{purposes[entry['pk']]}" if entry["pk"] in purposes else f"entry.{entry['kind']}"
            ),
            "second": _second(entry),
        }
        for entry in found
    ]


def _second(entry: Mapping[str, Any]) -> Message | None:
    """Who stood by it, in words; None where nobody had to."""
    first, last, username = (entry[column] for column in _SECOND)
    if username:
        return Message("second.officer", {"name": f"{first} {last}".strip() or username})
    return Message("second.witness", {"name": entry["witness"]}) if entry["witness"] else None
