"""What the settings make of the environment, and one line of words where they can make nothing of it."""

from __future__ import annotations

import os
import pwd
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from countnight.databases import database, sqlite_journal_mode, sqlite_pragmas
from countnight.environment import Environment, SettingError, redis_address
from countnight.folder import kept_secret_key, private_folder
from countnight.postgresql.base import DatabaseWrapper
from countnight.settings import channel_layer
from tests.conftest import ROOT

OTHERS = 0o077
POSTGRESQL = "postgres://countnight@database/countnight"


def postgresql(url: str, folder: Path) -> DatabaseWrapper:
    defaults = {"AUTOCOMMIT": True, "TIME_ZONE": None, "TEST": {}}
    return DatabaseWrapper(defaults | database(url, folder), "other")


# --- the database's address ----------------------------------------------------------------------------------------------


def test_it_gives_up_a_database_that_vanished_without_a_word(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # The kernel takes the connection, and nobody ever answers.
        port = silent.getsockname()[1]
        begun = time.monotonic()
        asked = postgresql(f"postgres://countnight@127.0.0.1:{port}/countnight?connect_timeout=2", tmp_path)
        with pytest.raises(psycopg.OperationalError):
            asked.get_new_connection(asked.get_connection_params())
        assert time.monotonic() - begun < 60


def test_it_asks_the_kernel_to_notice_in_seconds(tmp_path: Path) -> None:
    options = database(POSTGRESQL, tmp_path)["OPTIONS"]
    assert options["connect_timeout"] <= 5
    assert options["tcp_user_timeout"] <= 10_000
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] <= 15


