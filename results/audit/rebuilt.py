"""Which publications were rebuilt already, so that a check goes on from there.

A version that was once found equal to a rebuild, and whose chain still ends in the same hash, need not be built again: a
night has more than a thousand. The file is a convenience. Without it, or with one that this key did not mark, everything
is built anew.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from results.audit.marks import is_marked, mark
from results.models import Contest, Publication

logger = logging.getLogger(__name__)


def _file(contest: Contest) -> Path:
    return Path(settings.AUDIT_DIR) / f"rebuilt-{contest.ballot_paper_id}.json"


def _said(contest: Contest, model: str, version: int, last: str) -> str:
    return "\n".join((contest.ballot_paper_id, contest.epoch, model, str(version), last))


def rebuilt(contest: Contest, model: str) -> tuple[int, str]:
    """The last version that was rebuilt with this model, and its hash; (0, "") where none is known."""
    try:
        kept: dict[str, Any] = json.loads(_file(contest).read_text(encoding="utf-8"))
        version, last, given = int(kept["version"]), str(kept["hash"]), str(kept["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""
    return (version, last) if is_marked("rebuilt", _said(contest, model, version, last), given) else (0, "")


def note_rebuilt(contest: Contest, model: str, publication: Publication) -> None:
    """Keep that every version up to this one was rebuilt and found equal."""
    version, last = publication.version, publication.hash
    kept = {"version": version, "hash": last, "mark": mark("rebuilt", _said(contest, model, version, last))}
    path = _file(contest)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        logger.warning("%s cannot be written (%s): the next check rebuilds every version", path, error)
