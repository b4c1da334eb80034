"""Marks: what shows that countnight itself wrote a row, and not somebody who only holds the database.

A mark is HMAC-SHA256 over the kind of a row and its hash. The key is derived by HKDF (RFC 5869) from the installation's
secret key, which the database does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.conf import settings

PURPOSE = b"countnight: marks of what was recorded and published"
LENGTH = 64
"""Hexadecimal digits of a mark."""


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    """HKDF-SHA256 with an empty salt and one block of output: 32 bytes."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), secret.encode(), "sha256")
    return hmac.digest(extracted, PURPOSE + b"\x01", "sha256")


def mark(kind: str, text: str) -> str:
    """The mark of a text of this kind: 64 hexadecimal digits."""
    return hmac.digest(_key(settings.SECRET_KEY), f"{kind}\n{text}".encode(), "sha256").hex()


def is_marked(kind: str, text: str, given: str) -> bool:
    """Whether this is the mark of the text under the secret key, or under one of those before it."""
    return any(
        hmac.compare_digest(
            hmac.digest(_key(secret), f"{kind}\n{text}".encode(), "sha256").hex().encode(), given.encode()
        )
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def unmarked(kind: str, owner: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Faults of the rows of one chain, each given as name, hash and mark, that countnight did not write."""
    wrong = [name for name, text, given in rows if not is_marked(kind, text, given)]
    if len(wrong) == len(rows) > 1:
        # One fault stands for all rows: most likely the key was changed, and nobody forged anything.
        yield (
            f"{owner}: no {kind} has a mark of this installation's secret key. If SECRET_KEY was changed, "
            "put the one before into SECRET_KEY_FALLBACKS"
        )
        return
    for name in wrong:
        yield f"{owner} {name}: countnight did not write it (its mark is not one of this installation's secret key)"
