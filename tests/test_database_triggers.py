"""What the database refuses by itself, and what it must not hold: triggers, views and rules that are not countnight's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from results import ledger
from results.audit.checks import faults
from results.database import freezing, triggers
from results.database.unexpected import unexpected
from results.facts.definition import BoxDefinition
from results.models import (
    BallotBox,
    Contest,
    Election,
    Event,
    PollingPlace,
    PollingStation,
    PostalSession,
)
from tests.counts import Count, make_count
from tests.halls import Hall, make_hall
from tests.intruder import drop_triggers

pytestmark = pytest.mark.django_db
SQLITE = "sqlite" in settings.DATABASES["default"]["ENGINE"]
on_sqlite = pytest.mark.skipif(not SQLITE, reason="PostgreSQL knows one form of a UUID only")


@pytest.fixture
def count() -> Count:
    made = make_count().ready()
    made.enter(1)
    made.enter(1, (300, 400, 118), made.cast.sam, reason="Written wrongly")
    return made


def ids() -> list[tuple[type[models.Model], str]]:
    """Every column that holds an id of 128 bits."""
    return [
        (model, str(field.column))
        for model in triggers.APPEND_ONLY
        for field in model._meta.concrete_fields
        if (field.db_type(connection) or "") in ("char(32)", "uuid")
    ]


def another_form(value: str, form: str) -> Any:
    dashed = "-".join((value[:8], value[8:12], value[12:16], value[16:20], value[20:]))
    return {"capitals": value.upper(), "dashed": dashed, "blob": value.encode(), "spaced": value + " "}[form]


def copy_with(model: type[models.Model], column: str, form: str) -> tuple[str, list[Any]] | None:
    """An INSERT of a copy of a row, with one id in another form; None where no row has that id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM {table} WHERE "{column}" IS NOT NULL LIMIT 1')
        row = cursor.fetchone()
        if row is None:
            return None
        names = [column[0] for column in cursor.description]
    given = [another_form(value, form) if name == column else value for name, value in zip(names, row, strict=True)]
    marks = ", ".join(["%s"] * len(given))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", given


@on_sqlite
@pytest.mark.parametrize("form", ["capitals", "dashed", "blob", "spaced"])
def test_it_takes_every_id_in_one_form_only(count: Count, form: str) -> None:
    tried = 0
    with connection.cursor() as cursor:
        # Only the guard of the ids is asked here, not the one that knows copies.
        for name in [name for name in triggers.expected("sqlite") if name.endswith("_no_replace")]:
            cursor.execute(f"DROP TRIGGER {name}")
    for model, column in ids():
        made = copy_with(model, column, form)
        if made is None:
            continue
        tried += 1
        refusal = pytest.raises(IntegrityError, match="small hexadecimal digits")
        with refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*made)
    assert tried > 25


@on_sqlite
@pytest.mark.parametrize("column", ["submission_id", "id", "supersedes_id"])
def test_it_names_an_id_that_stands_in_another_form(count: Count, column: str) -> None:
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f"UPDATE results_ledgerentry SET {column} = upper({column}) || '' WHERE {column} IS NOT NULL")
    triggers.install()
    assert any(f"results_ledgerentry.{column} holds" in line for line in triggers.miswritten_ids())
    assert any(f"results_ledgerentry.{column} holds" in line for line in faults(count.contest))
    with connection.cursor() as cursor:
        drop_triggers()
        cursor.execute(f"UPDATE results_ledgerentry SET {column} = lower({column})")


