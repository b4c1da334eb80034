"""Imports go one way, and the top level is what it is."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results"
PURE = (
    "facts.definition",
    "facts.figures",
    "facts.types",
    "facts.fold",
    "facts.kinds",
    "facts.state",
    "facts.states",
    "rules",
    "capacity",
    "policy",
    "polls",
    "print.verification",
    "statement",
    "tally",
    "pace",
    "projection",
    "units",
    "backtest",
    "board.patches",
    "board.timeline",
    "calibration",
    "texts",
)

FORBIDDEN: dict[str, tuple[str, ...]] = {
    "ledger": ("desk", "public", "board", "live.hub", "live.consumers", "texts.wording", "texts.en"),
    "board": ("desk", "public", "ledger", "live", "rules"),
    "facts": ("desk", "public", "ledger", "live", "board", "policy", "tally", "projection"),
    "audit": ("desk", "public", "ledger", "live"),
    "audit.canonical": ("models", "desk", "public", "ledger", "live", "board", "facts", "audit"),
    "audit.marks": ("models", "desk", "public", "ledger", "live", "board", "facts", "audit"),
    "audit.chain": (
        "desk",
        "public",
        "ledger",
        "live",
        "board",
        "facts",
        "audit.checks",
        "audit.publications",
        "audit.entries",
    ),
    "rules": ("texts.wording", "texts.catalogue", "texts.en", "texts.cy"),
    "texts": ("desk", "public", "ledger", "live", "board", "facts", "rules", "models", "policy"),
    "desk.forms": ("texts.wording", "texts.catalogue", "texts.en", "texts.cy"),
    "people": (
        "desk",
        "public",
        "ledger",
        "live",
        "board",
        "facts",
        "audit.checks",
        "audit.publications",
        "audit.journal",
    ),
    "database": ("desk", "public", "ledger", "live", "board", "facts", "audit", "people"),
    "live.hub": ("desk", "public", "ledger", "live.consumers"),
    "live.joining": ("desk", "public", "ledger", "live.consumers", "live.hub"),
    "live.broadcast": ("desk", "public", "ledger", "board", "facts", "models"),
    "public": ("desk", "ledger"),
    "models": ("desk", "public", "ledger", "live", "board", "facts", "policy", "tally", "projection", "rules"),
    "desk": ("public", "live"),
    "polls": ("facts", "rules", "policy", "models", "texts", "formats"),
    "formats": ("desk", "public", "ledger", "live", "board"),
    "backtest": ("desk", "public", "ledger", "live", "board", "facts", "policy", "tally", "models"),
}


def modules() -> dict[str, Path]:
    """Every module of results but migrations, by its dotted name below results."""
    found = {}
    for path in RESULTS.rglob("*.py"):
        parts = path.relative_to(RESULTS).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts).removesuffix(".__init__").removesuffix("__init__")] = path
    return found


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, those inside functions too; relative ones made absolute."""
    package = ["results", *path.relative_to(RESULTS).parent.parts]
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return names


def inside(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


@pytest.mark.parametrize("layer", sorted(FORBIDDEN))
def test_it_imports_one_way(layer: str) -> None:
    checked = 0
    for name, path in modules().items():
        if not inside(name, layer):
            continue
        checked += 1
        for target in imported(path):
            for forbidden in FORBIDDEN[layer]:
                assert not inside(target, f"results.{forbidden}"), f"{name} imports {target}"
    assert checked


@pytest.mark.parametrize("layer", PURE)
def test_it_keeps_pure_modules_pure(layer: str) -> None:
    allowed = {"babel", "numpy", *__import__("sys").stdlib_module_names}
    checked = 0
    for name, path in modules().items():
        if not inside(name, layer):
            continue
        checked += 1
        for target in imported(path):
            top = target.split(".")[0]
            pure = top in allowed or any(inside(target, f"results.{other}") for other in (*PURE, "demo"))
            assert pure or target in ("results", "results.facts", "results.board"), f"{name} imports {target}"
    assert checked


def test_it_writes_the_ledger_in_one_place_only() -> None:
    for name, path in modules().items():
        if inside(name, "ledger"):
            continue
        text = path.read_text(encoding="utf-8")
        assert "LedgerEntry(" not in text.replace("class LedgerEntry(", ""), name
        assert "LedgerEntry.objects.create" not in text, name


def test_it_reads_the_time_in_one_place_only() -> None:
    for name, path in modules().items():
        # The back-test tells how long it will take, and the demo waits for a server: neither is a time of any night.
        waiting = ("demo.player", "demo.stage", "management.commands.backtest", "management.commands.demo")
        if name in ("clock", *waiting):
            continue
        for target in imported(path):
            assert target not in ("time", "django.utils.timezone", "django.utils.timezone.now"), (
                f"{name} imports {target}"
            )
        text = path.read_text(encoding="utf-8")
        assert "datetime.now(" not in text, name
        assert "utcnow(" not in text, name


def test_it_keeps_the_top_level_as_agreed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.split("/")[0] for name in listed if not name.startswith(".")}
    assert top <= {
        *("manage.py", "countnight", "results", "templates", "static", "tests", "requirements.txt"),
        *("README.md", "CHANGELOG.md", "LICENSE", "bin", "docs", "deploy", "pyproject.toml"),
    }


