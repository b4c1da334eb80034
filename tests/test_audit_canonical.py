"""Documents are hashed in the one form of RFC 8785, by whichever encoder."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from results.audit import canonical
from results.models import LedgerEntry

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(codec="utf-8"))


def documents(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | numbers | TEXTS
    return st.dictionaries(
        TEXTS, st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12)
    )


@given(documents(WHOLE | st.floats(allow_nan=False, allow_infinity=False)))
def test_it_hashes_any_document_as_rfc_8785_says(document: Any) -> None:
    assert canonical.sha256(document) == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


@given(documents(WHOLE))
def test_it_hashes_rows_as_rfc_8785_says(document: Any) -> None:
    assert canonical.sha256_of_rows(document) == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def test_it_orders_keys_as_utf_16_does() -> None:
    document = {"\U0001f5f3": 1, "\ufb01": 2}
    assert canonical.sha256(document) == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def test_it_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.sha256({"share": float("nan")})


def test_it_hashes_times_to_the_microsecond_and_refuses_floats() -> None:
    with pytest.raises(canonical.UntypedValueError):
        canonical.row_of(LedgerEntry(seq=1.0, recorded_at=timezone.now()))
