"""JSON merge patches (RFC 7396) between boards: made here, applied by every reader.

Boards hold no nulls, so that a patch can say of every key whether it changed or went; lists are replaced whole.
"""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def make_patch(before: Document, after: Document) -> Document:
    """The merge patch that turns `before` into `after`; empty where they are equal."""
    patch: Document = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(before[key], dict):
            if inner := make_patch(before[key], value):
                patch[key] = inner
        elif before[key] != value or type(before[key]) is not type(value):
            patch[key] = value
    return patch


def apply_patch(document: Document, patch: Document) -> Document:
    """The document after the patch; neither argument is changed."""
    result = dict(document)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            inner = result.get(key)
            result[key] = apply_patch(inner if isinstance(inner, dict) else {}, value)
        else:
            result[key] = value
    return result
