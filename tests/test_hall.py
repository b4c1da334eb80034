"""Two contests in one hall that share boxes: one act told to each, and what a combined poll waits for."""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from results import ledger
from results.audit.checks import faults
from results.facts.definition import BoxDefinition
from results.facts.reading import read_facts
from results.formats.contest_loading import FolderRefused, load_folder
from results.ledger.hall import contests_in_area, contests_sharing_box
from results.models import CompanionEntry, Contest, LedgerEntry
from tests import builders
from tests.halls import CONTEST, LOCAL, Hall, make_hall, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return make_hall(tmp_path)


def arrive(hall: Hall, contest: Contest, label: str, submission_id: uuid.UUID | None = None) -> ledger.Receipt:
    seen = read_facts(contest).boxes[label].last_seq
    return ledger.record_arrival(
        contest, label, actor=hall.cast.olu, submission_id=submission_id or uuid.uuid4(), seen=seen
    )


def test_it_sets_up_contests_of_different_elections_for_one_hall(hall: Hall) -> None:
    assert hall.parliament.event == hall.local.event
    assert hall.parliament.election != hall.local.election
    assert hall.parliament.event.boxes.count() == 6
    assert [c.verify_first for c in (hall.parliament, hall.local)] == ["declare", "area"]
    assert contests_sharing_box(hall.parliament, "1") == [hall.local]
    assert contests_sharing_box(hall.parliament, "3") == []
    assert contests_in_area(hall.local) == [hall.parliament]
    # A parliamentary poll in England asks nothing of the others before it counts.
    assert contests_in_area(hall.parliament) == ()


def test_it_takes_the_papers_of_a_wardless_postal_box_for_all_wards(hall: Hall) -> None:
    box = read_facts(hall.parliament).definition.boxes["P1"]
    assert box.wards == ("E05000001", "E05000002")
    assert box.source == "Postal votes"


def test_it_refuses_a_folder_that_contradicts_the_hall(hall: Hall, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "local", tmp_path / "other")
    text = (tmp_path / "other" / "contest.csv").read_text()
    (tmp_path / "other" / "contest.csv").write_text(
        text.replace("local.testshire.north.by", "local.testshire.south.by").replace("22:00", "21:00")
    )
    (tmp_path / "other" / "boxes.csv").write_text(LOCAL.replace("North School", "Elsewhere"))
    with pytest.raises(FolderRefused) as refused:
        load_folder(tmp_path / "other")
    words = str(refused.value)
    assert "has another close_of_poll for the same event" in words
    assert "box 1 comes from “North School” in another contest of this event" in words


def test_it_tells_a_shared_boxs_arrival_to_each_contest_once(hall: Hall) -> None:
    receipt = arrive(hall, hall.local, "1")
    told = LedgerEntry.objects.filter(kind="arrived").order_by("contest__pk")
    assert [entry.contest for entry in told] == [hall.parliament, hall.local]
    assert {entry.act for entry in told} == {told[0].act}
    for entry, other in ((told[0], told[1]), (told[1], told[0])):
        named = CompanionEntry.objects.get(entry=entry)
        assert (named.contest, named.seq, named.submission_hash) == (other.contest, other.seq, other.submission_hash)
    assert receipt.contest == hall.local.ballot_paper_id
    for contest in (hall.parliament, hall.local):
        assert read_facts(contest).boxes["1"].arrived_at is not None
        assert list(faults(contest)) == []
    # The box stands in the other contest's list already: its form is out of date.
    with pytest.raises(ledger.Stale):
        ledger.record_arrival(hall.parliament, "1", actor=hall.cast.olu, submission_id=uuid.uuid4(), seen=0)


def test_it_tells_an_arrival_that_is_sent_again_to_nobody(hall: Hall) -> None:
    again = uuid.uuid4()
    first = arrive(hall, hall.parliament, "1", again)
    repeated = ledger.record_arrival(hall.parliament, "1", actor=hall.cast.olu, submission_id=again, seen=0)
    assert (repeated.repeated, repeated.seq) == (True, first.seq)
    assert LedgerEntry.objects.count() == 2


def test_it_tells_a_box_of_one_contest_to_that_one_only(hall: Hall) -> None:
    arrive(hall, hall.parliament, "3")
    assert list(LedgerEntry.objects.values_list("contest", flat=True)) == [hall.parliament.pk]
    assert not CompanionEntry.objects.exists()


