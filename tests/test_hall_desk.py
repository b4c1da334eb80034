"""Two contests in one hall through the forms of the desk, by officers of both and of one."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from results import ledger
from results.audit.checks import faults
from results.facts.definition import BoxDefinition
from results.facts.reading import read_facts
from results.models import LedgerEntry, Role
from results.people import accounts
from tests.counts import make_count
from tests.desk.conftest import plain_http
from tests.desk.pages import account, at_desk, hidden, opened, text_of, url
from tests.halls import Hall, make_hall

__all__ = ["plain_http"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(tmp_path: Any) -> Hall:
    return make_hall(tmp_path)


def found(label: str, papers: int) -> dict[str, str]:
    """What is typed of a box of so many papers, 1,500 entrusted to a polling station."""
    if label[0].isalpha():
        return {"expected": str(papers), "found": str(papers), "reason": ""}
    return account(str(papers), issued=str(papers), unused=str(1500 - papers), spoilt="0")


def verify(client: Client, contest: Any, label: str, papers: int = 500, **more: str) -> Any:
    form = opened(client, contest, "box", label)
    return client.post(url(contest, "box", label), form | found(label, papers) | more)


@pytest.mark.parametrize("last", ["parliament", "local"])
def test_it_counts_two_contests_of_one_hall_through_the_forms(hall: Hall, last: str) -> None:
    uma = accounts.enrol(hall.local, "uma", None, Role.COUNTING_OFFICER, "Uma Unger")
    both, local_only, chief = at_desk(hall.cast.olu), at_desk(uma), at_desk(hall.cast.sam)
    parliament, local = hall.parliament, hall.local

    # Uma has no place at the parliamentary contest: it is not hers to see or to write.
    listed = text_of(local_only.get(url(local, "contest")))
    assert "Testshire election" not in listed
    for address in (url(parliament, "contest"), url(parliament, "box", "1")):
        assert local_only.get(address).status_code in (403, 404)

    # The shared box arrives once, from either contest's page; the other's open form is out of date.
    page = url(parliament, "box", "1")
    old = hidden(both.get(page), url(parliament, "arrive", "1"))
    arrival = hidden(local_only.get(url(local, "box", "1")), url(local, "arrive", "1"))
    assert local_only.post(url(local, "arrive", "1"), arrival).status_code == 303
    assert local_only.post(url(local, "arrive", "1"), arrival).status_code == 303
    assert both.post(url(parliament, "arrive", "1"), old).status_code == 409
    assert [entry.contest for entry in LedgerEntry.objects.filter(kind="arrived").order_by("contest")] == [
        parliament,
        local,
    ]
    assert local_only.post(url(parliament, "arrive", "1"), arrival).status_code in (403, 404)

    # Each account is verified for itself; one box is left over.
    todo = [(parliament, label) for label in ("1", "2", "3", "4", "P1")]
    todo += [(local, label) for label in ("1", "2", "L1")]
    left = (parliament, "P1") if last == "parliament" else (local, "L1")
    for contest, label in todo:
        if (contest, label) != left:
            assert verify(both, contest, label).status_code == 303, (contest, label)
    assert read_facts(local).boxes["2"].papers == read_facts(parliament).boxes["2"].papers == 500

    form = opened(chief, local, "form_group")
    group = form | {"number": "1", "boxes": ["1", "2", "L1"]}
    assert chief.post(url(local, "form_group"), group).status_code == 303

    # Too early: refused in words, and what was typed stands in the form.
    sheet = {"sheet": "0107", "doubtful": "0", "votes-1": "801", "votes-2": "699"}
    sheet |= {f"rejected-{head.code}": "0" for head in read_facts(local).definition.heads}
    address = url(local, "count", 1)
    page = local_only.get(url(local, "group", 1))
    assert "every box in the area is verified. 1 still to verify" in text_of(page)
    assert address not in text_of(page)
    waits = local_only.get(address)
    assert "every box in the area is verified. 1 still to verify" in text_of(waits)
    # The page has no form yet; a tablet that sends one all the same is refused, and keeps what was typed.
    form = {"submission_id": str(uuid.uuid4()), "seen": "0", "papers": "1500"}
    early = local_only.post(address, form | sheet)
    assert early.status_code == 422
    assert "every box in the area is verified. 1 still to verify" in text_of(early)
    assert 'value="801"' in text_of(early)
    assert not LedgerEntry.objects.filter(kind="entered").exists()
    assert verify(both, *left).status_code == 303
    form = opened(local_only, local, "count", 1)
    assert local_only.post(address, form | sheet).status_code == 303
    assert read_facts(local).groups[1].agreed is not None
    for contest in (parliament, local):
        assert list(faults(contest)) == []


def test_it_offers_a_supervisor_to_take_a_late_box_into_a_public_group() -> None:
    count = make_count().finish()
    sam = at_desk(count.cast.sam)
    change = url(count.contest, "change_group", 2)
    assert change not in text_of(sam.get(url(count.contest, "group", 2)))
    box = BoxDefinition("99", "polling", ("E05000000",), "The Scout Hut", "", 700, "99")
    more = {"actor": count.cast.sam, "submission_id": uuid.uuid4(), "reason": "It was left in a van"}
    ledger.register_box(count.contest, box, **more)
    assert change in text_of(sam.get(url(count.contest, "group", 2)))
    said = {"boxes": ["2", "4", "99"], "reason": "It was left in a van", "witness": "Wim Wright"}
    form = opened(sam, count.contest, "change_group", 2) | said
    assert sam.post(change, form).status_code == 303
    assert read_facts(count.contest).groups[2].boxes == ("2", "4", "99")


def test_it_reminds_a_contest_of_a_box_that_another_registered(hall: Hall) -> None:
    """The box may hold its papers too. Its own supervisor says so, and until then it is on its own list only."""
    sam, olu = at_desk(hall.cast.sam), at_desk(hall.cast.olu)
    words = "Box 99 was not on the lists and was registered at Testshire"
    for label, wards in (("99", ("E05000001",)), ("98", ("E05000002",))):
        box = BoxDefinition(label, "polling", wards, "The Scout Hut", label, 700, label)
        more = {"actor": hall.cast.sam, "submission_id": uuid.uuid4(), "reason": "Opened this morning"}
        ledger.register_box(hall.parliament, box, **more)
    assert not LedgerEntry.objects.filter(contest=hall.local).exists()
    page = text_of(olu.get(url(hall.local, "contest")))
    assert words in page
    # South is not in the local contest's area, and Testshire needs no word of what it registered itself.
    assert "Box 98 was" not in page
    assert words not in text_of(olu.get(url(hall.parliament, "contest")))
    fields = opened(sam, hall.local, "register_box") | {"label": "99", "kind": "polling", "wards": ["E05000001"]}
    fields |= {
        "place": "The Scout Hut",
        "origin": "99",
        "electors": "700",
        "entrusted": "",
        "reason": "Local papers too",
    }
    assert sam.post(url(hall.local, "register_box"), fields).status_code == 303
    assert words not in text_of(olu.get(url(hall.local, "contest")))
    # From now on it is one box: it arrives once.
    seen = read_facts(hall.local).boxes["99"].last_seq
    ledger.record_arrival(hall.local, "99", actor=hall.cast.olu, submission_id=uuid.uuid4(), seen=seen)
    assert read_facts(hall.parliament).boxes["99"].state == "arrived"
    for contest in (hall.parliament, hall.local):
        assert list(faults(contest)) == []


def test_it_reminds_a_contest_of_a_box_that_another_took_off_its_list(hall: Hall) -> None:
    sam, olu = at_desk(hall.cast.sam), at_desk(hall.cast.olu)
    words = "Box 1 was taken off the list at Testshire"
    fields = opened(sam, hall.parliament, "cancel_box", "1")
    assert "It stays on the list of North" in text_of(sam.get(url(hall.parliament, "cancel_box", "1")))
    answer = sam.post(url(hall.parliament, "cancel_box", "1"), fields | {"reason": "Nobody was sent there"})
    assert answer.status_code == 303
    # Its local papers are still expected: nobody of that contest has said otherwise.
    assert read_facts(hall.local).boxes["1"].state == "expected"
    page = text_of(olu.get(url(hall.local, "contest")))
    assert words in page
    assert "Nobody was sent there" not in page
    verify(olu, hall.local, "1")
    assert words not in text_of(olu.get(url(hall.local, "contest")))
    # A box of Testshire's own is nobody else's, and neither is one that it registered and took off again.
    ledger.cancel_box(
        hall.parliament, "3", actor=hall.cast.sam, submission_id=uuid.uuid4(), seen=0, reason="Not opened"
    )
    box = BoxDefinition("99", "polling", ("E05000001",), "The Scout Hut", "", 700, "99")
    more = {"actor": hall.cast.sam, "reason": "A slip"}
    ledger.register_box(hall.parliament, box, submission_id=uuid.uuid4(), **more)
    seen = read_facts(hall.parliament).boxes["99"].last_seq
    ledger.cancel_box(hall.parliament, "99", submission_id=uuid.uuid4(), seen=seen, **more)
    page = text_of(olu.get(url(hall.local, "contest")))
    assert "counted in the same hall" not in page
