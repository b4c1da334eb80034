"""The hash chain over the ledger, and the checks that show nobody changed it.

An entry's hash is SHA-256 over RFC 8785 JSON of every column of its row (but the hash itself, and with the hash of the
entry before it) and of every column of its detail rows. Whole numbers stay whole numbers, times are integer
microseconds since 1970, UUIDs their 32 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from django.db import models

from results.models import BaselineVotes, Contest, LedgerEntry, Publication
from results.models.ledger import DETAILS, Detail

FIRST_PREVIOUS = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = Mapping[str, Any]


class UntypedValueError(TypeError):
    """A column holds a value of a type that countnight never writes."""


def _canonical(value: Any) -> Any:
    """A value as it stands in the hashed JSON; UntypedValueError for anything that no column of ours holds."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        # Whole arithmetic: a float of seconds would round microseconds away.
        return (value - _EPOCH) // timedelta(microseconds=1)
    raise UntypedValueError(f"{value!r} is of a type that the ledger does not hold")


def _typed(field: models.Field[Any, Any], value: Any) -> Any:
    """The canonical value of a column, refused where the database holds another type than the column's."""
    if isinstance(field, models.IntegerField) and not (value is None or type(value) is int):
        raise UntypedValueError(f"{field.column} holds {value!r}, which is not a whole number")
    if isinstance(field, models.BooleanField) and type(value) is not bool:
        raise UntypedValueError(f"{field.column} holds {value!r}, which is neither true nor false")
    return _canonical(value)


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a table that the hash covers."""
    return [field for field in model._meta.concrete_fields if field.column != "hash"]


def row_of(instance: models.Model) -> dict[str, Any]:
    """A row as the hash takes it."""
    return {str(field.column): _typed(field, getattr(instance, field.attname)) for field in columns(type(instance))}


def sha256(document: Any) -> str:
    """SHA-256, in hexadecimal, of a document's RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def entry_hash(entry: Row, details: Mapping[str, Iterable[Row]]) -> str:
    """The hash of an entry: its row and its detail rows by table, each table in the order of the rows' ids.

    Columns are named once for each table: the names would be two thirds of what is hashed.
    """
    tables = {}
    for table, rows in details.items():
        if ordered := sorted(rows, key=lambda row: str(row["id"])):
            tables[table] = {"columns": list(ordered[0]), "rows": [list(row.values()) for row in ordered]}
    return sha256({"entry": dict(entry), "details": tables})


def hash_of(entry: LedgerEntry, details: Iterable[Detail]) -> str:
    """The hash of an entry that is about to be written with these details."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for detail in details:
        by_table[detail._meta.db_table].append(row_of(detail))
    return entry_hash(row_of(entry), by_table)


def publication_hash(publication: Publication) -> str:
    """The hash of a publication: every column but its key and the hash itself, with the hash of the version before."""
    return sha256(
        {
            "contest": publication.contest_id,
            "version": publication.version,
            "seq": publication.seq,
            "board": publication.board,
            "call": publication.call,
            "model_hash": publication.model_hash,
            "prev_hash": publication.prev_hash,
        }
    )


def _rows(queryset: models.QuerySet[Any]) -> Iterator[dict[str, Any]]:
    fields = columns(queryset.model)
    for values in queryset.values_list(*[field.attname for field in fields]).iterator():
        yield dict(zip((str(field.column) for field in fields), values, strict=True))


def definition_hash(contest: Contest) -> str:
    """The hash of all that is set up for a contest and frozen at its first entry: every column of every such row."""
    election = contest.election
    contest_row = {
        name: _canonical(getattr(contest, name))
        for name in (
            "ballot_paper_id",
            "name",
            "gss",
            "seats",
            "environment",
            "entries_required",
            "minimum_boxes",
            "minimum_papers",
            "publish_at_setup",
            "projection_at_setup",
            "count_begins",
            "expected_time",
            "baseline_label",
        )
    }
    tables: dict[str, models.QuerySet[Any]] = {
        "candidates": contest.candidates.order_by("number"),
        "wards": contest.wards.order_by("gss"),
        "heads": contest.heads.order_by("number"),
        "boxes": contest.boxes.order_by("position"),
        "baseline": BaselineVotes.objects.filter(contest=contest).order_by("pk"),
    }
    parties = election.parties.filter(candidates__contest=contest).distinct().order_by("code")
    labels = contest.boxes.order_by("position").values_list("box__label", "box__kind", "box__station__name")
    document = {
        "election": [election.election_id, _canonical(election.close_of_poll), election.combined],
        "contest": contest_row,
        "parties": [[p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id] for p in parties],
        "labels": [list(row) for row in labels],
        **{
            name: [{column: _canonical(value) for column, value in row.items()} for row in _rows(queryset)]
            for name, queryset in tables.items()
        },
    }
    return sha256(document)


def chain_faults(contest: Contest) -> Iterator[str]:
    """What is wrong with a contest's chain, in words that name the entry; nothing where it is whole."""
    details: dict[uuid.UUID, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    untyped: dict[uuid.UUID, str] = {}
    for model in DETAILS:
        fields = {field.column: field for field in columns(model)}
        for row in _rows(model._default_manager.filter(entry__contest=contest)):
            try:
                typed = {column: _typed(fields[column], value) for column, value in row.items()}
            except UntypedValueError as error:
                untyped[row["entry_id"]] = f"{model._meta.db_table}: {error}"
            else:
                details[row["entry_id"]][model._meta.db_table].append(typed)
    setup = definition_hash(contest)
    previous, expected_seq = FIRST_PREVIOUS, 1
    fields = {field.column: field for field in columns(LedgerEntry)}
    stored = LedgerEntry.objects.filter(contest=contest).order_by("seq")
    hashes = dict(stored.values_list("id", "hash"))
    for row in _rows(stored):
        seq, place = row["seq"], f"{contest.ballot_paper_id} entry {row['seq']}"
        if seq != expected_seq:
            yield f"{place}: entry {expected_seq} is missing"
            expected_seq = seq if isinstance(seq, int) else expected_seq
        if row["prev_hash"] != previous:
            yield f"{place}: it does not follow the entry before it"
        if row["definition_hash"] != setup:
            yield f"{place}: the set-up is not the one it was recorded under (candidates, wards, heads, boxes, baseline)"
        if row["id"] in untyped:
            yield f"{place}: {untyped[row['id']]}"
        else:
            try:
                typed = {column: _typed(fields[column], value) for column, value in row.items()}
            except UntypedValueError as error:
                yield f"{place}: {error}"
            else:
                if entry_hash(typed, details.get(row["id"], {})) != hashes[row["id"]]:
                    yield f"{place}: the row or its details are not what was recorded"
        previous = hashes[row["id"]]
        expected_seq += 1
