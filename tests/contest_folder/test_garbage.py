"""Whatever stands in a file, a folder is read to its end: it is loaded, or refused with words that can be printed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.facts.reading import read_facts
from results.formats.contest_folder import read_folder
from results.formats.contest_loading import FolderRefused, load_folder
from tests.contest_folder.folders import BALLOT, CLUB_HEADER, SMALL, rows

CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "1", "-1", "1e9", "\x00", "\u202e", '"', "=1+1", "<b>", "PP52", "9" * 400, "\u2028", "a\nb", ";"]
    ),
)


def garbled(file: str, line: int, cell: int, text: str, *, quoted: bool) -> bytes:
    lines = SMALL[file].splitlines()
    cells = lines[line % len(lines)].split(",")
    cells[cell % len(cells)] = '"' + text.replace('"', '""') + '"' if quoted else text
    lines[line % len(lines)] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(sorted(SMALL)),
    line=st.integers(0, 20),
    cell=st.integers(0, 10),
    text=CELLS,
    quoted=st.booleans(),
    raw=st.one_of(st.none(), st.binary(max_size=60)),
)
def test_it_never_fails_on_garbage_and_writes_all_or_nothing(
    db: Any, file: str, line: int, cell: int, text: str, quoted: bool, raw: bytes | None
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in SMALL.items():
            (folder / each).write_bytes(content.encode())
        (folder / file).write_bytes(garbled(file, line, cell, text, quoted=quoted) if raw is None else raw)
        before = rows()
        try:
            contest = load_folder(folder)
        except FolderRefused as refused:
            assert refused.problems and rows() == before
            assert all(str(problem).isprintable() for problem in refused.problems)
        else:
            assert read_facts(contest).definition.electorate > 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, min_size=14, max_size=14), ours=st.booleans())
def test_it_never_fails_on_democracy_clubs_columns(cells: list[str], ours: bool) -> None:
    if ours:
        cells = [*cells[:3], BALLOT, *cells[4:]]
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, content in SMALL.items():
            (folder / each).write_bytes(content.encode())
        (folder / "candidates.csv").write_bytes((CLUB_HEADER + line).encode("utf-8", "surrogatepass"))
        reading = read_folder(folder)
        assert (reading.folder is None) == bool(reading.problems)
