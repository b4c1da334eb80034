"""Publications rechecked: that none is missing or altered, and that each equals a rebuild from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from results.audit.chain import FIRST_PREVIOUS, publication_hash
from results.audit.marks import unmarked
from results.audit.rebuilt import note_rebuilt, rebuilt
from results.board.document import Document
from results.board.projecting import model_hash
from results.board.publishing import build
from results.facts.definition import Definition
from results.facts.fold import fold_entry
from results.facts.kinds import Entry
from results.facts.state import State
from results.facts.types import Facts
from results.models import Contest, Publication
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


def publication_faults(
    contest: Contest, definition: Definition, entries: Sequence[Entry], *, anew: bool = False
) -> Iterator[str]:
    """What is wrong with a contest's publications: gaps, and boards that its entries do not give when built again.

    Versions that an earlier check rebuilt are not built again, unless `anew` or they were changed since.
    """
    here = model_hash()
    checked = 0 if anew else rebuilt(contest, here)
    # The last version checked before is read too: the first new one must follow it.
    publications = list(Publication.objects.filter(contest=contest, version__gte=checked).order_by("version"))
    before = publications.pop(0) if checked and publications else None
    if not publications:
        return
    broken = list(_broken(contest, publications, before))
    yield from broken
    if [publication.version for publication in publications] != list(
        range(checked + 1, checked + 1 + len(publications))
    ):
        return
    differing = list(_differing(contest, definition, entries, publications, before))
    yield from differing
    if not broken and not differing:
        note_rebuilt(contest, here, publications[-1].version)


def _broken(contest: Contest, publications: Sequence[Publication], before: Publication | None) -> Iterator[str]:
    """Gaps, hashes and marks of the publications after `before`."""
    marks = [(f"version {made.version}", made.hash, made.mark) for made in publications]
    yield from unmarked("publication", contest.ballot_paper_id, marks)
    hash_before = before.hash if before else FIRST_PREVIOUS
    for expected, publication in enumerate(publications, before.version + 1 if before else 1):
        name = f"{contest.ballot_paper_id} version {publication.version}"
        if publication.version != expected:
            yield f"{name}: version {expected} is missing"
            return
        if publication.prev_hash != hash_before or publication.hash != publication_hash(publication):
            yield f"{name}: it is not what was published"
        hash_before = publication.hash


def _differing(
    contest: Contest,
    definition: Definition,
    entries: Sequence[Entry],
    publications: Sequence[Publication],
    before: Publication | None,
) -> Iterator[str]:
    """Publications after `before` that are not what their prefix of the ledger gives when they are built again."""
    last = entries[-1].seq if entries else 0
    state, read = State(definition), 0
    for publication in publications:
        name = f"{contest.ballot_paper_id} version {publication.version}"
        if not (before.seq if before else 0) <= publication.seq <= last:
            yield f"{name}: it names entry {publication.seq}, which does not come after the version before it"
            return
        while read < len(entries) and entries[read].seq <= publication.seq:
            fold_entry(state, entries[read])
            read += 1
        try:
            yield from _unlike(publication, name, state.facts(), before)
        except (KeyError, TypeError, ValueError) as error:
            yield f"{name}: the call stored with the version before it cannot be read ({error!r})"
            return
        before = publication


def _unlike(publication: Publication, name: str, facts: Facts, before: Publication | None) -> Iterator[str]:
    """How one version differs from the board and the call that these facts give, after the version before it."""
    same_machine = publication.model_hash in ("", model_hash())
    board, call = build(facts, released(facts), before.call if before else None)
    # Version 1 may have been shown before the set-up was loaded anew; the ledger had not begun.
    changed = publication.seq > 0 and (board if same_machine else _arithmetic(board)) != (
        publication.board if same_machine else _arithmetic(publication.board)
    )
    if changed:
        yield f"{name}: the board is not what entries 1 to {publication.seq} give"
    if same_machine and call != publication.call:
        yield f"{name}: the call is not what the version before it and the ledger give"
