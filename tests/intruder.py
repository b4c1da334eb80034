"""What somebody can do who holds the database and not the machine: no key, but all of SQL and the program's own source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.test import override_settings

from results.audit.chain import FIRST_PREVIOUS, publication_hash
from results.database import triggers
from results.models import Contest, Publication


def drop_triggers() -> None:
    """Take the guards away."""
    with connection.cursor() as cursor:
        for name, statement in triggers.expected(connection.vendor).items():
            table = statement.split(" ON ")[1].split(" ")[0]
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


@contextmanager
def unguarded() -> Iterator[None]:
    """No triggers inside; they are put back as they were, so that only the rows tell what was done."""
    drop_triggers()
    yield
    triggers.install()


def with_another_key() -> Any:
    """Write with the program itself, on a machine of the intruder's own."""
    return override_settings(SECRET_KEY="a key that the intruder made up, long enough to be taken for one")


def set_column(row: models.Model, **columns: Any) -> None:
    """Change columns of a row, guards or not."""
    type(row)._default_manager.filter(pk=row.pk).update(**columns)


def renumber(contest: Contest) -> None:
    """Give a contest's publications numbers without gaps, and hashes that follow each other; their marks stay."""
    before = FIRST_PREVIOUS
    for version, row in enumerate(Publication.objects.filter(contest=contest).order_by("version"), 1):
        row.version, row.prev_hash = version, before
        row.hash = before = publication_hash(row)
        set_column(row, version=row.version, prev_hash=row.prev_hash, hash=row.hash)
