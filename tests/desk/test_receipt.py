"""Receipt at the desk: the list to check in against, several boxes at one stroke, what came later, mistakes, sessions."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from results.audit.checks import faults
from results.facts.definition import BoxDefinition
from results.facts.reading import read_facts
from results.models import Contest, LedgerEntry
from tests import builders
from tests.desk.pages import at_desk, hidden, kinds, opened, text_of, url
from tests.halls import Hall, make_hall
from tests.test_hall_desk import verify
from tests.test_ledger_receipt import SAME_PLACE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """Boxes 1 and 2 come from one place and hold papers of two contests; each contest has a box of packs handed in."""
    return make_hall(tmp_path, **SAME_PLACE)


def accounts_of(contest: Contest, *labels: str) -> list[str]:
    """The ticks that say that these boxes' accounts came."""
    return [f"{contest.ballot_paper_id}:{label}" for label in labels]


def missing(page: Any) -> str:
    """The words of the part that says what is missing."""
    found = re.search(r'<section class="missing".*?</section>', text_of(page), re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split())


def check_in(client: Any, contest: Contest, label: str, **typed: Any) -> Any:
    address = url(contest, "check_in", label)
    return client.post(address, opened(client, contest, "check_in", label) | typed)


def test_it_checks_in_the_boxes_of_a_place_against_the_list(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    listed = olu.get(url(hall.parliament, "receipt"))
    assert "6 boxes not in Box 1 Box 2 Box 3 Box 4 Box P1 Box P2" in missing(listed)
    page = text_of(olu.get(url(hall.parliament, "check_in", "2")))
    assert "North School" in page and "room 1" in page and "room 2" in page
    assert "account of Testshire received" in page and "account of North received" in page
    typed = {
        "boxes": ["1", "2"],
        "accounts": [*accounts_of(hall.parliament, "1", "2"), *accounts_of(hall.local, "1")],
        "packets-1": "3",
        "packs-1": "12",
        "packets-2": "2",
    }
    answer = check_in(olu, hall.parliament, "2", **typed)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(hall.parliament, 'receipt')}?received=1")
    listed = olu.get(answer["Location"])
    assert "Received" in text_of(listed) and "entry 1" in text_of(listed)
    assert "<td>Olu</td>" in text_of(listed)
    assert "4 boxes not in Box 3 Box 4 Box P1 Box P2" in missing(listed)
    # Box 2 came without the local account, and nobody has written how many packs were handed in with it.
    assert "account" not in missing(listed)
    assert "Number of packs not noted Packs with box 2" in missing(listed)
    local = missing(olu.get(url(hall.local, "receipt")))
    assert "1 account not received Account of box 2" in local
    assert kinds(hall.parliament) == kinds(hall.local) == ["arrived", "arrived"]
    boxes = read_facts(hall.local).boxes
    assert (boxes["1"].packets, boxes["1"].packs_handed_in, boxes["2"].packs_handed_in) == (3, 12, None)


