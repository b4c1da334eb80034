"""`python -m tests.benchmarks NAME [--json FILE]`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

NAMES = ("entry", "board", "latency", "projection")


def main() -> int:
    """Run one benchmark in a data folder of its own; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", type=Path, dest="json_file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="countnight-demo-") as folder:
        # The stage clears only databases in a folder that is named for the demo.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="countnight.settings",
            COUNTNIGHT_DATA=folder,
            COUNTNIGHT_DEMO="1",
            DATABASE_URL=f"sqlite:///{folder}/countnight.sqlite3",
            REDIS_URL="",
            OPENBLAS_NUM_THREADS="1",
            OMP_NUM_THREADS="1",
        )
        import django

        django.setup()
        table = importlib.import_module(f"tests.benchmarks.{given.name}").run()
        table.print()
        if given.json_file is not None:
            table.write(given.json_file)
        print("\nAll bars met." if table.good else "\nA bar is missed.")
        return 0 if table.good else 1


if __name__ == "__main__":
    sys.exit(main())
