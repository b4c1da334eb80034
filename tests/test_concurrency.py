"""Two hundred posts from eight threads against a live server: no 5xx, nothing lost, nothing doubled."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter

import httpx
import pytest

from results.audit.checks import faults
from results.demo.player import Form
from results.facts.reading import forget, read_facts
from results.models import LedgerEntry
from tests.builders import PASSWORD
from tests.conftest import Server
from tests.counts import VOTES, Count, make_count

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
THREADS, POSTS = 8, 25


class Tablet:
    """One of the supervisor's tablets: it posts sheets of any group, and sometimes the same one twice."""

    def __init__(self, base: str, contest: str, seed: int) -> None:
        self.client = httpx.Client(base_url=base, timeout=60, headers={"Origin": base, "Accept": "application/json"})
        page = self.client.get("/desk/login/", headers={"Accept": "text/html"})
        data = {**Form.of(page.text).hidden, "username": "sam", "password": PASSWORD}
        assert self.client.post("/desk/login/", data=data).status_code == 302
        self.desk = f"/desk/{contest}/groups"
        self.dice = random.Random(seed)
        self.answers: list[tuple[int, str, tuple[int, ...]]] = []

    def post(self) -> None:
        group = self.dice.choice([1, 2, 3])
        url = f"{self.desk}/{group}/count/"
        hidden = Form.of(self.client.get(url, headers={"Accept": "text/html"}).text).hidden
        moved = self.dice.randint(0, 50)
        votes = (VOTES[group][0] - moved, VOTES[group][1] + moved, VOTES[group][2])
        data = {
            **hidden,
            "submission_id": str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            "sheet": f"{group:04d}",
            "doubtful": "0",
            "reason": "Copied wrongly from the sheet",  # asked for once the figures are public
            "witness": "Wyn Ward, counting agent",  # and for agreed ones somebody who stands by it
            "acknowledge": [f"count.{code}.{other}" for code in ("same_figures", "sheet_used") for other in (1, 2, 3)],
            **{f"votes-{number}": str(figure) for number, figure in enumerate(votes, 1)},
            "rejected-want_of_official_mark": "0",
            "rejected-voting_for_more_than_one": "1",
            "rejected-identifying_mark": "0",
            "rejected-unmarked_or_void": "1",
        }
        times = 2 if self.dice.random() < 0.2 else 1  # a double click
        for _ in range(times):
            answer = self.client.post(url, data=data)
            self.answers.append((answer.status_code, data["submission_id"], votes))


def test_it_takes_a_crowd_of_posts_and_loses_none(server: Server) -> None:
    count: Count = make_count().ready()
    before = LedgerEntry.objects.filter(kind="entered").count()
    server.start()
    tablets = [Tablet(server.base, count.contest.ballot_paper_id, seed) for seed in range(THREADS)]

    def work(tablet: Tablet) -> None:
        for _ in range(POSTS):
            tablet.post()

    threads = [threading.Thread(target=work, args=(tablet,)) for tablet in tablets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop()
    answers = [answer for tablet in tablets for answer in tablet.answers]
    codes = Counter(code for code, _, _ in answers)
    assert set(codes) <= {201, 409}, codes  # taken, or: somebody was quicker
    accepted = {submission: votes for code, submission, votes in answers if code == 201}
    stored = {
        str(submission): submission
        for submission in LedgerEntry.objects.filter(kind="entered").values_list("submission_id", flat=True)
    }
    assert len(stored) - before == len(accepted)
    assert set(accepted) <= set(stored)
    assert len(accepted) >= THREADS  # the crowd did get through
    forget()
    facts = read_facts(count.contest)
    for group in facts.groups.values():
        if group.latest is not None:
            newest = LedgerEntry.objects.get(contest=count.contest, seq=group.latest.seq)
            assert group.latest.figures.votes == accepted[str(newest.submission_id)]
    assert list(faults(count.contest)) == []