def test_it_keeps_files_short_enough_to_be_one_thing() -> None:
    long = {name: path.read_text().count("\n") for name, path in modules().items()}
    assert not {name: lines for name, lines in long.items() if lines > 340}


def graph() -> dict[str, set[str]]:
    """Each module of results and countnight, and those that it imports when it runs, inside its functions too."""
    found = {}
    for top in ("results", "countnight"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return {name: needs(name, path, set(found)) - {name} for name, path in found.items()}


def needs(name: str, path: Path, modules: set[str]) -> set[str]:
    """The modules that one imports, but for those that only its types name."""
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    targets = set()

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                continue
            if isinstance(child, ast.Import):
                targets.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                levels = package.split(".")[: len(package.split(".")) - child.level + 1] if child.level else []
                base = ".".join([*levels, *([child.module] if child.module else [])])
                targets.update(full if (full := f"{base}.{alias.name}") in modules else base for alias in child.names)
            walk(child)

    walk(ast.parse(path.read_text(encoding="utf-8")))
    return targets & modules


def test_it_imports_in_no_circle() -> None:
    left = graph()
    assert len(left) > 150
    assert any(left.values())
    while leaves := {name for name, imports in left.items() if not imports & left.keys()}:
        left = {name: imports for name, imports in left.items() if name not in leaves}
    assert not left, sorted(left)


TESTED_IN = {
    "backtest": "backtest",
    "board.patches": "board",
    "board.timeline": "board",
    "calibration": "calibration",
    "capacity": "capacity",
    "facts.definition": "board",
    "facts.figures": "figures",
    "facts.fold": "facts",
    "facts.kinds": "facts",
    "facts.state": "state",
    "facts.states": "states",
    "facts.types": "pace",
    "pace": "pace",
    "policy": "policy",
    "rules.adjudication": "rules_adjudication",
    "rules.second": "rules_second",
    "polls": "polls",
    "projection": "projection",
    "print.verification": "statement",
    "rules.agreement": "agreement",
    "rules.alarm": "rules_alarm",
    "rules.amendments": "rules_amendments",
    "rules.beginning": "rules_beginning",
    "rules.counts": "rules",
    "rules.findings": "rules",
    "rules.groups": "rules_groups",
    "rules.moving": "ledger_moving",
    "rules.order": "rules_order",
    "rules.receipt": "rules_receipt",
    "rules.signing": "ledger_statements",
    "rules.verification": "rules_verification",
    "rules.votes": "rules_votes",
    "rules.warnings": "rules_warnings",
    "statement": "statement",
    "tally": "board",
    "texts": "texts",
    "texts.wording": "wording",
    "units": "rules_alarm",
}
"""In which file of tests each pure module, or a package of them, is tried."""


def test_it_tries_every_pure_module_in_a_file_of_tests() -> None:
    pure = [name for name in modules() if any(inside(name, layer) for layer in PURE)]
    assert len(pure) > 40
    for name in pure:
        layer = max((layer for layer in TESTED_IN if inside(name, layer)), key=len, default=None)
        assert layer or name == "rules", f"{name} is tried nowhere: write its tests, and name their file here"


@pytest.mark.parametrize("layer", sorted(TESTED_IN))
def test_it_imports_a_module_where_it_tries_it(layer: str) -> None:
    path = ROOT / "tests" / f"test_{TESTED_IN[layer]}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = needs("tests", path, {f"results.{name}" for name in modules()})
    assert any(inside(target, f"results.{layer}") for target in targets), f"{path.name} does not import {layer}"
    assert any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(tree))


def test_it_has_the_layout_that_the_page_shows() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `results/(\w+)(?:/|\.py)` \| .* \| ([^|]+) \|$", page, re.MULTILINE)
    listed = {room: set(names.split(", ")) for room, names in rows}
    imports: dict[str, set[str]] = {name.split(".")[0]: set() for name in modules() if name}
    for name, targets in graph().items():
        top, _, room = name.partition(".")
        if top == "results" and room:
            own = room.split(".")[0]
            imports[own] |= {target.split(".")[1] for target in targets if "." in target} - {own}
    assert listed.keys() == imports.keys()
    shown = {room: names - {"nothing"} for room, names in listed.items() if names != {"anything"}}
    assert shown == {room: imports[room] for room in shown}
