"""Receipt: what came with a box and what came later, mistakes undone, sessions closed; told to every contest of the hall."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from results import ledger
from results.audit.checks import faults
from results.facts.kinds import Arrived
from results.facts.reading import read_facts
from results.models import CompanionEntry, Contest, LedgerEntry
from tests import builders
from tests.halls import Hall, make_hall

pytestmark = pytest.mark.django_db(transaction=True)

SAME_PLACE = {
    "parliament": "box,kind,ward,place,station,session,on_the_night,electors,entrusted\n"
    "1,polling,North,North School,room 1,,,1800,1500\n"
    "2,polling,North,North School,room 2,,,1800,1500\n"
    "3,polling,South,South School,,,,1800,1500\n"
    "4,polling,South,South Hall,,,,1800,1500\n"
    "P1,postal,,,,Before,,600,\n"
    "P2,postal,,,,Handed in,yes,300,\n",
    "local": "box,kind,ward,place,station,session,on_the_night,electors\n"
    "1,polling,North,North School,room 1,,,1800\n"
    "2,polling,North,North School,room 2,,,1800\n"
    "L1,postal,North,,,Before,,400\n"
    "L2,postal,North,,,Handed in,yes,200\n",
}


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """Boxes 1 and 2 come from one place and hold papers of both contests; each has a box of packs handed in."""
    return make_hall(tmp_path, **SAME_PLACE)


def told(kind: str) -> list[tuple[str, str]]:
    """Which contests were told which box, in the order of the entries."""
    rows = LedgerEntry.objects.filter(kind=kind).order_by("contest__pk", "seq")
    return list(rows.values_list("contest__name", "box__box__label"))


def arrive(hall: Hall, contest: Contest, box: str, **more: Any) -> ledger.Receipt:
    seen = more.pop("seen", read_facts(contest).boxes[box].last_seq)
    return ledger.record_arrival(
        contest, box, actor=hall.cast.olu, submission_id=more.pop("submission_id", uuid.uuid4()), seen=seen, **more
    )


def arrive_all(hall: Hall, contest: Contest, *said: Arrived, **more: Any) -> ledger.Receipt:
    arguments = {"actor": hall.cast.olu, "submission_id": uuid.uuid4(), "seen": read_facts(contest).seq, **more}
    return ledger.record_arrivals(contest, said, **arguments)


def undo(hall: Hall, contest: Contest, box: str, **more: Any) -> ledger.Receipt:
    seen = more.pop("seen", read_facts(contest).boxes[box].last_seq)
    return ledger.undo_arrival(contest, box, actor=hall.cast.olu, submission_id=uuid.uuid4(), seen=seen)


def close(hall: Hall, contest: Contest, session: str, **more: Any) -> ledger.Receipt:
    arguments = {"actor": hall.cast.sam, "submission_id": uuid.uuid4(), "seen": 0, **more}
    return ledger.close_session(contest, session, **arguments)


def sound(hall: Hall) -> bool:
    return not [*faults(hall.parliament), *faults(hall.local)]


# --- what came, and what came later ------------------------------------------------------------------------------------


def test_it_tells_what_came_with_a_box_to_each_contest_and_its_account_to_its_own(hall: Hall) -> None:
    arrive(hall, hall.local, "1", account_received=True, packets=4, packs_handed_in=12)
    local, parliament = read_facts(hall.local).boxes["1"], read_facts(hall.parliament).boxes["1"]
    assert (local.account_received, local.packets, local.packs_handed_in) == (True, 4, 12)
    # The packets and packs are the station's; whether the other poll's account came nobody was asked.
    assert (parliament.account_received, parliament.packets, parliament.packs_handed_in) == (None, 4, 12)
    both = {hall.parliament.ballot_paper_id: {"2": False}}
    arrive(hall, hall.local, "2", account_received=True, elsewhere=both)
    assert read_facts(hall.parliament).boxes["2"].account_received is False
    assert sound(hall)


def test_it_records_what_came_later_over_what_came_first(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1", account_received=False, packets=3)
    first = read_facts(hall.parliament).boxes["1"]
    arrive(hall, hall.parliament, "1", account_received=True)
    box = read_facts(hall.parliament).boxes["1"]
    assert (box.account_received, box.packets, box.arrived_at) == (True, 3, first.arrived_at)
    one, two = LedgerEntry.objects.filter(kind="arrived", contest=hall.parliament).order_by("seq")
    assert two.supersedes == one
    # The local contest learnt nothing by it: it was told of the box once.
    assert told("arrived") == [("Testshire", "1"), ("Testshire", "1"), ("North", "1")]
    # Packets that came later are news to both, each over its own last word.
    arrive(hall, hall.local, "1", packets=5)
    assert read_facts(hall.parliament).boxes["1"].packets == 5
    assert read_facts(hall.parliament).boxes["1"].account_received is True
    with builders.refused(ledger.Refused, "recorded of box 1 already: nothing new came"):
        arrive(hall, hall.parliament, "1", packets=5)
    assert sound(hall)


def test_it_keeps_what_is_known_where_nothing_is_said_again(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1", account_received=True, packets=3)
    with builders.refused(ledger.Refused, "nothing new came"):
        arrive(hall, hall.parliament, "1")
    assert read_facts(hall.parliament).boxes["1"].packets == 3


def test_it_notes_what_came_with_a_box_that_was_verified_without_being_checked_in(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    verified = read_facts(hall.parliament).boxes["3"]
    arrive(hall, hall.parliament, "3", packs_handed_in=7)
    box = read_facts(hall.parliament).boxes["3"]
    assert (box.state, box.papers, box.packs_handed_in) == ("verified", 500, 7)
    assert box.arrived_at == verified.arrived_at
    # Its account's form is not out of date for that.
    assert hall.verify(hall.parliament, "3", 501)


@pytest.mark.parametrize(
    ("box", "more", "words"),
    [
        ("P1", {"packs_handed_in": 3}, "leave this empty for the postal box P1"),
        ("3", {"packs_handed_in": 1801}, "1,801 postal packs handed in with box 3, whose station has 1,800 electors"),
    ],
)
def test_it_doubts_packs_that_cannot_have_been_handed_in(
    hall: Hall, box: str, more: dict[str, int], words: str
) -> None:
    with builders.refused(ledger.Refused, words):
        arrive(hall, hall.parliament, box, **more)
    if box == "3":
        arrive(hall, hall.parliament, box, **more, acknowledged=["arrival.many_packs.3"])
        assert read_facts(hall.parliament).boxes["3"].packs_handed_in == 1801


# --- several boxes at one stroke ---------------------------------------------------------------------------------------


def test_it_checks_in_all_boxes_of_a_place_at_one_stroke(hall: Hall) -> None:
    said = [Arrived("1", True, 3, 12), Arrived("2", False, 2, None)]
    elsewhere = {hall.local.ballot_paper_id: {"1": True, "2": True}}
    receipt = arrive_all(hall, hall.parliament, *said, elsewhere=elsewhere)
    assert (receipt.seq, receipt.kind) == (1, "arrived")
    entries = list(LedgerEntry.objects.all())
    assert len({entry.act for entry in entries}) == 1
    assert told("arrived") == [("Testshire", "1"), ("Testshire", "2"), ("North", "1"), ("North", "2")]
    assert CompanionEntry.objects.count() == 4
    boxes = read_facts(hall.local).boxes
    assert [(boxes[label].account_received, boxes[label].packets) for label in ("1", "2")] == [(True, 3), (True, 2)]
    assert sound(hall)


def test_it_answers_several_boxes_sent_again_as_it_did_and_refuses_other_ones(hall: Hall) -> None:
    again = uuid.uuid4()
    said = [Arrived("1", True, 3, 12), Arrived("2", True, 3, 0)]
    first = arrive_all(hall, hall.parliament, *said, submission_id=again)
    repeated = arrive_all(hall, hall.parliament, *said, submission_id=again, seen=0)
    assert (repeated.repeated, repeated.seq) == (True, first.seq)
    with pytest.raises(ledger.Conflict):
        arrive_all(hall, hall.parliament, Arrived("1", True, 3, 12), submission_id=again)
    assert LedgerEntry.objects.count() == 4


def test_it_checks_in_all_boxes_or_none(hall: Hall) -> None:
    arrive(hall, hall.parliament, "2")
    with pytest.raises(ledger.Stale):
        arrive_all(hall, hall.parliament, Arrived("1"), Arrived("2"), seen=0)
    assert read_facts(hall.parliament).boxes["1"].state == "expected"
    # A box beside those that are checked in may have come meanwhile.
    assert arrive_all(hall, hall.parliament, Arrived("1"), seen=0)
    for said, words in (
        ((), "Tick the boxes"),
        ((Arrived("3"), Arrived("3")), "named twice"),
        ((Arrived("3"), Arrived("4")), "of several places"),
        ((Arrived("3"), Arrived("P1")), "of several places"),
    ):
        with builders.refused(ledger.Refused, words):
            arrive_all(hall, hall.parliament, *said)
    with builders.refused(ledger.UnknownSubject, "There is no box 77"):
        arrive_all(hall, hall.parliament, Arrived("77"))


def test_it_checks_in_no_stations_box_before_the_close_of_poll(hall: Hall) -> None:
    early = timezone.now() + timezone.timedelta(hours=2)
    type(hall.parliament.event).objects.filter(pk=hall.parliament.event_id).update(close_of_poll=early)
    contest = Contest.objects.select_related("event", "election").get(pk=hall.parliament.pk)
    with builders.refused(ledger.Refused, "The poll closes at"):
        arrive_all(hall, contest, Arrived("1"))
    assert arrive_all(hall, contest, Arrived("P1", True, 1))


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """What each of these gives, or raises, when they run at the same moment."""
    answers: list[Any] = [None] * len(work)
    gate = threading.Barrier(len(work))

    def run(position: int) -> None:
        try:
            gate.wait(10)
            answers[position] = work[position]()
        except ledger.LedgerError as error:
            answers[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_it_takes_one_of_two_tables_that_check_in_the_same_place(hall: Hall) -> None:
    said = (Arrived("1"), Arrived("2"))
    answers = at_once(
        lambda: arrive_all(hall, hall.parliament, *said, seen=0), lambda: arrive_all(hall, hall.local, *said, seen=0)
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "Stale"]
    assert LedgerEntry.objects.count() == 4
    assert sound(hall)


# --- a mistake undone ----------------------------------------------------------------------------------------------------


def test_it_undoes_a_mistaken_arrival_at_every_contest(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1", account_received=True, packets=3)
    undo(hall, hall.local, "1")
    for contest in (hall.parliament, hall.local):
        box = read_facts(contest).boxes["1"]
        assert (box.state, box.account_received, box.packets) == ("expected", None, None)
    assert told("arrival_undone") == [("Testshire", "1"), ("North", "1")]
    assert all(entry.supersedes is not None for entry in LedgerEntry.objects.filter(kind="arrival_undone"))
    # The right box comes later, as if for the first time.
    arrive(hall, hall.parliament, "1", packets=2)
    assert read_facts(hall.local).boxes["1"].packets == 2
    assert sound(hall)


def test_it_undoes_no_arrival_of_a_box_with_verified_papers(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1")
    hall.verify(hall.local, "1")
    with builders.refused(ledger.Refused, "Papers in box 1 are verified at North, so that it is here"):
        undo(hall, hall.parliament, "1")
    with builders.refused(ledger.Refused, "Box 2 is not checked in"):
        undo(hall, hall.parliament, "2")
    with pytest.raises(ledger.Stale):
        undo(hall, hall.parliament, "1", seen=0)


def test_it_undoes_an_arrival_only_where_the_box_had_arrived(hall: Hall) -> None:
    ledger.cancel_box(
        hall.local, "1", actor=hall.cast.sam, submission_id=uuid.uuid4(), seen=0, reason="No local papers in it"
    )
    arrive(hall, hall.parliament, "1")
    undo(hall, hall.parliament, "1")
    assert told("arrival_undone") == [("Testshire", "1")]
    assert sound(hall)


def test_it_undoes_once_what_two_people_undo(hall: Hall) -> None:
    arrive(hall, hall.parliament, "1")
    answers = at_once(*[lambda: undo(hall, hall.parliament, "1", seen=1)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "Stale"]
    assert read_facts(hall.parliament).boxes["1"].state == "expected"


# --- opening sessions ------------------------------------------------------------------------------------------------------


def all_in(hall: Hall) -> None:
    """Every box has come, and of every station how many packs were handed in there."""
    for label in ("1", "2", "3", "4"):
        arrive(hall, hall.parliament, label, packs_handed_in=5)
    for contest, labels in ((hall.parliament, ("P1", "P2")), (hall.local, ("L1", "L2"))):
        for label in labels:
            arrive(hall, contest, label)


def test_it_closes_a_session_for_each_contest_with_boxes_of_it(hall: Hall) -> None:
    all_in(hall)
    close(hall, hall.parliament, "Handed in")
    for contest in (hall.parliament, hall.local):
        facts = read_facts(contest)
        assert facts.open_sessions == ()
        assert facts.closed_sessions["Handed in"].actor_name == "Sam Shah"
    assert sorted(told("session_closed")) == [("North", None), ("Testshire", None)]
    assert sound(hall)


def test_it_closes_no_session_twice(hall: Hall) -> None:
    all_in(hall)
    again = uuid.uuid4()
    first = close(hall, hall.local, "Before", submission_id=again)
    assert close(hall, hall.local, "Before", submission_id=again).repeated
    with builders.refused(ledger.Stale, r"“Before” was closed at \d\d:\d\d by Sam Shah \(entry \d+\)"):
        close(hall, hall.parliament, "Before")
    seen = read_facts(hall.local).closed_sessions["Before"].seq
    assert seen == first.seq
    with builders.refused(ledger.Refused, "“Before” is closed already"):
        close(hall, hall.local, "Before", seen=seen)
    with builders.refused(ledger.UnknownSubject, "no opening session “Later”"):
        close(hall, hall.local, "Later")
    answers = at_once(*[lambda contest=one: close(hall, contest, "Handed in") for one in (hall.parliament, hall.local)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "Stale"]
    assert LedgerEntry.objects.filter(kind="session_closed").count() == 4
    assert sound(hall)


def test_it_lets_no_counting_officer_close_a_session(hall: Hall) -> None:
    all_in(hall)
    with builders.refused(ledger.Forbidden, "supervisor"):
        close(hall, hall.parliament, "Before", actor=hall.cast.olu)


def test_it_closes_no_session_one_of_whose_boxes_has_not_come(hall: Hall) -> None:
    arrive(hall, hall.parliament, "P1")
    with builders.refused(ledger.Refused, "Not here yet, of this session: box L1"):
        close(hall, hall.parliament, "Before")
    # One that does not exist is taken off the list, and waited for no more.
    cancel = {"actor": hall.cast.sam, "submission_id": uuid.uuid4(), "seen": 0, "reason": "There was no second box"}
    ledger.cancel_box(hall.local, "L1", **cancel)
    assert close(hall, hall.parliament, "Before")


def test_it_closes_the_session_on_the_night_after_every_station_only(hall: Hall) -> None:
    for contest, label in ((hall.parliament, "P2"), (hall.local, "L2")):
        arrive(hall, contest, label)
    arrive(hall, hall.parliament, "1", packs_handed_in=2)
    with builders.refused(ledger.Refused, "polling stations that are not here yet: boxes 2, 3 and 4"):
        close(hall, hall.parliament, "Handed in")
    for label in ("2", "3", "4"):
        arrive(hall, hall.local if label == "2" else hall.parliament, label)
    with builders.refused(ledger.Refused, "how many packs were handed in with boxes 2, 3 and 4"):
        close(hall, hall.parliament, "Handed in")
    assert close(hall, hall.parliament, "Handed in", acknowledged=["session.packs_unknown"])
    assert sound(hall)


def test_it_closes_the_session_on_the_night_not_before_the_poll_is(hall: Hall) -> None:
    early = timezone.now() + timezone.timedelta(hours=2)
    type(hall.parliament.event).objects.filter(pk=hall.parliament.event_id).update(close_of_poll=early)
    contest = Contest.objects.select_related("event", "election").get(pk=hall.parliament.pk)
    for label in ("P1", "P2"):
        arrive(hall, contest, label)
    with builders.refused(ledger.Refused, "may be handed in at polling stations until the poll closes"):
        close(hall, contest, "Handed in")


def test_it_waits_with_a_combined_polls_votes_for_the_session_on_the_night(hall: Hall) -> None:
    """Every box in the area is verified, and yet papers of it may still come from the packs."""
    all_in(hall)
    for contest, labels in ((hall.parliament, ("1", "2", "P1", "P2")), (hall.local, ("1", "2", "L1", "L2"))):
        for label in labels:
            hall.verify(contest, label, 150)
    builders.form_group(hall.local, 1, ["1", "2", "L1", "L2"], hall.cast.sam)
    with builders.refused(ledger.Refused, "“Handed in” is still open"):
        builders.enter(hall.local, 1, (400, 200), hall.cast.olu)
    close(hall, hall.local, "Handed in")
    assert builders.enter(hall.local, 1, (400, 200), hall.cast.olu).agreed