SWALLOWING = (
    [
        "CREATE TRIGGER helpful BEFORE INSERT ON results_ledgerentry BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER helpful AFTER INSERT ON results_publication BEGIN SELECT 1; END",
        "CREATE TRIGGER results_ledgerentry_ BEFORE DELETE ON auth_user BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIEW results AS SELECT 1",
        "CREATE TEMP TABLE results_ledgerentry (id)",
        "CREATE TEMP TRIGGER helpful BEFORE INSERT ON results_publication BEGIN SELECT RAISE(IGNORE); END",
    ]
    if SQLITE
    else [
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER helpful BEFORE INSERT ON results_ledgerentry FOR EACH ROW EXECUTE FUNCTION swallow()",
        "CREATE RULE helpful AS ON INSERT TO results_publication DO INSTEAD NOTHING",
        "CREATE RULE helpful AS ON DELETE TO auth_user DO INSTEAD NOTHING",
        "ALTER TABLE results_ledgerentry ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY helpful ON results_ledgerentry USING (false)",
        "CREATE TABLE more () INHERITS (results_publication)",
        "CREATE SCHEMA other; CREATE TABLE other.results_ledgerentry (id int)",
        "CREATE VIEW everything AS SELECT 1",
        "ALTER TABLE results_candidatevotes DISABLE TRIGGER ALL",
        "SET LOCAL session_replication_role = replica",
    ]
)


@pytest.mark.parametrize("statement", SWALLOWING)
def test_it_names_what_can_swallow_or_show_rows(count: Count, statement: str) -> None:
    assert unexpected() == [] and not list(faults(count.contest))
    with connection.cursor() as cursor:
        if not SQLITE:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    try:
        assert len(unexpected()) >= 1
        assert any("is not countnight's" in line for line in faults(count.contest))
    finally:
        if SQLITE and " TEMP " in statement:
            # What is temporary belongs to the connection and outlives the test's own rollback.
            with connection.cursor() as cursor:
                cursor.execute(statement.replace("CREATE TEMP", "DROP").split(" BEFORE")[0].split(" (")[0])


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """Two contests, of which the local one has begun; boxes 3, 4 and P1 are of the other alone."""
    made = make_hall(tmp_path)
    ledger.record_arrival(made.local, "L1", actor=made.cast.olu, submission_id=uuid.uuid4(), seen=0)
    return made


