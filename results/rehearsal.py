"""Rehearsals have an address of their own: everything of them is below /rehearsal/, and nothing of a real count is.

Pembrokeshire, 2022: figures of a dummy run were read as the county's results. Here no address of a real count shows a
rehearsal, whoever has it: not the page, its updates, its socket, nor the desk.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

from results.models import Contest

PREFIX = "/rehearsal"


def prefix_of(contest: Contest) -> str:
    """What every address of a contest begins with."""
    return PREFIX if contest.environment == Contest.Environment.REHEARSAL else ""


def name_of(ballot_paper_id: str, environment: str) -> str:
    """The name by which a contest is asked for: a rehearsal has another than a real contest of the same id."""
    return f"{PREFIX}/{ballot_paper_id}" if environment == Contest.Environment.REHEARSAL else ballot_paper_id


def asked_for() -> bool:
    """Whether the address of this request is one of rehearsals (countnight/middleware.py)."""
    return get_script_prefix() == f"{PREFIX}/"


def misplaced(contest: Contest) -> bool:
    """Whether this request asks for a contest at an address of the other kind."""
    return asked_for() != bool(prefix_of(contest))


def moved(request: HttpRequest, contest: Contest) -> str:
    """The same address among those of the contest's kind."""
    path = request.get_full_path()
    return prefix_of(contest) + (path.removeprefix(PREFIX) if asked_for() else path)


def address(contest: Contest, view: str, *parts: object) -> str:
    """The address of a view of a contest, on whatever page it is written."""
    path = reverse(view, args=[contest.ballot_paper_id, *parts])
    return prefix_of(contest) + (path.removeprefix(PREFIX) if asked_for() else path)
