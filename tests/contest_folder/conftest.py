"""The small folder of a test, with its changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.contest_folder.folders import SMALL, Make


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the small folder, with whole files replaced (None leaves one out) or pieces of them."""

    def write(*changes: tuple[str, str, str], name: str = "folder", **files: str | None) -> Path:
        texts: dict[str, str | None] = dict(SMALL)
        texts.update({f"{stem}.csv": text for stem, text in files.items()})
        for file, old, new in changes:
            text = texts[file]
            assert text is not None and old in text, (file, old)
            texts[file] = text.replace(old, new)
        folder = tmp_path / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, text in texts.items():
            if text is not None:
                (folder / file).write_bytes(text.encode())
        return folder

    return write
