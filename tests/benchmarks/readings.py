"""Two readings of every sheet: how many groups a second twenty officers bring to an agreement."""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import httpx
import numpy as np
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command

from results import clock, ledger
from results.demo import official, stage
from results.demo.fitting import apportion
from results.demo.folder import write
from results.demo.player import Form
from results.demo.script import ReconstructedBox, ReconstructedGroup, Reconstruction
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Verified
from results.facts.reading import read_facts
from results.models import Contest, Role
from results.people import accounts
from tests.benchmarks.staged import PASSWORD, server_on_one_core

OFFICERS = 20
GROUPS_A_WARD = 11
PAPERS = 100
"""Ballot papers of a group."""
LEADING = ("UKIP", "CON", "LAB")


def agreements_a_second() -> float:
    """Groups agreed a second while twenty officers read all sheets of a large hall, each sheet twice, on a progress night."""
    groups = staged_hall()
    with server_on_one_core() as base:
        readers = [Reader(base, number) for number in range(OFFICERS)]
        for position, group in enumerate(groups):
            # The second reader is another one each time, and comes to the sheet at about the same time.
            readers[position % OFFICERS].groups.append(group)
            readers[(position + 1 + position // OFFICERS % (OFFICERS - 1)) % OFFICERS].groups.append(group)
        threads = [threading.Thread(target=reader.read_all) for reader in readers]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
    facts = read_facts(Contest.objects.select_related("election", "event").get(ballot_paper_id=stage.CONTEST))
    assert all(group.agreed is not None for group in facts.groups.values()), "a group is not agreed"
    return len(groups) / took


def staged_hall() -> Sequence[ReconstructedGroup]:
    """A contest of many groups, of two boxes each, all verified and formed, and its officers; gives the right sheets."""
    stage.fresh_database()
    boxes = _boxes()
    groups = [_group(number, boxes[2 * number - 2 : 2 * number]) for number in range(1, len(boxes) // 2 + 1)]
    with tempfile.TemporaryDirectory() as folder:
        write(Reconstruction(_progress(), tuple(boxes), tuple(groups), ()), folder)
        call_command("load_contest", folder, verbosity=0)
    contest = Contest.objects.select_related("election", "event").get(ballot_paper_id=stage.CONTEST)
    for number in range(OFFICERS):
        accounts.enrol(contest, f"demo-bench-{number}", None, Role.COUNTING_OFFICER)
    accounts.enrol(contest, stage.SUPERVISOR, None, Role.SUPERVISOR)
    User.objects.filter(username__startswith="demo-bench-").update(password=make_password(PASSWORD))
    clock.play(contest.event, contest.event.close_of_poll + timedelta(hours=3), 1.0)
    actor = User.objects.get(username=stage.SUPERVISOR)
    for box in boxes:
        figures = AccountFigures(box.account["issued"], box.account["unused"], box.account["spoilt"], 0)
        said = Verified(box.label, box.found, (BoxPapers(box.label, (box.found,)),), "", "", figures)
        ledger.record_verification(contest, said, actor=actor, submission_id=uuid.uuid4(), seen=0)
    for group in groups:
        ledger.form_group(contest, group.number, group.boxes, actor=actor, submission_id=uuid.uuid4())
    return groups


def _progress() -> official.OfficialPoll:
    set_up = {**official.CONTEST, "publish": "progress", "projection": "off"}
    return replace(official.CONSTITUENCY, contest=set_up)


def _boxes() -> list[ReconstructedBox]:
    account = {"issued": PAPERS // 2, "unused": 50, "spoilt": 0}
    found: list[ReconstructedBox] = []
    for ward in official.WARDS:
        for electors in apportion(ward.electorate, np.ones(2 * GROUPS_A_WARD)):
            label = str(len(found) + 1)
            found.append(
                ReconstructedBox(label, "polling", ward.name, f"Station {label}", int(electors), PAPERS // 2, account)
            )
    return found


def _group(number: int, boxes: Sequence[ReconstructedBox]) -> ReconstructedGroup:
    """Two boxes, and a sheet unlike any other: equal figures of two groups are a warning."""
    votes = [2] * len(official.CANDIDATES)
    first, second, third = (next(i for i, c in enumerate(official.CANDIDATES) if c.party == p) for p in LEADING)
    left = PAPERS - sum(votes)
    votes[first] += 10 + number % 25
    votes[second] += 10 + number // 25
    votes[third] += left - 20 - number % 25 - number // 25
    rejected = (0,) * len(official.REJECTED_BY_HEAD)
    return ReconstructedGroup(number, tuple(box.label for box in boxes), PAPERS, tuple(votes), rejected)


class Reader:
    """A counting officer with the sheets to read, each once."""

    def __init__(self, base: str, number: int) -> None:
        self.groups: list[ReconstructedGroup] = []
        self._client = httpx.Client(base_url=base, timeout=30, headers={"Origin": base})
        page = self._client.get("/desk/login/")
        data = {**Form.of(page.text).hidden, "username": f"demo-bench-{number}", "password": PASSWORD}
        assert self._client.post("/desk/login/", data=data).status_code == 302, "the officer cannot log in"
        self._token = Form.of(self._client.get(f"/desk/{stage.CONTEST}/").text).hidden["csrfmiddlewaretoken"]

    def read_all(self) -> None:
        """Type every sheet that is this officer's to read."""
        for group in self.groups:
            answer = self._client.post(
                f"/desk/{stage.CONTEST}/groups/{group.number}/count/",
                data=self._fields(group),
                headers={"Accept": "application/json"},
            )
            assert answer.status_code == 201, answer.text

    def _fields(self, group: ReconstructedGroup) -> dict[str, str]:
        fields = {f"votes-{number}": str(votes) for number, votes in enumerate(group.votes, 1)}
        fields |= {f"rejected-{head}": "0" for head in official.REJECTED_BY_HEAD}
        return fields | {
            "sheet": f"{group.number:04d}",
            "doubtful": "0",
            "reason": "",
            "papers": str(group.papers),
            "seen": "0",
            "submission_id": str(uuid.uuid4()),
            "csrfmiddlewaretoken": self._token,
        }
