"""What a writer folds in memory is what anybody reads from the database: after every kind of entry."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from results import ledger
from results.audit.checks import faults
from results.facts.definition import BoxDefinition
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import ALL, Adjudicated, Arrived, Entered, Verified
from results.facts.reading import LedgerReader, forget, read_facts, read_head
from results.facts.stored_definition import stored_definition
from results.facts.types import Facts
from results.models import BallotPaperAccount, BoxContest, Contest, LedgerEntry, Role
from results.people import accounts
from results.people.journal import record_set_up
from results.rules.signing import papers_in_all, statement_seq
from tests import builders
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db(transaction=True)

LATE = BoxDefinition("9", "polling", ("E05000001",), "The Scout Hut", "", 700, "9")


@pytest.fixture
def count() -> Count:
    """Two readings are asked for; boxes 2 and 4 have one account."""
    made = make_count(entries_required=2, close_of_poll=timezone.now() - timedelta(hours=5))
    account = BallotPaperAccount.objects.get(contest=made.contest, key="2")
    BoxContest.objects.filter(contest=made.contest, box__label="4").update(account=account)
    BallotPaperAccount.objects.filter(contest=made.contest, key="4").delete()
    record_set_up(made.contest)
    return made


def same_read_again(contest: Contest) -> Facts:
    """The facts as this process keeps them, which a fresh reading of the database must say too."""
    kept = read_facts(contest)
    forget()
    assert read_facts(contest) == kept
    return kept


class Officers:
    """Verbs with what every one of them needs, each followed by a look at both sides."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.contest = count.contest
        self.elsewhere: LedgerReader | None = None

    def __call__(self, verb: Callable[..., Any], *said: Any, by: str, **more: Any) -> None:
        verb(self.contest, *said, actor=getattr(self.count.cast, by), submission_id=uuid.uuid4(), **more)
        self.look()

    def look(self) -> None:
        """The writer's own fold, a fresh reading, and one of a process that was there before the last entry."""
        kept = same_read_again(self.contest)
        head = read_head(self.contest)
        if self.elsewhere is None:
            self.elsewhere = LedgerReader(self.contest, stored_definition(self.contest, head[2]))
        self.elsewhere.advance(head[0])
        assert self.elsewhere.state.facts() == kept

    def box(self, label: str) -> int:
        return read_facts(self.contest).boxes[label].last_seq

    def group(self, number: int) -> int:
        return read_facts(self.contest).groups[number].last_seq

    def verify(self, *boxes: tuple[str, tuple[int, ...]], expected: int | None = None, **more: Any) -> None:
        account = read_facts(self.contest).account_of(boxes[0][0])
        found = sum(counts[-1] for _, counts in boxes)
        papers = tuple(BoxPapers(label, counts) for label, counts in boxes)
        figures = AccountFigures(found, 40, 1, 2, 40, None) if boxes[0][0][0] != "P" else None
        said = Verified(account.key, expected or found, papers, figures=figures, **more)
        self(ledger.record_verification, said, by="sam", seen=account.last_seq, second=builders.WITNESS)

    def read(self, group: int, votes: tuple[int, ...], **more: Any) -> None:
        for reader in ("olu", "bea"):
            builders.enter(self.contest, group, votes, getattr(self.count.cast, reader), **more)
            self.look()


