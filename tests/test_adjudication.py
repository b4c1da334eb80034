"""Doubtful papers come back by an entry, and nobody types the sheet again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from results import ledger
from results.audit.checks import faults
from results.facts.kinds import Adjudicated
from results.facts.reading import forget, read_facts
from results.facts.types import Group
from results.models import LedgerEntry, Role
from results.people import accounts
from tests import builders
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db

VOTES = (400, 300, 108)
REJECTED = (0, 1, 0, 1)


@pytest.fixture
def count() -> Count:
    """Two readings are asked for; group 1 has 820 papers, of which ten are doubtful."""
    return make_count(entries_required=2).ready()


def read(count: Count, *people: Any) -> None:
    for person in people or (count.cast.olu, count.cast.bea):
        count.enter(1, VOTES, person, doubtful=10, rejected=REJECTED)


def group_of(count: Count) -> Group:
    return read_facts(count.contest).groups[1]


def back(
    count: Count, votes: tuple[int, ...], rejected: int = 0, objected: int = 0, by: Any = None, **more: Any
) -> ledger.Receipt:
    """This came back in all so far: so many votes, papers rejected under the last head, rejections objected to."""
    group = group_of(count)
    seen = group.adjudicated.seq if group.adjudicated else 0
    said = Adjudicated(1, more.pop("round", group.round), votes, (0, 0, 0, rejected), (0, 0, 0, objected))
    arguments = {"actor": by or count.cast.rita, "submission_id": uuid.uuid4(), "seen": seen} | more
    return ledger.record_adjudication(count.contest, said, **arguments)


def test_it_agrees_the_group_when_every_doubtful_paper_is_back(count: Count) -> None:
    read(count)
    group = group_of(count)
    assert (group.state, group.with_adjudication) == ("adjudication", 10)
    assert not back(count, (3, 2, 0)).agreed
    assert (group_of(count).state, group_of(count).with_adjudication) == ("adjudication", 5)
    # Totals so far, not the last of them.
    receipt = back(count, (4, 2, 1), rejected=3, objected=1)
    assert (receipt.agreed, receipt.released) == (True, True)
    agreed = group_of(count).agreed
    assert agreed is not None
    assert agreed.figures.votes == (404, 302, 109)
    assert agreed.figures.rejected == (0, 1, 0, 4)
    assert (agreed.figures.doubtful, agreed.figures.objections) == (0, (0, 0, 0, 1))
    assert count.board()["candidates"]["1"]["votes"] == 404
    assert list(faults(count.contest)) == []


def test_it_agrees_with_the_last_reading_where_adjudication_was_quicker(count: Count) -> None:
    back(count, (4, 2, 1), rejected=3)
    read(count, count.cast.olu)
    assert group_of(count).state == "entered"
    assert count.enter(1, VOTES, count.cast.bea, doubtful=10, rejected=REJECTED).agreed
    assert group_of(count).state == "released"
    assert list(faults(count.contest)) == []


def test_it_waits_where_more_came_back_than_the_sheet_says(count: Count) -> None:
    back(count, (4, 2, 1), rejected=4)
    read(count)
    assert group_of(count).agreed is None
    assert back(count, (4, 2, 1), rejected=3).agreed


def test_it_is_the_returning_officers_or_a_deputys(count: Count) -> None:
    read(count)
    for person in (count.cast.olu, count.cast.sam):
        with builders.refused(ledger.Forbidden, "returning officer"):
            back(count, (10, 0, 0), by=person)
    with pytest.raises(ledger.Forbidden):
        back(count, (10, 0, 0), by=count.cast.stu)
    deputy = accounts.enrol(
        count.contest,
        "dot",
        builders.PASSWORD,
        Role.RETURNING_OFFICER,
        "Dot Dey",
        authorised_in_writing=count.contest.election.poll_date,
    )
    assert back(count, (10, 0, 0), by=deputy).agreed


def test_it_lets_no_more_come_back_than_went(count: Count) -> None:
    read(count)
    with builders.refused(ledger.Refused, "11 papers come back, and 10 papers of this group are with adjudication"):
        back(count, (8, 0, 0), rejected=3)
    with builders.refused(ledger.Refused, "More rejections objected to"):
        back(count, (8, 0, 0), rejected=2, objected=3)
    assert not LedgerEntry.objects.filter(kind="adjudicated").exists()


def test_it_changes_nothing_of_agreed_figures_before_the_group_is_reopened(count: Count) -> None:
    read(count)
    back(count, (10, 0, 0))
    with builders.refused(ledger.Refused, "are agreed: reopen the group first"):
        back(count, (9, 1, 0))
    arguments = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "seen": group_of(count).last_seq}
    ledger.reopen_group(count.contest, 1, reason="Objection upheld", second=builders.WITNESS, **arguments)
    # Another round has its own doubtful papers: a form of the round before says nothing of them.
    with pytest.raises(ledger.Stale):
        back(count, (9, 1, 0), round=1)
    assert group_of(count).adjudicated is None
    read(count)
    assert back(count, (9, 1, 0)).agreed
    forget()
    agreed = group_of(count).agreed
    assert agreed is not None and agreed.figures.votes == (409, 301, 108)
    assert list(faults(count.contest)) == []


def test_it_answers_a_repeat_with_the_receipt_and_another_table_with_what_changed(count: Count) -> None:
    read(count)
    submission = uuid.uuid4()
    first = back(count, (3, 0, 0), submission_id=submission)
    assert back(count, (3, 0, 0), submission_id=submission).repeated
    with pytest.raises(ledger.Conflict):
        back(count, (4, 0, 0), submission_id=submission)
    with pytest.raises(ledger.Stale):
        back(count, (4, 0, 0), seen=0)
    second = back(count, (4, 0, 0))
    entry = LedgerEntry.objects.get(seq=second.seq)
    assert entry.supersedes is not None and entry.supersedes.seq == first.seq


def test_it_lets_a_supervisor_confirm_what_was_mistyped_before_it_stands(count: Count) -> None:
    """Adjudication looks at ten papers and at no sheet: its entry confirms no reading."""
    count.enter(1, (399, 301, 108), count.cast.olu, doubtful=10, rejected=REJECTED)
    count.enter(1, VOTES, count.cast.bea, doubtful=10, rejected=REJECTED)
    builders_seen = group_of(count).last_seq
    ledger.return_reading(
        count.contest, 1, 1, actor=count.cast.sam, submission_id=uuid.uuid4(), seen=builders_seen, reason="Mistyped"
    )
    read(count, count.cast.olu)
    assert not back(count, (10, 0, 0)).agreed
    assert builders.confirm(count.contest, 1, count.cast.sam).agreed
    agreed = group_of(count).agreed
    assert agreed is not None and agreed.figures.votes == (410, 300, 108)
