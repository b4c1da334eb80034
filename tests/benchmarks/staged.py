"""A count ready to be entered, its server on one core, and officers who post sheets by the JSON answer."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from django.conf import settings
from django.db import connection

from results.demo import stage
from results.demo.player import Form
from results.models import Contest, Role
from results.people import accounts
from results.people.journal import record_set_up
from tests.conftest import wait_for
from tests.ports import free_port
from tests.staging import play_through, sheets

PASSWORD = "bench-marking-officers"


def staged_contest(officers: int = 0, publish: str = "totals") -> Contest:
    """The demo's contest with every box verified and grouped, and this many supervisors besides its own people.

    It asks for one reading: a supervisor can then correct a sheet again and again, as no two readers of it could.
    """
    stage.fresh_database()
    contest = stage.load(publish, PASSWORD)
    contest.entries_required = 1
    contest.save(update_fields=["entries_required"])
    record_set_up(contest)
    for number in range(officers):
        accounts.enrol(contest, f"demo-bench-{number}", PASSWORD, Role.SUPERVISOR)
    play_through(contest, until=lambda event: event["do"] == "count")
    return contest


@contextlib.contextmanager
def server_on_one_core(core: int = 0) -> Iterator[str]:
    """The server as a process pinned to one core, this process to the others; gives its address."""
    connection.close()
    port = free_port()
    others = set(range(os.cpu_count() or 1)) - {core} or {core}
    os.sched_setaffinity(0, others)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is None and answers(base), 30, "the server")
        yield base
    finally:
        process.terminate()
        process.wait(20)


def answers(base: str) -> bool:
    """Whether a server answers there."""
    try:
        return httpx.get(f"{base}/desk/login/", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


class Poster:
    """An officer who enters one group's sheet again and again, each time with other figures that add up."""

    def __init__(self, base: str, username: str, group: int) -> None:
        self.client = httpx.Client(base_url=base, timeout=30, headers={"Origin": base})
        page = self.client.get("/desk/login/")
        data = {**Form.of(page.text).hidden, "username": username, "password": PASSWORD}
        assert self.client.post("/desk/login/", data=data).status_code == 302, "the officer cannot log in"
        self.url = f"/desk/{stage.CONTEST}/groups/{group}/count/"
        self.sheet = sheets()[group]
        form = Form.of(self.client.get(self.url).text).hidden
        self.token, self.papers, self.seen = form["csrfmiddlewaretoken"], form["papers"], int(form["seen"])
        self.turn = 0

    def fields(self) -> dict[str, Any]:
        """The next sheet: a few votes go to and fro between the first and the last candidate's neighbours."""
        self.turn += 1
        votes = list(self.sheet["votes"])
        moved = self.turn % 7 + 1 if votes[10] > 10 else 0
        votes[10] -= moved
        votes[12] += moved
        data: dict[str, Any] = {f"votes-{number}": str(value) for number, value in enumerate(votes, 1)}
        data |= {f"rejected-{head}": str(value) for head, value in self.sheet["rejected"].items()}
        data |= {
            "sheet": f"{self.sheet['sheet']}",
            "doubtful": "0",
            "reason": "a bundle was looked at again",
            "witness": "the bench",
            "papers": self.papers,
            "seen": str(self.seen),
            "submission_id": str(uuid.uuid4()),
            "csrfmiddlewaretoken": self.token,
            "acknowledge": ["count.rejected_share", *(f"count.same_figures.{number}" for number in range(1, 25))],
        }
        return data

    def post(self) -> float:
        """Post the next sheet; seconds until it was acknowledged."""
        data = self.fields()
        begun = time.perf_counter()
        answer = self.client.post(self.url, data=data, headers={"Accept": "application/json"})
        took = time.perf_counter() - begun
        assert answer.status_code == 201, answer.text
        # The next sheet supersedes this reading; its agreement and its release are entries of their own.
        self.seen = answer.json()["received"]["seq"]
        return took
