"""What several processes need around them, each started for a test on a free port: PostgreSQL, Redis, and deploy/'s nginx."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import ROOT, Server, wait_for
from tests.ports import free_port

DEPLOY = ROOT / "deploy"
HOST = "localhost"
"""What takes the place of count.example.org: Chromium trusts it, and it needs no name server."""


class Service:
    """A program of somebody else, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def _run(self, *command: str, **options: Any) -> None:
        name = Path(command[0]).name
        with (self.folder / f"{name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0, **options
            )
        wait_for(self._answers, 30, f"{name} on port {self.port}; its log is in {self.folder}")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "\n".join(log.read_text() for log in self.folder.glob("*.log"))
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, children included."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End it, whatever state it is in."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


class PostgreSQL(Service):
    """A cluster of its own, which is gone afterwards; as the user postgres, since it refuses to run as root."""

    def __init__(self) -> None:
        # Not below pytest's folders, which nobody but their owner may enter.
        super().__init__(Path(tempfile.mkdtemp(prefix="countnight-postgresql-")))
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/countnight"
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def start(self) -> PostgreSQL:
        """Make the cluster and its database, and serve it. What it loses in a crash is lost with it anyway."""
        data = str(self.folder / "data")
        making = [
            str(self.programs / "initdb"),
            "--pgdata",
            data,
            "--username",
            "postgres",
            "--auth",
            "trust",
            "--no-sync",
        ]
        subprocess.run(making, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self._as)
        self.serve()
        with psycopg.connect(self.url.replace("/countnight", "/postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE countnight")
        return self

    def serve(self) -> None:
        """Serve the cluster, for the first time or again."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._run(str(self.programs / "postgres"), "-D", str(self.folder / "data"), *options, **self._as)

    def _answers(self) -> bool:
        if not super()._answers():
            return False
        try:
            psycopg.connect(self.url.replace("/countnight", "/postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Close every connection, end, and remove the cluster."""
        if self.process is not None and self.process.poll() is None:
            # SIGTERM would wait until everybody has gone.
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis(Service):
    """A Redis that keeps nothing, as in deploy/compose.yaml."""

    def start(self) -> Redis:
        """Start, or start again on the same port."""
        words = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        self._run("redis-server", *words, "--dir", str(self.folder))
        return self

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"


class Process(Server):
    """`manage.py serve` as it runs behind nginx: by https, and believing nginx."""

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            said = {"X-Forwarded-Proto": "https"}
            return httpx.get(f"{self.base}/desk/login/", headers=said, timeout=2).status_code == 200
        except httpx.TransportError:
            return False


class Nginx(Service):
    """nginx with the files of deploy/nginx, in which nothing is changed but addresses, folders and the name."""

    def __init__(self, folder: Path, first: int, second: int, static: Path) -> None:
        super().__init__(folder)
        self.plain_port = free_port()
        self.base = f"https://{HOST}:{self.port}"
        for name in ("countnight", "tls", "acme"):
            (folder / name).mkdir()
        certificate(folder / "tls")
        shutil.copy("/etc/nginx/mime.types", folder)
        places = {
            "/var/log/nginx/": f"{folder}/",
            "/etc/countnight/tls/": f"{folder}/tls/",
            "/var/cache/nginx-countnight": f"{folder}/cache",
            "/var/cache/countnight/static/": f"{static}/",
            "/var/www/acme": f"{folder}/acme",
            "/run/nginx.pid": f"{folder}/nginx.pid",
            "user www-data;": f"user {pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name};",
        }
        addresses = {
            "count.example.org": HOST,
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            # There may be no IPv6 where tests run.
            "listen [::]:": "# listen [::]:",
            "127.0.0.1:8001": f"127.0.0.1:{first}",
            "127.0.0.1:8002": f"127.0.0.1:{second}",
        }
        replaced = set()
        for source in DEPLOY.glob("nginx/*.conf"):
            text = source.read_text()
            for shipped, here in (places | addresses).items():
                if shipped in text:
                    replaced.add(shipped)
                    text = text.replace(shipped, here)
            (folder / ("" if source.name == "nginx.conf" else "countnight") / source.name).write_text(text)
        assert replaced == {*places, *addresses}

    @property
    def _command(self) -> list[str]:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "nginx is not installed"
        return [program, "-p", f"{self.folder}/", "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/error.log"]

    def check(self) -> subprocess.CompletedProcess[str]:
        """What `nginx -t` says."""
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)

    def start(self) -> Nginx:
        """Serve."""
        self._run(*self._command, "-g", "daemon off;")
        return self

    def client(self, **options: Any) -> httpx.Client:
        """Somebody outside, who trusts the certificate of the test."""
        return httpx.Client(base_url=self.base, verify=False, timeout=20, **options)


def certificate(folder: Path) -> None:
    """A self-signed certificate for the test's name, and its key, named as certbot names them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


def lines_to(port: int) -> int:
    """How many connections a server on this port holds."""
    ESTABLISHED = "01"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED for row in rows)