def test_it_leaves_what_the_address_says_as_it_is(tmp_path: Path) -> None:
    options = database(f"{POSTGRESQL}?connect_timeout=30&sslmode=require", tmp_path)["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (30, "require")


def test_it_reads_the_address_of_a_local_socket(tmp_path: Path) -> None:
    given = database("postgres://countnight@/countnight", tmp_path)
    assert (given["NAME"], given["HOST"], given["USER"]) == ("countnight", "", "countnight")


def test_it_reads_a_password_with_any_signs(tmp_path: Path) -> None:
    given = database("postgres://count%40night:a%23b%2Fc%3Fd%40e%3A@db.example:5433/night", tmp_path)
    assert (given["USER"], given["PASSWORD"], given["PORT"]) == ("count@night", "a#b/c?d@e:", "5433")


def test_it_locks_sqlite_before_it_writes(tmp_path: Path) -> None:
    options = database(f"sqlite:///{tmp_path}/count.sqlite3", tmp_path)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "connect_timeout" not in options


@pytest.mark.parametrize(
    ("version", "mode", "durable"),
    [
        ((3, 40, 1), "PERSIST", "EXTRA"),
        ((3, 51, 3), "WAL", "FULL"),
        ((3, 44, 6), "WAL", "FULL"),
        ((3, 45, 1), "PERSIST", "EXTRA"),
    ],
)
def test_it_uses_the_log_ahead_only_where_sqlite_is_mended(version: tuple[int, ...], mode: str, durable: str) -> None:
    assert sqlite_journal_mode(version) == mode
    assert f"journal_mode={mode}; PRAGMA synchronous={durable};" in sqlite_pragmas(version)


def test_it_stays_within_the_process_without_redis() -> None:
    assert channel_layer("")["BACKEND"] == "channels.layers.InMemoryChannelLayer"


# --- what cannot be used is said in one line -----------------------------------------------------------------------------

WRONG = [
    *[
        ("DATABASE_URL", url)
        for url in (
            "countnight",
            "mysql://u:s3cret@h/db",
            "http://s3cret.example/",
            "postgres:///",
            "postgres://u:s3cret@h",
            "postgres://u:s3cret@h:port/db",
            "postgres://u:s3cret@h:99999/db",
            "postgres://u:s3#cret@h/db",
            "postgres://[s3cret/db",
            "postgres://u:s3cret@h/db?sslmod=require",
            "postgres://u:s3cret@h/db?connect_timeout=soon",
            "sqlite://",
            "sqlite:///",
            "sqlite:///relative.sqlite3",
            "sqlite://:memory:",
            "sqlite:////nowhere/at/all/count.sqlite3",
            "sqlite:////tmp",
            f"sqlite:///{__file__}",
        )
    ],
    *[("COUNTNIGHT_DATA", path) for path in (__file__, f"{__file__}/below", "/proc/here", "/", "/usr")],
    ("STATIC_ROOT", __file__),
    ("SECRET_KEY_FALLBACKS", f"{'a-good-key' * 6},x"),
    *[("SECRET_KEY", key) for key in ("x", "x" * 60, "short but various")],
    *[
        (name, "enabled")
        for name in ("COUNTNIGHT_HTTPS", "COUNTNIGHT_DEMO", "COUNTNIGHT_BEHIND_PROXY", "DEBUG", "LIVE_LINES")
    ],
    *[("REQUEST_THREADS", number) for number in ("0", "-1", "four", "1.5", "٣", "1_0", "9" * 30)],
    *[("LIVE_MAX_VIEWERS", number) for number in ("-1", "many")],
    *[("SESSION_COOKIE_AGE", number) for number in ("0", "-1", "a night")],
    *[
        (name, number)
        for name in ("LIVE_TICK_SECONDS", "LIVE_SWEEP_SECONDS", "LIVE_POLL_SECONDS")
        for number in ("0", "-1", "nan", "inf", "1,5")
    ],
    ("LOG_LEVEL", "LOUD"),
    *[("ALLOWED_HOSTS", host) for host in ("https://count.example.org", "count.example.org:8000", "a,b/c")],
    *[("CSRF_TRUSTED_ORIGINS", origin) for origin in ("count.example.org", "https://", "https://a.example/path")],
    *[("REDIS_URL", url) for url in ("localhost", "http://127.0.0.1", "redis://h:port/0", "redis://h:99999/0")],
    *[(name, "/count") for name in ("SCRIPT_NAME", "FORCE_SCRIPT_NAME")],
]


def read(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own."""
    words = [sys.executable, "-c", "import countnight.settings"]
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(words, cwd=ROOT, env=kept | environment, capture_output=True, text=True)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_it_says_in_one_line_what_is_wrong_and_what_to_write(tmp_path: Path, name: str, value: str) -> None:
    done = read({"COUNTNIGHT_DATA": str(tmp_path), name: value})
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name} ")
    assert re.search(r": .*\b(write|name|make|leave|served)\b", line), line
    assert "s3" not in line, "a password is not repeated"


def test_it_says_so_from_wherever_it_is_started(tmp_path: Path) -> None:
    for words in (["manage.py", "serve"], ["manage.py", "migrate"], ["-c", "import countnight.asgi"]):
        environment = {"PATH": os.environ["PATH"], "COUNTNIGHT_DATA": str(tmp_path), "REQUEST_THREADS": "0"}
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr == 'REQUEST_THREADS is "0": write a whole number from 1 to 64\n'


def test_it_takes_every_way_to_say_on_and_off() -> None:
    for words, meant in ((("1", "true", "Yes", "ON", " on "), True), (("0", "False", "no", "off"), False)):
        for word in words:
            assert Environment({"DEBUG": word}).switch("DEBUG", not meant) is meant
    assert Environment({"DEBUG": " "}).switch("DEBUG", True) is True


def test_it_takes_names_and_addresses_as_people_write_them() -> None:
    env = Environment({"H": "count.example.org, .example.org,[::1],*", "O": "https://a.example, http://10.0.0.1:8000/"})
    assert env.hosts("H", []) == ["count.example.org", ".example.org", "[::1]", "*"]
    assert env.origins("O") == ["https://a.example", "http://10.0.0.1:8000"]
    assert redis_address("R", "redis://:word@127.0.0.1:6379/0") == "redis://:word@127.0.0.1:6379/0"


# --- the folder ----------------------------------------------------------------------------------------------------------


def test_it_keeps_its_folder_and_files_to_its_own_user(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = read({"COUNTNIGHT_DATA": str(folder)})
    assert done.returncode == 0, done.stderr
    found = [folder, *(path for path in folder.iterdir() if path.name != "static")]
    assert {"data", "secret_key", "countnight.sqlite3"} == {path.name for path in found}
    assert not [path for path in found if path.stat().st_mode & OTHERS]


def test_it_closes_a_folder_and_files_that_were_open_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    read({"COUNTNIGHT_DATA": str(folder)})
    for path in (folder, folder / "secret_key", folder / "countnight.sqlite3"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert read({"COUNTNIGHT_DATA": str(folder)}).returncode == 0
    for path in (folder, folder / "secret_key", folder / "countnight.sqlite3"):
        assert not path.stat().st_mode & OTHERS, path


def test_it_closes_no_folder_that_is_not_its_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "somebody's").touch()
    with pytest.raises(SettingError, match="open to other users and holds other things"):
        private_folder(tmp_path)
    assert tmp_path.stat().st_mode & OTHERS


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
@pytest.mark.parametrize("mode", [0o755, 0o700, 0o555])
def test_it_says_that_the_folder_is_somebody_elses(tmp_path: Path, mode: int) -> None:
    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(0o755)
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(mode)
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setuid(pwd.getpwnam("nobody").pw_uid)
        try:
            private_folder(data)
        except BaseException as error:
            os.write(writing, str(error).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with open(reading) as said:
        (line,) = said.read().splitlines()
    assert line.startswith(f"COUNTNIGHT_DATA is {data}")


def test_it_gives_the_journal_the_same_permissions(tmp_path: Path) -> None:
    import sqlite3

    made = Path(database("", tmp_path)["NAME"])
    with sqlite3.connect(made) as line:
        line.executescript(sqlite_pragmas(sqlite3.sqlite_version_info))
        line.executescript("BEGIN IMMEDIATE; CREATE TABLE a (b); INSERT INTO a VALUES (1);")
        beside = [path for path in tmp_path.iterdir() if path != made]
        assert beside
        assert not [path for path in (made, *beside) if path.stat().st_mode & OTHERS]


# --- the secret key ------------------------------------------------------------------------------------------------------


def test_it_makes_a_key_once_and_keeps_it(tmp_path: Path) -> None:
    first = kept_secret_key(tmp_path)
    assert len(first) >= 50
    assert kept_secret_key(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("left", ["", "\n", "abc", "a" * 80])
def test_it_never_signs_with_half_a_key(tmp_path: Path, left: str) -> None:
    (tmp_path / "secret_key").write_text(left)
    with pytest.raises(SettingError, match=r"holds no whole key: rm .*secret_key"):
        kept_secret_key(tmp_path)


def test_it_leaves_no_half_a_key_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("countnight.folder.os.fsync", full)
        with pytest.raises(SettingError, match="No space left on device"):
            kept_secret_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(kept_secret_key(tmp_path)) >= 50


def test_it_agrees_on_one_key_though_many_start_at_once(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import countnight.settings as s; print(s.SECRET_KEY)"]
    environment = {"PATH": os.environ["PATH"], "COUNTNIGHT_DATA": str(tmp_path / "data")}
    started = [subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate()[0] for process in started}) == 1
