"""Which set-up freezes at the first entry of its contest, and the conditions by which the database knows.

What belongs to one contest freezes with it. The hall's rows, its event, places, stations, sessions and boxes, serve several
contests, which may begin at different hours: such a row freezes as soon as one contest that uses it has an entry. New rows
may always come, for a contest that is still being set up or by an entry of the night that registers a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models

from results.models import (
    BallotBox,
    BallotPaperAccount,
    BaselineVotes,
    BoxContest,
    BoxWard,
    Candidate,
    Contest,
    Event,
    LedgerEntry,
    PollingPlace,
    PollingStation,
    PostalSession,
    RejectionHead,
    Ward,
)

AMENDED: tuple[type[models.Model], ...] = (BallotPaperAccount, BoxContest, BoxWard)
"""Set-up to which an entry of the ledger may add on the night: rows marked as registered may still be inserted."""
OF_CONTEST: tuple[type[models.Model], ...] = (Candidate, Ward, RejectionHead, BaselineVotes, *AMENDED)
"""Set-up of one contest."""
CONTEST_COLUMNS = (
    "event_id",
    "election_id",
    "seats",
    "kind_of_poll",
    "nation",
    "verify_first",
    "ballot_paper_id",
    "minimum_boxes",
    "minimum_papers",
    "entries_required",
    "environment",
)

_ENTRIES, _CONTESTS, _BOX_CONTESTS = (model._meta.db_table for model in (LedgerEntry, Contest, BoxContest))
_BOXES, _STATIONS = BallotBox._meta.db_table, PollingStation._meta.db_table
_BEGUN = f"SELECT 1 FROM {_ENTRIES} e JOIN {_BOX_CONTESTS} c ON c.contest_id = e.contest_id"
_BY_BOX = f"{_BEGUN} JOIN {_BOXES} b ON b.id = c.box_id"

OF_HALL: Mapping[type[models.Model], str] = {
    Event: f"SELECT 1 FROM {_ENTRIES} e JOIN {_CONTESTS} k ON k.id = e.contest_id WHERE k.event_id = OLD.id",
    PollingPlace: f"{_BY_BOX} JOIN {_STATIONS} s ON s.id = b.station_id WHERE s.place_id = OLD.id",
    PollingStation: f"{_BY_BOX} WHERE b.station_id = OLD.id",
    PostalSession: f"{_BY_BOX} WHERE b.session_id = OLD.id",
    BallotBox: f"{_BEGUN} WHERE c.box_id = OLD.id",
}
"""Tables of the hall, each with the entries of contests that use the row which is about to change."""

UNREPLACED: tuple[type[models.Model], ...] = (*OF_HALL, *AMENDED)
"""Frozen tables into which rows may still be inserted, so that SQLite's REPLACE could take the place of one."""
TABLES: tuple[type[models.Model], ...] = (*OF_CONTEST, *OF_HALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a verb on a table is refused, and the function that looks on PostgreSQL, which allows no subquery in a WHEN."""

    table: str
    verb: str
    condition: str
    function: str


def rules() -> Iterator[Rule]:
    """Every verb that is refused on set-up once its contest has begun."""
    for model in OF_CONTEST:
        table = model._meta.db_table
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            begun = f"EXISTS (SELECT 1 FROM {_ENTRIES} WHERE contest_id = {row}.contest_id)"
            if model in AMENDED and verb == "INSERT":
                yield Rule(table, verb, f"NOT NEW.registered AND {begun}", "countnight_frozen_amended")
            else:
                yield Rule(table, verb, begun, f"countnight_frozen_{row.lower()}")
    for model, used in OF_HALL.items():
        for verb in ("UPDATE", "DELETE"):
            function = f"countnight_frozen_{model._meta.model_name}"
            yield Rule(model._meta.db_table, verb, f"EXISTS ({used})", function)
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in CONTEST_COLUMNS)
    begun = f"EXISTS (SELECT 1 FROM {_ENTRIES} WHERE contest_id = OLD.id)"
    yield Rule(_CONTESTS, "UPDATE", f"({changed}) AND {begun}", "countnight_frozen_contest")


def functions() -> Iterator[str]:
    """The functions of these rules on PostgreSQL."""
    conditions = {rule.function: rule.condition for rule in rules()}
    for name, condition in conditions.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '% is frozen: the count has begun', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
