"""Servers that hold viewers' websockets and send them one payload when they are told: ours, and those it is held against."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from django.conf import settings

from results.demo import stage
from tests.benchmarks.fanout_peers.boards import filled
from tests.benchmarks.processes import HERE, Pinned, compiled, listens, pinned
from tests.conftest import wait_for
from tests.ports import free_port


class Peer:
    """A server; `start` gives its command, `publish` makes it send the next version and returns when that was asked."""

    name = ""
    path = "/ws"
    hears = False
    """Whether it greets a viewer with a whole board."""

    def __init__(self, payload: int) -> None:
        self.payload = payload

    def absent(self) -> str:
        """Why it cannot be measured here; empty where it can."""
        return ""

    def command(self, port: int) -> list[str]:
        """What to start."""
        raise NotImplementedError

    def environment(self, port: int) -> dict[str, str]:
        """What it is told by the environment."""
        return {}

    @contextlib.contextmanager
    def running(self) -> Iterator[Pinned]:
        """The server on its core, listening at `self.port`."""
        self.port = free_port()
        with (
            pinned(self.command(self.port), env=self.environment(self.port)) as process,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as self.datagrams,
        ):
            self.datagrams.settimeout(5)
            try:
                wait_for(lambda: process.process.poll() is None and listens(self.port), 30, self.name)
            except AssertionError as error:
                raise RuntimeError(f"{self.name} does not start: {process.words()}") from error
            yield process

    def tell(self, words: str) -> float:
        """A datagram; the time just before it."""
        data = words.encode()
        at = time.monotonic()
        self.datagrams.sendto(data, ("127.0.0.1", self.port))
        return at

    def publish(self, version: int) -> float:
        """Have the next version sent, which is this one; time.monotonic() just before."""
        return self.tell("publish")

    def published(self) -> None:
        """Called when all viewers have it."""


class WriteLoop(Peer):
    """One write(2) a socket, in C."""

    name = "write loop"

    def command(self, port: int) -> list[str]:
        """Compiled here."""
        return [compiled("write_loop", "write_loop.c"), str(port), str(self.payload)]


class Ours(Peer):
    """countnight; `direct` False through ASGI's send()."""

    hears = True
    path = f"/ws/contests/{stage.CONTEST}/"

    def __init__(self, boards: str, *options: str, tick: float = 0.005, name: str = "countnight") -> None:
        super().__init__(0)
        self.boards, self.options, self.tick, self.name = boards, options, tick, name

    def command(self, port: int) -> list[str]:
        """Our server with boards made in its process."""
        module = "tests.benchmarks.fanout_peers.ours"
        return [sys.executable, "-m", module, str(port), self.boards, *self.options]

    def environment(self, port: int) -> dict[str, str]:
        """The tick is short where each publication is to be measured by itself: a tick only makes others wait."""
        return {"LIVE_TICK_SECONDS": str(self.tick)}

    def publish(self, version: int) -> float:
        """With the time, which it keeps for `offers`."""
        return self.tell(f"publish {time.monotonic():.9f}")

    def offers(self) -> dict[str, float]:
        """When the oldest news of each version was offered, for the versions since it was asked last."""
        self.tell("offers")
        return dict(json.loads(self.datagrams.recv(1 << 16)))

    def viewers(self) -> int:
        """How many viewers it says it has."""
        figures = httpx.get(f"http://127.0.0.1:{self.port}/metrics").text.splitlines()
        return int(float(next(line.split()[1] for line in figures if line.startswith("countnight_viewers "))))


class Tutorial(Peer):
    """The chat room of Channels' tutorial."""

    name = "tutorial"

    def command(self, port: int) -> list[str]:
        """Daphne's own command, with the backlog and all else as it comes."""
        application = "tests.benchmarks.fanout_peers.tutorial:application"
        return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", application]

    def environment(self, port: int) -> dict[str, str]:
        """It configures Django by itself."""
        return {"DJANGO_SETTINGS_MODULE": "", "TUTORIAL_PORT": str(port), "TUTORIAL_BYTES": str(self.payload)}


class Nchan(Peer):
    """nginx with nchan."""

    name = "nchan"
    # Where only root has /usr/sbin in its path.
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")

    def absent(self) -> str:
        """Debian's packages."""
        if self.program is None:
            return "there is no nginx: install nginx and libnginx-mod-nchan"
        module = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
        return "" if module.exists() else "nginx has no nchan: install libnginx-mod-nchan"

    def command(self, port: int) -> list[str]:
        """One worker, a folder of its own."""
        # Its worker is another user where we are root, and must reach what nginx makes there.
        folder = tempfile.mkdtemp(prefix="nchan-", dir=settings.DATA_DIR)
        text = (HERE / "nchan.conf").read_text().replace("PORT", str(port)).replace("FOLDER", folder)
        (Path(folder) / "nginx.conf").write_text(text)
        assert self.program is not None
        return [self.program, "-p", folder, "-c", f"{folder}/nginx.conf"]

    @contextlib.contextmanager
    def running(self) -> Iterator[Pinned]:
        """With a connection that is kept for publishing."""
        with super().running() as process:
            self.publisher = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.publisher.connect()
            yield process
            self.publisher.close()

    def publish(self, version: int) -> float:
        """A POST, whose answer is read later."""
        body = filled(version, self.payload).encode()
        at = time.monotonic()
        self.publisher.request("POST", "/publish", body, {"Content-Type": "application/json"})
        return at

    def published(self) -> None:
        """Read the answer."""
        self.publisher.getresponse().read()


class Node(Peer):
    """The ws package on Node.js."""

    name = "node ws"
    folder = Path(settings.BASE_DIR) / ".data" / "bench-node"

    def absent(self) -> str:
        """Node.js and the package, which npm brings once."""
        if shutil.which("node") is None or shutil.which("npm") is None:
            return "there is no node or no npm"
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = (HERE / "node" / "package.json").read_text()
        kept = self.folder / "package.json"
        if not (self.folder / "node_modules" / "ws").exists() or kept.read_text() != wanted:
            kept.write_text(wanted)
            install = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(install, cwd=self.folder, capture_output=True, text=True)
            if done.returncode:
                return f"npm: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else 'failed'}"
        shutil.copy(HERE / "node" / "server.js", self.folder)
        return ""

    def command(self, port: int) -> list[str]:
        """One process."""
        return ["node", str(self.folder / "server.js"), str(port), str(self.payload)]


def all_peers(payload: int, boards: Path) -> list[Peer]:
    """Everyone, in the order of a round."""
    return [
        WriteLoop(payload),
        Ours(str(boards)),
        Ours(str(boards), "--send", name="countnight by send()"),
        Nchan(payload),
        Node(payload),
        Tutorial(payload),
    ]
