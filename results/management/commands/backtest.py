"""manage.py backtest DIR: release real elections again, unit by unit, and see what would have been said."""

from __future__ import annotations

import csv
import itertools
import json
import multiprocessing
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.backtest import elections
from results.backtest.alarms import Alarms, alarms
from results.backtest.elections import Contest
from results.backtest.orders import ORDERS
from results.backtest.progress import Job, largest_first, standing, total
from results.backtest.record import make_record, table
from results.backtest.replay import Replayed, replay

SCREEN_SECONDS, LINE_SECONDS = 1.0, 5.0
"""How often progress is said: on a screen, where it overwrites itself, and in a log."""

_heard: Any
_permitted: tuple[bool, bool]


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
        baseline, verified = not options["no_type_baseline"], options["verified"]
        orders: list[str] = options["orders"]
        jobs = largest_first([Job(contest, order) for contest in contests for order in (*orders, None)])
        done = list(self._work(jobs, baseline, verified, max(options["processes"], 1)))
        replayed = [one for one in done if isinstance(one, Replayed)]
        asked = [one for one in done if isinstance(one, Alarms)]
        record = make_record(contests, replayed, asked, orders, baseline, verified, max(options["every"], 1))
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

    def _work(self, jobs: list[Job], baseline: bool, verified: bool, processes: int) -> Iterator[Replayed | Alarms]:
        """What comes of the jobs, as it comes, with progress on the error stream: a line every few seconds, a running
        one on a screen. Progress is heard from within the jobs, since the largest come first and may take minutes."""
        context = multiprocessing.get_context("spawn")
        heard = context.Value("d", 0.0)
        screen = sys.stderr.isatty()
        began, whole, said = time.monotonic(), total(jobs), 0.0
        with context.Pool(min(processes, len(jobs)), _begin, (heard, baseline, verified)) as pool:
            coming = pool.imap_unordered(_do, jobs, chunksize=1)
            done = 0
            while done < len(jobs):
                try:
                    yield coming.next(timeout=SCREEN_SECONDS)
                    done += 1
                except multiprocessing.TimeoutError:
                    pass
                seconds = time.monotonic() - began
                if done == len(jobs) or seconds - said >= (SCREEN_SECONDS if screen else LINE_SECONDS):
                    said = seconds
                    fraction = 1.0 if done == len(jobs) else min(heard.value / whole, 0.99)
                    line = standing(done, len(jobs), fraction, seconds)
                    # \x1b[K clears what a longer line left behind.
                    self.stderr.write(f"\r{line}\x1b[K" if screen else line, ending="" if screen else "\n")
        if screen:
            self.stderr.write("")


def _begin(heard: Any, baseline: bool, verified: bool) -> None:
    """Keep in a new process what all jobs there need: where progress is added up, and what the replays may know."""
    global _heard, _permitted
    _heard, _permitted = heard, (baseline, verified)


def _do(job: Job) -> Replayed | Alarms:
    steps = itertools.count(1)

    def hear() -> None:
        with _heard.get_lock():
            _heard.value += job.weight(next(steps))

    if job.order is not None:
        return replay(job.contest, job.order, *_permitted, hear)
    done = alarms(job.contest, *_permitted, hear)
    # Contests too small to be asked about count as done.
    for _ in range(next(steps), job.steps + 1):
        hear()
    return done
