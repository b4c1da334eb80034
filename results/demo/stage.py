"""Setting the demo's stage: a database of its own, the loaded night, its people, and a server that is kept running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections

from results import clock
from results.models import Contest, Role
from results.people import accounts
from results.people.journal import record_set_up

FOLDER = Path(__file__).resolve().parent / "rochester-and-strood-2014"
CONTEST = "parl.rochester-and-strood.by.2014-11-20"
WARD_FOLDER = FOLDER.with_name("peninsula-ward-2014")
WARD = "local.medway.peninsula.by.2014-11-20"
FOLDERS = {CONTEST: FOLDER, WARD: WARD_FOLDER}
OFFICERS = tuple(f"demo-officer-{number:02d}" for number in range(1, 13))
WARD_OFFICERS = tuple(f"demo-officer-{number:02d}" for number in range(13, 17))
SUPERVISOR, RETURNING_OFFICER = "demo-supervisor", "demo-returning-officer"


def require_free(port: int) -> None:
    """RuntimeError where somebody listens there: perhaps another demo, whose database must not be cleared under it."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise RuntimeError(f"Port {port} is taken: end what runs there, or choose another with --port.")


def fresh_database() -> None:
    """Begin with an empty demo database: the one of an earlier demo is deleted."""
    connections.close_all()
    name = Path(settings.DATABASES["default"]["NAME"])
    if not settings.DEMO or "demo" not in name.parent.name:
        raise RuntimeError("The demo clears its own database and no other: start it with bin/demo.")
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def load(publish: str, password: str) -> Contest:
    """Load the night and its people; gives the constituency's contest. All demo people share one password.

    `publish` is what is public of the constituency; of the ward it is progress, as on most nights.
    """
    for folder in FOLDERS.values():
        call_command("load_contest", str(folder), verbosity=0)
    Contest.objects.filter(ballot_paper_id=CONTEST).update(
        publish_at_setup=publish, projection_at_setup=publish == "totals"
    )
    contests = {name: Contest.objects.select_related("election", "event").get(ballot_paper_id=name) for name in FOLDERS}
    record_set_up(contests[CONTEST])
    _enrol(contests[CONTEST], OFFICERS)
    _enrol(contests[WARD], WARD_OFFICERS)
    # One hash for all: a slow hash is for guessers, not for sixteen officers with the same printed password.
    stored = make_password(password)
    for user in User.objects.filter(username__in=(*OFFICERS, *WARD_OFFICERS, SUPERVISOR, RETURNING_OFFICER)):
        user.password = stored
        user.save(update_fields=["password"])
    return contests[CONTEST]


def _enrol(contest: Contest, officers: Sequence[str]) -> None:
    """A contest's own officers, and those who have both contests in their care."""
    role_of = {
        **dict.fromkeys(officers, Role.COUNTING_OFFICER),
        SUPERVISOR: Role.SUPERVISOR,
        RETURNING_OFFICER: Role.RETURNING_OFFICER,
    }
    for username, role in role_of.items():
        name = username.removeprefix("demo-").replace("-", " ").capitalize()
        accounts.enrol(contest, username, None, role, full_name=name)


def start_clock(contest: Contest, speed: float) -> Callable[[datetime], None]:
    """Let the night begin at the close of poll; gives a function that waits for an hour of it."""
    origin = contest.event.close_of_poll
    played = clock.play(contest.event, origin, speed)

    def wait_until(local: datetime) -> None:
        at = local.replace(tzinfo=clock.LONDON)
        due = played.real_origin + timedelta(seconds=(at - origin).total_seconds() / speed)
        while (left := (due - clock.real_now()).total_seconds()) > 0:
            time.sleep(min(left, 0.5))

    return wait_until


class KeptServer:
    """The server as a process of its own, started again whenever it dies, as systemd would."""

    def __init__(self, port: int, say: Callable[[str], None]) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        self._say = say
        self._ending = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=settings.BASE_DIR,
            env=os.environ.copy(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _keep(self) -> None:
        while True:
            code = self._process.wait()
            if self._ending.wait(0.5):
                return
            self._say(f"The server ended ({code}); it is started again.")
            self._process = self._start()

    def wait_ready(self, seconds: float = 30) -> None:
        """Return when it answers; RuntimeError where it does not in this time."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                self._ending.set()
                raise RuntimeError("The server did not start: is the port taken? Choose another with --port.")
            try:
                if httpx.get(self.base + "/desk/login/", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        self.stop()
        raise RuntimeError("The server does not answer.")

    @property
    def pid(self) -> int:
        """The process that serves now."""
        return self._process.pid

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._ending.set()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