def test_it_folds_every_kind_live_as_it_is_read_again(count: Count) -> None:
    officers = Officers(count)
    officers(ledger.record_arrival, "1", by="olu", seen=0, account_received=False, packets=2)
    officers(ledger.record_arrival, "1", by="olu", seen=1, account_received=True, packs_handed_in=9)
    officers(ledger.undo_arrival, "1", by="olu", seen=2)
    officers(ledger.record_arrivals, (Arrived("1", True, 3, 0),), by="olu", seen=3)
    officers(ledger.register_box, LATE, by="sam", reason="Opened this morning", entrusted=341)
    officers(ledger.cancel_box, "6", by="sam", seen=0, reason="The station was not opened")
    officers(ledger.amend_electorate, "E05000001", 6500, by="sam", seen=6000, reason="Late claims")
    officers.verify(("2", (300, 301, 301)), ("4", (330,)))
    for label in ("1", "3", "5", "9"):
        officers.verify((label, (300,)))
    officers.verify(("P1", (199, 200, 200)), expected=201, reason="unexplained", explanation="One pack had no paper")
    officers(ledger.close_session, "Postal votes", by="sam", seen=0)
    beside = builders.make_contest("local.testshire.2026-11-05", event=count.contest.event, name="North")
    accounts.enrol(beside, "sam", None, Role.SUPERVISOR, "Sam Shah")
    to = (beside.ballot_paper_id, "1")
    officers(ledger.move_papers, "5", 1, *to, by="sam", seen=officers.box("5"), reason="Found in its bundles")
    facts = read_facts(count.contest)
    bare = ["statement.without_reasons"]
    signing = ("Rita Rowe", papers_in_all(facts))
    officers(ledger.sign_verification, *signing, by="rita", seen=statement_seq(facts), acknowledged=bare)
    officers(ledger.state_late_start, "Two vans came late", by="rita", seen=0)
    # Ticked in any order, they are kept in the order of the list; the box that the night brought is last.
    officers(ledger.form_group, 1, ["9", "P1", "1"], by="sam")
    officers(ledger.form_group, 2, ["5", "3"], by="sam")
    officers(ledger.form_group, 3, ["4", "2"], by="sam")
    officers(ledger.send_group, 3, "4", by="olu", seen=officers.group(3))
    officers(ledger.dissolve_group, 2, by="sam", seen=officers.group(2))
    officers(
        ledger.change_group, 1, ["9", "3", "1", "P1"], by="sam", seen=officers.group(1), reason="Box 3 was with it"
    )
    officers(ledger.change_group, 3, ["5", "4", "2"], by="sam", seen=officers.group(3), reason="Box 5 was with it")
    officers.read(1, (600, 400, 98), rejected=(0, 1, 0, 1))
    officers(
        ledger.reopen_group,
        1,
        by="sam",
        seen=officers.group(1),
        reason="A bundle on the wrong pile",
        second=builders.WITNESS,
    )
    officers.read(1, (500, 500, 98), rejected=(0, 1, 0, 1))
    officers.read(3, (500, 400, 18), doubtful=12)
    returned = Adjudicated(3, 2, (5, 0, 5), (0, 2, 0, 0), (0, 1, 0, 0))
    officers(ledger.record_adjudication, returned, by="rita", seen=0)
    officers(ledger.release_last, (3,), by="rita", seen=officers.group(3), reason="They have seen it")
    officers(ledger.set_held, True, by="rita", seen=0, reason="")
    held = read_facts(count.contest).past_policies[-1].seq
    officers(ledger.set_held, False, by="rita", seen=held)
    held = read_facts(count.contest).past_policies[-1].seq
    officers(ledger.set_policy, "totals", True, by="rita", seen=held)
    officers.verify(("3", (301,)))
    builders.give_back(count.contest, 1, 1, 2, actor=count.cast.sam)
    officers.look()
    officers.read(1, (501, 500, 98), rejected=(0, 1, 0, 1), reason="A paper was found")
    officers(ledger.confirm_readings, 1, by="sam", seen=officers.group(1))
    officers(ledger.release_revision, (1,), by="rita", seen=officers.group(1), reason="One late paper")
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == {kind.KIND for kind in ALL}
    assert list(faults(count.contest)) == []


def test_it_keeps_no_objections_as_no_objections(count: Count) -> None:
    """A sheet that says "none" under each head says the same as one that does not ask: the readings agree."""
    officers = Officers(count)
    for label in ("1", "3"):
        officers.verify((label, (300,)))
    officers(ledger.form_group, 1, ["1", "3"], by="sam")
    said = Entered(1, "S1", 600, (300, 200, 98), (0, 1, 0, 1), 0)
    officers(ledger.record_count, said, by="olu", seen=0)
    officers(ledger.record_count, replace(said, objections=(0, 0, 0, 0)), by="bea", seen=0)
    assert read_facts(count.contest).groups[1].state == "agreed"
