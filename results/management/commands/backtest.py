"""manage.py backtest DIR: release real elections again, unit by unit, and see what would have been said."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

from results.backtest import elections
from results.backtest.alarms import Alarms, alarms
from results.backtest.elections import Contest
from results.backtest.orders import ORDERS
from results.backtest.record import make_record, table
from results.backtest.replay import Replayed, replay

Job = TypeVar("Job")
Done = TypeVar("Done")


class Command(BaseCommand):
    help = (
        "Release the elections of a folder (SET.results.csv.gz with SET.baseline.csv.gz) again in orders that fool naive "
        "projections, and hold the model against matched swing, conformal intervals and the leader so far."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--sets", nargs="+", help="only these sets of the folder")
        parser.add_argument("--orders", nargs="+", choices=list(ORDERS), default=list(ORDERS))
        parser.add_argument("--no-type-baseline", action="store_true", help="forget what vote types did last time")
        parser.add_argument("--verified", action="store_true", help="know every unit's papers, as after verification")
        parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th contest, to be quick")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--json", type=Path, dest="json_file", metavar="FILE", help="write the record there too")

    def handle(self, *args: Any, **options: Any) -> None:
        json_file: Path | None = options["json_file"]
        if json_file is not None and not os.access(json_file.parent, os.W_OK):
            raise CommandError(f"{json_file}: there is no folder {json_file.parent} to write to.")
        contests = self._read(options["folder"], options["sets"], max(options["every"], 1))
        known, verified = not options["no_type_baseline"], options["verified"]
        # The longest first: none is waited for at the end.
        longest = sorted(contests, key=lambda contest: -len(contest.units))
        jobs = [(contest, order, known, verified) for contest in longest for order in options["orders"]]
        processes = max(options["processes"], 1)
        replayed = list(self._work("replays", _replay, jobs, processes))
        asked = list(self._work("alarms", _alarms, [(contest, known, verified) for contest in longest], processes))
        record = make_record(contests, replayed, asked, options["orders"], known, verified, max(options["every"], 1))
        self.stdout.write(table(record))
        if json_file is not None:
            json_file.write_text(json.dumps(record, indent=1) + "\n")

    def _read(self, folder: Path, wanted: list[str] | None, every: int) -> list[Contest]:
        try:
            names = elections.names(folder)
            missing = sorted(set(wanted or ()) - set(names))
            if missing:
                raise CommandError(f"{folder} has no set {missing[0]}. It has: {', '.join(names)}.")
            contests = [c for name in wanted or names for c in elections.read(folder, name)]
        except (OSError, ValueError, EOFError, csv.Error) as problem:
            raise CommandError(str(problem)) from problem
        if not contests:
            raise CommandError(f"{folder}: no contest has two candidates and two units with votes.")
        return contests[::every]

    def _work(self, what: str, work: Callable[[Job], Done], jobs: Sequence[Job], processes: int) -> Iterator[Done]:
        """The jobs' results as they come, with progress on the error stream: a line a tenth, a running one on screen."""
        begun, tenth = time.monotonic(), 0
        with multiprocessing.get_context("spawn").Pool(min(processes, len(jobs))) as pool:
            for done, result in enumerate(pool.imap_unordered(work, jobs, chunksize=1), 1):
                yield result
                seconds = time.monotonic() - begun
                left = seconds / done * (len(jobs) - done)
                words = f"{what}: {done:,} of {len(jobs):,}, {seconds:.0f} s, about {left:.0f} s left"
                if sys.stderr.isatty():
                    self.stderr.write(f"\r{words}\x1b[K", ending="\n" if done == len(jobs) else "")
                elif 10 * done // len(jobs) > tenth:
                    tenth = 10 * done // len(jobs)
                    self.stderr.write(words)


def _replay(job: tuple[Contest, str, bool, bool]) -> Replayed:
    return replay(*job)


def _alarms(job: tuple[Contest, bool, bool]) -> Alarms:
    return alarms(*job)
