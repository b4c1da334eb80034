"""The desk: every figure is taken exactly or refused in words, once, by whom it may be, with nothing lost."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from results import clock
from results.desk.forms.fields import read_figure
from results.facts.reading import read_facts
from results.models import Contest, LedgerEntry, Role
from results.people import accounts
from results.texts import wording
from tests import builders
from tests.builders import PASSWORD, People, enter, form_group, make_contest, make_people, ready_group, verify

pytestmark = pytest.mark.django_db

HEADS = ("want_of_official_mark", "voting_for_more_than_one", "identifying_mark", "unmarked_or_void")


@pytest.fixture
def contest() -> Contest:
    return make_contest()


@pytest.fixture
def cast(contest: Contest) -> People:
    return make_people(contest)


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    """The tests speak HTTP, as a hall's own network may."""
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def at_desk(user: Any, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="results.people.accounts.CountBackend")
    return client


def url(contest: Contest, view: str, *parts: Any) -> str:
    return reverse(f"desk:{view}", args=[contest.ballot_paper_id, *parts])


def hidden(page: Any, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action, as a browser would send them back."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.content.decode(), re.S)
    assert form is not None, f"no form for {action}"
    pairs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form.group())
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def opened(client: Client, contest: Contest, view: str, *parts: Any) -> dict[str, str]:
    address = url(contest, view, *parts)
    return hidden(client.get(address), address)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def shows(answer: Any, figure: str) -> bool:
    """Whether the figure stands in the page as a number of its own, not as digits of a form's random id or token."""
    return re.search(rf"(?<![\w#-])(?<!\d,){figure}(?![\w-])(?!,\d)", text_of(answer)) is not None


def account(found: str = "700", **more: str) -> dict[str, str]:
    return {"issued": "700", "unused": "200", "spoilt": "1", "tendered": "0", "found": found, "reason": ""} | more


def sheet(*votes: object, **more: str) -> dict[str, str]:
    figures = {f"votes-{number}": str(value) for number, value in enumerate(votes, 1)}
    figures |= {f"rejected-{head}": "0" for head in HEADS}
    return {"sheet": "0107", "doubtful": "0"} | figures | more


def verify_others(contest: Contest, cast: People) -> None:
    """Enough papers outside group 1 that it may be released."""
    for label in ("3", "4"):
        verify(contest, label, 700, cast.olu)


def kinds(contest: Contest) -> list[str]:
    return list(LedgerEntry.objects.filter(contest=contest).order_by("seq").values_list("kind", flat=True))


# --- figures ---------------------------------------------------------------------------------------------------------

BAD_FIGURES = {
    "": "Write 0 if there are none",
    "   ": "Write 0 if there are none",
    "-5": "A count is never below 0",
    "−5": "A count is never below 0",
    "12.5": "Write a whole number, without the point",
    "12.0": "Write a whole number, without the point",
    "1.702": "Write a whole number, without the point",
    "1,702": "Write 1702, without the comma",
    "1 702": "Write 1702, without the space",
    "1\u202f702": "Write 1702, without the space",
    "1'702": "Write 1702, without the apostrophe",
    "17,02": "Write the digits 0 to 9 and nothing else",
    "１７０２": "Write the digits 0 to 9",
    "١٧٠٢": "Write the digits 0 to 9",
    "1²": "Write the digits 0 to 9",
    "12\t34\t5": "One figure only",
    "12\n34": "One figure only",
    "12 3 4": "One figure only",
    "10000001": "At most 10,000,000",
    "9" * 5000: "At most 10,000,000",
    "1e3": "Write the digits 0 to 9 and nothing else",
    "0x10": "Write the digits 0 to 9 and nothing else",
    "+5": "Write the digits 0 to 9 and nothing else",
    "1_000": "Write the digits 0 to 9 and nothing else",
    "NaN": "Write the digits 0 to 9 and nothing else",
    "twelve": "Write the digits 0 to 9 and nothing else",
    "O": "Write the digits 0 to 9 and nothing else",
    "5\x00": "Write the digits 0 to 9 and nothing else",
}


