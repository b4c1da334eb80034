"""Django's `makemigrations`, but a new table is made at once, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import cast

from django.core.management.commands import makemigrations
from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, CreateModel
from django.db.migrations.operations.base import Operation


def whole_tables(app_label: str, operations: Sequence[Operation]) -> list[Operation]:
    """The operations with what is added to new tables moved into their making, where the table it refers to can be first."""
    tables = {operation.name_lower: operation for operation in operations if isinstance(operation, CreateModel)}
    later: list[Operation] = []
    unfinished: set[str] = set()
    for operation in operations:
        name = getattr(operation, "model_name_lower", "")
        if _may_be_whole(operation) and name in tables.keys() - unfinished:
            # Django's types call what it answers a bool; it is a list of the one operation for what adds to a table.
            (whole,) = cast(list[CreateModel], tables[name].reduce(operation, app_label))
            try:
                _in_order(app_label, tables | {name: whole})
            except CycleError:
                # Two tables refer to each other. A constraint may name the column that is added later.
                unfinished.add(name)
                later.append(operation)
            else:
                tables[name] = whole
        elif not isinstance(operation, CreateModel):
            later.append(operation)
    return [*_in_order(app_label, tables), *later]


def _may_be_whole(operation: Operation) -> bool:
    """Whether this adds to a table. A relation through another table does not, and comes after that table."""
    if isinstance(operation, AddField):
        return not operation.field.many_to_many
    return isinstance(operation, AddConstraint)


def _in_order(app_label: str, tables: dict[str, CreateModel]) -> list[CreateModel]:
    """The tables, each after those that it refers to; CycleError where that cannot be."""
    needed = {name: _needed(app_label, table) & tables.keys() - {name} for name, table in tables.items()}
    return [tables[name] for name in TopologicalSorter(needed).static_order()]


def _needed(app_label: str, table: CreateModel) -> set[str]:
    """Names of the models of this application that a table, or a relation declared in it, refers to."""
    remotes = [field.remote_field for _, field in table.fields if field.remote_field]
    models = [model for remote in remotes for model in (remote.model, getattr(remote, "through", None)) if model]
    return {str(model).lower().removeprefix(f"{app_label}.") for model in models}


class Command(makemigrations.Command):
    """As Django's own, but foreign keys and constraints of a new table are made with it, not added to it afterwards.

    SQLite copies a table for each constraint that is added, and Django models the whole application anew for it: our
    first migration took five times as long, wherever countnight starts on a new database.
    """

    def write_migration_files(
        self, changes: dict[str, list[Migration]], update_previous_migration_paths: dict[str, str] | None = None
    ) -> None:
        """Write the migrations, tables made whole."""
        for app_label, migrations in changes.items():
            for migration in migrations:
                migration.operations = whole_tables(app_label, migration.operations)  # type: ignore[misc]
        super().write_migration_files(changes, update_previous_migration_paths)
