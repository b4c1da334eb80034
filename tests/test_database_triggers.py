"""What the database refuses by itself, and what it must not hold: triggers, views and rules that are not countnight's."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from results.audit.checks import faults
from results.database import triggers
from results.database.unexpected import unexpected
from tests.counts import Count, make_count
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