def test_it_ticks_the_only_box_of_a_place_and_leaves_several_to_the_person(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    ticked = re.compile(r'name="boxes" value="(\w+)" checked')
    assert ticked.findall(text_of(olu.get(url(hall.parliament, "check_in", "4")))) == ["4"]
    assert ticked.findall(text_of(olu.get(url(hall.parliament, "check_in", "1")))) == []
    # A session's box brings no packs from a station.
    assert "packs-P1" not in text_of(olu.get(url(hall.parliament, "check_in", "P1")))


def test_it_loses_nothing_that_is_typed_of_a_box_that_is_not_ticked(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    answer = check_in(olu, hall.parliament, "1", **{"boxes": ["1"], "packets-1": "3", "packets-2": "4"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Tick box 2 if it has come, or leave out what is written of it" in page
    assert 'href="#id_packets-2"' in page
    assert re.search(r'name="packets-2"[^>]*value="4"', page)
    assert re.search(r'name="boxes" value="1" checked', page)
    account = check_in(olu, hall.parliament, "1", boxes=["1"], accounts=accounts_of(hall.local, "2"))
    assert account.status_code == 422
    nothing = check_in(olu, hall.parliament, "1")
    assert "Tick the boxes that have come" in text_of(nothing)
    for word in ("12a", "-1", "1,200"):
        wrong = check_in(olu, hall.parliament, "1", **{"boxes": ["1"], "packs-1": word})
        assert wrong.status_code == 422
        written = re.search(r'id="error_packs-1">([^<]*)<', text_of(wrong))
        assert written is not None and written.group(1).count("Write") <= 1
    assert check_in(olu, hall.parliament, "1", boxes=["3"]).status_code == 422
    assert LedgerEntry.objects.count() == 0


def test_it_asks_whether_so_many_packs_were_handed_in(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    fields = opened(olu, hall.parliament, "check_in", "3") | {"boxes": ["3"], "packs-3": "1900"}
    answer = olu.post(url(hall.parliament, "check_in", "3"), fields)
    assert "1,900 postal packs handed in with box 3" in text_of(answer)
    assert 'name="acknowledge" value="arrival.many_packs.3"' in text_of(answer)
    fields |= {"acknowledge": "arrival.many_packs.3"}
    assert olu.post(url(hall.parliament, "check_in", "3"), fields).status_code == 303


def test_it_shows_a_table_that_was_quicker_and_keeps_what_the_other_typed(hall: Hall) -> None:
    olu, bea = at_desk(hall.cast.olu), at_desk(hall.cast.bea)
    fields = opened(bea, hall.parliament, "check_in", "1")
    check_in(olu, hall.parliament, "1", **{"boxes": ["2"], "packets-2": "5"})
    # Box 1 came through Bea's hands alone: her form is not out of date for it.
    late = fields | {"boxes": ["1", "2"], "packets-1": "3", "packets-2": "6"}
    answer = bea.post(url(hall.parliament, "check_in", "1"), late)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Box 2 has changed since you opened this form" in page
    assert re.search(r"Box 2: In since \d\d:\d\d, Olu · account not received · 5 packets", page)
    assert re.search(r'name="packets-2"[^>]*value="6"', page)
    assert read_facts(hall.parliament).boxes["1"].state == "expected"
    anew = hidden(answer, url(hall.parliament, "check_in", "1"))
    assert bea.post(url(hall.parliament, "check_in", "1"), late | anew).status_code == 303
    assert read_facts(hall.parliament).boxes["2"].packets == 6
    # Alone, the first one goes through although another box of the place has come since.
    assert check_in(olu, hall.parliament, "3", boxes=["3"]).status_code == 303


def test_it_records_what_came_later(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    check_in(olu, hall.parliament, "3", **{"boxes": ["3"], "packets-3": "2"})
    assert "1 account not received Account of box 3" in missing(olu.get(url(hall.parliament, "receipt")))
    page = olu.get(url(hall.parliament, "arrive", "3"))
    assert re.search(r'name="packets-3"[^>]*value="2"', text_of(page))
    fields = hidden(page, url(hall.parliament, "arrive", "3"))
    same = olu.post(url(hall.parliament, "arrive", "3"), fields | {"packets-3": "2"})
    assert "recorded of box 3 already: nothing new came" in text_of(same)
    said = fields | {"packets-3": "2", "packs-3": "0", "accounts": accounts_of(hall.parliament, "3")}
    answer = olu.post(url(hall.parliament, "arrive", "3"), said)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(hall.parliament, 'receipt')}?received=2")
    assert "account" not in missing(olu.get(url(hall.parliament, "receipt")))
    assert olu.post(url(hall.parliament, "arrive", "3"), said)["Location"].endswith("received=2")
    late = olu.post(url(hall.parliament, "arrive", "3"), said | {"submission_id": str(uuid.uuid4()), "packets-3": "9"})
    assert late.status_code == 409
    assert re.search(r'name="packets-3"[^>]*value="9"', text_of(late))


def test_it_undoes_an_arrival_that_was_a_mistake(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    address = url(hall.local, "undo_arrival", "1")
    check_in(olu, hall.parliament, "1", boxes=["1"])
    page = olu.get(url(hall.local, "arrive", "1"))
    assert "Checked in by mistake" in text_of(page)
    fields = hidden(page, address)
    assert olu.post(address, fields).status_code == 303
    for contest in (hall.parliament, hall.local):
        assert "Box 1" in missing(olu.get(url(contest, "receipt")))
        assert list(faults(contest)) == []
    again = olu.post(address, fields | {"submission_id": str(uuid.uuid4())})
    assert again.status_code == 409
    # A box with verified papers is here, whoever counted them.
    check_in(olu, hall.parliament, "2", boxes=["2"])
    fields = hidden(olu.get(url(hall.parliament, "arrive", "2")), url(hall.parliament, "undo_arrival", "2"))
    hall.verify(hall.local, "2")
    refused = olu.post(url(hall.parliament, "undo_arrival", "2"), fields)
    assert refused.status_code == 422
    assert "Papers in box 2 are verified at North, so that it is here: its arrival stays." in text_of(refused)


def test_it_finds_a_box_by_its_label_and_says_what_to_do_with_a_stranger(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    found = olu.get(url(hall.parliament, "receipt"), {"find": " p1 "})
    assert found["Location"] == url(hall.parliament, "check_in", "P1")
    page = text_of(olu.get(url(hall.parliament, "receipt"), {"find": "77"}))
    assert (
        "There is no box “77” on the list. A box that has come and is not on it is registered by a supervisor." in page
    )
    for view in ("check_in", "arrive", "undo_arrival"):
        assert olu.post(url(hall.parliament, view, "77"), {}).status_code == 404
    stranger = at_desk(hall.cast.stu)
    for view, parts in (("receipt", ()), ("check_in", ("1",)), ("arrive", ("1",)), ("close_session", (1,))):
        assert stranger.get(url(hall.parliament, view, *parts)).status_code == 404


# --- sessions ----------------------------------------------------------------------------------------------------------


def all_in(hall: Hall, client: Any) -> None:
    for contest, labels in ((hall.parliament, ("1", "2", "3", "4", "P1", "P2")), (hall.local, ("L1", "L2"))):
        for label in labels:
            packs = {} if label[0].isalpha() else {f"packs-{label}": "4"}
            assert check_in(client, contest, label, boxes=[label], **packs).status_code == 303


def test_it_closes_a_session_once_nothing_can_come_from_it(hall: Hall) -> None:
    sam, olu = at_desk(hall.cast.sam), at_desk(hall.cast.olu)
    night = url(hall.parliament, "close_session", 2)
    assert olu.get(night).status_code == olu.post(night, {}).status_code == 403
    assert sam.get(url(hall.parliament, "close_session", 9)).status_code == 404
    fields = hidden(sam.get(night), night)
    early = text_of(sam.post(night, fields))
    assert "Not here yet, of this session: boxes P2 and L2." in early
    assert "Packs may still come with boxes of polling stations that are not here yet: boxes 1, 2, 3 and 4." in early
    all_in(hall, olu)
    assert "16 postal packs handed in at polling stations" in text_of(sam.get(night))
    assert "at North too" in text_of(sam.get(night))
    answer = sam.post(night, fields)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, url(hall.parliament, "receipt"))
    assert "Packs are still being opened" not in missing(sam.get(url(hall.local, "receipt")))
    # Sent again it is answered as it was; from another tablet, and from the other contest, by who closed it.
    assert sam.post(night, fields)["Location"] == answer["Location"]
    other = url(hall.local, "close_session", 2)
    late = sam.post(other, {"submission_id": str(uuid.uuid4()), "seen": "0"})
    assert late.status_code == 409
    assert re.search(r"“Handed in” was closed at \d\d:\d\d by Sam ", text_of(late))
    twice = sam.post(other, hidden(late, other))
    assert twice.status_code == 422
    assert "“Handed in” is closed already" in text_of(twice)
    assert kinds(hall.local).count("session_closed") == 1


def test_it_asks_about_stations_of_which_nobody_wrote_the_packs(hall: Hall) -> None:
    sam, olu = at_desk(hall.cast.sam), at_desk(hall.cast.olu)
    night = url(hall.parliament, "close_session", 2)
    all_in(hall, olu)
    hall.verify(hall.parliament, "P2", 100)
    # Registered later, and verified without being checked in: its packs are not known.
    box = BoxDefinition("9", "polling", ("E05000001",), "The Scout Hut", "", 1500, "9")
    builders.ledger.register_box(
        hall.parliament, box, actor=hall.cast.sam, submission_id=uuid.uuid4(), reason="Opened this morning"
    )
    hall.verify(hall.parliament, "9", 100)
    fields = hidden(sam.get(night), night)
    asked = text_of(sam.post(night, fields))
    assert "Nobody has written how many packs were handed in with box 9" in asked
    assert sam.post(night, fields | {"acknowledge": "session.packs_unknown"}).status_code == 303


def test_it_tells_the_supervisor_to_close_the_session_and_others_that_it_is_open(hall: Hall) -> None:
    for label in ("1", "2", "3", "4", "P1", "P2"):
        hall.verify(hall.parliament, label, 150)
    assert "Every box is verified: close the opening session “Handed in”" in text_of(
        at_desk(hall.cast.sam).get(url(hall.parliament, "contest"))
    )
    assert "close the opening session" not in text_of(at_desk(hall.cast.olu).get(url(hall.parliament, "contest")))


# --- North Lincolnshire, 2023 --------------------------------------------------------------------------------------------


def enter(hall: Hall, contest: Contest, group: int, *votes: int) -> None:
    """As many officers as the contest asks for read the sheet of a group, and type the same."""
    definition = read_facts(contest).definition
    typed = {"sheet": f"010{group}", "doubtful": "0", **{f"rejected-{head.code}": "0" for head in definition.heads}}
    typed |= {f"votes-{number}": str(figure) for number, figure in zip(definition.numbers, votes, strict=True)}
    for reader in (hall.cast.olu, hall.cast.bea)[: definition.entries_required]:
        client = at_desk(reader)
        fields = opened(client, contest, "count", group)
        assert client.post(url(contest, "count", group), fields | typed).status_code == 303


def test_it_ends_no_verification_without_the_last_postal_papers_incident_north_lincolnshire(hall: Hall) -> None:
    """In North Lincolnshire, 2023, postal papers were never counted: everything else was in, and the result was declared.

    Here every box of the list is verified, mixed and counted, and packs that were handed in lie unopened.
    """
    contest, olu, sam, rita = hall.parliament, at_desk(hall.cast.olu), at_desk(hall.cast.sam), at_desk(hall.cast.rita)
    for label in ("1", "2", "3", "4"):
        assert check_in(olu, contest, label, **{"boxes": [label], f"packs-{label}": "20"}).status_code == 303
    for label in ("P1", "P2"):
        assert check_in(olu, contest, label, boxes=[label]).status_code == 303
    for label, papers in (("1", 500), ("2", 500), ("3", 500), ("4", 500), ("P1", 200), ("P2", 100)):
        assert verify(olu, contest, label, papers).status_code == 303
    public = olu.get(f"/contests/{contest.ballot_paper_id}/")
    assert "verifying" in text_of(public)
    assert "the last postal votes are still being opened" in text_of(public)
    assert "Packs are still being opened Handed in" in missing(olu.get(url(contest, "receipt")))
    for number, boxes in (("1", ["1", "3", "P1"]), ("2", ["2", "4", "P2"])):
        fields = opened(sam, contest, "form_group") | {"number": number, "boxes": boxes}
        assert sam.post(url(contest, "form_group"), fields).status_code == 303
    enter(hall, contest, 1, 700, 500)
    enter(hall, contest, 2, 600, 500)
    assert all(group.agreed for group in read_facts(contest).groups.values())
    # The figures are all there are, and nobody can let them go as if they were: not the Returning Officer either.
    page = rita.get(url(contest, "policy"))
    assert "“Handed in” is still open: more papers may come" in text_of(page)
    assert 'value="last"' not in text_of(page)
    last = {"action": "last", "groups": "1,2", "reason": "Seen", "seen": "99", "submission_id": str(uuid.uuid4())}
    assert "not the groups that complete the contest" in text_of(rita.post(url(contest, "policy"), last))
    # Eighty packs are opened after all, forty papers of this poll: box P2 is verified anew, its group counted again.
    assert verify(sam, contest, "P2", 140, witness="Wim Wright").status_code == 303
    check_in(olu, hall.local, "L2", boxes=["L2"])
    night = url(contest, "close_session", 2)
    assert sam.post(night, hidden(sam.get(night), night)).status_code == 303
    assert read_facts(contest).groups[2].papers == 1140
    assert 'value="last"' not in text_of(rita.get(url(contest, "policy")))
    reopened = hidden(sam.get(url(contest, "group", 2)), url(contest, "reopen", 2))
    why = {"purpose": "recount", "reason": "Postal papers came that were handed in"}
    assert sam.post(url(contest, "reopen", 2), reopened | why).status_code == 303
    enter(hall, contest, 2, 620, 520)
    assert 'value="last"' in text_of(rita.get(url(contest, "policy")))
    assert list(faults(contest)) == []
