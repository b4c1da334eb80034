"""The load client as Python sees it: many viewers in a process of their own (fanout_peers/load.c)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.processes import compiled, others

HANDSHAKES = 200
"""So many are under way at a time: a crowd, and not yet an attack."""


class Viewers:
    """Viewers of one path; every answer is the dictionary that the client gives, times in seconds or as they are named."""

    def __init__(self, port: int, path: str) -> None:
        program = compiled("load", "load.c", "wire.c", "tally.c")
        self.process = subprocess.Popen(
            [program, "127.0.0.1", str(port), path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, others()),
        )

    def say(self, line: str) -> None:
        """Send a command without waiting for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The answer to the command said last; RuntimeError where the client died."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load client ended with {self.process.wait()}")
        return dict(json.loads(line))

    def ask(self, line: str) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self.say(line)
        return self.answer()

    def connect(self, number: int, hear: bool = True, seconds: float = 60) -> dict[str, Any]:
        """So many viewers more, with `hear` until each has its first frame; RuntimeError where one cannot come in."""
        done = self.ask(f"connect {number} {HANDSHAKES} {seconds} {int(hear)}")
        if done["missing"] or done["failures"]:
            raise RuntimeError(f"{number} viewers were to connect: {done}")
        return done

    def offered(self, offers: dict[str, float]) -> None:
        """Tell when versions were offered, on the clock of time.monotonic()."""
        for version, at in offers.items():
            self.say(f"offered {version} {at:.9f}")

    def end(self) -> None:
        """All viewers go."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


@contextlib.contextmanager
def watching(port: int, path: str) -> Iterator[Viewers]:
    """A load client that is ended, whatever happens."""
    viewers = Viewers(port, path)
    try:
        yield viewers
    finally:
        viewers.end()
