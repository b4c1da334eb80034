"""From the ledger to the publication, and how its cost grows."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from results import ledger
from results.board.publishing import build, publish
from results.demo import stage
from results.facts import reading
from results.facts.kinds import Entered
from results.facts.reading import read_facts
from results.facts.stored_definition import stored_definition
from results.live import broadcast
from results.models import Contest, LedgerEntry
from results.policy import released
from tests.benchmarks.table import Table, percentile
from tests.staging import play_through, sheets

ROUNDS = 30


def run() -> Table:
    """The whole night with and without the projection; then 100 to 10,000 entries by correcting again and again."""
    table = Table("board: from the ledger to the publication")
    # As the server does: else this measures Python's collector, which looks at everything there is again and again.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    # A version for each entry that is only there to make the ledger long would be hours of work, and is not what is measured.
    broadcast.publish_with(lambda contest: None)
    stage.fresh_database()
    contest = stage.load("totals", "bench")
    play_through(contest)
    entries = LedgerEntry.objects.count()
    without = Contest.objects.select_related("election", "event").get(pk=contest.pk)
    table.add(
        f"the whole night, {entries} entries, read from the start", _median(lambda: _whole(without, False)), "ms", 15
    )
    table.add("the whole night, read on from the last version", _median(lambda: _onward(without, False)), "ms", 15)
    table.add("the whole night with its projection, from the start", _median(lambda: _whole(without, True)), "ms")
    publish(contest)
    cost: dict[int, float] = {}
    onward: dict[int, float] = {}
    for size in (100, 1_000, 10_000):
        _grow(contest, size)
        count = min(size, LedgerEntry.objects.count())
        cost[size] = _median(lambda: _whole(contest, False, count), 5)  # noqa: B023
        if size == 1_000:
            _grow(contest, 2_000)
            table.add("verify_ledger of 2,000 entries, the whole command, processor time", _verified(), "s", 2)
        if size > entries:
            onward[size] = _median(lambda: _onward(contest, False), 10)
        table.add(f"{count:,} entries, read from the start", cost[size], "ms")
    # Linear and no worse: ten times the entries cost at most ten times as much, with a quarter for a noisy machine.
    table.add("10,000 against 1,000 entries, from the start", cost[10_000] / cost[1_000], "x", 12.5)
    table.add("10,000 against 1,000 entries, read on", onward[10_000] / onward[1_000], "x", 12.5)
    return table


def _median(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return percentile(times, 0.5)


def _verified() -> float:
    """Processor seconds of `manage.py verify_ledger`, with all that a process needs to start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "manage.py", "verify_ledger"], cwd=settings.BASE_DIR, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _whole(contest: Contest, projection: bool, upto: int | None = None) -> None:
    # The ledger is read from its first entry; the set-up, which is frozen, stays known.
    reading._readers.clear()
    if upto is None:
        _make(read_facts(contest), projection)
        return
    stored = stored_definition(contest, LedgerEntry.objects.values_list("definition_hash", flat=True)[0])
    reader = reading.LedgerReader(contest, stored)
    reader.advance(upto)
    _make(reader.state.facts(), projection)


def _onward(contest: Contest, projection: bool) -> None:
    _make(read_facts(contest), projection)


def _make(facts: Any, projection: bool) -> None:
    from dataclasses import replace

    build(
        facts if projection else replace(facts, projection=False), released(replace(facts, projection=projection)), None
    )


def _grow(contest: Contest, size: int) -> None:
    """Recount group after group, each with a few votes more or less for two candidates, until there are so many entries."""
    readers = [User.objects.get(username=name) for name in (stage.SUPERVISOR, stage.RETURNING_OFFICER)]
    by_group = sheets()
    turn = 0
    while LedgerEntry.objects.filter(contest=contest).count() < size:
        turn += 1
        sheet = by_group[turn % 24 + 1]
        votes = list(sheet["votes"])
        moved = turn // 24 % 5 + 1
        votes[10] -= moved
        votes[12] += moved
        group = read_facts(contest).groups[sheet["group"]]
        made: dict[str, Any] = {"actor": readers[0], "reason": "a bundle was looked at again"}
        reopened = ledger.reopen_group(
            contest,
            group.number,
            submission_id=uuid.uuid4(),
            seen=group.last_seq,
            purpose="recount",
            second=ledger.Second(witness="the bench"),
            **made,
        )
        rejected = tuple(sheet["rejected"].values())
        said = Entered(group.number, f"b{turn}", group.papers or 0, tuple(votes), rejected, 0)
        for reader in readers:
            made = {**made, "actor": reader, "seen": reopened.seq}
            try:
                ledger.record_count(contest, said, submission_id=uuid.uuid4(), **made)
            except ledger.Refused as refused:
                codes = {finding.acknowledgement for finding in refused.findings}
                ledger.record_count(contest, said, submission_id=uuid.uuid4(), acknowledged=codes, **made)
