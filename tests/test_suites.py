"""The run of the tests itself: every file is heard of, and the browser comes last in each worker."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.ports import WORKERS as SLICES
from tests.ports import free_port, slice_of
from tests.suites import pytest_collection_modifyitems

WORKERS = ("--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""How bin/test runs the suites."""

RAN = "def test_it_runs(): pass\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='no such machine')\ndef test_it_is_skipped(): pass\n"
UNREAD = "import pytest\n\npytest.skip('no such program', allow_module_level=True)\n"
FAILING = "def test_it_fails(): assert [1, 2] == [1, 3], 'the sum is wrong'\n"


def run(folder: Path, *words: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Run these files as bin/test runs its own, in two workers unless told otherwise."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra\n")
    command = [sys.executable, "-m", "pytest", "--rootdir", str(folder), "-p", "tests.suites"]
    # Neither a database nor a browser is needed: only what puts suites in order and reports them is tested.
    command += [
        word for name in ("django", "playwright", "asyncio", "hypothesispytest") for word in ("-p", f"no:{name}")
    ]
    command += words or WORKERS
    # This run may be a worker itself, of which the inner one must know nothing.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    outside["PYTHONPATH"] = str(ROOT)
    return subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("absent", "words"),
    [(SKIPPED, WORKERS), (UNREAD, WORKERS), (SKIPPED, ("--numprocesses", "0"))],
    ids=["skipped", "unread", "one process"],
)
def test_it_fails_loudly_when_a_whole_file_was_left_out(tmp_path: Path, absent: str, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words, ran=RAN, absent=absent)
    *_, said, closing = done.stdout.strip().splitlines()
    assert done.returncode == 1
    assert said.startswith("LEFT OUT: every test of") and "test_absent.py" in said
    assert "1 passed" in closing and "1 skipped" in closing


def test_it_passes_when_something_of_every_file_was_run(tmp_path: Path) -> None:
    done = run(tmp_path, ran=RAN, partly=RAN + SKIPPED)
    assert done.returncode == 0, done.stdout
    assert "LEFT OUT" not in done.stdout and "2 passed, 1 skipped" in done.stdout.strip().splitlines()[-1]


def test_it_shows_a_failure_as_it_was_and_fails(tmp_path: Path) -> None:
    done = run(tmp_path, ran=RAN, failing=FAILING)
    assert done.returncode == 1
    assert "the sum is wrong" in done.stdout and "At index 1 diff: 2 != 3" in done.stdout
    assert "1 failed, 1 passed" in done.stdout.strip().splitlines()[-1]


def test_the_browser_comes_last_and_its_longest_file_first(request: pytest.FixtureRequest) -> None:
    def item(name: str, path: str, *marks: str) -> pytest.Function:
        made = pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None)
        made.path = Path(path)
        for mark in marks:
            made.add_marker(mark)
        return made

    short, long, other = (item(n, p, "browser") for n, p in (("a", "short.py"), ("b", "long.py"), ("c", "long.py")))
    served, plain = item("d", "mixed.py", "server"), item("e", "mixed.py")
    items: list[pytest.Item] = [short, long, served, other, plain]
    pytest_collection_modifyitems(items)
    assert items == [plain, served, long, other, short]
    assert " ".join(WORKERS[2:]) in (ROOT / "bin" / "parts.sh").read_text(), "workers keep whole files, and this order"


def say(folder: Path, *parts: str, name: str = "$TYPES") -> subprocess.CompletedProcess[str]:
    """What bin/test says in the end, where every other part has passed and this one went so."""
    others = [each for each in ("$LINT", "$TYPES", "$DEPLOYMENT", "$ON_SQLITE", "$ON_POSTGRESQL") if each != name]
    script = [". bin/parts.sh", *(f'part "{each}" true' for each in others), *parts, "verdict"]
    outside = {"PATH": os.environ["PATH"], "kept": str(folder)}
    return subprocess.run(["sh", "-euc", "\n".join(script)], cwd=ROOT, env=outside, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["$LINT", "$TYPES", "$DEPLOYMENT", "$ON_SQLITE", "$ON_POSTGRESQL"])
@pytest.mark.parametrize(
    "went",
    ['part "{name}" false', """sh -c '. bin/parts.sh; die() {{ kill -9 $$; }}; part "{name}" die' || true""", ""],
    ids=["ill", "dead", "not at all"],
)
def test_it_names_a_part_that_has_not_passed_in_its_last_line_and_fails(tmp_path: Path, name: str, went: str) -> None:
    done = say(tmp_path, went.format(name=name), name=name)
    words = subprocess.run(
        ["sh", "-c", f'. bin/parts.sh; echo "{name}"'], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == f"FAILED: {words.strip()}"
    assert "All of it passed" not in done.stdout


def test_it_says_that_all_of_it_passed_and_that_nothing_was_left_out(tmp_path: Path) -> None:
    done = say(tmp_path, 'part "$TYPES" true')
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("All of it passed: ")


def test_workers_never_start_servers_on_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = [slice_of(worker) for worker in range(SLICES)]
    assert all(len(ports) >= 1000 for ports in slices)
    assert len({port for ports in slices for port in ports}) == sum(len(ports) for ports in slices)
    monkeypatch.delenv("TEST_PORTS_AFTER", raising=False)
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw2")
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == 200, "a port is not given twice, though nobody has listened on it yet"
    assert set(given) <= set(slices[2])
    monkeypatch.setenv("TEST_PORTS_AFTER", "3")
    assert free_port() in slices[5], "another run goes beside it"


def test_it_gives_no_port_on_which_somebody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        busy, given = taken.getsockname()[1], free_port()
        asked = itertools.chain([busy, given], slice_of(0))
        monkeypatch.setattr("tests.ports._random.choice", lambda ports: next(asked))
        assert free_port() not in (busy, given)
