"""The statement as to verification on the screen and on paper; where to look for a variance; when the count began."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from results.facts.reading import read_facts
from results.models import Contest, LedgerEntry
from tests.builders import People, form_group, make_contest, make_people, verify
from tests.desk.pages import account, at_desk, hidden, opened, text_of, url
from tests.halls import Hall, make_hall

pytestmark = pytest.mark.django_db


def send(client: Any, contest: Contest, view: str, *parts: Any, on: str = "", **typed: str) -> Any:
    """Open the form of this view (it stands on the page of `on`) and send it with what is typed."""
    address = url(contest, view, *parts)
    fields = hidden(client.get(url(contest, on or view, *parts)), address)
    return client.post(address, fields | typed)


def text_of_pdf(answer: Any) -> str:
    """The words of a printed page, with one space between them."""
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def short(**more: str) -> dict[str, str]:
    """Two papers fewer than were issued."""
    return account("698", **more)


def test_it_says_where_to_look_for_a_variance_in_the_commissions_order(contest: Contest, cast: People) -> None:
    page = text_of(send(at_desk(cast.olu), contest, "box", "1", **short()))
    at = [page.index(words) for words in ("Look in this order", "The account:", "The boxes:", "Count the papers again")]
    assert at == sorted(at)


def test_it_lets_nothing_unexplained_stand_before_two_equal_counts_incident_wolverhampton(
    contest: Contest, cast: People
) -> None:
    olu = at_desk(cast.olu)
    said = short(reason="unexplained", explanation="Presumed taken away")
    assert "Count box 1 a second time" in text_of(send(olu, contest, "box", "1", **said))
    differ = text_of(send(olu, contest, "box", "1", **said, again="699"))
    assert "counted as 698, then as 699" in differ
    assert 'value="699"' in differ
    third = send(olu, contest, "box", "1", **said, third="699")
    assert "Write the second count before the third" in text_of(third)
    assert not LedgerEntry.objects.exists()
    assert send(olu, contest, "box", "1", **said, again="699", third="699").status_code == 303
    verified = read_facts(contest).accounts["1"].verified
    assert verified is not None
    assert verified.boxes[0].counts == (698, 699, 699)


def test_it_never_shows_an_account_as_good_that_cannot_be_right(tmp_path: Path) -> None:
    hall = make_hall(tmp_path)
    olu = at_desk(hall.cast.olu)
    # 1,500 papers were entrusted; these figures come to 901, and the papers found meet what was issued.
    wrong = text_of(send(olu, hall.parliament, "box", "1", **account()))
    assert "The account says 599 papers fewer than the 1,500 entrusted" in wrong
    said = account(reason="arithmetic", explanation="The unused papers of a pad were left out")
    assert send(olu, hall.parliament, "box", "1", **said).status_code == 303
    page = text_of(olu.get(url(hall.parliament, "contest")))
    assert '<span class="state verified doubted">verified, <b>account 599 short of the entrusted</b></span>' in page
    statement = text_of(olu.get(url(hall.parliament, "verification")))
    assert "The account comes to 599 papers fewer than were entrusted." in statement


def test_it_takes_compensating_errors_only_where_the_polling_place_balances(tmp_path: Path) -> None:
    boxes = (
        "box,kind,ward,place,station,electors,entrusted\n1,polling,North,North School,room 1,1800,901\n"
        "2,polling,North,North School,room 2,1800,901\n3,polling,North,North Hall,,1800,901\n"
    )
    local = "box,kind,ward,station,electors\n71,polling,North,The Barn,600\n72,polling,North,The Mill,600\n"
    made = make_hall(tmp_path, parliament=boxes, local=local)
    contest = made.parliament
    olu = at_desk(made.cast.olu)
    made_up = {"reason": "compensating", "explanation": "Two voters of room 1 used the box of room 2"}
    alone = text_of(send(olu, contest, "box", "3", **short(**made_up)))
    assert "The accounts of North Hall do not make up for each other" in alone
    # The other room is not counted yet: it may be so.
    first = send(olu, contest, "box", "1", **short(**made_up))
    assert first.status_code == 303
    wrong = text_of(send(olu, contest, "box", "2", **account("701", **made_up)))
    assert "The accounts of North School do not make up for each other" in wrong
    asked = text_of(send(olu, contest, "box", "2", **account("702")))
    assert "box 1 of North School differ by as many the other way" in asked
    assert send(olu, contest, "box", "2", **account("702", **made_up)).status_code == 303
    page = text_of(olu.get(url(contest, "verification")))
    assert "2 papers more than expected. Made up for within the polling place: box 1." in page


def test_it_draws_up_the_statement_so_far_on_screen_and_on_paper(contest: Contest, cast: People) -> None:
    verify(contest, "2", 650, cast.olu)
    verify(contest, "P1", 900, cast.olu)
    said = short(reason="arithmetic", explanation="A <pad> of stubs #let was left out", unused_counted="202")
    olu = at_desk(cast.olu)
    assert send(olu, contest, "box", "1", **said).status_code == 303
    page = text_of(olu.get(url(contest, "verification")))
    paper = text_of_pdf(olu.get(url(contest, "print_verification")))
    for words in ("so far", "2 papers fewer than expected.", "2,248", "1,348", "900", "200 / 202"):
        assert words in page, words
        assert words in paper, words
    assert "A <pad> of stubs #let was left out" in paper
    assert "Not verified yet: boxes 3, 4, 5 and 6." in paper
    assert "Sign the statement" not in page


def test_it_prints_the_statement_for_nobody_without_a_role(contest: Contest, cast: People) -> None:
    assert at_desk(cast.stu).get(url(contest, "print_verification")).status_code == 404


def test_it_signs_the_statement_by_name_when_it_is_complete(contest: Contest, cast: People) -> None:
    for label in read_facts(contest).boxes:
        verify(contest, label, 300, cast.olu)
    rita, sam = at_desk(cast.rita), at_desk(cast.sam)
    address = url(contest, "verification")
    assert "Sign the statement" not in text_of(sam.get(address))
    waits = "Every box is verified: sign the statement as to verification"
    assert waits in text_of(rita.get(url(contest, "contest")))
    assert waits not in text_of(sam.get(url(contest, "contest")))
    fields = hidden(rita.get(address), address)
    assert sam.post(address, fields | {"name": "Sam"}).status_code == 403
    verify(contest, "1", 301, cast.olu)
    late = rita.post(address, fields | {"name": "Rita R. Rowe"})
    assert late.status_code == 409
    assert "The statement has changed since you opened this page" in text_of(late)
    assert 'value="Rita R. Rowe"' in text_of(late)
    again = hidden(late, address)
    assert rita.post(address, again | {"name": "Rita R. Rowe"}).status_code == 303
    assert "Signed by Rita R. Rowe" in text_of(sam.get(address))
    assert waits not in text_of(rita.get(url(contest, "contest")))
    paper = text_of_pdf(sam.get(url(contest, "print_verification")))
    assert "Signed by Rita R. Rowe" in paper
    assert "over 2,101 papers in all" in paper
    # A figure that changes takes the signature away.
    verify(contest, "2", 302, cast.olu)
    assert "Complete, and not signed yet" in text_of(sam.get(address))


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return make_hall(tmp_path)


def test_it_moves_a_paper_through_the_form_incident_paper_in_another_polls_box(hall: Hall) -> None:
    olu = at_desk(hall.cast.olu)
    assert "Papers of another poll lay in it" not in text_of(olu.get(url(hall.parliament, "box", "3")))
    hall.verify(hall.parliament, "3", 501)
    assert "Papers of another poll lay in it" in text_of(olu.get(url(hall.parliament, "box", "3")))
    typed = {
        "papers_moved": "1",
        "other_contest": hall.local.ballot_paper_id,
        "other_box": "1",
        "reason": "Found in the bundles",
    }
    bare = send(olu, hall.parliament, "move_papers", "3", **typed | {"other_box": "", "reason": ""})
    assert bare.status_code == 422
    assert "Write the box of that poll" in text_of(bare)
    unknown = send(olu, hall.parliament, "move_papers", "3", **typed | {"other_box": "44"})
    assert unknown.status_code == 404
    fields = opened(olu, hall.parliament, "move_papers", "3") | typed
    assert olu.post(url(hall.parliament, "move_papers", "3"), fields).status_code == 303
    twice = send(olu, hall.parliament, "move_papers", "3", **typed)
    assert twice.status_code == 422
    assert "1 paper was moved from here to box 1 of North already" in text_of(twice)
    box = text_of(olu.get(url(hall.parliament, "box", "3")))
    assert "1 missing" in box
    assert "1 paper of another poll lay in this box and was moved to where it belongs" in box
    local = text_of(olu.get(url(hall.local, "box", "1")))
    assert "1 paper of this account lay in another poll’s box and was moved here" in local
    paper = text_of_pdf(olu.get(url(hall.parliament, "print_verification")))
    assert "1 paper of another poll lay here and is counted there." in paper


def test_it_moves_no_papers_of_a_poll_at_which_somebody_has_no_role(hall: Hall) -> None:
    hall.verify(hall.parliament, "3")
    rita = at_desk(hall.cast.rita)
    assert rita.get(url(hall.parliament, "move_papers", "3")).status_code == 404


def test_it_sends_a_group_to_its_table_and_shows_when_the_count_began(contest: Contest, cast: People) -> None:
    for label in ("1", "3"):
        verify(contest, label, 300, cast.olu)
    form_group(contest, 1, ["1", "3"], cast.sam)
    olu = at_desk(cast.olu)
    address = url(contest, "send_group", 1)
    fields = hidden(olu.get(url(contest, "group", 1)), address)
    assert olu.post(address, fields | {"table": "12"}).status_code == 303
    page = text_of(olu.get(url(contest, "group", 1)))
    assert "table <b>12</b>" in page
    again = send(olu, contest, "send_group", 1, on="group", table="12")
    assert again.status_code == 422
    assert "Group 1 went to table 12" in text_of(again)
    assert "The first group went to be counted at" in text_of(olu.get(url(contest, "verification")))


def test_it_asks_why_a_parliamentary_count_began_late() -> None:
    contest = make_contest(close_of_poll=timezone.now() - timedelta(hours=4, minutes=2))
    cast = make_people(contest)
    olu, rita = at_desk(cast.olu), at_desk(cast.rita)
    asked = "The count has not begun, and the four hours after the close of poll were over"
    for client in (olu, rita):
        assert asked in text_of(client.get(url(contest, "contest")))
    assert url(contest, "late_start") not in text_of(olu.get(url(contest, "verification")))
    empty = send(rita, contest, "late_start", on="verification", statement="")
    assert empty.status_code == 422
    assert "Say why the count did not begin" in text_of(empty)
    done = send(rita, contest, "late_start", on="verification", statement="Two vans came late for snow")
    assert done.status_code == 303
    assert asked not in text_of(olu.get(url(contest, "contest")))
    assert "Rita Rowe stated at" in text_of(olu.get(url(contest, "verification")))
