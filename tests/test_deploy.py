"""What deploy/ says is true: its files are valid, name what exists, and agree with one another."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.services import DEPLOY, Nginx

INSTALLED = "/opt/countnight"


def program(name: str) -> str:
    """A program of the virtual environment."""
    return str(Path(sys.executable).parent / name)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def unit(name: str) -> dict[str, list[str]]:
    """A unit's directives, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def compose() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(DEPLOY / "compose.yaml"))


def environment(name: str) -> dict[str, str]:
    """The settings of an example file; those at their default too."""
    lines = (DEPLOY / name).read_text().splitlines()
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", "\n".join(lines), re.MULTILINE))


def ports(text: str) -> set[str]:
    return set(re.findall(r"^\s*server 127\.0\.0\.1:(\d+)", text, re.MULTILINE))


# --- nginx -------------------------------------------------------------------------------------------------------------


def test_it_has_files_that_nginx_takes(tmp_path: Path) -> None:
    said = Nginx(tmp_path, 8001, 8002, tmp_path).check()
    assert said.returncode == 0, said.stderr
    # Of the user it complains where it is not root, and nothing else may be wrong.
    assert [line for line in said.stderr.splitlines() if "[warn]" in line and '"user" directive' not in line] == []


def test_it_has_files_that_nginx_takes_in_containers(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path, 8001, 8002, tmp_path)
    containers = (DEPLOY / "nginx" / "upstream.compose.conf").read_text()
    # The names are Docker's to resolve, and nginx learned to ask for them anew after Debian 12.
    containers, changed = re.subn(r"server web(\d):8000 (.+) resolve;", r"server 127.0.0.1:800\1 \2;", containers)
    assert changed == 2
    (tmp_path / "countnight" / "upstream.conf").write_text(containers)
    said = nginx.check()
    assert said.returncode == 0, said.stderr


def test_it_reads_each_upstream_only_where_it_is_meant() -> None:
    site = (DEPLOY / "nginx" / "countnight.conf").read_text()
    assert re.findall(r"^include (.+);$", site, re.MULTILINE) == ["countnight/upstream.conf"]


# --- systemd -----------------------------------------------------------------------------------------------------------

UNITS = ("countnight@.service", "countnight-prepare.service", "countnight.target")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as installed where this repository is, and the instances that the target wants."""
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text().replace(f"{INSTALLED}/.venv/bin/python", sys.executable)
        (tmp_path / name).write_text(text.replace(INSTALLED, str(ROOT)))
    for instance in unit("countnight.target")["Wants"][0].split():
        shutil.copy(tmp_path / "countnight@.service", tmp_path / instance)
    return tmp_path


def test_it_has_units_that_systemd_takes(units: Path) -> None:
    given = [str(path) for path in units.iterdir() if "@." not in path.name]
    said = run("systemd-analyze", "verify", "--man=no", *given)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("name", ["countnight@8001.service", "countnight-prepare.service"])
def test_it_has_units_that_may_do_little(units: Path, name: str) -> None:
    said = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", str(units / name))
    assert said.returncode == 0, said.stdout[-300:]


def test_it_has_the_same_ports_for_systemd_and_nginx() -> None:
    wanted = unit("countnight.target")["Wants"][0].split()
    instances = {re.fullmatch(r"countnight@(\d+)\.service", name)[1] for name in wanted}  # type: ignore[index]
    assert instances == ports((DEPLOY / "nginx" / "upstream.conf").read_text())
    assert unit("countnight@.service")["ExecStart"][0].endswith("serve --host 127.0.0.1 --port %i")


def test_it_has_the_same_folders_for_systemd_nginx_and_the_settings() -> None:
    settings = environment("countnight.env.example")
    serving = unit("countnight@.service")
    site = (DEPLOY / "nginx" / "countnight.conf").read_text()
    assert settings["COUNTNIGHT_DATA"] == f"/var/lib/{serving['StateDirectory'][0]}"
    assert settings["STATIC_ROOT"] == f"/var/cache/{serving['CacheDirectory'][0]}/static"
    assert f"alias {settings['STATIC_ROOT']}/;" in site
    prepare = unit("countnight-prepare.service")
    kept = {"ExecStart", "Type", "Description", "After", "Wants"}
    assert all(
        serving[name] == prepare[name] for name in serving.keys() & prepare.keys() - kept - {"Restart", "RestartSec"}
    )


def test_it_runs_commands_as_the_processes_run() -> None:
    text = (DEPLOY / "countnight").read_text()
    serving = unit("countnight@.service")
    assert os.access(DEPLOY / "countnight", os.X_OK)
    assert run("sh", "-n", str(DEPLOY / "countnight")).returncode == 0
    words = shlex.split(text.replace("\\\n", " "), comments=True)
    assert words[:2] == ["exec", "systemd-run"]
    assert f"--uid={serving['User'][0]}" in words and f"--gid={serving['Group'][0]}" in words
    assert f"--property=EnvironmentFile={serving['EnvironmentFile'][0]}" in words
    assert f"--working-directory={serving['WorkingDirectory'][0]}" in words
    assert words[-3:] == [serving["ExecStart"][0].split()[0], "manage.py", "$@"]


def test_it_keeps_the_ports_of_processes_from_connections() -> None:
    """A connection of nginx's own must never hold the port of a process that is about to start."""
    manual = (ROOT / "docs" / "operations.md").read_text()
    (kept,) = re.findall(r"ip_local_reserved_ports = ([\d,-]+)", manual)
    (low, high) = map(int, re.findall(r"(\d+)-(\d+)", kept)[0])
    wanted = ports((DEPLOY / "nginx" / "upstream.conf").read_text()) | set(re.findall(r"countnight@(\d+)", manual))
    assert all(low <= int(port) <= high for port in wanted)


