"""What is public: chosen by the Returning Officer, read by everybody."""

from __future__ import annotations

import re
import uuid

import pytest

from results import ledger
from results.audit.checks import faults
from results.board.publishing import current
from results.facts.definition import BoxDefinition
from results.facts.reading import read_facts
from results.models import Contest
from tests.builders import WITNESS, People, enter, let_go, ready_group, verify
from tests.desk.pages import at_desk, kinds, opened, text_of, url, verify_others

pytestmark = pytest.mark.django_db


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
    said = {"reason": "Two bundles were exchanged", "witness": "Wim Wright"}
    assert sam.post(url(contest, "count", 1), sent | said).status_code == 303
    assert read_facts(contest).releases[0].votes == (190, 130, 80)


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


def find_a_postal_box(contest: Contest, cast: People, papers: int) -> None:
    """After all figures are public a postal box is found, and taken into group 1, which is counted anew."""
    by_sam = {"actor": cast.sam, "reason": "Found behind the stage"}
    box = BoxDefinition("P9", "postal", ("E05000000",), "", "Postal votes", 5, "P9")
    ledger.register_box(contest, box, submission_id=uuid.uuid4(), **by_sam)
    verify(contest, "P9", papers, cast.olu)
    seen = read_facts(contest).groups[1].last_seq
    by_two = {**by_sam, "second": WITNESS}
    ledger.change_group(contest, 1, ["1", "2", "P9"], submission_id=uuid.uuid4(), seen=seen, **by_two)
    enter(contest, 1, (200 + papers, 120, 80), cast.olu, reason="Box P9 was found")


def public_votes(contest: Contest) -> list[tuple[int, ...]]:
    return [made.votes for made in read_facts(contest).releases]


@pytest.mark.parametrize(("papers", "words"), [(1, "with 1 paper"), (3, "with 3 papers")])
def test_it_warns_what_a_box_found_after_the_last_figures_would_show(
    contest: Contest, cast: People, papers: int, words: str
) -> None:
    for number, labels in ((1, ["1", "2"]), (2, ["3", "4"]), (3, ["5", "6", "P1"])):
        ready_group(contest, number, labels, 200, cast)
    enter(contest, 1, (200, 120, 80), cast.olu)
    enter(contest, 2, (190, 130, 80), cast.olu)
    enter(contest, 3, (310, 190, 100), cast.olu)
    let_go(contest, cast.rita)
    before = public_votes(contest)
    find_a_postal_box(contest, cast, papers)
    rita, address = at_desk(cast.rita), url(contest, "policy")
    # A hold that is lifted and another policy release what waits, and not this.
    for held in (True, False):
        seen = (read_facts(contest).past_policies or [None])[-1]
        last = seen.seq if seen else 0
        ledger.set_held(contest, held, actor=cast.rita, submission_id=uuid.uuid4(), seen=last, reason="")
    for publish in ("progress", "totals"):
        last = read_facts(contest).past_policies[-1].seq
        ledger.set_policy(
            contest, publish, False, actor=cast.rita, submission_id=uuid.uuid4(), seen=last, reason="A look"
        )
    assert public_votes(contest) == before
    assert current(contest).board["progress"]["recounting"] == 1
    page = text_of(rita.get(address))
    assert f"Taken in after these figures were public: box P9, {words}." in page
    assert f"how {'this paper was' if papers == 1 else 'these papers were'} cast" in page
    assert "nothing that is released later hides these papers among others" in page
    for choice in ("Wait.", "Leave it to the declaration.", "Release it"):
        assert choice in page
    form = next(part for part in rita.get(address).content.decode().split("<form") if 'value="revision"' in part)
    fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    assert at_desk(cast.sam).post(address, fields | {"reason": "Now"}).status_code == 403
    assert public_votes(contest) == before
    assert rita.post(address, fields | {"reason": "The candidates agree to it"}).status_code == 303
    assert (200 + papers, 120, 80) in public_votes(contest)
    assert "Taken in after" not in text_of(rita.get(address))
    assert list(faults(contest)) == []


def test_it_speaks_of_no_box_taken_in_where_a_paper_was_found(contest: Contest, cast: People) -> None:
    """One paper more in a box of the set, while other figures are not public: these may hide it yet."""
    ready_group(contest, 1, ["1", "2"], 200, cast)
    ready_group(contest, 2, ["3", "4", "5", "6", "P1"], 200, cast)
    enter(contest, 1, (200, 120, 80), cast.olu)
    verify(contest, "2", 201, cast.sam)
    enter(contest, 1, (200, 121, 80), cast.sam, reason="A paper was found")
    page = text_of(at_desk(cast.rita).get(url(contest, "policy")))
    assert "400 papers when released, 401 papers now" in page
    assert "Taken in after" not in page
    assert "nothing that is released later" not in page
