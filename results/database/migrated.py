"""Whether the database has been brought to the installed version."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def missing_migrations() -> str:
    """What to do where the database is empty, older than this version, or newer; "" where it fits."""
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        return "Nothing has been migrated in this database: run `manage.py migrate`, or correct DATABASE_URL."
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "This database is older than this version of countnight: run `manage.py migrate`."
    return ""
