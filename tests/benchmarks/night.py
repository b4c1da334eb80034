"""The boards of the demo's night, and what they weigh on the wire."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections

from results import clock
from results.board.patches import make_patch
from results.board.publishing import current
from results.demo import stage
from results.models import Contest, Publication
from tests.staging import events, record

EPOCH = "0123456789abcdef"


@dataclass
class Step:
    """From one version to the next: both boards, and bytes of the frames that say the new one."""

    before: dict[str, Any]
    after: dict[str, Any]
    patch: int
    whole: int


def weight(document: dict[str, Any]) -> int:
    """Bytes of a document on the wire."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


def steps(boards: list[dict[str, Any]]) -> list[Step]:
    """What leads from each board to the next, with the numbers that versions of a night have."""
    found = []
    for version, (before, after) in enumerate(pairwise(boards), 100):
        frame = {"epoch": EPOCH, "since": version, "version": version + 1}
        whole = weight({"epoch": EPOCH, "version": version + 1, "board": after})
        found.append(Step(before, after, weight({**frame, "patch": make_patch(before, after)}), whole))
    return found


def play() -> list[Step]:
    """The night of Rochester and Strood with totals public, a version after every event; leaves its database empty."""
    contest = _fresh()
    people = {user.username: user for user in User.objects.all()}
    contests = {one.ballot_paper_id: one for one in contest.event.contests.select_related("election", "event")}
    for event in events():
        clock.play(contest.event, datetime.fromisoformat(event["at"]).replace(tzinfo=clock.LONDON), 1.0)
        told = contests[event["contest"]]
        record(told, event, people[event["officer"]])
        current(contest)
    boards = list(Publication.objects.filter(contest=contest).order_by("version").values_list("board", flat=True))
    return steps(boards)


def _fresh() -> Contest:
    stage.fresh_database()
    with contextlib.redirect_stdout(io.StringIO()):
        return stage.load("totals", "bench-marking-officers")


def counting(played: list[Step]) -> list[Step]:
    """The steps of the hours in which votes come: the public's boards are ten times as heavy then as before."""
    return [step for step in played if "candidates" in step.before and "candidates" in step.after]


def typical(played: list[Step]) -> Step:
    """The step of the counting hours whose patch has the median weight."""
    ordered = sorted(counting(played), key=lambda step: step.patch)
    return ordered[len(ordered) // 2]


def write_boards(step: Step) -> Path:
    """The two boards in a file, between which a peer goes to and fro: each version differs by a patch of real weight."""
    path = Path(settings.DATA_DIR) / "boards.json"
    path.write_text(json.dumps([step.before, step.after]))
    return path


def staged_for_viewers() -> Contest:
    """A contest for viewers to watch, with nothing in its ledger: what they see is made by the peer."""
    contest = _fresh()
    connections.close_all()
    return contest


def median_ratio(played: list[Step]) -> float:
    """Bytes of an update in bytes of the whole board, in the median."""
    return median(step.patch / step.whole for step in played)
