"""Triggers that make the database itself refuse to change what was said or shown.

Append-only tables refuse UPDATE and DELETE (on SQLite also the REPLACE that would delete silently, whole numbers
written as text, and ids in any form but one; on PostgreSQL also TRUNCATE). Set-up tables freeze at the contest's first
entry (`freezing`). SQLite drops a table's triggers when a migration rebuilds it, so they are installed after every migration
and looked for by a system check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, models

from results.database import freezing
from results.models import Count, JournalEntry, LedgerEntry, Publication
from results.models.details import DETAILS

APPEND_ONLY: tuple[type[models.Model], ...] = (LedgerEntry, *DETAILS, Publication, JournalEntry)


def _unique_sets(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    """The sets of columns of which no two rows of a table hold the same values."""
    for field in model._meta.concrete_fields:
        if field.unique:
            yield (str(field.column),)
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    for constraint in model._meta.total_unique_constraints:
        yield tuple(columns[name] for name in constraint.fields)


def _target(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """The field whose values a column holds: of a foreign key, the key that it refers to."""
    return field.target_field if isinstance(field, models.ForeignKey) else field


def _other_than_32_digits(column: str) -> str:
    """SQLite's condition that a column holds an id in another form than Django's: the same id could come twice."""
    return f"{column} IS NOT NULL AND (typeof({column}) <> 'text' OR length({column}) <> 32 OR {column} GLOB '*[^0-9a-f]*')"


def miswritten_ids() -> Iterator[str]:
    """Ids of append-only rows that SQLite holds in another form than Django writes; PostgreSQL knows one form only."""
    if connections[DEFAULT_DB_ALIAS].vendor != "sqlite":
        return
    for model in APPEND_ONLY:
        for field in model._meta.concrete_fields:
            if isinstance(_target(field), models.UUIDField):
                table, column = model._meta.db_table, str(field.column)
                with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                    cursor.execute(f"SELECT {column} FROM {table} WHERE {_other_than_32_digits(column)}")
                    for (value,) in cursor.fetchall():
                        yield f"{table}.{column} holds {value!r}: an id is written in 32 small hexadecimal digits"


def _sqlite_statements() -> Iterator[tuple[str, str]]:
    """Name and body of every trigger on SQLite."""
    for model in APPEND_ONLY:
        table = model._meta.db_table
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"{table}_no_{verb.lower()}",
                f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
        numbers = [f for f in model._meta.concrete_fields if isinstance(f, models.PositiveIntegerField)]
        if numbers:
            untyped = " OR ".join(
                f"typeof(NEW.{f.column}) NOT IN ('integer'" + (", 'null')" if f.null else ")") for f in numbers
            )
            yield (
                f"{table}_whole_numbers",
                f"BEFORE INSERT ON {table} WHEN {untyped} "
                f"BEGIN SELECT RAISE(ABORT, '{table} holds whole numbers'); END",
            )
        ids = [f.column for f in model._meta.concrete_fields if isinstance(_target(f), models.UUIDField)]
        if ids:
            wrong = " OR ".join(f"({_other_than_32_digits(f'NEW.{column}')})" for column in ids)
            yield (
                f"{table}_canonical_ids",
                f"BEFORE INSERT ON {table} WHEN {wrong} "
                f"BEGIN SELECT RAISE(ABORT, '{table} holds ids of 32 small hexadecimal digits'); END",
            )
    for model in (*APPEND_ONLY, *freezing.UNREPLACED):
        table = model._meta.db_table
        same = " OR ".join(
            "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
            for columns in _unique_sets(model)
        )
        yield (
            f"{table}_no_replace",
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} holds this row already'); END",
        )
    yield (
        _TWO_PEOPLE,
        f"BEFORE INSERT ON {_COUNTS} WHEN EXISTS ({_ONE_PERSON}) BEGIN SELECT RAISE(ABORT, '{_ONE_PERSON_SAID}'); END",
    )
    for rule in freezing.rules():
        yield (
            f"{rule.table}_frozen_{rule.verb.lower()}",
            f"BEFORE {rule.verb} ON {rule.table} WHEN {rule.condition} "
            f"BEGIN SELECT RAISE(ABORT, '{rule.table} is frozen: the count has begun'); END",
        )


_COUNTS, _ENTRIES = Count._meta.db_table, LedgerEntry._meta.db_table
_TWO_PEOPLE = f"{_COUNTS}_two_people"
_ONE_PERSON_SAID = "two readings of one round are of two people"
_ONE_PERSON = (
    f"SELECT 1 FROM {_COUNTS} other JOIN {_ENTRIES} theirs ON theirs.id = other.entry_id "
    f"JOIN {_ENTRIES} ours ON ours.id = NEW.entry_id WHERE other.group_id = NEW.group_id AND other.round = NEW.round "
    "AND other.reading <> NEW.reading AND theirs.actor_id = ours.actor_id"
)
"""Another reading of the round, by the same person: the second entry is independent, or it is none."""


def _postgresql_statements() -> Iterator[tuple[str, str]]:
    """Name and body of every trigger on PostgreSQL."""
    for model in APPEND_ONLY:
        table = model._meta.db_table
        yield (
            f"{table}_no_change",
            f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION countnight_append_only()",
        )
        yield (
            f"{table}_no_truncate",
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION countnight_append_only()",
        )
    yield _TWO_PEOPLE, f"BEFORE INSERT ON {_COUNTS} FOR EACH ROW EXECUTE FUNCTION countnight_two_people()"
    for rule in freezing.rules():
        yield (
            f"{rule.table}_frozen_{rule.verb.lower()}",
            f"BEFORE {rule.verb} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {rule.function}()",
        )


def _postgresql_functions() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION countnight_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION countnight_two_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS ({_ONE_PERSON}) THEN RAISE EXCEPTION '{_ONE_PERSON_SAID}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    yield from freezing.functions()


def expected(vendor: str) -> dict[str, str]:
    """Name and definition of every trigger that a database of this kind must have."""
    statements = _sqlite_statements() if vendor == "sqlite" else _postgresql_statements()
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in statements}


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Install every trigger anew; running it twice changes nothing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in _postgresql_functions():
                cursor.execute(function)
        for name, statement in expected(connection.vendor).items():
            table = statement.split(" ON ")[1].split(" ")[0]
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
            cursor.execute(statement)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of the triggers that are not there, not as they should be, or switched off."""
    connection = connections[using]
    wanted = expected(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
            return sorted(name for name, statement in wanted.items() if present.get(name) != statement)
        cursor.execute(
            "SELECT t.tgname, c.relname, p.proname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        )
        present = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'countnight_%'")
        bodies = dict(cursor.fetchall())
    emptied = {name for name, body in _function_bodies().items() if bodies.get(name) != body}
    return sorted(
        name
        for name, statement in wanted.items()
        if present.get(name) != _as_stored(statement) or _as_stored(statement)[1] in emptied
    )


_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def _as_stored(statement: str) -> tuple[str, str, int]:
    """Table, function and type bits by which PostgreSQL's catalogue knows a trigger of ours."""
    when, rest = statement.split(" ON ", 1)
    function = rest.rsplit(" ", 1)[1].removesuffix("()")
    bits = 2 + (1 if "FOR EACH ROW" in rest else 0) + sum(bit for event, bit in _EVENTS.items() if f" {event}" in when)
    return rest.split(" ")[0], function, bits


def _function_bodies() -> dict[str, str]:
    """The source of each function, by its name."""
    bodies = {}
    for function in _postgresql_functions():
        name = function.split("FUNCTION ")[1].split("(")[0]
        bodies[name] = function.split("$$")[1]
    return bodies


def install_after_migration(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Install the triggers once the tables are there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if {model._meta.db_table for model in (*APPEND_ONLY, *freezing.TABLES)} <= tables:
        install(using)


def check(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """System check: an error for each database whose ledger is not guarded."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if LedgerEntry._meta.db_table not in tables:
            continue
        if absent := missing(alias):
            messages.append(
                Error(
                    f"{len(absent)} trigger(s) that guard the ledger are missing: {', '.join(absent[:5])}.",
                    hint="Run `python manage.py migrate`, which installs them; then `manage.py verify_ledger`.",
                    id="results.E001",
                )
            )
    return messages
