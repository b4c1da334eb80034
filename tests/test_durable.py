"""What was acknowledged is there after a power cut: read off what SQLite asks of the kernel."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from countnight.databases import sqlite_journal_mode
from tests.conftest import ROOT

MODE = sqlite_journal_mode(sqlite3.sqlite_version_info)

OFFICER = """
    import os, sys
    import django
    django.setup()
    from django.core.management import call_command
    from tests.counts import make_count

    call_command("migrate", verbosity=0)
    count = make_count()
    os.write(1, b"BEGIN")
    count.verify_all()
    os.write(1, b"ACKNOWLEDGED")
"""
CALLS = "unlink,unlinkat,fsync,fdatasync,pwrite64,write,rename,ftruncate"


def undone(trace: str, folder: str, name: str) -> tuple[int, int]:
    """How many commits a trace holds, and how many of them a power cut at their acknowledgement could take back."""
    commits, lost, pending = 0, 0, ""
    begun = False
    for line in trace.splitlines():
        begun = begun or "BEGIN" in line
        if not begun:
            continue
        synced = re.search(r"\b(?:fsync|fdatasync)\(\d+<([^>]+)>", line)
        if "unlink" in line and f"{name}-journal" in line and " = 0" in line:
            # The entry is committed for whoever reads; on the disk the folder still has the journal.
            commits, lost, pending = commits + 1, lost + bool(pending), folder
        elif re.search(rf'pwrite64\(\d+<{re.escape(folder)}/{name}-journal>, "(\\0){{28}}", 28, 0\)', line):
            # Without its header the journal is none: the same, and on the disk the header is still there.
            commits, lost, pending = commits + 1, lost + bool(pending), f"{folder}/{name}-journal"
        elif re.search(rf"pwrite64\(\d+<{re.escape(folder)}/{name}-wal>", line):
            commits, pending = commits + (not pending), f"{folder}/{name}-wal"
        elif synced and synced[1] == pending:
            pending = ""
        elif "ACKNOWLEDGED" in line:
            return commits, lost + bool(pending)
    raise AssertionError("nothing was acknowledged")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_it_brings_an_entry_to_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    words = ["strace", "-f", "-y", "-s", "300", "-e", f"trace={CALLS}", "-o", str(trace)]
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [*words, sys.executable, "-c", textwrap.dedent(OFFICER)],
        cwd=ROOT,
        env=given | {"COUNTNIGHT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "countnight.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    commits, lost = undone(trace.read_text(), str(tmp_path), "countnight.sqlite3")
    assert commits >= 4
    assert lost == 0


def test_it_would_see_a_commit_that_a_power_cut_takes_back() -> None:
    journal = 'unlink("/d/a.sqlite3-journal") = 0'
    begin, end = 'write(1</dev/null>, "BEGIN", 5) = 5', 'write(1</dev/null>, "ACKNOWLEDGED", 12) = 12'
    data = "fdatasync(3</d/a.sqlite3>) = 0"
    folder = "fdatasync(5</d>) = 0"
    assert undone("\n".join([begin, data, journal, end]), "/d", "a.sqlite3") == (1, 1)
    assert undone("\n".join([begin, journal, folder, data, journal, end]), "/d", "a.sqlite3") == (2, 1)
    assert undone("\n".join([begin, journal, folder, journal, folder, end]), "/d", "a.sqlite3") == (2, 0)
    zeros = r"\0" * 28
    header = f'pwrite64(6</d/a.sqlite3-journal>, "{zeros}", 28, 0) = 28'
    zeroed = "fdatasync(6</d/a.sqlite3-journal>) = 0"
    assert undone("\n".join([begin, data, header, folder, end]), "/d", "a.sqlite3") == (1, 1)
    assert undone("\n".join([begin, zeroed, header, data, header, zeroed, end]), "/d", "a.sqlite3") == (2, 1)
    assert undone("\n".join([begin, header, zeroed, header, zeroed, end]), "/d", "a.sqlite3") == (2, 0)
    log = "pwrite64(4</d/a.sqlite3-wal>, 1, 2, 3) = 2"
    assert undone("\n".join([begin, log, log, end]), "/d", "a.sqlite3") == (1, 1)
    assert undone("\n".join([begin, log, "fdatasync(4</d/a.sqlite3-wal>) = 0", end]), "/d", "a.sqlite3") == (1, 0)


@pytest.mark.django_db
@pytest.mark.skipif("sqlite" not in connection.settings_dict["ENGINE"], reason="of SQLite")
def test_it_writes_by_durable_connections_only() -> None:
    def asked() -> tuple[int, str]:
        try:
            with connection.cursor() as cursor:
                (synchronous,) = cursor.execute("PRAGMA synchronous").fetchone()
                (journal,) = cursor.execute("PRAGMA journal_mode").fetchone()
                return synchronous, journal.upper()
        finally:
            if not connection.in_atomic_block:
                connections.close_all()

    wanted = (2, "WAL") if MODE == "WAL" else (3, "PERSIST")
    assert asked() == wanted
    with ThreadPoolExecutor(1) as another:
        assert another.submit(asked).result() == wanted
        # Opened anew, as after a fault.
        assert another.submit(asked).result() == wanted
