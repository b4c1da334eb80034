"""The demo as its user starts it: the whole night over HTTP, killed and restarted, ended by Ctrl-C, checked."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from results.demo import stage
from results.management.commands import demo as command
from tests.conftest import ROOT, wait_for
from tests.ports import free_port

pytestmark = pytest.mark.server


class Demo:
    """`manage.py demo` in this folder, as bin/demo starts it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.folder = folder / "demo"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "COUNTNIGHT_DEMO": "1",
            "COUNTNIGHT_DATA": str(self.folder),
            "PYTHONUNBUFFERED": "1",
        }
        self.lines: list[str] = []
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def says(self, pattern: str) -> re.Match[str] | None:
        """The first match in what it has printed."""
        return re.search(pattern, "".join(self.lines))

    def end(self, seconds: float = 150) -> int:
        """Its exit code, once it has ended."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def board(self) -> dict[str, Any]:
        """The public board."""
        answer = httpx.get(f"{self.base}/contests/{stage.CONTEST}/board.json", timeout=20)
        return answer.json()["board"]  # type: ignore[no-any-return]

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Another command of manage.py, on the same data unless told otherwise."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )


def ended(demo: Demo) -> None:
    if demo.process.poll() is None:
        demo.process.terminate()
        demo.process.wait(20)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A night that was played to its end, and the demo with it. What a test changes of it, it changes in a copy."""
    demo = Demo(tmp_path_factory.mktemp("night"), "--speed", "3000", "--once")
    try:
        demo.end()
    finally:
        ended(demo)
    return demo


def test_it_plays_the_night_to_the_official_result(night: Demo) -> None:
    printed = "".join(night.lines)
    assert night.process.returncode == 0, printed[-2000:]
    for votes in ("16,867", "13,947", "6,713", "1,692", "349", "majority 2,920, 48 rejected, 40,113 papers"):
        assert votes in printed
    assert "majority 885, 18 rejected, 5,923 papers" in printed, "the ward's result"
    assert night.command("verify_ledger").returncode == 0


def test_it_plays_what_a_count_night_has_to_resolve(night: Demo) -> None:
    for happened in (
        "box 8: a paper of the ward's poll was in it",
        r"group \d+: one reading was mistyped, and is returned",
        r"group \d+ typed again",
        r"group \d+: compared with the sheet, and confirmed",
        r"group \d+: 6 doubtful papers are back from adjudication",
        r"group \d+ is recounted",
    ):
        assert night.says(happened), happened


def test_it_notices_tampering(night: Demo, tmp_path: Path) -> None:
    copy = shutil.copytree(night.folder, tmp_path / "demo")
    database = sqlite3.connect(copy / "countnight.sqlite3")
    name, seq = database.execute(
        "SELECT v.id, e.seq FROM results_candidatevotes v JOIN results_ledgerentry e ON e.id = v.entry_id "
        "ORDER BY e.seq, v.candidate_id LIMIT 1"
    ).fetchone()
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("UPDATE results_candidatevotes SET votes = votes + 1 WHERE id = ?", [name])
    database.commit()
    database.close()
    checked = night.command("verify_ledger", COUNTNIGHT_DATA=str(copy))
    assert checked.returncode == 1
    assert f"entry {seq}: the row or its details are not what was recorded" in checked.stdout


def test_it_goes_on_after_the_server_was_killed_in_the_middle(tmp_path: Path) -> None:
    demo = Demo(tmp_path, "--speed", "1500")
    try:
        pid = int(wait_for(lambda: demo.says(r"server pid\s+(\d+)"), 60).group(1))
        wait_for(lambda: demo.says("group 20 read"), 90, "the counting to begin")
        before = demo.board()["progress"]["groups_counted"]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: demo.says("The server ended"), 20)
        wait_for(lambda: demo.says("The official result"), 90, "the night to end")
        board = demo.board()
        assert board["progress"]["groups_counted"] == 24 > before
        assert board["majority"]["votes"] == 2920
        assert demo.command("verify_ledger").returncode == 0
        demo.process.send_signal(signal.SIGINT)
        assert demo.end(30) == 0
        assert demo.says("The demo has ended")
        assert not demo.says("Traceback")
        with pytest.raises(httpx.TransportError):
            httpx.get(demo.base, timeout=2)
    finally:
        ended(demo)


def test_it_plays_the_usual_night_without_votes_and_begins_anew_when_it_is_started_again(tmp_path: Path) -> None:
    arguments = ("--speed", "6000", "--policy", "progress", "--once")
    demo = Demo(tmp_path, *arguments)
    try:
        wait_for(lambda: demo.says("group 14 read"), 90)
        # The page follows a moment after the officer's answer.
        wait_for(lambda: demo.board()["progress"]["groups_counted"] > 0, what="the page to tell of counted groups")
        assert '"candidates"' not in json.dumps(demo.board())
        front = httpx.get(f"{demo.base}/", timeout=20).text
        assert "Rochester and Strood" in front and "Peninsula ward" in front
        assert demo.end() == 0
    finally:
        ended(demo)
    again = Demo(tmp_path, *arguments)
    try:
        wait_for(lambda: again.says("verified"), 90)
        assert again.board()["progress"]["groups_counted"] < 24, "the night before had all of them"
    finally:
        ended(again)


def page_that_shows(boards: list[dict[str, Any]]) -> ThreadingHTTPServer:
    """A page that shows these boards, each once and the last for ever; an empty one is an error of the server."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            board = boards.pop(0) if len(boards) > 1 else boards[0]
            self.send_response(200 if board else 500)
            self.end_headers()
            self.wfile.write(json.dumps({"board": board}).encode() if board else b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    page = ThreadingHTTPServer(("127.0.0.1", free_port()), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    return page


def test_it_waits_for_the_page_to_show_what_was_entered_last(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = {"progress": {}}
    last = {
        "candidates": {"1": {"votes": 60}, "2": {"votes": 40}},
        "majority": {"votes": 20},
        "rejected": {"papers": 3},
    }
    before = {**last, "candidates": {"1": {"votes": 30}, "2": {"votes": 10}}}
    others = ({**last, "majority": {"votes": 19}}, {**last, "rejected": {"papers": 2}}, before, counting, {})
    for boards, good in [([counting, before, {}, last], True), *([[board], False] for board in others)]:
        page = page_that_shows(boards)
        monkeypatch.setattr(command, "SHOWN_SECONDS", 30 if good else 0.3)
        try:
            base = f"http://127.0.0.1:{page.server_port}"
            assert command._comes_to_show(base, {"1": 60, "2": 40}, 20, 3) is good, boards
        finally:
            page.shutdown()
            page.server_close()


def test_it_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = subprocess.run(
            [sys.executable, "manage.py", "demo", "--port", str(taken.getsockname()[1])],
            cwd=ROOT,
            env={**os.environ, "COUNTNIGHT_DEMO": "1", "COUNTNIGHT_DATA": str(tmp_path / "demo"), "DATABASE_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert "is taken" in answer.stderr


def test_it_refuses_demo_people_outside_demo_mode(night: Demo) -> None:
    password = night.says(r"password\s+(\w+)").group(1)  # type: ignore[union-attr]
    script = (
        "from django.contrib.auth import authenticate;"
        f"print(authenticate(username='demo-supervisor', password='{password}'))"
    )
    assert "demo-supervisor" in night.command("shell", "-c", script).stdout
    assert night.command("shell", "-c", script, COUNTNIGHT_DEMO="0").stdout.strip().endswith("None")
