"""The hall's screens: who sees what of the floor, totals for the Returning Officer only, announcements, tablets."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from results import clock
from results.floor import tablets
from results.models import Announcement, Appointment, Contest, Role, Tablet
from results.people.accounts import enrol
from tests import builders
from tests.builders import PASSWORD, People, enter, make_contest, ready_group, verify
from tests.desk.pages import at_desk, hidden, shows, text_of, url

pytestmark = pytest.mark.django_db

GOOD, OTHER = (201, 250, 149), (202, 249, 149)
DEVICE = "0123456789abcdef" * 2


@pytest.fixture
def contest() -> Contest:
    return make_contest(entries_required=2, publish=Contest.Publish.PROGRESS)


def row(page: Any, number: int) -> str:
    """What the floor says of a group, in words."""
    found = re.search(rf'data-key="group-{number}"[^>]*>(.*?)(</tr>|</p>)', text_of(page), re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found.group(1)).split())


def floor(contest: Contest, user: Any, by: str = "") -> Any:
    return at_desk(user).get(url(contest, "hall") + by)


def two_groups(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "3"], 300, cast)
    ready_group(contest, 2, ["2", "4"], 300, cast)


# --- the floor ---------------------------------------------------------------------------------------------------------


def test_it_says_who_has_what_and_what_is_missing(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    at_desk(cast.olu).get(url(contest, "count", 1))
    at_desk(cast.bea).get(url(contest, "box", "5"))
    page = floor(contest, cast.sam)
    assert "Olu Ade since" in row(page, 1)
    assert "nobody" in row(page, 2)
    box = re.search(r'data-key="box-5".*?</li>', text_of(page), re.S)
    assert box is not None
    assert "Bea Byrne" in box.group()
    assert "3 boxes still expected: 5, 6 and P1" in text_of(page)
    assert "2 groups are being counted, or wait to be read: 1 and 2" in text_of(page)


def test_it_shows_no_figure_of_a_vote_to_anybody(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    for user in (cast.olu, cast.bea):
        enter(contest, 1, GOOD, user)
    enter(contest, 2, OTHER, cast.olu)
    for user in (cast.olu, cast.bea, cast.sam, cast.rita):
        page = floor(contest, user)
        assert not [votes for votes in (*GOOD, *OTHER) if shows(page, str(votes))]


def test_a_reader_does_not_learn_that_two_readings_differ(contest: Contest, cast: People) -> None:
    """What the floor tells of a group with one reading, and with two that differ, is the same for who reads blind."""
    two_groups(contest, cast)
    enter(contest, 1, GOOD, cast.sam)
    enter(contest, 2, GOOD, cast.sam)
    enter(contest, 2, OTHER, cast.rita)
    # Someone types theirs again, and so has the sheet in hand: that alone would tell that the readings differ.
    at_desk(cast.rita).get(url(contest, "count", 2))
    page = floor(contest, cast.olu)
    one, two = (re.sub(r"\d\d:\d\d", "", row(page, number)) for number in (1, 2))
    assert one.replace("1, 3", "").replace("Group 1", "") == two.replace("2, 4", "").replace("Group 2", "")
    assert "being read" in one
    assert "2 groups are read and not agreed: 1 and 2" in text_of(page)
    assert "queried" not in row(floor(contest, cast.sam), 2), "who read it, supervisor or not"
    seen = floor(contest, enrol(contest, "una", PASSWORD, Role.SUPERVISOR, "Una Ude"))
    assert "queried" in row(seen, 2)
    assert "read by Sam Shah" in row(seen, 2)
    assert "1 group is for a supervisor to look at: 2" in text_of(seen)


def test_a_reader_sees_their_own_reading(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    enter(contest, 1, GOOD, cast.olu)
    assert "read by Olu Ade" in row(floor(contest, cast.olu), 1)
    assert "Olu" not in row(floor(contest, cast.bea), 1)


def test_it_is_by_table_too(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    page = text_of(floor(contest, cast.sam, "?by=table"))
    assert "At no table" in page
    assert "Boxes in no group" in page


def test_it_is_for_those_appointed(contest: Contest, cast: People) -> None:
    for view in ("hall", "totals", "announce", "screen"):
        assert at_desk(cast.stu).get(url(contest, view)).status_code == 404
        assert Client().get(url(contest, view)).status_code == 302


# --- totals --------------------------------------------------------------------------------------------------------------


def test_the_returning_officer_has_the_totals_of_agreed_groups_on_a_progress_night(
    contest: Contest, cast: People
) -> None:
    two_groups(contest, cast)
    for user in (cast.olu, cast.bea):
        enter(contest, 1, GOOD, user)
    enter(contest, 2, OTHER, cast.olu)
    page = at_desk(cast.rita).get(url(contest, "totals"))
    assert all(shows(page, str(votes)) for votes in GOOD)
    assert not shows(page, "202")
    assert "600 of 1,200 verified" in text_of(page)
    assert "1 group is read and not agreed: 2" in text_of(page)
    for user in (cast.olu, cast.sam):
        refused = at_desk(user).get(url(contest, "totals"))
        assert refused.status_code == 403
        assert not any(shows(refused, str(votes)) for votes in GOOD)


def test_a_deputy_has_the_totals_until_the_appointment_ends(contest: Contest, cast: People) -> None:
    rita = at_desk(cast.rita)
    assert rita.get(url(contest, "totals")).status_code == 200
    Appointment.objects.filter(user=cast.rita).update(
        valid_from=clock.real_now() - timedelta(hours=2), valid_until=clock.real_now() - timedelta(seconds=1)
    )
    assert rita.get(url(contest, "totals")).status_code == 403


# --- announcements -------------------------------------------------------------------------------------------------------


def announce(client: Client, contest: Contest, text: str, **more: str) -> Any:
    address = url(contest, "announce")
    return client.post(address, {**hidden(client.get(address), address), "text": text, **more})


def test_an_announcement_is_shown_large_and_on_no_public_page(contest: Contest, cast: People) -> None:
    words = "Agents of group 7, please come to table 4."
    assert announce(at_desk(cast.sam), contest, words).status_code == 303
    assert words in text_of(at_desk(cast.olu).get(url(contest, "screen")))
    for path in ("/", f"/contests/{contest.ballot_paper_id}/", f"/contests/{contest.ballot_paper_id}/?hall=1"):
        assert "please come" not in text_of(Client().get(path))


def test_the_hall_screen_says_no_more_than_is_public(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    for user in (cast.olu, cast.bea):
        enter(contest, 1, GOOD, user)
    page = at_desk(cast.rita).get(url(contest, "screen"))
    assert not [votes for votes in GOOD if shows(page, str(votes))]


def test_two_who_announce_at_once_do_not_overwrite_each_other(contest: Contest, cast: People) -> None:
    address = url(contest, "announce")
    sam, rita = at_desk(cast.sam), at_desk(cast.rita)
    first, second = (hidden(client.get(address), address) for client in (sam, rita))
    assert sam.post(address, first | {"text": "The bar is open."}).status_code == 303
    late = rita.post(address, second | {"text": "The bar is closed."})
    assert late.status_code == 409
    assert "Sam Shah announced something else meanwhile" in text_of(late)
    assert 'value="The bar is closed."' in text_of(late)
    assert rita.post(address, hidden(late, address) | {"text": "The bar is closed."}).status_code == 303
    assert [one.text for one in Announcement.objects.all()] == ["The bar is open.", "The bar is closed."]


def test_an_announcement_that_is_sent_twice_is_made_once(contest: Contest, cast: People) -> None:
    address = url(contest, "announce")
    sam = at_desk(cast.sam)
    typed = hidden(sam.get(address), address) | {"text": "Recount of group 3 at 02:30."}
    assert [sam.post(address, typed).status_code for _ in range(2)] == [303, 303]
    assert Announcement.objects.count() == 1
    assert sam.post(address, typed | {"text": "Recount of group 4"}).status_code == 409


def test_an_announcement_is_taken_down_and_an_empty_one_is_refused(contest: Contest, cast: People) -> None:
    sam = at_desk(cast.sam)
    announce(sam, contest, "Doors close at two.")
    empty = announce(sam, contest, "  ")
    assert empty.status_code == 422
    assert "Write what the screens are to say" in text_of(empty)
    assert "Doors close" in text_of(sam.get(url(contest, "screen")))
    address = url(contest, "announce")
    page = text_of(sam.get(address))
    down = re.search(r'class="take-down".*?</form>', page, re.S)
    assert down is not None
    fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', down.group()))
    assert sam.post(address, fields).status_code == 303
    assert "Doors close" not in text_of(sam.get(url(contest, "screen")))


def test_only_a_supervisor_announces(contest: Contest, cast: People) -> None:
    olu = at_desk(cast.olu)
    assert olu.get(url(contest, "announce")).status_code == 403
    made = {"submission_id": str(uuid.uuid4()), "seen": "0", "text": "All is lost."}
    assert olu.post(url(contest, "announce"), made).status_code == 403
    assert not Announcement.objects.exists()


# --- tablets -------------------------------------------------------------------------------------------------------------


def beat(client: Client, contest: Contest, **said: str) -> int:
    return int(client.post(url(contest, "beat"), {"device": DEVICE, "unsent": "0", **said}).status_code)


def test_a_supervisor_sees_on_which_tablet_forms_lie_unsent(contest: Contest, cast: People) -> None:
    old = (clock.now(contest.event) - timedelta(minutes=20)).isoformat()
    olu = at_desk(cast.olu)
    assert beat(olu, contest, unsent="2", oldest=old) == 204
    said = text_of(floor(contest, cast.sam))
    assert "The tablet of <b>Olu Ade</b>: 2 forms" in said
    assert "Typed and not sent</h2>" not in text_of(floor(contest, cast.bea))
    assert beat(olu, contest) == 204
    assert not Tablet.objects.exists()


def test_a_sheet_that_is_being_typed_is_no_news_until_its_tablet_falls_silent(contest: Contest, cast: People) -> None:
    now = clock.now(contest.event)
    beat(at_desk(cast.olu), contest, unsent="1", oldest=now.isoformat())
    assert "The tablet of" not in text_of(floor(contest, cast.sam))
    Tablet.objects.update(seen_at=clock.real_now() - timedelta(minutes=4))
    assert "It has said nothing for a while" in text_of(floor(contest, cast.sam))


@pytest.mark.parametrize(
    "said",
    [{"device": "x"}, {"unsent": "many"}, {"unsent": "-1"}, {"unsent": "1234567"}, {"device": ""}, {"unsent": "²"}],
)
def test_it_takes_no_nonsense_from_a_tablet(contest: Contest, cast: People, said: dict[str, str]) -> None:
    assert beat(at_desk(cast.olu), contest, **said) == 400
    assert not Tablet.objects.exists()


def test_it_takes_what_it_can_of_a_tablet_whose_clock_is_odd(contest: Contest, cast: People) -> None:
    assert beat(at_desk(cast.olu), contest, unsent="1", oldest="2026-99-99T00:00", holding="box:99' OR 1") == 204
    assert tablets.with_unsent(contest)[0].oldest is None


def test_a_tablet_renews_what_its_person_has_in_hand(contest: Contest, cast: People) -> None:
    two_groups(contest, cast)
    beat(at_desk(cast.olu), contest, holding="group:1")
    assert "Olu Ade" in row(floor(contest, cast.sam), 1)
    # Who only looks at a box has it not in hand; who types has.
    beat(at_desk(cast.rita), contest, holding="box:5")
    assert "Rita Rowe" not in text_of(floor(contest, cast.sam))
    beat(at_desk(cast.rita), contest, holding="box:5", typed="1")
    assert "Rita Rowe" in text_of(floor(contest, cast.sam))
    verify(contest, "5", 300, cast.olu)
    assert "Rita Rowe" not in text_of(floor(contest, cast.sam))


def test_it_has_room_for_a_hall_whose_boxes_are_all_out(cast: People, contest: Contest) -> None:
    builders.make_contest("parl.largeshire.2026-11-05", polling_boxes=40)
    large = Contest.objects.get(ballot_paper_id="parl.largeshire.2026-11-05")
    builders.accounts.enrol(large, "sam", None, "supervisor", "Sam Shah")
    assert "41 boxes still expected<" in text_of(floor(large, cast.sam))
