"""`python -m tests.benchmarks NAME [--json FILE]`, and of the live path `[--quick] [--minutes N]`."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

LIVE = ("fanout", "storm", "stall", "soak")
NAMES = ("entry", "board", "latency", "projection", *LIVE)


def main() -> int:
    """Run one benchmark in a data folder of its own; 1 where a bar is missed, 2 where one could not be measured."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", type=Path, dest="json_file")
    parser.add_argument("--quick", action="store_true", help="few viewers and few rounds, to see that it runs")
    parser.add_argument("--minutes", type=float, default=60, help="how long the soak lasts")
    given = parser.parse_args()
    # Told to end, it ends what it started, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="countnight-demo-") as folder:
        # The stage clears only databases in a folder that is named for the demo.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="countnight.settings",
            COUNTNIGHT_DATA=folder,
            COUNTNIGHT_DEMO="1",
            DATABASE_URL=f"sqlite:///{folder}/countnight.sqlite3",
            REDIS_URL="",
            # More than any benchmark has, and less than the open files allow where 20,000 are the most.
            LIVE_MAX_VIEWERS="10000",
            OPENBLAS_NUM_THREADS="1",
            OMP_NUM_THREADS="1",
        )
        import django

        django.setup()
        run = importlib.import_module(f"tests.benchmarks.{given.name}").run
        table = run(given) if given.name in LIVE else run()
        table.print()
        if given.json_file is not None:
            table.write(given.json_file)
        if not table.good:
            print("\nA bar is missed.")
            return 1
        if table.absent:
            print("\nNo bar is missed, but not all could be measured.")
            return 2
        print("\nAll bars met.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
