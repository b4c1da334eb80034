"""The rows of a stretch of a ledger, column by column: one statement for each table, put together once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection

from results import models
from results.models import Contest, LedgerEntry

Convert = Callable[[Any], Any]


def read_rows(table: str, columns: Sequence[str], contest: Contest, after: int, upto: int) -> Iterator[list[Any]]:
    """Rows of a table (the name of its model) that belong to the entries after+1..upto of a contest.

    Each row is the seq of its entry, then these columns (`group_id`, not `group`) as the model's fields give them.
    """
    # As SQL: to put fourteen queries together from objects takes longer than they take, and each reading needs them.
    statement, converted = _statement(connection.vendor, table, tuple(columns))
    with connection.cursor() as cursor:
        cursor.execute(statement, [contest.pk, after, upto])
        for row in cursor.fetchall():
            read = list(row)
            for position, convert in converted:
                read[position] = convert(read[position])
            yield read


@cache
def _statement(vendor: str, table: str, columns: tuple[str, ...]) -> tuple[str, tuple[tuple[int, Convert], ...]]:
    """The SQL, and what makes Python's values of the columns that a database of this make holds in another form."""
    model = getattr(models, table)
    own = model is LedgerEntry
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    row, entry = quote("row"), quote("entry")
    ledger, its_id = quote(LedgerEntry._meta.db_table), quote("id")
    source = (
        f"{ledger} {entry}"
        if own
        else f"{ledger} {entry} JOIN {quote(model._meta.db_table)} {row} ON {row}.{quote('entry_id')} = {entry}.{its_id}"
    )
    chosen = [f"{entry}.{quote('seq')}"]
    chosen += [f"{entry if own else row}.{quote(fields[name].column)}" for name in columns]
    statement = (
        f"SELECT {', '.join(chosen)} FROM {source} WHERE {entry}.{quote('contest_id')} = %s"  # noqa: S608 -- our own names
        f" AND {entry}.{quote('seq')} > %s AND {entry}.{quote('seq')} <= %s ORDER BY {entry}.{quote('seq')}"
    )
    return statement, tuple(
        (position, convert)
        for position, name in enumerate(columns, 1)
        if (convert := _converter(fields[name])) is not None
    )


def _converter(field: Any) -> Convert | None:
    """What Django does with a value of this field that it reads, or None where it is as it should be."""
    target = field.get_col(field.model._meta.db_table)
    steps = [*connection.ops.get_db_converters(target), *target.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, target, connection)
        return value

    return convert