def test_it_tells_an_arrival_to_no_contest_that_took_the_box_off_its_list(hall: Hall) -> None:
    cancel = {"actor": hall.cast.sam, "submission_id": uuid.uuid4(), "seen": 0, "reason": "No local papers in it"}
    ledger.cancel_box(hall.local, "1", **cancel)
    arrive(hall, hall.parliament, "1")
    assert read_facts(hall.parliament).boxes["1"].state == "arrived"
    assert LedgerEntry.objects.filter(kind="arrived").count() == 1
    # A box that is off the list is waited for by nobody.
    arrive(hall, hall.parliament, "2")
    assert read_facts(hall.local).boxes["2"].state == "arrived"


@pytest.mark.parametrize(
    ("label", "kind", "place", "origin"),
    [("3", "postal", "", "Postal votes"), ("3", "polling", "Elsewhere", ""), ("P1", "polling", "South School", "")],
)
def test_it_registers_no_box_that_is_another_thing_in_another_contest(
    hall: Hall, label: str, kind: str, place: str, origin: str
) -> None:
    more = {"actor": hall.cast.sam, "submission_id": uuid.uuid4(), "reason": "Local papers were found in it"}
    with builders.refused(ledger.Refused, "Another contest of this hall has a"):
        ledger.register_box(hall.local, BoxDefinition(label, kind, ("E05000001",), place, origin, 10, label), **more)
    assert label not in read_facts(hall.local).boxes
    # As the same thing it is registered, and shared from then on.
    ledger.register_box(hall.local, BoxDefinition("3", "polling", ("E05000001",), "South School", "", 10, "3"), **more)
    assert arrive(hall, hall.local, "3")
    assert read_facts(hall.parliament).boxes["3"].state == "arrived"


def test_it_refuses_polls_of_one_box_that_are_not_said_to_be_taken_together(hall: Hall, tmp_path: Path) -> None:
    """A poll that shares boxes and is set up as taken alone would count before its area is verified."""
    local = (tmp_path / "local" / "contest.csv").read_text()
    shutil.copytree(tmp_path / "local", tmp_path / "alone")
    (tmp_path / "alone" / "contest.csv").write_text(
        local.replace("combined,yes", "combined,no").replace("testshire.north.by", "testshire.north-west.by")
    )
    with pytest.raises(FolderRefused, match=r"holds papers of Testshire too.*write combined,yes"):
        load_folder(tmp_path / "alone")


def test_it_refuses_a_poll_whose_boxes_a_poll_taken_alone_uses(tmp_path: Path) -> None:
    facts = {"name": "North", "election": "local.testshire.2026-11-05", "gss": "E05000001"}
    wards = "gss,name,electorate\nE05000001,North,3600\n"
    first = CONTEST.format(ballot="local.testshire.north.by.2026-11-05", **facts).replace("combined,yes", "combined,no")
    second = CONTEST.format(ballot="local.testshire.north-west.by.2026-11-05", **facts)
    load_folder(write(tmp_path / "first", contest=first, boxes=LOCAL, wards=wards))
    with pytest.raises(FolderRefused, match=r"North was set up as a poll taken alone.*load it again with combined,yes"):
        load_folder(write(tmp_path / "second", contest=second, boxes=LOCAL, wards=wards))


PARISH = "box,kind,ward,station,electors\n1,polling,Parish,North School,1500\nQ1,postal,Parish,,100\n"


def test_it_waits_for_postal_boxes_of_wards_that_a_shared_box_lies_in(hall: Hall, tmp_path: Path) -> None:
    """A parish has a code of its own; the postal papers of the ward that its station lies in may be its electors'."""
    contest = CONTEST.format(
        ballot="parish.north.2026-11-05", name="North parish", election="parish.2026-11-05", gss="E04000001"
    )
    parish = load_folder(
        write(tmp_path / "p", contest=contest, boxes=PARISH, wards="gss,name,electorate\nE04000001,Parish,800\n")
    )
    builders.accounts.enrol(parish, "olu", None, "counting_officer", "Olu")
    builders.accounts.enrol(parish, "sam", None, "supervisor", "Sam")
    for label in ("1", "Q1"):
        hall.verify(parish, label, 100)
    for contest_, label in ((hall.parliament, "1"), (hall.parliament, "P1"), (hall.local, "1")):
        hall.verify(contest_, label)
    arguments: dict[str, Any] = {"actor": hall.cast.sam, "submission_id": uuid.uuid4()}
    ledger.form_group(parish, 1, ["1", "Q1"], acknowledged=["group.only_station"], **arguments)
    # L1 holds the local poll's postal papers of the ward; box 2 is another station's, outside of the parish.
    with builders.refused(ledger.Refused, "1 still to verify"):
        builders.enter(parish, 1, (150, 50), hall.cast.olu)
    hall.verify(hall.local, "L1")
    assert builders.enter(parish, 1, (150, 50), hall.cast.olu).agreed