# --- containers --------------------------------------------------------------------------------------------------------


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, with lines that go on joined."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1].strip()) for line in lines if not line.startswith(" ")]


def test_it_has_an_image_without_complaints() -> None:
    said = run(program("hadolint"), "deploy/Dockerfile")
    assert (said.returncode, said.stdout) == (0, "")


def test_it_copies_into_the_image_what_there_is_and_what_is_needed() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {words.split()[0] for instruction, words in dockerfile() if instruction == "COPY"}
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
    used = {"manage.py", "LICENSE", "requirements.txt", "countnight", "results", "templates", "static"}
    assert copied == used
    assert "*" in ignored


def test_it_copies_into_the_image_enough_to_run(tmp_path: Path) -> None:
    for instruction, words in dockerfile():
        if instruction == "COPY":
            source, target = (ROOT / words.split()[0], tmp_path / "image" / words.split()[1])
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
    kept = {
        "COUNTNIGHT_DATA": str(tmp_path / "data"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "SECRET_KEY": "not-for-anybody-" * 4,
    }
    outside = {
        name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }

    def manage(command: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "manage.py", *command.split()]
        return subprocess.run(words, cwd=tmp_path / "image", env=outside | kept, capture_output=True, text=True)

    for command in ("check", "migrate --noinput", "collectstatic --noinput"):
        done = manage(command)
        assert done.returncode == 0, done.stderr
    assert "There is no contest in this database" in manage("verify_ledger").stderr
    assert (tmp_path / "static" / "js" / "live.js.gz").exists()
    # Those are for the proxy, which is another user, and nothing else is.
    for path in (tmp_path / "static", *(tmp_path / "static").rglob("*")):
        assert path.stat().st_mode & 0o004, path
    for path in (tmp_path / "data", *(tmp_path / "data").iterdir()):
        assert not path.stat().st_mode & 0o077, path


def test_it_serves_in_the_image_as_somebody_without_rights() -> None:
    instructions = dockerfile()
    names = [instruction for instruction, _ in instructions]
    assert [words for instruction, words in instructions if instruction == "USER"] == ["10001"]
    assert names.index("USER") < names.index("CMD")
    assert all("useradd" not in words or "--uid 10001" in words for _, words in instructions)
    assert dict(instructions)["FROM"].startswith("python:3.11-slim")
    assert "http://127.0.0.1:8000/healthz" in dict(instructions)["HEALTHCHECK"]
    assert dict(instructions)["EXPOSE"] == "8000"


def test_it_composes_by_the_specification() -> None:
    said = run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml")
    assert said.returncode == 0, said.stdout


def test_it_composes_what_nginx_asks_for() -> None:
    services = compose()["services"]
    upstream = (DEPLOY / "nginx" / "upstream.compose.conf").read_text()
    asked = re.findall(r"^\s*server (\w+):8000", upstream, re.MULTILINE)
    assert asked == [name for name in services if name.startswith("web")]
    assert set(services["nginx"]["depends_on"]) == set(asked)
    mounted = dict(volume.split(":")[:2] for volume in services["nginx"]["volumes"])
    ignored = {line.removeprefix("/deploy").rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    assert mounted["static"] == environment("countnight.env.example")["STATIC_ROOT"]
    for source in mounted:
        # What the installer makes there, which no release touches.
        made = source in ("./tls", "./acme", "./countnight.conf")
        if made:
            assert source.lstrip(".") in ignored, source
        elif source.startswith("./"):
            assert (DEPLOY / source).exists(), source
    assert {"/etc/nginx/nginx.conf", "/etc/nginx/countnight/countnight.conf", "/etc/countnight/tls"} < set(
        mounted.values()
    )
    site = (DEPLOY / "nginx" / "countnight.conf").read_text()
    assert f"root {mounted['./acme']};" in site
    for name in asked:
        assert services[name]["environment"]["STATIC_ROOT"] == mounted["static"]
        assert services[name]["depends_on"]["database"]["condition"] == "service_healthy"
        assert services[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


def test_it_composes_without_a_secret_in_it() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    given = set(re.findall(r"env_file: (\S+)", text))
    assert given == {"countnight.env", "database.env"}
    for name in given:
        assert (DEPLOY / f"{name}.example").exists()
        assert f"/deploy/{name}" in ignored
    assert "PASSWORD" not in text
    assert environment("database.env.example") == {"POSTGRES_PASSWORD": ""}
    assert environment("countnight.env.example")["SECRET_KEY"] == ""


# --- settings and commands ---------------------------------------------------------------------------------------------


def test_it_gives_an_example_of_every_setting_and_of_nothing_else() -> None:
    settings = (ROOT / "countnight" / "settings.py").read_text()
    read = set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", settings))
    assert len(read) > 12
    assert set(environment("countnight.env.example")) == read


def test_it_explains_every_setting() -> None:
    blocks = (DEPLOY / "countnight.env.example").read_text().strip().split("\n\n")
    for block in blocks[1:]:
        *words, setting = block.splitlines()
        assert words and all(line.startswith("# ") for line in words), block
        assert re.fullmatch(r"#?[A-Z_]+=\S*", setting), block


def test_it_runs_only_commands_that_exist() -> None:
    known = set(get_commands())
    found = set()
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            found |= set(re.findall(r"manage\.py[\", ]+([a-z]\w+)", path.read_text()))
    assert {"serve", "migrate", "collectstatic"} <= found <= known


def test_it_installs_by_commands_that_name_what_there_is() -> None:
    """Every file of deploy/ that the manual copies exists, and every file of deploy/ is in the manual."""
    manual = (ROOT / "docs" / "operations.md").read_text()
    for line in re.findall(r"^    (.+)$", manual, re.MULTILINE):
        for word in shlex.split(line, comments=True):
            made = (".env", "/tls", "/acme", ".pem", "deploy/countnight.conf")
            if re.match(r"(\./)?deploy/", word) and "*" not in word and not word.endswith(made):
                assert (ROOT / word).exists(), line
    for path in DEPLOY.rglob("*"):
        if path.is_file() and not path.name.endswith((".dockerignore",)):
            assert path.name in manual or f"deploy/{path.parent.name}/*" in manual, path
