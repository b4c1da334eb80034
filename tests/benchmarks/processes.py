"""Processes pinned to a core, and what they cost: CPU, memory, files."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings

HERE = Path(__file__).resolve().parent / "fanout_peers"
SERVER_CORE = 0


def others() -> set[int]:
    """The cores that the server does not have: the client's and the driver's."""
    return set(range(os.cpu_count() or 1)) - {SERVER_CORE} or {SERVER_CORE}


def compiled(name: str, *sources: str) -> str:
    """The path of a C program made from these files in the folder of the benchmark's data; RuntimeError with gcc's words."""
    target = Path(settings.DATA_DIR) / name
    if not target.exists():
        command = ["gcc", "-O2", "-Wall", "-o", str(target), *(str(HERE / source) for source in sources)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
    return str(target)


def _settle() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Pinned:
    """A process, with all that it starts, on the server's core."""

    def __init__(self, command: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> None:
        self.said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=cwd or settings.BASE_DIR,
            env=os.environ | (env or {}),
            stdout=self.said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_settle,
        )

    def words(self) -> str:
        """The end of what it has printed."""
        self.said.seek(0)
        return self.said.read().decode(errors="replace")[-2000:].strip()

    def pids(self) -> list[int]:
        """Its processes: all of the session that it began."""
        found = []
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError, ValueError):
                if os.getsid(int(entry)) == self.process.pid:
                    found.append(int(entry))
        return found

    def cpu(self) -> float:
        """Seconds that all its threads have run, by the scheduler's own count."""
        nanoseconds = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    nanoseconds += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        return nanoseconds / 1e9

    def memory(self) -> float:
        """Resident memory in MB."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def files(self) -> int:
        """Open files, sockets among them."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())

    def end(self) -> None:
        """End it, first politely, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.said.close()


@contextlib.contextmanager
def pinned(command: list[str], **options: Any) -> Iterator[Pinned]:
    """A pinned process that is ended, whatever happens."""
    process = Pinned(command, **options)
    try:
        yield process
    finally:
        process.end()


def listens(port: int) -> bool:
    """Whether somebody listens at this TCP port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
