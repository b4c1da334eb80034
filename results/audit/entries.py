"""The chain of a contest's entries rechecked: positions, hashes, marks, and that every value has the type of its column."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator

from results.audit.canonical import UntypedValueError, columns, rows, typed
from results.audit.chain import FIRST_PREVIOUS, Row, definition_hash, entry_hash
from results.audit.marks import unmarked
from results.models import Contest, LedgerEntry
from results.models.details import DETAILS

Details = dict[uuid.UUID, dict[str, list[Row]]]


def chain_faults(contest: Contest) -> Iterator[str]:
    """What is wrong with a contest's chain, in words that name the entry; nothing where it is whole."""
    untyped: dict[uuid.UUID, str] = {}
    details = _details(contest, untyped)
    setup = definition_hash(contest)
    previous, expected_seq = FIRST_PREVIOUS, 1
    fields = {field.column: field for field in columns(LedgerEntry)}
    stored = LedgerEntry.objects.filter(contest=contest).order_by("seq")
    hashes = dict(stored.values_list("id", "hash"))
    for row in rows(stored):
        seq, where = row["seq"], f"{contest.ballot_paper_id} entry {row['seq']}"
        if seq != expected_seq:
            yield f"{where}: entry {expected_seq} is missing"
            expected_seq = seq if isinstance(seq, int) else expected_seq
        if row["prev_hash"] != previous:
            yield f"{where}: it does not follow the entry before it"
        if row["definition_hash"] != setup:
            yield f"{where}: the set-up is not the one it was recorded under (election, candidates, wards, heads, boxes)"
        if row["id"] in untyped:
            yield f"{where}: {untyped[row['id']]}"
        else:
            try:
                recorded = {column: typed(fields[column], value) for column, value in row.items()}
            except UntypedValueError as error:
                yield f"{where}: {error}"
            else:
                if entry_hash(recorded, details.get(row["id"], {})) != hashes[row["id"]]:
                    yield f"{where}: the row or its details are not what was recorded"
        previous = hashes[row["id"]]
        expected_seq += 1
    marks = [(f"entry {seq}", hash_, mark) for seq, hash_, mark in stored.values_list("seq", "hash", "mark")]
    yield from unmarked("entry", contest.ballot_paper_id, marks)


def _details(contest: Contest, untyped: dict[uuid.UUID, str]) -> Details:
    """The detail rows of a contest by entry and table; what has a wrong type goes into `untyped`, by entry."""
    details: Details = defaultdict(lambda: defaultdict(list))
    for model in DETAILS:
        fields = {field.column: field for field in columns(model)}
        for row in rows(model._default_manager.filter(entry__contest=contest)):
            try:
                recorded = {column: typed(fields[column], value) for column, value in row.items()}
            except UntypedValueError as error:
                untyped[row["entry_id"]] = f"{model._meta.db_table}: {error}"
            else:
                details[row["entry_id"]][model._meta.db_table].append(recorded)
    return details
