"""A file beside the database that keeps how far each chain had come: what is cut off from the end of one is missed here.

One line of JSON for each entry, version and journal entry, after it is committed, with a mark. The file is only appended to;
a line that a crash tore is no line. What cannot be written is logged and never keeps anybody waiting.
"""

from __future__ import annotations

import json
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

from results.audit.marks import is_marked, mark
from results.models import Contest

logger = logging.getLogger(__name__)
_unwritable: set[str] = set()

Checkpoints = Mapping[tuple[str, str], Mapping[int, str]]
"""By kind of row and name of the chain: the hash at each number."""


def _file() -> Path:
    return Path(settings.AUDIT_DIR) / "checkpoints"


def _said(kind: str, chain: str, number: int, hash_: str) -> str:
    return "\n".join((kind, chain, str(number), hash_))


def chain_of(contest: Contest) -> str:
    """The name of a contest's chains; another after a backup was restored and a new epoch begun."""
    return f"{contest.ballot_paper_id} {contest.epoch}"


def note_checkpoint(kind: str, chain: str, number: int, hash_: str) -> None:
    """Keep that this chain has this hash at this number."""
    line = json.dumps([kind, chain, number, hash_, mark("checkpoint", _said(kind, chain, number, hash_))])
    path = _file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # One write of the whole line, begun on a new one: processes do not mix theirs, and a torn one stands alone.
            os.write(file, f"\n{line}\n".encode())
        finally:
            os.close(file)
        _unwritable.discard(str(path))
    except OSError as error:
        if str(path) not in _unwritable:
            logger.warning(
                "%s cannot be written (%s): what is cut off from the ledger's end is not noticed", path, error
            )
            _unwritable.add(str(path))


def read_checkpoints() -> tuple[Checkpoints, list[str]]:
    """What the file says, and its faults. It is read before the database: then every line is of something committed."""
    checkpoints: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    faults: list[str] = []
    try:
        lines = _file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}, []
    for line_number, line in enumerate(lines, 1):
        try:
            kind, chain, number, value, given = json.loads(line)
        except (ValueError, TypeError):
            continue
        if not is_marked("checkpoint", _said(kind, chain, number, value), str(given)):
            faults.append(f"{_file()} line {line_number}: countnight did not write it")
        else:
            # Of two the first: a chain that was cut and written on holds another one at that number.
            checkpoints[kind, chain].setdefault(number, value)
    return checkpoints, faults


def missing_from(
    checkpoints: Checkpoints, kind: str, chain: str, owner: str, hashes: Mapping[int, str]
) -> Iterator[str]:
    """What the file knows of a chain and the database holds no longer, or otherwise."""
    written = checkpoints.get((kind, chain), {})
    gone = sorted(number for number in written if number not in hashes)
    if gone:
        last = f" to {gone[-1]}" if len(gone) > 1 else ""
        yield (
            f"{owner} {kind} {gone[0]}{last}: it was written and is not in the database any more. "
            "If a backup was restored, `manage.py begin_epoch` notes it"
        )
    for number, value in written.items():
        if number in hashes and hashes[number] != value:
            yield f"{owner} {kind} {number}: it is another one than was written"
