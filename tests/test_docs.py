"""The documentation tells the truth: every command, file, kind and code that it names exists."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

from django.core.management import get_commands

from results.facts.kinds import BY_NAME
from results.rules import counts

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_it_names_only_commands_that_exist() -> None:
    known = set(get_commands())
    for page in PAGES:
        for command in re.findall(r"manage\.py (\w+)", page.read_text()):
            assert command in known, f"{page.name}: {command}"


def test_it_links_only_to_pages_that_exist() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_it_names_only_files_that_exist() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:results|static|tests|bin|docs|countnight)/[\w./-]*)`", page.read_text()):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_it_lists_every_kind_of_entry() -> None:
    text = (ROOT / "docs" / "ledger.md").read_text()
    for kind in BY_NAME:
        assert f"`{kind}`" in text, kind


def test_it_lists_every_error_and_warning() -> None:
    text = (ROOT / "docs" / "ledger.md").read_text()
    source = "".join(path.read_text() for path in Path(counts.__file__).parent.glob("*.py"))
    codes = re.findall(r'Finding\(\s*"([a-z_.]+)",\s*"(?:error|warning)"', source)
    codes += re.findall(r'exchanged\("([a-z_.]+)"', source)
    assert len(codes) >= 12
    for code in codes:
        assert code in text, code


def test_it_names_every_setting_that_readers_may_set() -> None:
    settings = (ROOT / "countnight" / "settings.py").read_text()
    for name in re.findall(r"`([A-Z][A-Z_]{5,})`", (ROOT / "README.md").read_text()):
        assert f'"{name}"' in settings, name


def test_it_carries_the_whole_licence_that_it_names() -> None:
    # The digest of https://www.gnu.org/licenses/agpl-3.0.txt as the Free Software Foundation gives it out.
    text = (ROOT / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("AGPL-3.0-or-later", ["LICENSE"])
    assert "AGPL-3.0-or-later" in (ROOT / "README.md").read_text()
