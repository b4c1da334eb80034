"""countnight as it runs in several processes: PostgreSQL, Redis, two processes, nginx as shipped, and who uses them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import redis

from results.demo.player import Form
from results.polls import PARLIAMENTARY_HEADS
from tests.builders import PASSWORD
from tests.conftest import ROOT, wait_for
from tests.counts import REJECTED, VOTES
from tests.crowd import Crowd
from tests.services import HOST, Nginx, PostgreSQL, Process, Redis

CONTEST = "parl.testshire.2026-11-05"
HINTS = "countnight__group__countnight.hints"
"""The Redis channel of the hints: prefix, and the group of results/live/broadcast.py."""

PREPARE = """
import django
django.setup()
from django.core.management import call_command
from results.people.hashing import PassPhraseHasher
from tests.counts import make_count
PassPhraseHasher.time_cost, PassPhraseHasher.memory_cost = 1, 8
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
make_count().ready()
"""


class Cluster:
    """All of it. Process A sweeps never, B as often as it is shipped: what A shows of B's can only have come by a hint."""

    def __init__(self, folder: Path) -> None:
        self.postgresql = PostgreSQL()
        (folder / "redis").mkdir()
        (folder / "nginx").mkdir()
        self.redis = Redis(folder / "redis")
        self._environment = {
            "DATABASE_URL": self.postgresql.url,
            "COUNTNIGHT_DEMO": "0",
            "COUNTNIGHT_BEHIND_PROXY": "1",
            "COUNTNIGHT_DATA": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "SECRET_KEY": uuid.uuid4().hex * 2,
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        }
        served = {**self._environment, "REDIS_URL": self.redis.url}
        self.a = Process(folder / "a.log", **served, LIVE_SWEEP_SECONDS="3600")
        self.b = Process(folder / "b.log", **served)
        self.nginx = Nginx(folder / "nginx", self.a.port, self.b.port, folder / "static")
        self.base = self.nginx.base
        for process in (self.a, self.b):
            process.environment["CSRF_TRUSTED_ORIGINS"] = self.base

    def command(self, *words: str) -> None:
        """Run Python on the cluster's database."""
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "countnight.settings", **self._environment}
        environment.pop("REDIS_URL", None)
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """From nothing to a count with three groups to be entered, served."""
        self.postgresql.start()
        self.redis.start()
        self.command("-c", PREPARE)
        self.a.start()
        self.b.start()
        self.nginx.start()
        self.hearing()

    def stop(self) -> None:
        """End everything that was started."""
        with contextlib.ExitStack() as stack:
            stack.callback(self.postgresql.stop)
            stack.callback(self.redis.stop)
            for process in (self.a, self.b):
                if process.process is not None and process.process.poll() is None:
                    stack.callback(process.kill)
            stack.callback(self.nginx.stop)

    def hearing(self, processes: int = 2) -> None:
        """Wait until this many processes have subscribed to the hints."""

        def subscribed() -> bool:
            with contextlib.suppress(redis.ConnectionError), redis.Redis.from_url(self.redis.url) as asked:
                return bool(asked.pubsub_numsub(HINTS)[0][1] == processes)
            return False

        wait_for(subscribed, 20, f"{processes} processes to subscribe")

    @contextlib.contextmanager
    def overheard(self) -> Iterator[Any]:
        """A subscription of ours to the hints."""
        with redis.Redis.from_url(self.redis.url) as asked, asked.pubsub(ignore_subscribe_messages=True) as hints:
            hints.subscribe(HINTS)
            self.hearing(3)
            yield hints

    def crowd(self, size: int) -> Crowd:
        """Viewers who come through nginx."""
        return Crowd(f"{self.base.replace('https', 'wss')}/ws/contests/{CONTEST}/", self.base, size)

    def viewer_of(self, process: Process) -> Crowd:
        """A viewer of this very process."""
        return Crowd(f"ws://127.0.0.1:{process.port}/ws/contests/{CONTEST}/", self.base)


class Officer:
    """A supervisor who corrects the first group's figures again and again, each time to something new."""

    turn = 0

    def __init__(self, cluster: Cluster, username: str = "sam") -> None:
        self.cluster = cluster
        self.browser = cluster.nginx.client(headers={"Origin": cluster.base, "Referer": f"{cluster.base}/"})
        form = Form.of(self.browser.get("/desk/login/").text).hidden
        answer = self.browser.post("/desk/login/", data={**form, "username": username, "password": PASSWORD})
        assert answer.status_code == 302, "the officer cannot log in"
        self.cookies = list(self.browser.cookies.jar)
        assert len(self.cookies) == 2 and all(cookie.secure for cookie in self.cookies)

    def post(self, process: Process | None = None) -> tuple[int, float, float]:
        """Post the next figures, to this process or through nginx: the first candidate's votes, when, and for how long."""
        url = f"/desk/{CONTEST}/groups/1/count/"
        form = Form.of(self.browser.get(url).text).hidden
        Officer.turn += 1
        first, second, third = VOTES[1]
        votes = (first - Officer.turn, second + Officer.turn, third)
        data: dict[str, Any] = {f"votes-{number}": str(value) for number, value in enumerate(votes, 1)}
        data |= {f"rejected-{head.code}": str(value) for head, value in zip(PARLIAMENTARY_HEADS, REJECTED, strict=True)}
        data |= {
            "sheet": f"S{Officer.turn}",
            "doubtful": "0",
            "reason": "counted again",
            "witness": "Wim Wright",
            "acknowledge": ["count.rejected_share"],
        }
        data |= {name: form[name] for name in ("csrfmiddlewaretoken", "seen", "papers")}
        data["submission_id"] = str(uuid.uuid4())
        begun = time.monotonic()
        answer = self._send(process, url, data)
        took = time.monotonic() - begun
        assert answer.status_code == 201, answer.text
        return votes[0], begun, took

    def _send(self, process: Process | None, url: str, data: dict[str, Any]) -> httpx.Response:
        if process is None:
            return self.browser.post(url, data=data, headers={"Accept": "application/json"})
        # As nginx would pass it on. The client itself shows secure cookies by https only.
        said = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        said |= {"Origin": self.cluster.base, "Referer": f"{self.cluster.base}/", "Accept": "application/json"}
        said["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        return httpx.post(f"{process.base}{url}", data=data, headers=said, timeout=20)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A cluster, ended whatever happens."""
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
