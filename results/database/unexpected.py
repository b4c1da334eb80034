"""What a database must not hold: triggers, views and rules that are not countnight's, which could swallow what is written.

A trigger that ignores an insert lets the program believe that a row is there; a view in front of a table shows rows that
nobody recorded. `verify_ledger` names everything of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from results.database.triggers import expected


def unexpected(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What is there and should not be, each as "the trigger x on y"."""
    connection = connections[using]
    with connection.cursor() as cursor:
        found = _on_sqlite(cursor) if connection.vendor == "sqlite" else _on_postgresql(cursor)
        return sorted(found)


def _tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def _on_sqlite(cursor: CursorWrapper) -> Iterator[str]:
    ours, tables = expected("sqlite"), _tables()
    for schema in ("sqlite_master", "sqlite_temp_master"):
        cursor.execute(f"SELECT type, name, tbl_name FROM {schema} ORDER BY type, name")
        for kind, name, table in cursor.fetchall():
            if kind == "trigger" and (schema == "sqlite_temp_master" or name not in ours):
                yield f"the trigger {name} on {table}"
            elif kind == "view":
                yield f"the view {name}"
            elif kind == "table" and schema == "sqlite_temp_master" and name in tables:
                yield f"the temporary table {name}, which stands before the real one"


_STRANGERS = """
    SELECT 'the trigger ' || t.tgname || ' on ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relname = ANY(%(tables)s) AND NOT t.tgisinternal AND NOT t.tgname = ANY(%(ours)s)
    UNION ALL SELECT 'the trigger ' || t.tgname || ' on ' || c.relname || ', switched off'
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relname = ANY(%(tables)s) AND t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
    UNION ALL SELECT 'the rule ' || r.rulename || ' on ' || c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        WHERE c.relname = ANY(%(tables)s)
    UNION ALL SELECT 'the policy ' || p.polname || ' on ' || c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE c.relname = ANY(%(tables)s)
    UNION ALL SELECT 'the row security of ' || c.relname FROM pg_class c
        WHERE c.relname = ANY(%(tables)s) AND c.relkind IN ('r', 'p') AND c.relrowsecurity
    UNION ALL SELECT 'the table ' || k.relname || ', which inherits from ' || c.relname
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent JOIN pg_class k ON k.oid = i.inhrelid
        WHERE c.relname = ANY(%(tables)s)
    UNION ALL SELECT 'the ' || CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' ELSE 'other table ' END
            || n.nspname || '.' || c.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (c.relname = ANY(%(tables)s) AND (c.relkind NOT IN ('r', 'p') OR n.nspname <> current_schema()))
           OR (c.relkind IN ('v', 'm') AND n.nspname = current_schema())
    UNION ALL SELECT 'the setting session_replication_role, which switches triggers off'
        WHERE current_setting('session_replication_role') <> 'origin'
"""


def _on_postgresql(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute(_STRANGERS, {"tables": sorted(_tables()), "ours": sorted(expected("postgresql"))})
    for (words,) in cursor.fetchall():
        yield str(words)