def frozen(change: Callable[[], Any]) -> bool:
    """Whether the database refuses a change, since the count has begun."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        assert "is frozen: the count has begun" in str(error)
        return True
    return False


def every_row_of(hall: Hall, label: str) -> list[models.QuerySet[Any]]:
    """A box of the hall and what it comes from, each as the query that finds it."""
    box = BallotBox.objects.get(event=hall.local.event, label=label)
    rows: list[models.QuerySet[Any]] = [BallotBox.objects.filter(pk=box.pk)]
    if box.station is None:
        return [*rows, PostalSession.objects.filter(pk=box.session_id)]
    places = PollingPlace.objects.filter(pk=box.station.place_id)
    return [*rows, PollingStation.objects.filter(pk=box.station_id), places]


def test_it_freezes_the_event_and_every_column_of_it_at_the_first_entry(hall: Hall) -> None:
    event = Event.objects.filter(pk=hall.local.event_id)
    for change in (
        {"close_of_poll": F("close_of_poll") - timedelta(hours=5)},
        {"venue": "Elsewhere"},
        {"name": "Another"},
        {"event_id": "another"},
    ):
        assert frozen(lambda: event.update(**change)), change  # noqa: B023
    assert frozen(lambda: event._raw_delete(event.db))


@pytest.mark.parametrize("label", ["1", "L1"])
def test_it_freezes_boxes_and_what_they_come_from_once_a_contest_that_uses_them_has_begun(
    hall: Hall, label: str
) -> None:
    for rows in every_row_of(hall, label):
        names = {f.name for f in rows.model._meta.concrete_fields} - {"id"}
        for name in names:
            assert frozen(lambda: rows.update(**{name: F(name)})), (rows.model, name)  # noqa: B023
        assert frozen(lambda: rows._raw_delete(rows.db)), rows.model  # noqa: B023


def test_it_leaves_boxes_alone_that_only_contests_before_their_first_entry_use(hall: Hall) -> None:
    for rows in [*every_row_of(hall, "3"), BallotBox.objects.filter(label="P1")]:
        assert not frozen(lambda: rows.update(id=F("id"))), rows.model  # noqa: B023
    # Its session filled the local contest's L1 as well.
    assert frozen(lambda: PostalSession.objects.update(id=F("id")))
    # From its own first entry on they are frozen too.
    ledger.record_arrival(hall.parliament, "P1", actor=hall.cast.olu, submission_id=uuid.uuid4(), seen=0)
    for label in ("3", "P1"):
        for rows in every_row_of(hall, label):
            assert frozen(lambda: rows.update(id=F("id"))), rows.model  # noqa: B023


@pytest.mark.parametrize("key", ["event", "election"])
def test_it_moves_no_contest_to_another_event_or_election_once_it_has_begun(hall: Hall, key: str) -> None:
    event, election = hall.local.event, hall.local.election
    event.pk, event.event_id = None, "another"
    event.save(force_insert=True)
    election.pk, election.election_id = None, "another"
    election.save(force_insert=True)
    other: Event | Election = event if key == "event" else election
    assert frozen(lambda: Contest.objects.filter(pk=hall.local.pk).update(**{key: other}))
    assert not frozen(lambda: Contest.objects.filter(pk=hall.parliament.pk).update(**{key: other}))


def test_it_lets_the_night_bring_a_box_of_a_new_station_and_freezes_that_too(hall: Hall) -> None:
    by: dict[str, Any] = {"actor": hall.cast.sam, "reason": "Opened this morning"}
    for box in (
        BoxDefinition("9", "polling", ("E05000001",), "The Scout Hut", "station 1", 700, "9"),
        BoxDefinition("10", "polling", ("E05000001",), "The Scout Hut", "station 2", 700, "10"),
        BoxDefinition("11", "polling", ("E05000001",), "North School", "", 0, "11"),
        BoxDefinition("P9", "postal", ("E05000001",), "", "A last session", 10, "P9"),
    ):
        ledger.register_box(hall.local, box, submission_id=uuid.uuid4(), **by)
        for rows in every_row_of(hall, box.label):
            assert frozen(lambda: rows.update(id=F("id"))), (box.label, rows.model)  # noqa: B023
    assert list(faults(hall.local)) == []
    # A contest of the same hall that has not begun is still set up on its boxes and on new ones.
    account = hall.parliament.accounts.create(key="12")
    for position, box in enumerate((hall.local.event.boxes.get(label="9"), new_box(hall)), 50):
        hall.parliament.boxes.create(box=box, account=account, position=position, electors=1)


def new_box(hall: Hall) -> BallotBox:
    return BallotBox.come_from(hall.local.event, "12", "polling", "North School", "")


@pytest.mark.skipif(not SQLITE, reason="only SQLite knows REPLACE")
@pytest.mark.parametrize("model", freezing.UNREPLACED)
def test_it_lets_nothing_take_the_place_of_a_frozen_row(hall: Hall, model: type[models.Model]) -> None:
    """SQLite's REPLACE deletes without asking the triggers that guard against deleting."""
    table = model._meta.db_table
    names = [str(field.column) for field in model._meta.concrete_fields]
    given = ", ".join("1" if name == "registered" else name for name in names)
    with pytest.raises(IntegrityError, match="already"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) SELECT {given} FROM {table}")


def test_it_looks_for_the_guards_of_the_hall(hall: Hall) -> None:
    names = {f"{model._meta.db_table}_frozen_{verb}" for model in freezing.OF_HALL for verb in ("update", "delete")}
    assert len(names) == 10
    assert names <= set(triggers.expected(connection.vendor))
    assert triggers.check(databases=["default"]) == []
    with connection.cursor() as cursor:
        for name in names:
            table = name.split("_frozen")[0]
            cursor.execute(f"DROP TRIGGER {name}" + ("" if SQLITE else f" ON {table}"))
    assert set(triggers.missing()) == names
    assert {line.split()[2] for line in faults(hall.local) if " is missing" in line} == names
    (message,) = triggers.check(databases=["default"])
    assert message.id == "results.E001"
    triggers.install()
    assert triggers.missing() == []
