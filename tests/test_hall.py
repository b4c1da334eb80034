"""Two contests in one hall that share boxes: one act told to each, and what a combined poll waits for."""

from __future__ import annotations

import shutil
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from results import ledger
from results.audit.checks import faults
from results.facts.reading import read_facts
from results.formats.contest_loading import FolderRefused, load_folder
from results.ledger.hall import contests_in_area, contests_sharing_box
from results.models import CompanionEntry, Contest, LedgerEntry
from tests import builders
from tests.builders import People

pytestmark = pytest.mark.django_db(transaction=True)

CONTEST = """field,value
ballot_paper_id,{ballot}
name,{name}
event,testshire-2026-11-05
election_id,{election}
election_name,{name} election
poll_date,2026-11-05
close_of_poll,2026-11-05 22:00
combined,yes
gss,{gss}
environment,demo
publish,totals
projection,off
"""
PARTIES = """code,name,short_name,initial,colour,ec_id
RED,The Red Party,Red,R,#e4003b,
BLU,The Blue Party,Blue,B,#0087dc,
"""
CANDIDATES = "number,surname,forenames,party,description,person_id\n1,Adams,Ann,RED,,\n2,Barker,Mike,BLU,,\n"
WARDS = "gss,name,electorate\nE05000001,North,3600\nE05000002,South,3600\n"
PARLIAMENTARY = """box,kind,ward,station,electors,entrusted
1,polling,North,North School,1800,1500
2,polling,North,North Hall,1800,1500
3,polling,South,South School,1800,1500
4,polling,South,South Hall,1800,1500
P1,postal,,,900,
"""
LOCAL = """box,kind,ward,station,electors
1,polling,North,North School,1800
2,polling,North,North Hall,1800
L1,postal,North,,600
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in {"parties": PARTIES, "candidates": CANDIDATES, "wards": WARDS, **files}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


@dataclass(frozen=True)
class Hall:
    """A parliamentary contest over two wards, and a local one in the first, which share the boxes of North."""

    parliament: Contest
    local: Contest
    cast: People

    def verify(self, contest: Contest, label: str, found: int = 500) -> ledger.Receipt:
        figures = None
        if not label[0].isalpha():
            figures = builders.AccountFigures(found, 1500 - found, 0, 0)
        known = read_facts(contest).account_of(label)
        said = builders.one_box(label, found, found, figures=figures)
        return ledger.record_verification(
            contest, said, actor=self.cast.olu, submission_id=uuid.uuid4(), seen=known.last_seq
        )


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    parliament = load_folder(
        write(
            tmp_path / "parliament",
            contest=CONTEST.format(
                ballot="parl.testshire.by.2026-11-05", name="Testshire", election="parl.2026-11-05", gss="E14000001"
            ),
            boxes=PARLIAMENTARY,
        )
    )
    local = load_folder(
        write(
            tmp_path / "local",
            contest=CONTEST.format(
                ballot="local.testshire.north.by.2026-11-05",
                name="North",
                election="local.testshire.2026-11-05",
                gss="E05000001",
            ),
            boxes=LOCAL,
            wards="gss,name,electorate\nE05000001,North,3600\n",
        )
    )
    cast = builders.make_people(parliament)
    for username, role in (("olu", "counting_officer"), ("bea", "counting_officer"), ("sam", "supervisor")):
        builders.accounts.enrol(local, username, None, role, username.title())
    return Hall(parliament, local, cast)


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
