"""Rows and documents as they are hashed: RFC 8785 JSON, with one form for every value that a column holds.

Whole numbers stay whole numbers, times are integer microseconds since 1970, days ISO 8601, UUIDs their 32 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import rfc8785
from django.db import models

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_HASHED = ("hash", "mark")
"""Columns that are made from the hash, or are the hash itself."""


class UntypedValueError(TypeError):
    """A column holds a value of a type that countnight never writes."""


def canonical(value: Any) -> Any:
    """A value as it stands in the hashed JSON; UntypedValueError for anything that no column of ours holds."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        # Whole arithmetic: a float of seconds would round microseconds away.
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    raise UntypedValueError(f"{value!r} is of a type that the ledger does not hold")


def typed(field: models.Field[Any, Any], value: Any) -> Any:
    """The canonical value of a column, refused where the database holds another type than the column's."""
    if isinstance(field, models.IntegerField) and not (value is None or type(value) is int):
        raise UntypedValueError(f"{field.column} holds {value!r}, which is not a whole number")
    if isinstance(field, models.BooleanField) and not (type(value) is bool or (value is None and field.null)):
        raise UntypedValueError(f"{field.column} holds {value!r}, which is neither true nor false")
    return canonical(value)


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a table that a hash covers."""
    return [field for field in model._meta.concrete_fields if field.column not in _NOT_HASHED]


def row_of(instance: models.Model) -> dict[str, Any]:
    """A row as the hash covers it."""
    return {str(field.column): typed(field, getattr(instance, field.attname)) for field in columns(type(instance))}


def rows(queryset: models.QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """The rows of a table by column, as the database holds them."""
    fields = columns(queryset.model)
    for values in queryset.values_list(*[field.attname for field in fields]).iterator():
        yield dict(zip((str(field.column) for field in fields), values, strict=True))


_MAY_BE_A_FLOAT = re.compile(r"(?:^|[:,\[])-?[0-9]+[.eE]")
"""Where a number begins that is not whole; it may also stand inside a text, which then goes to the slower library."""


def _plain(document: Any) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256(document: Any) -> str:
    """SHA-256, in hexadecimal, of a document's RFC 8785 form.

    Python's own encoder gives that form, ten times as fast, where every number is whole and no key could be sorted
    otherwise (beyond the 16-bit characters UTF-16 has another order); all else goes to the slower library.
    """
    text = _plain(document)
    if _MAY_BE_A_FLOAT.search(text):
        return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    return _digest(text, document)


def sha256_of_rows(document: Any) -> str:
    """The same for a document made of typed columns, of which none is a float."""
    return _digest(_plain(document), document)


def _digest(text: str, document: Any) -> str:
    if not text.isascii() and max(text) > "\uffff":
        return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