@pytest.mark.parametrize(("typed", "words"), BAD_FIGURES.items(), ids=lambda value: repr(value)[:20])
def test_it_says_exactly_what_is_wrong_with_a_figure(typed: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_figure(typed)
    assert wording.text(refused.value.message, refused.value.params or {}) == words


@pytest.mark.parametrize(
    ("typed", "value"), [("0", 0), ("  12 ", 12), ("0107", 107), ("10000000", 10_000_000), ("0" * 30 + "7", 7)]
)
def test_it_takes_digits_and_the_spaces_around_them(typed: str, value: int) -> None:
    assert read_figure(typed) == value


@pytest.mark.parametrize("typed", ["", "-5", "1,702", "1.5", "１２", "12\t34", "10000001", "<b>7</b>"])
def test_it_keeps_the_text_of_a_malformed_figure_and_records_nothing(
    contest: Contest, cast: People, typed: str
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    before = kinds(contest)
    client = at_desk(cast.olu)
    answer = client.post(url(contest, "count", 1), opened(client, contest, "count", 1) | sheet("800", typed, "100"))
    page = text_of(answer)
    assert answer.status_code == 422
    assert kinds(contest) == before
    kept = typed.replace("<", "&lt;").replace(">", "&gt;")
    assert re.search(rf'name="votes-2"[^>]*value="{re.escape(kept)}"[^>]*aria-invalid="true"', page)
    assert re.search(r'name="votes-1"[^>]*value="800"', page)
    assert 'value="0107"' in page
    assert "Nothing is recorded yet." in page
    assert '<a href="#id_votes-2">BARKER Mike</a>' in page
    beside = re.search(r'id="error_votes-2">([^<]*)<', page)
    assert beside is not None
    assert page.count(beside[1]) == 2, "once beside the field and once on top"


def test_it_refuses_a_field_that_came_twice_and_one_that_is_missing(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures: dict[str, Any] = opened(client, contest, "count", 1) | sheet("1000", "300", "100")
    twice = client.post(url(contest, "count", 1), figures | {"votes-1": ["1000", "1001"]})
    assert twice.status_code == 422
    assert "One figure only" in text_of(twice)
    del figures["votes-3"]
    missing = client.post(url(contest, "count", 1), figures)
    assert missing.status_code == 422
    assert "Write 0 if there are none" in text_of(missing)


@pytest.mark.parametrize("name", ["submission_id", "seen", "papers"])
def test_it_asks_to_open_a_form_anew_whose_hidden_parts_are_broken(contest: Contest, cast: People, name: str) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures = opened(client, contest, "count", 1) | sheet("1000", "300", "100") | {name: "zzz"}
    answer = client.post(url(contest, "count", 1), figures)
    assert answer.status_code == 422
    assert "A part of this form is missing: open it anew." in text_of(answer)


@pytest.mark.parametrize(
    ("explanation", "words"),
    [
        ("x" * 501, "At most 500 characters; these are 501"),
        ("two\nlines", "One line of plain text"),
        ("bell\x07", "One line of plain text"),
        ("turned \u202eround", "One line of plain text"),
    ],
)
def test_it_refuses_explanations_that_paper_cannot_carry(
    contest: Contest, cast: People, explanation: str, words: str
) -> None:
    client = at_desk(cast.olu)
    figures = account("698", reason="arithmetic", explanation=explanation)
    answer = client.post(url(contest, "box", "1"), opened(client, contest, "box", "1") | figures)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert kinds(contest) == []


def test_it_wants_the_number_of_the_sheet(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    figures = opened(client, contest, "count", 1)
    empty = client.post(url(contest, "count", 1), figures | sheet("1000", "300", "100", sheet=" "))
    assert "Copy the number that is printed on the sheet" in text_of(empty)
    long = client.post(url(contest, "count", 1), figures | sheet("1000", "300", "100", sheet="7" * 21))
    assert "At most 20 characters; these are 21" in text_of(long)


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_it_verifies_a_box_and_shows_the_receipt_however_often_it_is_asked(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    figures = opened(client, contest, "box", "1") | account()
    answer = client.post(url(contest, "box", "1"), figures)
    assert answer.status_code == 303
    assert answer["Location"] == f"{url(contest, 'box', '1')}?received=1"
    again = client.post(url(contest, "box", "1"), figures)
    assert (again.status_code, again["Location"]) == (303, answer["Location"])
    assert kinds(contest) == ["verified"]
    entry = LedgerEntry.objects.get()
    page = text_of(client.get(answer["Location"]))
    assert f"Received {timezone.localtime(entry.recorded_at):%H:%M:%S}, entry 1" in page
    assert f'data-received="{figures["submission_id"]}"' in page
    assert "Received" not in text_of(at_desk(cast.bea).get(answer["Location"]))


def test_it_takes_a_postal_box_against_the_opening_sessions(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    page = client.get(url(contest, "box", "P1"))
    assert 'name="issued"' not in text_of(page)
    fields = hidden(page, url(contest, "box", "P1"))
    answer = client.post(url(contest, "box", "P1"), fields | {"expected": "900", "found": "900", "reason": ""})
    assert answer.status_code == 303
    verified = read_facts(contest).accounts["P1"].verified
    assert verified is not None
    assert (verified.expected, verified.found, verified.figures) == (900, 900, None)


def test_it_wants_a_variance_explained(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1")
    bare = client.post(url(contest, "box", "1"), fields | account("698"))
    assert bare.status_code == 422
    assert "2 papers fewer found than expected" in text_of(bare)
    assert 'id="error_reason"' in text_of(bare)
    unknown = client.post(url(contest, "box", "1"), fields | account("698", reason="moon"))
    assert "Choose one of the reasons" in text_of(unknown)
    said = account("698", reason="arithmetic", explanation="The account was added up wrong")
    assert client.post(url(contest, "box", "1"), fields | said).status_code == 303


def test_it_shows_the_standing_verification_and_supersedes_it(contest: Contest, cast: People) -> None:
    verify(contest, "1", 700, cast.olu)
    client = at_desk(cast.bea)
    page = client.get(url(contest, "box", "1"))
    assert "A new one supersedes it" in text_of(page)
    assert ">700<" in text_of(page)
    fields = hidden(page, url(contest, "box", "1"))
    answer = client.post(url(contest, "box", "1"), fields | account("701", issued="701"))
    assert answer.status_code == 303
    first, second = LedgerEntry.objects.order_by("seq")
    assert second.supersedes == first


def test_it_answers_stale_with_the_text_kept_and_the_present_state(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1")
    verify(contest, "1", 650, cast.bea)
    answer = client.post(url(contest, "box", "1"), fields | account("700"))
    page = text_of(answer)
    assert answer.status_code == 409
    assert kinds(contest) == ["verified"]
    assert "Box 1 has changed since you opened this form" in page
    assert re.search(r'name="issued"[^>]*value="700"', page)
    assert ">650<" in page
    anew = hidden(answer, url(contest, "box", "1"))
    assert anew["submission_id"] != fields["submission_id"]
    assert "Send these anew" in page
    assert "Record this verification" not in page
    assert client.post(url(contest, "box", "1"), anew | account("700")).status_code == 303
    assert kinds(contest) == ["verified", "verified"]


def test_it_acknowledges_more_papers_than_electors(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    fields = opened(client, contest, "box", "1") | account("1900", issued="1900")
    answer = client.post(url(contest, "box", "1"), fields)
    assert answer.status_code == 422
    assert 'name="acknowledge" value="verification.more_than_electors"' in text_of(answer)
    ticked = client.post(url(contest, "box", "1"), fields | {"acknowledge": "verification.more_than_electors"})
    assert ticked.status_code == 303


def test_it_notes_an_arrival_once(contest: Contest, cast: People) -> None:
    client = at_desk(cast.olu)
    address = url(contest, "arrive", "1")
    fields = hidden(client.get(url(contest, "box", "1")), address)
    assert client.post(address, fields).status_code == 303
    assert client.post(address, fields).status_code == 303
    assert kinds(contest) == ["arrived"]
    second = client.post(address, {"submission_id": str(uuid.uuid4()), "seen": "0"})
    assert second.status_code == 409
    assert client.get(address).status_code == 302


def test_it_says_when_the_poll_closes_and_takes_only_postal_boxes_before(django_db_blocker: Any, settings: Any) -> None:
    close = timezone.make_aware(datetime(2126, 11, 5, 22, 0))
    contest = make_contest("parl.early.2126-11-05", close_of_poll=close)
    cast = make_people(contest)
    client = at_desk(cast.olu)
    words = "The poll closes at 22:00 on 5 November 2126"
    assert words in text_of(client.get(url(contest, "box", "1")))
    assert words in text_of(client.get(url(contest, "contest")))
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "0"}
    early = client.post(url(contest, "box", "1"), fresh | account())
    assert early.status_code == 422
    assert words in text_of(early)
    postal = client.post(url(contest, "box", "P1"), fresh | {"expected": "900", "found": "900"})
    assert postal.status_code == 303


# --- groups ----------------------------------------------------------------------------------------------------------


def test_it_forms_a_group_and_keeps_what_was_ticked_when_it_may_not_be(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = opened(client, contest, "form_group")
    lonely = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "P1"]})
    assert lonely.status_code == 422
    assert "A group mixes the papers of two polling boxes or more" in text_of(lonely)
    assert re.search(r'value="P1"[^>]* checked', text_of(lonely))
    formed = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "2", "P1"]})
    assert formed.status_code == 303
    assert formed["Location"] == f"{url(contest, 'group', 1)}?received=1"
    assert read_facts(contest).groups[1].boxes == ("1", "2", "P1")
    taken = client.post(
        url(contest, "form_group"),
        {"submission_id": str(uuid.uuid4()), "seen": "0", "number": "1", "boxes": ["1", "3"]},
    )
    assert "There is a group 1 already." in text_of(taken)
    assert "Box 1 is in group 1 already." in text_of(taken)


def test_it_says_which_boxes_do_not_exist_and_which_numbers_are_none(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    fields = opened(client, contest, "form_group")
    unknown = client.post(url(contest, "form_group"), fields | {"number": "1", "boxes": ["1", "2", "<i>"]})
    assert "There is no box &lt;i&gt;." in text_of(unknown)
    nought = client.post(url(contest, "form_group"), fields | {"number": "0", "boxes": ["1", "2"]})
    assert "Number the group from 1 to 9999." in text_of(nought)
    none = client.post(url(contest, "form_group"), fields | {"number": "one", "boxes": ["1", "2"]})
    assert none.status_code == 422
    assert 'value="one"' in text_of(none)


def test_it_forms_no_group_of_one_stations_box_for_anybody(contest: Contest, cast: People) -> None:
    for person in (cast.sam, cast.rita):
        client = at_desk(person)
        page = client.get(f"/desk/{contest.ballot_paper_id}/groups/new/")
        answer = client.post(
            f"/desk/{contest.ballot_paper_id}/groups/new/",
            hidden(page, f"/desk/{contest.ballot_paper_id}/groups/new/") | {"number": "1", "boxes": ["1"]},
        )
        assert answer.status_code == 422
        assert "two polling boxes or more" in text_of(answer)
    assert not read_facts(contest).groups


def test_it_dissolves_a_group_and_repeats_the_receipt(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.sam)
    address = url(contest, "dissolve", 1)
    fields = hidden(client.get(url(contest, "group", 1)), address)
    answer = client.post(address, fields)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(contest, 'group', 1)}?received=2")
    assert client.post(address, fields)["Location"] == answer["Location"]
    assert "Received" in text_of(client.get(answer["Location"]))
    assert "This group is dissolved." in text_of(client.get(url(contest, "group", 1)))
    gone = client.post(address, {"submission_id": str(uuid.uuid4()), "seen": "1"})
    assert gone.status_code == 404
    assert "There is no group 1 in Testshire." in text_of(gone)
    assert client.get(url(contest, "count", 1)).status_code == 404


# --- counts ----------------------------------------------------------------------------------------------------------


def test_it_agrees_figures_that_add_up_and_releases_them(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify_others(contest, cast)
    client = at_desk(cast.olu)
    answer = client.post(
        url(contest, "count", 1),
        opened(client, contest, "count", 1)
        | sheet("800", "500", "99", doubtful="0")
        | {"rejected-unmarked_or_void": "1"},
    )
    assert answer.status_code == 303
    page = text_of(client.get(answer["Location"]))
    assert "The figures add up and are agreed" in page
    assert "Released" in page
    assert "The count that stands" in page
    assert client.get(url(contest, "count", 1)).status_code == 403


def test_it_records_figures_that_do_not_add_up_and_queries_them(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    answer = client.post(url(contest, "count", 1), opened(client, contest, "count", 1) | sheet("800", "500", "96"))
    assert answer.status_code == 303
    assert kinds(contest)[-1] == "entered"
    page = text_of(client.get(answer["Location"]))
    assert "1,396 of 1,400 papers accounted for: 4 papers missing" in page
    assert "queried" in page
    steps = text_of(at_desk(cast.sam).get(url(contest, "contest")))
    assert "Group 1 does not add up" in steps
    again = client.get(url(contest, "count", 1))
    assert re.search(r'name="votes-1"[^>]*value="800"', text_of(again))


def test_it_asks_for_warnings_by_name_and_takes_them_when_ticked(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | sheet("800", "500", "80") | {"rejected-unmarked_or_void": "20"}
    answer = client.post(url(contest, "count", 1), fields)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'name="acknowledge" value="count.rejected_share"' in page
    assert re.search(r'name="votes-1"[^>]*value="800"', page)
    assert f'value="{fields["submission_id"]}"' in page
    ticked = client.post(url(contest, "count", 1), fields | {"acknowledge": ["count.rejected_share"]})
    assert ticked.status_code == 303


def test_it_answers_conflict_when_the_same_form_says_other_figures(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1)
    assert client.post(url(contest, "count", 1), fields | sheet("800", "500", "100")).status_code == 303
    other = client.post(url(contest, "count", 1), fields | sheet("801", "499", "100"))
    page = text_of(other)
    assert other.status_code == 409
    assert "This form was recorded already, with other figures" in page
    assert re.search(r'name="votes-1"[^>]*value="801"', page)
    assert "data-received" not in page
    assert hidden(other, url(contest, "count", 1))["submission_id"] != fields["submission_id"]


def test_it_takes_a_double_click_once(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | sheet("800", "500", "100")
    places = {client.post(url(contest, "count", 1), fields)["Location"] for _ in range(3)}
    assert len(places) == 1
    assert kinds(contest).count("entered") == 1


def test_it_refuses_the_second_of_two_officers_and_shows_what_the_first_recorded(
    contest: Contest, cast: People
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    olu, bea = at_desk(cast.olu), at_desk(cast.bea)
    first, second = opened(olu, contest, "count", 1), opened(bea, contest, "count", 1)
    assert olu.post(url(contest, "count", 1), first | sheet("777", "500", "119")).status_code == 303
    answer = bea.post(url(contest, "count", 1), second | sheet("800", "500", "100", sheet="0108"))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Recorded now for group 1:" in page
    assert "Olu Ade" in page
    assert "1,396 of 1,400" in page
    assert not shows(answer, "777")
    assert re.search(r'name="votes-1"[^>]*value="800"', page)


def test_it_hides_unagreed_figures_from_other_officers_and_shows_them_to_a_supervisor(
    contest: Contest, cast: People
) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (777, 500, 119), cast.olu)
    for view in ("group", "count"):
        assert shows(at_desk(cast.olu).get(url(contest, view, 1)), "777")
        assert not shows(at_desk(cast.bea).get(url(contest, view, 1)), "777")
        assert shows(at_desk(cast.sam).get(url(contest, view, 1)), "777")
    assert "1,396 of 1,400" in text_of(at_desk(cast.bea).get(url(contest, "group", 1)))
    enter(contest, 1, (778, 500, 122), cast.sam)
    assert shows(at_desk(cast.bea).get(url(contest, "group", 1)), "778")
    assert not shows(at_desk(cast.bea).get(url(contest, "group", 1)), "777")


def test_it_hides_an_error_that_names_a_candidate_from_other_officers(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (1500, 10, 10), cast.olu)
    assert "ADAMS Ann: more votes" in text_of(at_desk(cast.olu).get(url(contest, "group", 1)))
    assert "ADAMS Ann: more votes" not in text_of(at_desk(cast.bea).get(url(contest, "group", 1)))


def test_it_lets_a_supervisor_correct_agreed_figures(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    enter(contest, 1, (800, 500, 100), cast.olu)
    officer = at_desk(cast.olu)
    latest = read_facts(contest).groups[1].latest
    assert latest is not None
    forged = {"submission_id": str(uuid.uuid4()), "seen": str(latest.seq), "papers": "1400"}
    assert officer.post(url(contest, "count", 1), forged | sheet("801", "499", "100")).status_code == 403
    client = at_desk(cast.sam)
    fields = opened(client, contest, "count", 1)
    assert client.post(url(contest, "count", 1), fields | sheet("801", "499", "100")).status_code == 303
    agreed = read_facts(contest).groups[1].agreed
    assert agreed is not None
    assert agreed.figures.votes == (801, 499, 100)


def test_it_says_what_a_group_waits_for(contest: Contest, cast: People) -> None:
    verify(contest, "1", 700, cast.olu)
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    assert "Not yet verified in this group: box 2." in text_of(client.get(url(contest, "count", 1)))


def test_it_asks_for_the_form_anew_when_the_papers_changed(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | {"papers": "1399"}
    answer = client.post(url(contest, "count", 1), fields | sheet("800", "500", "99"))
    assert answer.status_code == 422
    assert "1,400 papers are verified in this group now: check the sheet against that" in text_of(answer)
    anew = hidden(answer, url(contest, "count", 1))
    assert client.post(url(contest, "count", 1), anew | sheet("800", "500", "100")).status_code == 303


def test_it_escapes_markup_in_names() -> None:
    contest = make_contest(
        "parl.markup.2026-11-05", candidates=(("<script>x</script>", "Ann", "RED"), ('"><b>', "O'Neil & Co", "BLU"))
    )
    people = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, people)
    client = at_desk(people.olu)
    fields = opened(client, contest, "count", 1) | {"submission_id": str(uuid.uuid4()), "sheet": "<i>"}
    pages = [
        client.get(url(contest, "count", 1)),
        client.post(url(contest, "count", 1), fields | {"votes-1": "<u>", "votes-2": '"'}),
        client.get(url(contest, "group", 1)),
    ]
    enter(contest, 1, (1000, 400), people.olu, sheet="<i>")
    pages.append(client.get(url(contest, "group", 1)))
    for page in pages:
        assert not re.search(r"<script>x|<SCRIPT>|<B>|<i>|<u>", text_of(page))
    assert "&lt;SCRIPT&gt;" in text_of(pages[0])


# --- what is public --------------------------------------------------------------------------------------------------


def test_it_lets_the_returning_officer_choose_and_everybody_read(contest: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    fields = opened(client, contest, "policy")
    choice = fields | {"publish": "progress", "projection": "off", "reason": "The usual night"}
    answer = client.post(url(contest, "policy"), choice)
    assert (answer.status_code, answer["Location"]) == (303, f"{url(contest, 'policy')}?received=1")
    assert client.post(url(contest, "policy"), choice)["Location"] == answer["Location"]
    assert read_facts(contest).publish == "progress"
    assert "The usual night" in text_of(client.get(url(contest, "policy")))
    stale = client.post(url(contest, "policy"), choice | {"submission_id": str(uuid.uuid4())})
    assert stale.status_code == 409
    for person in (cast.olu, cast.sam):
        reader = at_desk(person)
        assert "The Returning Officer chooses what is public." in text_of(reader.get(url(contest, "policy")))
        forged = {"submission_id": str(uuid.uuid4()), "seen": "1", "publish": "off", "projection": "off"}
        assert reader.post(url(contest, "policy"), forged).status_code == 403
    assert read_facts(contest).publish == "progress"


def test_it_holds_and_goes_on(contest: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    fields = opened(client, contest, "policy")
    hold = {"action": "hold", "held": "yes", "submission_id": fields["submission_id"], "seen": "0"}
    assert client.post(url(contest, "policy"), hold).status_code == 303
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify_others(contest, cast)
    enter(contest, 1, (800, 500, 100), cast.olu)
    page = text_of(client.get(url(contest, "policy")))
    assert "New releases are on hold." in page
    assert "Let releases go on" in page
    go_on = {"action": "hold", "held": "no", "submission_id": str(uuid.uuid4()), "seen": "1"}
    answer = client.post(url(contest, "policy"), go_on)
    assert "Released" in text_of(client.get(answer["Location"]))
    assert "No agreed group waits." in text_of(client.get(url(contest, "policy")))


@pytest.mark.parametrize(
    "wrong", [{"publish": "everything"}, {"publish": ""}, {"projection": ""}, {"projection": "yes"}]
)
def test_it_refuses_choices_that_there_are_not(contest: Contest, cast: People, wrong: dict[str, str]) -> None:
    client = at_desk(cast.rita)
    choice = opened(client, contest, "policy") | {"publish": "totals", "projection": "on"} | wrong
    assert client.post(url(contest, "policy"), choice).status_code == 422
    assert kinds(contest) == []


def test_it_says_why_an_agreed_group_waits(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 100, cast)
    enter(contest, 1, (120, 50, 30), cast.olu)
    page = text_of(at_desk(cast.rita).get(url(contest, "policy")))
    assert "A release needs at least 2 boxes of polling stations and 250 papers" in page


def test_it_lets_the_last_figures_go_by_the_returning_officers_form(contest: Contest, cast: People) -> None:
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"]), (3, ["5", "6", "P1"])):
        ready_group(contest, number, labels, 200, cast)
    enter(contest, 1, (200, 120, 80), cast.olu)
    enter(contest, 2, (190, 130, 80), cast.olu)
    rita = at_desk(cast.rita)
    assert "Let the last figures go" not in text_of(rita.get(url(contest, "policy")))
    enter(contest, 3, (310, 190, 100), cast.olu)
    page = text_of(rita.get(url(contest, "policy")))
    assert "Whoever sees these sees the outcome" in page
    assert "the candidates see them first" in page
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.S) if 'value="last"' in form)
    sent = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    assert "Give the reason" in text_of(rita.post(url(contest, "policy"), sent | {"reason": " "}))
    assert at_desk(cast.sam).post(url(contest, "policy"), sent | {"reason": "Now"}).status_code == 403
    assert rita.post(url(contest, "policy"), sent | {"reason": "They have seen it"}).status_code == 303
    assert read_facts(contest).groups[3].released
    assert "Let the last figures go" not in text_of(rita.get(url(contest, "policy")))


def test_it_asks_on_the_sheet_why_public_figures_change(contest: Contest, cast: People) -> None:
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"])):
        ready_group(contest, number, labels, 200, cast)
    enter(contest, 1, (200, 120, 80), cast.olu)
    sam = at_desk(cast.sam)
    assert "Why these public figures change" in text_of(sam.get(url(contest, "count", 1)))
    assert "Why these public figures change" not in text_of(sam.get(url(contest, "count", 2)))
    sent = opened(sam, contest, "count", 1) | {"sheet": "2", "doubtful": "0", "votes-1": "190", "votes-2": "130"}
    sent |= {"votes-3": "80"} | {f"rejected-{head.code}": "0" for head in contest.heads.all()}
    refused = sam.post(url(contest, "count", 1), sent | {"acknowledge": ["count.rejected_share"]})
    assert refused.status_code == 422
    assert "say why they change" in text_of(refused)
    assert sam.post(url(contest, "count", 1), sent | {"reason": "Two bundles were exchanged"}).status_code == 303
    assert read_facts(contest).releases[0].votes == (190, 130, 80)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_it_sends_to_the_login_and_back(contest: Contest, cast: People) -> None:
    client = Client()
    address = url(contest, "count", 1)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('login')}?next={address.replace('/', '%2F')}")
    page = client.get(answer["Location"])
    assert f'name="next" value="{address}"' in text_of(page)
    wrong = client.post(reverse("login"), {"username": "olu", "password": "wrong", "next": address})
    assert "That log-in is not right." in text_of(wrong)
    back = client.post(reverse("login"), {"username": "olu", "password": PASSWORD, "next": address})
    assert (back.status_code, back["Location"]) == (302, address)
    outside = Client().post(
        reverse("login"), {"username": "olu", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert outside["Location"] == reverse("desk:contests")


@pytest.mark.parametrize("view", ["count", "box", "arrive", "form_group", "dissolve", "policy"])
def test_it_says_that_the_figures_are_kept_when_the_session_has_ended(
    contest: Contest, cast: People, view: str
) -> None:
    parts = {"count": (1,), "dissolve": (1,), "box": ("1",), "arrive": ("1",)}.get(view, ())
    address = url(contest, view, *parts)
    answer = Client().post(address, sheet("800", "500", "100"))
    assert answer.status_code == 403
    assert "Your figures are kept on this tablet" in text_of(answer)
    assert f"next={address.replace('/', '%2F')}" in text_of(answer)
    assert "data-logged-out" in text_of(answer)
    json = Client(headers={"accept": "application/json"}).post(address, {})
    assert (json.status_code, json.json()["error"]) == (403, "logged_out")


def test_it_says_the_same_of_a_form_from_an_earlier_login(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu, enforce_csrf_checks=True)
    answer = client.post(url(contest, "count", 1), sheet("800", "500", "100"))
    assert answer.status_code == 403
    assert "This page is from an earlier log-in" in text_of(answer)
    assert "Open the form again" in text_of(answer)
    login = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "olu"})
    assert login.status_code == 403
    assert "next=" not in text_of(login)


def test_it_shows_a_contest_only_to_people_with_a_role_there(contest: Contest, cast: People) -> None:
    other = make_contest("parl.elsewhere.2026-11-05")
    for client in (at_desk(cast.stu), at_desk(cast.rita)):
        for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("group", (1,)), ("form_group", ())):
            assert client.get(url(other, view, *parts)).status_code == 404
        assert client.post(url(other, "box", "1"), account()).status_code == 404
    assert "You have no role at any contest yet" in text_of(at_desk(cast.stu).get(reverse("desk:contests")))
    assert "Testshire" in text_of(at_desk(cast.olu).get(reverse("desk:contests")))


def test_it_shows_the_role_at_this_contest(contest: Contest, cast: People) -> None:
    other = make_contest("parl.elsewhere.2026-11-05")
    accounts.enrol(other, "olu", None, Role.SUPERVISOR, "Olu Ade")
    client = at_desk(cast.olu)
    assert "<b>Olu Ade</b>, counting officer" in text_of(client.get(url(contest, "contest")))
    assert "<b>Olu Ade</b>, supervisor" in text_of(client.get(url(other, "contest")))
    assert client.get(url(contest, "form_group")).status_code == 403
    assert client.get(url(other, "form_group")).status_code == 200
    assert "Counting officer ·" in text_of(client.get(reverse("desk:contests")))


@pytest.mark.parametrize(
    ("from_hour", "until_hour", "words"), [(1, None, "Your role at Testshire begins on"), (-2, -1, "ended on")]
)
def test_it_refuses_with_words_outside_the_time_of_an_appointment(
    contest: Contest, cast: People, from_hour: int, until_hour: int | None, words: str
) -> None:
    start, end = (None if h is None else clock.real_now() + timedelta(hours=h) for h in (from_hour, until_hour))
    accounts.enrol(contest, "rita", None, Role.RETURNING_OFFICER, "Rita Rowe", valid_from=start, valid_until=end)
    client = at_desk(cast.rita)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("form_group", ())):
        page = client.get(url(contest, view, *parts))
        assert page.status_code == 403 and words in text_of(page)
    assert client.post(url(contest, "box", "1"), account()).status_code == 403
    assert not contest.entries.exists()


def test_it_keeps_to_the_roles(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "1"}
    assert client.get(url(contest, "form_group")).status_code == 403
    assert client.post(url(contest, "form_group"), fresh | {"number": "2", "boxes": ["3", "4"]}).status_code == 403
    assert client.post(url(contest, "dissolve", 1), fresh).status_code == 403
    assert kinds(contest) == ["group_formed"]


@pytest.mark.parametrize(("view", "parts"), [("box", ("99",)), ("group", (99,)), ("count", (99,)), ("box", ("<b>",))])
def test_it_says_in_words_what_there_is_not(contest: Contest, cast: People, view: str, parts: tuple[Any]) -> None:
    answer = at_desk(cast.olu).get(url(contest, view, *parts))
    assert answer.status_code == 404
    assert "There is no" in text_of(answer)
    assert "<b>.</b>" not in text_of(answer)


def test_no_page_of_the_desk_is_cached(contest: Contest, cast: People) -> None:
    client = at_desk(cast.sam)
    form_group(contest, 1, ["1", "2"], cast.sam)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("group", (1,)), ("count", (1,))):
        assert "no-store" in client.get(url(contest, view, *parts))["Cache-Control"]
    assert "no-store" in client.get(reverse("desk:contests"))["Cache-Control"]
    assert "no-store" in client.get(reverse("login"))["Cache-Control"]


def test_no_page_of_the_desk_has_inline_scripts_or_styles(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.rita)
    for view, parts in (("contest", ()), ("policy", ()), ("box", ("1",)), ("count", (1,)), ("form_group", ())):
        page = text_of(client.get(url(contest, view, *parts)))
        assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page)


# --- scripts and load ------------------------------------------------------------------------------------------------


def test_it_answers_scripts_in_json(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify_others(contest, cast)
    client = at_desk(cast.olu, headers={"accept": "application/json"})
    fields = {"submission_id": str(uuid.uuid4()), "seen": "0", "papers": "1400"}
    bad = client.post(url(contest, "count", 1), fields | sheet("1,000", "300", "100"))
    assert bad.status_code == 422
    assert bad.json()["error"] == "malformed"
    assert bad.json()["findings"] == [
        {
            "code": "form.comma",
            "args": {"bare": "1000"},
            "level": "refusal",
            "words": "Write 1000, without the comma",
            "field": "votes-1",
            "acknowledgement": "form.comma",
        }
    ]
    warned = client.post(
        url(contest, "count", 1),
        fields | sheet("1000", "300", "80", doubtful="0") | {"rejected-unmarked_or_void": "20"},
    )
    assert (warned.status_code, warned.json()["error"]) == (422, "unacknowledged")
    answer = client.post(url(contest, "count", 1), fields | sheet("1000", "300", "100"))
    assert answer.status_code == 201
    received = answer.json()["received"]
    assert (received["agreed"], received["released"], received["repeated"]) == (True, True, False)
    assert received["kind"] == "entered"
    assert answer.json()["url"] == f"{url(contest, 'group', 1)}?received={received['seq']}"
    again = client.post(url(contest, "count", 1), fields | sheet("1000", "300", "100")).json()["received"]
    assert again == received | {"repeated": True}
    conflict = client.post(url(contest, "count", 1), fields | sheet("1001", "299", "100"))
    assert (conflict.status_code, conflict.json()["error"]) == (409, "conflict")
    stale = client.post(url(contest, "count", 1), fields | sheet("1", "2", "3") | {"submission_id": str(uuid.uuid4())})
    assert (stale.status_code, stale.json()["error"]) == (409, "stale")
    assert stale.json()["code"] == "stale.group"
    assert stale.json()["args"] == {"group": 1, "entry": received["seq"]}
    assert stale.json()["words"].startswith("Group 1 has changed since you opened this form")
    unknown = client.post(
        url(contest, "count", 99), fields | sheet("1", "2", "3") | {"submission_id": str(uuid.uuid4())}
    )
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown")
    forbidden = client.post(url(contest, "policy"), fields | {"publish": "off", "projection": "off"})
    assert (forbidden.status_code, forbidden.json()["error"]) == (403, "forbidden")


def test_it_finds_a_box_or_a_group_by_its_number(contest: Contest, cast: People) -> None:
    form_group(contest, 1, ["1", "2"], cast.sam)
    client = at_desk(cast.olu)
    found = {
        words: client.get(url(contest, "contest"), {"find": words}).headers.get("Location")
        for words in ("p1", "1", "group 1", "g 1", "99")
    }
    assert found["p1"] == url(contest, "box", "P1")
    assert found["1"] == url(contest, "box", "1")
    assert found["group 1"] == found["g 1"] == url(contest, "group", 1)
    assert found["99"] is None


def test_the_contest_page_asks_few_questions_however_many_boxes() -> None:
    contest = make_contest("parl.large.2026-11-05", polling_boxes=40)
    cast = make_people(contest)
    for number in range(1, 21):
        ready_group(contest, number, [str(2 * number - 1), str(2 * number)], 700, cast)
        enter(contest, number, (800 + number, 500 - number, 100), cast.olu)
    client = at_desk(cast.rita)
    client.get(url(contest, "contest"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url(contest, "contest")).status_code == 200
    assert len(asked) < 25


def test_the_cast_stands_where_it_should(contest: Contest, cast: People) -> None:
    assert builders.PASSWORD
    assert timedelta(0) < timezone.now() - contest.event.close_of_poll
    assert {user.username for user in contest.staff.all()} == {"olu", "bea", "sam", "rita"}


def test_it_offers_no_count_of_a_combined_poll_before_every_box_is_verified() -> None:
    contest = make_contest("parl.combined.2026-11-05", combined=True)
    cast = make_people(contest)
    ready_group(contest, 1, ["1", "2"], 700, cast)
    client = at_desk(cast.olu)
    assert "Enter the sheet" not in text_of(client.get(url(contest, "contest")))
    words = "no votes are counted before every box in the area is verified. 5 still to verify."
    assert words in text_of(client.get(url(contest, "count", 1)))
    fresh = {"submission_id": str(uuid.uuid4()), "seen": "3", "papers": "1400"}
    answer = client.post(url(contest, "count", 1), fresh | sheet("800", "500", "100"))
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_it_asks_the_returning_officer_for_a_correction_that_shows_a_papers_vote(
    contest: Contest, cast: People
) -> None:
    ready_group(contest, 1, ["1", "2"], 400, cast)
    for label in ("3", "4"):
        verify(contest, label, 400, cast.olu)
    enter(contest, 1, (400, 300, 100), cast.olu)
    verify(contest, "2", 401, cast.sam)
    enter(contest, 1, (400, 301, 100), cast.sam)
    rita, address = at_desk(cast.rita), url(contest, "policy")
    assert "A correction of public figures waits for you" in rita.get(url(contest, "contest")).content.decode()
    assert "A correction of public figures" not in at_desk(cast.sam).get(url(contest, "contest")).content.decode()
    page = rita.get(address).content.decode()
    assert "800 papers when released, 801 papers now" in page
    form = next(part for part in page.split("<form") if 'value="revision"' in part)
    fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    refused = rita.post(address, {**fields, "reason": ""})
    assert refused.status_code == 422
    assert 'href="#id_revision_1_reason"' in refused.content.decode()
    assert 'id="id_revision_1_reason"' in refused.content.decode()
    assert rita.post(address, {**fields, "reason": "A paper was found in box 2"}).status_code == 303
    assert read_facts(contest).releases[0].votes == (400, 301, 100)