def test_it_verifies_each_contests_account_of_a_shared_box_for_itself(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1")
    hall.verify(hall.parliament, "1", 612)
    assert read_facts(hall.parliament).boxes["1"].papers == 612
    assert read_facts(hall.local).boxes["1"].papers is None
    hall.verify(hall.local, "1", 430)
    assert read_facts(hall.local).boxes["1"].papers == 430
    assert read_facts(hall.parliament).boxes["1"].papers == 612


@pytest.mark.parametrize("last", ["2", "P1", "own"])
def test_it_counts_no_local_vote_before_every_paper_in_its_area_is_verified(hall: Hall, last: str) -> None:
    for label in ("1", "2", "L1"):
        if (label, last) != ("L1", "own"):
            hall.verify(hall.local, label)
    for label in ("1", "2", "P1"):
        if label != last:
            hall.verify(hall.parliament, label)
    builders.form_group(hall.local, 1, ["1", "2", "L1"], hall.cast.sam)
    with builders.refused(ledger.Refused, "every box in the area is verified. 1 still to verify"):
        builders.enter(hall.local, 1, (700, 300), hall.cast.olu)
    if last == "own":
        hall.verify(hall.local, "L1")
    else:
        hall.verify(hall.parliament, last)
    # South has nothing of this poll: its boxes are not waited for.
    assert builders.enter(hall.local, 1, (1000, 500), hall.cast.olu).agreed


def test_it_counts_parliamentary_votes_while_the_local_papers_are_unverified(hall: Hall) -> None:
    for label in ("1", "2", "3", "4", "P1"):
        hall.verify(hall.parliament, label)
    builders.form_group(hall.parliament, 1, ["1", "2"], hall.cast.sam)
    assert builders.enter(hall.parliament, 1, (600, 400), hall.cast.olu).agreed


def test_it_waits_for_no_other_lock_in_a_circle(hall: Hall) -> None:
    """Two tablets record shared boxes, each from its own contest's page: both are told, neither waits for ever."""
    failures: list[BaseException] = []

    def record(contest: Contest, label: str) -> None:
        try:
            arrive(hall, contest, label)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=record, args=work) for work in ((hall.parliament, "1"), (hall.local, "2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert LedgerEntry.objects.count() == 4, connection.vendor
    for contest in (hall.parliament, hall.local):
        assert [read_facts(contest).boxes[label].state for label in ("1", "2")] == ["arrived", "arrived"]
        assert list(faults(contest)) == []


ONE = "box,kind,ward,station,electors\n1,polling,North,North School,1800\nP1,postal,North,,300\n"


def test_it_counts_a_contest_of_one_station_mixed_with_its_postal_papers(tmp_path: Path) -> None:
    contest = load_folder(
        write(
            tmp_path / "parish",
            contest=CONTEST.format(
                ballot="parish.north.2026-11-05", name="North parish", election="parish.2026-11-05", gss=""
            ).replace("combined,yes", "combined,no"),
            wards="gss,name,electorate\nE05000001,North,2100\n",
            boxes=ONE,
        )
    )
    cast = builders.make_people(contest)
    for label in ("1", "P1"):
        builders.verify(contest, label, 200, cast.olu)
    arguments: dict[str, Any] = {"actor": cast.sam, "submission_id": uuid.uuid4()}
    with builders.refused(ledger.Refused, "counted together with all its other papers"):
        ledger.form_group(contest, 1, ["1"], **arguments)
    with builders.refused(ledger.Refused, "is that all"):
        ledger.form_group(contest, 1, ["1", "P1"], **arguments)
    ledger.form_group(contest, 1, ["1", "P1"], acknowledged=["group.only_station"], **arguments)
    assert builders.enter(contest, 1, (250, 150), cast.olu).agreed
