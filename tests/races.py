"""A race: people who send at one moment what they saw before, in a hall that has room for some rounds.

RACE_ROUNDS says how often each race is run; a long run of many rounds finds what a short one does not.
"""

from __future__ import annotations

import os
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import connections

from results import ledger
from results.facts.figures import AccountFigures
from results.facts.kinds import Adjudicated, Entered
from results.facts.reading import read_facts
from results.models import BallotBox, Contest, PostalSession, Role
from results.people import accounts
from results.people.journal import record_set_up
from results.rules.agreement import seen_reading
from tests import builders
from tests.builders import WITNESS, People

ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
VOTES, OTHER_VOTES, DOUBTED = (400, 300, 108), (399, 301, 108), (400, 300, 98)
REJECTED = (0, 1, 0, 1)


@dataclass
class Runner:
    """One who runs in a race: a submission of their own, sent with what they saw on the screen before the start."""

    send: Callable[[uuid.UUID], ledger.Receipt]
    submission: uuid.UUID = field(default_factory=uuid.uuid4)
    answer: Any = None

    def run(self, gate: threading.Barrier) -> None:
        """Wait for the others, then send once."""
        try:
            gate.wait(10)
            self.answer = self.send(self.submission)
        except Exception as error:  # whatever came instead of an answer is what the race looks for
            self.answer = error
        finally:
            connections.close_all()

    @property
    def taken(self) -> bool:
        """Whether the ledger said that it recorded this."""
        return isinstance(self.answer, ledger.Receipt)


class Hall:
    """Two contests of one event with the same boxes, and room for some rounds: each has boxes, a session and a group of
    its own. Two people read every sheet.
    """

    ROUNDS = min(ROUNDS, 6)
    """A hall of more would spend the time on reading long ledgers again."""

    def __init__(self, number: int, cast: People | None) -> None:
        self.contest = self._contest(f"parl.testshire-{number}.2026-11-05")
        self.cast = cast or builders.make_people(self.contest)
        self.other = self._contest(f"local.testshire-{number}.2026-11-05", event=self.contest.event, name="North")
        for contest in (self.contest, self.other):
            for person in ("olu", "bea"):
                self._enrol(contest, person, Role.COUNTING_OFFICER)
            for person in ("sam", "sue"):
                self._enrol(contest, person, Role.SUPERVISOR)
            self._enrol(contest, "rita", Role.RETURNING_OFFICER)
        written = {"authorised_in_writing": date(2026, 11, 1)}
        self.dora = self._enrol(self.contest, "dora", Role.RETURNING_OFFICER, **written)
        self.sue = User.objects.get(username="sue")
        self.number = 0

    def begin(self, number: int) -> None:
        """The boxes of a round are verified in both contests, and those of the polling stations make a group of the first."""
        self.number = number
        self.first, self.second = str(2 * number - 1), str(2 * number)
        self.session, postal = f"Session {number}", f"P1{number}"
        for contest in (self.contest, self.other):
            for label, papers in ((self.first, 500), (self.second, 310), (postal, 200)):
                builders.verify(contest, label, papers, self.cast.olu)
        builders.form_group(self.contest, number, [self.first, self.second], self.cast.sam)

    def _contest(self, ballot: str, **more: Any) -> Contest:
        contest = builders.make_contest(ballot, polling_boxes=2 * self.ROUNDS, entries_required=2, **more)
        ward = contest.wards.first()
        assert ward is not None
        for number in range(1, self.ROUNDS + 1):
            session, _ = PostalSession.objects.get_or_create(event=contest.event, name=f"Session {number}")
            BallotBox.objects.get_or_create(
                event=contest.event, label=f"P1{number}", defaults={"kind": "postal", "session": session}
            )
            builders.add_box(contest, f"P1{number}", [ward], electors=1200)
        record_set_up(contest)
        return contest

    @staticmethod
    def _enrol(contest: Contest, username: str, role: Role, **more: Any) -> User:
        return accounts.enrol(contest, username, None, role, f"{username.title()} Shah", **more)

    @property
    def group(self) -> Any:
        """The group that is raced for, as it stands."""
        return read_facts(self.contest).groups[self.number]

    def reads(self, person: User, votes: tuple[int, ...] = VOTES) -> Runner:
        """A reading of the sheet in a form that is open already; papers without a vote are doubtful."""
        facts = read_facts(self.contest)
        group = facts.groups[self.number]
        said = Entered(
            self.number,
            f"{self.number:04d}",
            group.papers or 0,
            votes,
            REJECTED,
            (group.papers or 0) - sum(votes) - sum(REJECTED),
        )
        warned = [f"count.{code}" for code in ("rejected_share", "unlike_others")]
        warned += [f"count.same_figures.{other}" for other in facts.groups]
        seen = seen_reading(facts, group, person.pk)
        return Runner(
            lambda submission: ledger.record_count(
                self.contest, said, actor=person, submission_id=submission, seen=seen, acknowledged=warned
            )
        )

    def read(self, person: User, votes: tuple[int, ...] = VOTES) -> None:
        """A reading that is there before the start."""
        runner = self.reads(person, votes)
        runner.send(runner.submission)

    def on_group(self, verb: Callable[..., ledger.Receipt], person: User, *more: Any, **said: Any) -> Runner:
        """A supervisor's word about the group as it was shown."""
        number, seen = self.number, self.group.last_seq
        return Runner(
            lambda submission: verb(
                self.contest, number, *more, actor=person, submission_id=submission, seen=seen, **said
            )
        )

    def verifies(self, person: User, found: int) -> Runner:
        """The first box of the first contest is verified anew."""
        said = builders.one_box(self.first, found, found, figures=AccountFigures(found, 100, 0, 0))
        seen = read_facts(self.contest).account_of(self.first).last_seq
        return Runner(
            lambda submission: ledger.record_verification(
                self.contest, said, actor=person, submission_id=submission, seen=seen, second=WITNESS
            )
        )

    def moves(self, person: User, here: Contest, there: Contest) -> Runner:
        """A paper of the one contest that lay among the other's in the second box."""
        box, seen = self.second, read_facts(here).boxes[self.second].last_seq
        return Runner(
            lambda submission: ledger.move_papers(
                here,
                box,
                1,
                there.ballot_paper_id,
                box,
                actor=person,
                submission_id=submission,
                seen=seen,
                reason="Found in a bundle",
                second=WITNESS,
            )
        )

    def closes(self, person: User, contest: Contest) -> Runner:
        """The opening session of both contests is closed at one of them."""
        session = self.session
        return Runner(
            lambda submission: ledger.close_session(contest, session, actor=person, submission_id=submission, seen=0)
        )

    def adjudicates(self, person: User, *votes: int) -> Runner:
        """So many votes came back of ten doubtful papers."""
        said = Adjudicated(self.number, self.group.round, votes, (0, 0, 0, 0), (0, 0, 0, 0))
        return Runner(
            lambda submission: ledger.record_adjudication(
                self.contest, said, actor=person, submission_id=submission, seen=0
            )
        )


def start(runners: list[Runner], number: int) -> None:
    """Let all of them go at one moment, in another order of threads each time."""
    gate = threading.Barrier(len(runners))
    threads = [threading.Thread(target=runner.run, args=(gate,)) for runner in runners]
    random.Random(number).shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
