"""Rows that were made complete in the program, written at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one table, whose every value is given; what `bulk_create` does, at a fifth of its cost."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    table, quote = rows[0]._meta.db_table, connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})", values)
