"""What is hashed of an entry, of a publication and of a set-up.

An entry's hash is SHA-256 over RFC 8785 JSON of every column of its row (but the hash and its mark, and with the hash of
the entry before it) and of every column of its detail rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from results.audit.canonical import canonical, row_of, rows, sha256, sha256_of_rows
from results.models import BaselineVotes, BoxWard, Contest, LedgerEntry, Publication
from results.models.ledger import Detail

FIRST_PREVIOUS = "0" * 64

Row = Mapping[str, Any]


def entry_hash(entry: Row, details: Mapping[str, Iterable[Row]]) -> str:
    """The hash of an entry: its row and its detail rows by table, each table in the order of the rows' ids.

    Columns are named once for each table: the names would be two thirds of what is hashed.
    """
    tables = {}
    for table, given in details.items():
        if ordered := sorted(given, key=lambda row: str(row["id"])):
            tables[table] = {"columns": list(ordered[0]), "rows": [list(row.values()) for row in ordered]}
    return sha256_of_rows({"entry": dict(entry), "details": tables})


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


_NOT_SET_UP = ("id", "event_id", "election_id", "epoch")
"""Columns of a contest that the database chooses, or that a restored backup changes."""


def definition_hash(contest: Contest) -> str:
    """The hash of all that is set up for a contest and frozen at its first entry: every column of every such row."""
    election, event = contest.election, contest.event
    contest_row = {name: value for name, value in row_of(contest).items() if name not in _NOT_SET_UP}
    tables: dict[str, models.QuerySet[Any]] = {
        "candidates": contest.candidates.order_by("number"),
        "wards": contest.wards.order_by("gss"),
        "heads": contest.heads.order_by("number"),
        # What an entry of the ledger registered on the night is covered by that entry.
        "accounts": contest.accounts.filter(registered=False).order_by("key"),
        "boxes": contest.boxes.filter(registered=False).order_by("position"),
        "box_wards": BoxWard.objects.filter(contest=contest, registered=False).order_by("box__position", "ward__gss"),
        "baseline": BaselineVotes.objects.filter(contest=contest).order_by("pk"),
    }
    shown = Q(candidates__contest=contest) | Q(baselinevotes__contest=contest)
    parties = election.parties.filter(shown).distinct().order_by("code")
    labels = (
        contest.boxes.filter(registered=False)
        .order_by("position")
        .values_list(
            "box__label",
            "box__kind",
            "box__station__place__name",
            "box__station__name",
            "box__session__name",
            "box__session__on_the_night",
        )
    )
    document = {
        "event": {name: value for name, value in row_of(event).items() if name != "id"},
        "election": {name: value for name, value in row_of(election).items() if name != "id"},
        "contest": contest_row,
        "parties": [[p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id] for p in parties],
        "labels": [list(row) for row in labels],
        **{
            name: [{column: canonical(value) for column, value in row.items()} for row in rows(queryset)]
            for name, queryset in tables.items()
        },
    }
    return sha256(document)
