"""The rows of the front page: one for each contest that is not a rehearsal, painted once for each of its versions."""

from __future__ import annotations

import logging
from collections.abc import Hashable

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from results import clock
from results.board.document import Document
from results.board.publishing import kept
from results.board.set_up_document import set_up_document
from results.models import Contest
from results.texts.catalogue import ENGLISH, public_catalogue
from results.texts.locales import language

logger = logging.getLogger(__name__)

_kept: dict[int, tuple[Hashable, SafeString]] = {}
"""By contest: the version and the clock that its row was painted from, and the row. Thousands ask for the rows again and
again, and mostly nothing is new: then one query answers. Nothing hidden is in the key, or the time would tell of it."""


def front_rows() -> list[SafeString]:
    """Every row as HTML, the newest poll first; a contest that cannot be shown is left out and logged."""
    contests = (
        Contest.objects.exclude(environment=Contest.Environment.REHEARSAL)
        .select_related("election", "event__demo_clock")
        .annotate(newest=Max("publications__version"))
        .order_by("-election__poll_date", "name")
    )
    rows = []
    for contest in contests:
        try:
            rows.append(_row(contest, contest.newest))
        except Exception:
            # One contest that cannot be shown must not keep the others from being shown.
            logger.exception("%s is left out of the front page", contest.ballot_paper_id)
    return rows


def words_of_age() -> Document:
    """What the page's script needs in order to put ages into words."""
    texts = {code: text for code, text in public_catalogue(ENGLISH).items() if code.startswith("age.")}
    return {"language": ENGLISH, "locale": language(ENGLISH).document(), "messages": texts}


def _row(contest: Contest, newest: int | None) -> SafeString:
    played = clock.demo_clock(contest.event)
    times = played and (played.real_origin, played.night_origin, played.speed)
    shown = _kept.get(contest.pk)
    if shown is not None and shown[0] == (contest.epoch, newest, times):
        return shown[1]
    publication = kept(contest)
    context = {
        "contest": contest,
        "version": f"{contest.epoch}-{publication.version}",
        "board": publication.board,
        "setup": set_up_document(contest),
    }
    row = render_to_string("public/parts/contest_row.html", context)
    _kept[contest.pk] = (contest.epoch, publication.version, times), row
    return row
