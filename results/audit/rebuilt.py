"""Which publications were rebuilt already, so that a check goes on from there.

A version that was once found whole and equal to a rebuild, and that is held unchanged, need not be built again: a night has
more than a thousand. The file is a convenience. Without it, or with one that this key did not mark, everything
is built anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from results.audit.marks import is_marked, mark
from results.models import Contest

logger = logging.getLogger(__name__)


def _file(contest: Contest) -> Path:
    return Path(settings.AUDIT_DIR) / f"rebuilt-{contest.ballot_paper_id}.json"


def _digest(contest: Contest, upto: int) -> str:
    """SHA-256 over the versions up to this one as the database holds them, which costs a hundredth of rebuilding them."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, seq, CAST(board AS text), CAST(call AS text), model_hash, prev_hash, hash, mark "
            "FROM results_publication WHERE contest_id = %s AND version <= %s ORDER BY version",
            [contest.pk, upto],
        )
        for row in cursor:
            for value in row:
                # Its length stands before each value, so that no two rows run together to the same bytes.
                written = b"" if value is None else str(value).encode()
                digest.update(b"-:" if value is None else b"%d:" % len(written))
                digest.update(written)
    return digest.hexdigest()


def _said(contest: Contest, model: str, version: int) -> str:
    return "\n".join((contest.ballot_paper_id, contest.epoch, model, str(version), _digest(contest, version)))


def rebuilt(contest: Contest, model: str) -> int:
    """The last version that was rebuilt with this model and is unchanged with all before it; 0 where none is known."""
    try:
        kept: dict[str, Any] = json.loads(_file(contest).read_text(encoding="utf-8"))
        version, given = int(kept["version"]), str(kept["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return version if is_marked("rebuilt", _said(contest, model, version), given) else 0


def note_rebuilt(contest: Contest, model: str, version: int) -> None:
    """Keep that every version up to this one was rebuilt and found equal."""
    kept = {"version": version, "mark": mark("rebuilt", _said(contest, model, version))}
    path = _file(contest)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        logger.warning("%s cannot be written (%s): the next check rebuilds every version", path, error)
