"""How large a figure may be, for check constraints."""

from __future__ import annotations

from django.db.models import Q

MOST_PAPERS = 10_000_000
"""More papers than any one contest of the United Kingdom has electors for; larger figures are slips of the hand."""


def at_most(field: str, most: int = MOST_PAPERS) -> Q:
    """The condition of a check constraint: the field is a whole number from 0 to `most`."""
    return Q(**{f"{field}__gte": 0, f"{field}__lte": most})
