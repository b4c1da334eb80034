"""Publications rechecked: that none is missing or altered, and that each equals a rebuild from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from results.audit.chain import FIRST_PREVIOUS, publication_hash
from results.audit.marks import unmarked
from results.board.document import Document
from results.board.projecting import model_hash
from results.board.publishing import build
from results.facts.fold import fold
from results.facts.reading import last_seq, read_entries
from results.facts.set_up import read_set_up
from results.models import Contest, LedgerEntry, Publication
from results.policy import released


def _arithmetic(board: Document) -> Document:
    """The board without what depends on the machine's floating point: the projection, the call, and what follows them."""
    kept = {key: value for key, value in board.items() if key not in ("projection", "call", "axis")}
    if kept.get("still_out", {}).get("basis") == "votes":
        del kept["still_out"]
    if "feed" in kept:
        kept["feed"] = [
            {key: value for key, value in event.items() if key != "rank"}
            for event in sorted(kept["feed"].values(), key=lambda event: event["rank"])
            if not event["code"].startswith("feed.call.")
        ]
    return kept


def publication_faults(contest: Contest) -> Iterator[str]:
    """What is wrong with a contest's publications: gaps, and boards that the ledger does not give when built again."""
    publications = list(Publication.objects.filter(contest=contest).order_by("version"))
    if not publications:
        return
    begun = (
        LedgerEntry.objects.filter(contest=contest).order_by("seq").values_list("definition_hash", flat=True).first()
    )
    set_up = read_set_up(contest, begun or "")
    last = last_seq(contest)
    entries = read_entries(contest, set_up, last)
    marks = [(f"version {known.version}", known.hash, known.mark) for known in publications]
    yield from unmarked("publication", contest.ballot_paper_id, marks)
    before: dict[str, Any] | None = None
    seq_before, hash_before = 0, FIRST_PREVIOUS
    for place, publication in enumerate(publications, 1):
        name = f"{contest.ballot_paper_id} version {publication.version}"
        if publication.version != place:
            yield f"{name}: version {place} is missing"
            return
        if publication.prev_hash != hash_before or publication.hash != publication_hash(publication):
            yield f"{name}: it is not what was published"
        if not seq_before <= publication.seq <= last:
            yield f"{name}: it names entry {publication.seq}, which does not come after the version before it"
            return
        facts = fold(set_up.definition, (entry for entry in entries if entry.seq <= publication.seq))
        public = released(facts)
        same_machine = publication.model_hash in ("", model_hash())
        try:
            board, call = build(facts, public, before)
        except (KeyError, TypeError, ValueError) as error:
            yield f"{name}: the call stored with the version before it cannot be read ({error!r})"
            return
        # Version 1 may have been shown before the set-up was loaded anew; the ledger had not begun.
        changed = publication.seq > 0 and (board if same_machine else _arithmetic(board)) != (
            publication.board if same_machine else _arithmetic(publication.board)
        )
        if changed:
            yield f"{name}: the board is not what entries 1 to {publication.seq} give"
        if same_machine and call != publication.call:
            yield f"{name}: the call is not what the version before it and the ledger give"
        before, seq_before, hash_before = publication.call, publication.seq, publication.hash
