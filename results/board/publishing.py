"""Publications: boards made once, numbered, and read by every process.

A new version is made when the public document changed, and only then: version numbers say nothing of what is unreleased.
Any process may make it; the first to insert it wins, and the others read what it wrote.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from results.audit.chain import FIRST_PREVIOUS, publication_hash
from results.audit.checkpoints import chain_of, note_checkpoint
from results.audit.marks import mark
from results.board.document import Document, make_board
from results.board.projecting import model_hash, project_released
from results.board.timeline import PastCall, iso
from results.database.queue import write_queue
from results.facts.reading import last_seq, read_facts
from results.facts.types import Facts
from results.models import Contest, LedgerEntry, Publication
from results.policy import Released, released
from results.projection import Call

logger = logging.getLogger(__name__)

_considered: dict[int, tuple[str, int, int]] = {}
"""By contest: epoch, version and the ledger prefix up to which nothing public has changed since that version."""


_newest: OrderedDict[int, Publication] = OrderedDict()
"""By contest, the newest publication that this process has read or made."""
_newest_lock = threading.Lock()
KEPT_PUBLICATIONS = 1000


def latest(contest: Contest) -> Publication | None:
    """The newest publication there is, without looking whether it is out of date.

    Its row is asked for by version and hash first: every reader's request comes here, and a board that is known already
    would be read and decoded for each of them. Nobody changes what is returned.
    """
    head = Publication.objects.filter(contest=contest).order_by("-version").values_list("version", "hash").first()
    if head is None:
        return None
    with _newest_lock:
        known = _newest.get(contest.pk)
    if known is not None and (known.version, known.hash) == head:
        return known
    found = Publication.objects.get(contest=contest, version=head[0])
    _know(found)
    return found


def _know(publication: Publication) -> None:
    with _newest_lock:
        _newest[publication.contest_id] = publication
        _newest.move_to_end(publication.contest_id)
        while len(_newest) > KEPT_PUBLICATIONS:
            _newest.popitem(last=False)


def kept(contest: Contest) -> Publication:
    """The newest publication there is; made only where there is none yet.

    Anonymous readers are answered from it: were a version made, or only looked for, in a reader's request, the time that
    the answer takes would tell that something hidden was entered. Versions are made when an entry is committed: by the
    process's hub, else by the writer (results/live/broadcast.py).
    """
    return latest(contest) or publish(contest)


def behind() -> list[int]:
    """Contests whose ledger goes beyond what this process, or the newest publication, has considered."""
    of_contest = LedgerEntry.objects.filter(contest=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    newest = Publication.objects.filter(contest=OuterRef("pk")).order_by("-version")
    rows = Contest.objects.annotate(
        last=Subquery(of_contest),
        version=Subquery(newest.values("version")[:1]),
        seq=Subquery(newest.values("seq")[:1]),
    ).filter(last__isnull=False)
    return [
        pk
        for pk, epoch, last, version, seq in rows.values_list("pk", "epoch", "last", "version", "seq")
        if (seq is None or last > seq) and _considered.get(pk) != (epoch, version, last)
    ]


def current(contest: Contest, failed: Callable[[], None] = lambda: None) -> Publication:
    """The publication of the ledger as it stands now, made if need be; the last one where that fails, after `failed()`."""
    newest = latest(contest)
    if newest is not None:
        last = last_seq(contest)
        if last <= newest.seq or _considered.get(contest.pk) == (contest.epoch, newest.version, last):
            return newest
    try:
        return publish(contest)
    except Exception:
        if newest is None:
            raise
        # A full disk or a locked database: readers get the newest version there is, with its age on it.
        logger.exception("no new version of %s; version %s stays", contest.ballot_paper_id, newest.version)
        failed()
        return newest


def publish(contest: Contest) -> Publication:
    """Make the publication of the ledger as it stands now, unless the public document is what it was."""
    while True:
        newest = latest(contest)
        facts = read_facts(contest)
        if newest is not None and facts.seq < newest.seq:
            return newest
        public = released(facts)
        board, call = build(facts, public, newest.call if newest else None)
        if newest is not None and board == newest.board:
            _considered[contest.pk] = (contest.epoch, newest.version, facts.seq)
            return newest
        made = Publication(
            contest=contest,
            version=newest.version + 1 if newest else 1,
            seq=facts.seq,
            board=board,
            call=call,
            model_hash=model_hash() if public.projection else "",
            prev_hash=newest.hash if newest else FIRST_PREVIOUS,
        )
        made.hash = publication_hash(made)
        made.mark = mark("publication", made.hash)
        try:
            with write_queue(), transaction.atomic():
                made.save(force_insert=True)
                transaction.on_commit(partial(_note, contest, made), robust=True)
        except IntegrityError:
            # Another process was first: read what it wrote, and see whether anything is left to say.
            continue
        return made


def _note(contest: Contest, made: Publication) -> None:
    note_checkpoint("publication", chain_of(contest), made.version, made.hash)
    _know(made)


def build(facts: Facts, public: Released, before: dict[str, Any] | None) -> tuple[Document, dict[str, Any]]:
    """The board of these facts, and the call to go on from, after the call that the version before it ended with."""
    folded = Call.from_dict(before["call"]) if before else Call()
    events = [PastCall(**event) for event in before["events"]] if before else []
    now = None
    if public.projection:
        now, folded_on = project_released(public, folded)
        if public.as_of is not None and (folded_on.state, folded_on.candidate) != (folded.state, folded.candidate):
            candidate = None if folded_on.candidate is None else int(folded_on.candidate)
            withdrawn = folded_on.withdrawn and folded.candidate is not None
            events.append(PastCall(iso(public.as_of), facts.seq, folded_on.state, candidate, withdrawn))
        folded = folded_on
    board = make_board(public, now, folded if now is not None else None, events if public.projection else ())
    return board, {"call": folded.to_dict(), "events": [asdict(event) for event in events]}
