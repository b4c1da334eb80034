"""The statement as to verification is signed when it is complete; groups go to count; a late start is explained."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from results import ledger
from results.audit.checks import faults
from results.facts.reading import read_facts
from results.models import Contest, LedgerEntry
from results.rules.signing import papers_in_all, statement_seq
from tests import builders
from tests.builders import People, make_contest, make_people
from tests.halls import make_hall
from tests.test_ledger_receipt import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def made(hours: float = 1, **more: Any) -> tuple[Contest, People]:
    """A contest whose poll closed so many hours ago."""
    contest = make_contest(close_of_poll=timezone.now() - timedelta(hours=hours), **more)
    return contest, make_people(contest)


def verify_all(contest: Contest, cast: People) -> None:
    for label in read_facts(contest).boxes:
        builders.verify(contest, label, 300, cast.olu)


def sign(contest: Contest, cast: People, **more: Any) -> ledger.Receipt:
    facts = read_facts(contest)
    arguments: dict[str, Any] = {"actor": cast.rita, "submission_id": uuid.uuid4(), "seen": statement_seq(facts)}
    name, papers = more.pop("name", "Rita Rowe"), more.pop("papers", papers_in_all(facts))
    return ledger.sign_verification(contest, name, papers, **arguments | more)


def send(contest: Contest, cast: People, table: str = "4", **more: Any) -> ledger.Receipt:
    seen = more.pop("seen", read_facts(contest).groups[1].last_seq)
    return ledger.send_group(contest, 1, table, actor=cast.olu, submission_id=uuid.uuid4(), seen=seen)


def explain(contest: Contest, cast: People, statement: str = "The hall was evacuated", **more: Any) -> ledger.Receipt:
    arguments: dict[str, Any] = {"actor": cast.rita, "submission_id": uuid.uuid4(), "seen": 0, **more}
    return ledger.state_late_start(contest, statement, **arguments)


def test_it_signs_the_statement_only_when_it_is_complete() -> None:
    contest, cast = made()
    builders.verify(contest, "1", 300, cast.olu)
    with builders.refused(ledger.Refused, "Not verified yet: boxes 2, 3, 4, 5, 6 and P1"):
        sign(contest, cast)
    verify_all(contest, cast)
    with builders.refused(ledger.Forbidden, "returning officer"):
        sign(contest, cast, actor=cast.sam)
    with builders.refused(ledger.Refused, "Write your name"):
        sign(contest, cast, name=" ")
    sign(contest, cast)
    signed = read_facts(contest).signed_statement
    assert signed is not None
    assert (signed.name, signed.papers) == ("Rita Rowe", 2100)
    with builders.refused(ledger.Refused, "Rita Rowe signed the statement already"):
        sign(contest, cast)
    assert list(faults(contest)) == []


def test_it_does_not_sign_figures_that_nobody_saw() -> None:
    contest, cast = made()
    verify_all(contest, cast)
    seen = statement_seq(read_facts(contest))
    builders.verify(contest, "1", 301, cast.olu)
    with builders.refused(ledger.Stale, "The statement has changed"):
        sign(contest, cast, seen=seen)
    with builders.refused(ledger.Stale, "The statement has changed"):
        sign(contest, cast, papers=2100)
    sign(contest, cast)
    # Papers that change afterwards take the signature away.
    builders.verify(contest, "1", 302, cast.olu)
    assert read_facts(contest).signed_statement is None
    sign(contest, cast)
    assert LedgerEntry.objects.filter(kind="verification_signed").count() == 2
    assert list(faults(contest)) == []


def test_it_signs_no_statement_while_packs_handed_in_are_opened_incident_north_lincolnshire(tmp_path: Path) -> None:
    boxes = (
        "box,kind,ward,place,station,session,on_the_night,electors,entrusted\n"
        "1,polling,North,North School,,,,1800,1500\n2,polling,North,North Hall,,,,1800,1500\n"
        "P1,postal,,,,Handed in,yes,900,\n"
    )
    hall = make_hall(tmp_path, parliament=boxes)
    for label in ("1", "2", "P1"):
        hall.verify(hall.parliament, label)
    with builders.refused(ledger.Refused, "“Handed in” is still open"):
        sign(hall.parliament, hall.cast)


def test_it_notes_when_the_first_group_went_to_be_counted_and_its_table() -> None:
    contest, cast = made()
    for label in ("1", "3"):
        builders.verify(contest, label, 300, cast.olu)
    builders.form_group(contest, 1, ["1", "3"], cast.sam)
    seen = read_facts(contest).groups[1].last_seq
    send(contest, cast)
    facts = read_facts(contest)
    assert (facts.groups[1].table, facts.groups[1].sent_at) == ("4", facts.count_began)
    with builders.refused(ledger.Stale, "Group 1 has changed"):
        send(contest, cast, seen=seen)
    with builders.refused(ledger.Refused, r"Group 1 went to table 4 at \d\d:\d\d already"):
        send(contest, cast)
    send(contest, cast, "6")
    again = read_facts(contest)
    assert (again.groups[1].table, again.groups[1].sent_at) == ("6", facts.count_began)
    builders.enter(contest, 1, (300, 200, 100), cast.olu)
    with builders.refused(ledger.Refused, "Sheets of group 1 are entered"):
        send(contest, cast, "7")
    assert list(faults(contest)) == []


def test_it_sends_no_group_before_its_papers_are_verified() -> None:
    contest, cast = made()
    builders.verify(contest, "1", 300, cast.olu)
    builders.form_group(contest, 1, ["1", "3"], cast.sam)
    with builders.refused(ledger.Refused, "Not yet verified in this group: box 3"):
        send(contest, cast)
    assert read_facts(contest).count_began is None


def test_it_sends_no_group_of_combined_polls_before_the_area_is_verified() -> None:
    contest, cast = made(combined=True)
    for label in ("1", "3"):
        builders.verify(contest, label, 300, cast.olu)
    builders.form_group(contest, 1, ["1", "3"], cast.sam)
    with builders.refused(ledger.Refused, "5 still to verify|before_verification|area"):
        send(contest, cast)


def test_it_takes_the_statement_why_a_parliamentary_count_began_late() -> None:
    contest, cast = made(hours=5)
    for refusal, arguments in (
        (builders.refused(ledger.Refused, "Say why the count did not begin"), {"statement": " "}),
        (builders.refused(ledger.Forbidden, "returning officer"), {"actor": cast.sam}),
    ):
        with refusal:
            explain(contest, cast, **arguments)
    first = explain(contest, cast)
    with builders.refused(ledger.Stale, "was recorded meanwhile"):
        explain(contest, cast, "Snow")
    explain(contest, cast, "Snow on all roads", seen=first.seq)
    stated = read_facts(contest).late_start
    assert stated is not None
    assert (stated.statement, stated.actor_name) == ("Snow on all roads", "Rita Rowe")
    assert list(faults(contest)) == []


def test_it_asks_for_no_statement_in_time_or_of_another_poll() -> None:
    contest, cast = made(hours=3)
    with builders.refused(ledger.Refused, "No statement is asked for"):
        explain(contest, cast)
    Contest.objects.update(kind_of_poll="local_england")
    with builders.refused(ledger.Refused, "Only a parliamentary election"):
        explain(Contest.objects.select_related("event", "election").get(), cast)


def test_it_takes_one_of_two_signatures_at_one_moment() -> None:
    contest, cast = made()
    verify_all(contest, cast)
    facts = read_facts(contest)
    seen, papers = statement_seq(facts), papers_in_all(facts)
    answers = at_once(*[lambda: sign(contest, cast, seen=seen, papers=papers)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "Stale"]
    assert LedgerEntry.objects.filter(kind="verification_signed").count() == 1


def test_it_asks_before_a_variance_is_signed_for_that_nobody_explained() -> None:
    contest, cast = made()
    other = make_contest("local.north.2026-11-05", event=contest.event, name="North")
    builders.accounts.enrol(other, "olu", None, "counting_officer", "Olu Ade")
    verify_all(contest, cast)
    seen = read_facts(contest).boxes["2"].last_seq
    more = {"actor": cast.olu, "submission_id": uuid.uuid4(), "reason": "Found in the bundles"}
    ledger.move_papers(contest, "2", 1, other.ballot_paper_id, "1", seen=seen, **more)
    with builders.refused(ledger.Refused, "No reason is recorded of the variance of box 2"):
        sign(contest, cast)
    sign(contest, cast, acknowledged=["statement.without_reasons"])
    assert read_facts(contest).signed_statement is not None
    assert list(faults(contest)) == []
