"""A ward with three seats: set up from a folder, read twice through the forms, and shown to everybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from results.audit.checks import faults
from results.board.publishing import current
from results.facts.reading import read_facts
from results.formats.contest_loading import load_folder
from results.models import Contest
from tests.block_votes import GROUPS, PAPERS, SHEETS, ready_ward, typed, write_folder
from tests.builders import People, form_group, make_people, verify
from tests.desk.pages import at_desk, opened, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    return load_folder(write_folder(tmp_path / "ward"))


@pytest.fixture
def cast(contest: Contest) -> People:
    return ready_ward(contest)


def send(person: Any, contest: Contest, group: int, figures: dict[str, str]) -> Any:
    """Open the group's form as a tablet does and send it; what it warns of is acknowledged."""
    client = at_desk(person)
    fields = opened(client, contest, "count", group) | figures
    answer = client.post(url(contest, "count", group), fields)
    if answer.status_code == 422 and (ticks := re.findall(r'name="acknowledge" value="([\w.-]+)"', text_of(answer))):
        answer = client.post(url(contest, "count", group), fields | {"acknowledge": ticks})  # type: ignore[dict-item]
    return answer


def let_go(contest: Contest, person: Any) -> None:
    """The Returning Officer lets the figures go that complete the contest."""
    client = at_desk(person)
    page = text_of(client.get(url(contest, "policy")))
    [form] = re.findall(r'<form class="hold-form"(?:(?!</form>).)*?value="last".*?</form>', page, re.S)
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    answer = client.post(url(contest, "policy"), hidden | {"reason": "seen by the candidates"})
    assert answer.status_code == 303


def test_the_sheet_asks_for_valid_papers_and_unused_votes(contest: Contest, cast: People) -> None:
    page = text_of(at_desk(cast.olu).get(url(contest, "count", 1)))
    asked = re.findall(r'<input id="id_([\w-]+)"', page)
    assert asked[:7] == ["sheet", *(f"votes-{number}" for number in range(1, 7))]
    assert asked[7:] == [
        "unused_votes",
        "valid_papers",
        "doubtful",
        "rejected-want_of_official_mark",
        "rejected-voting_for_too_many",
        "rejected-identifying_mark",
        "rejected-unmarked_or_void",
        "rejected-rejected_in_part",
    ]
    assert "of 3 on each valid paper: not given, or not counted on one rejected in part" in page
    assert '<span class="name">Rejected in part</span> <span class="help">among the valid papers</span>' in page


def test_two_readings_of_three_seats_come_to_stand_and_are_shown_to_everybody(contest: Contest, cast: People) -> None:
    for group in GROUPS:
        assert send(cast.olu, contest, group, typed(group)).status_code == 303
        assert read_facts(contest).groups[group].agreed is None
        assert send(cast.bea, contest, group, typed(group)).status_code == 303
        assert read_facts(contest).groups[group].agreed is not None
    let_go(contest, cast.rita)
    page = text_of(at_desk(cast.stu).get(reverse("public:contest", args=[contest.ballot_paper_id])))
    words = re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.S))
    assert "All votes counted: Abara (Labour), Byrne (Green) and Cole (Labour) lead for the 3 seats" in words
    assert "Cole (Labour) 30 votes ahead of Dunn (Conservative) for the last seat" in words
    assert "Each paper has up to 3 votes. Shares are of all the votes counted, not of the papers." in words
    assert "Valid papers, of 3 votes each 1,444" in words
    assert "Unused votes 872" in words
    assert "Valid votes 3,460" in words
    assert "Rejected papers 16" in words
    assert "Rejected in part, among the valid papers 6" in words
    assert "Certain to win" not in words
    seats = dict(re.findall(r'<tr role="row" data-key="(\d)" data-seat="(\w+)"', page))
    assert seats == {"1": "in", "2": "in", "3": "in", "4": "first_out", "5": "out", "6": "out"}
    assert not list(faults(contest))


def test_readings_that_differ_in_unused_votes_alone_do_not_stand(contest: Contest, cast: People) -> None:
    send(cast.olu, contest, 1, typed(1))
    send(cast.bea, contest, 1, typed(1, unused_votes="533"))
    group = read_facts(contest).groups[1]
    assert group.agreed is None and group.state == "queried"
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    differing = re.findall(r'<tr class="differs">\s*<th scope="row">([^<]*)', page)
    assert [name.strip() for name in differing] == ["Unused votes"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unused_votes": "525"}, "812 valid papers have 2,436 votes, 3 each"),
        ({"valid_papers": "811"}, "819 of 820 papers accounted for: 1 paper missing"),
        ({"votes-1": "813", "unused_votes": "133"}, "ABARA, Ann: more votes than the 812 valid papers"),
        ({"rejected-rejected_in_part": "600"}, "600 papers are rejected in part"),
    ],
)
def test_a_sheet_that_does_not_balance_is_recorded_and_does_not_stand(
    contest: Contest, cast: People, changes: dict[str, str], words: str
) -> None:
    for person in (cast.olu, cast.bea):
        assert send(person, contest, 1, typed(1, **changes)).status_code == 303
    assert read_facts(contest).groups[1].agreed is None
    assert words in text_of(at_desk(cast.sam).get(url(contest, "group", 1)))


def test_it_stops_multiplied_block_votes_incident_highworth(tmp_path: Path) -> None:
    """Highworth 2019: 41,939 votes were declared from 2,477 papers. Both readers copy such a sheet faithfully."""
    contest = load_folder(write_folder(tmp_path / "ward", ("boxes.csv", ",900", ",1400")))
    cast = make_people(contest)
    for label, papers in {"1": 1000, "2": 1100, "P1": 377}.items():
        verify(contest, label, papers, cast.olu)
    form_group(contest, 1, ["1", "2", "P1"], cast.sam)
    votes = (9000, 8000, 7500, 6500, 6000, 4939)
    assert sum(votes) == 41_939
    many = {f"votes-{number}": str(value) for number, value in enumerate(votes, 1)}
    for person in (cast.olu, cast.bea):
        sent = send(person, contest, 1, typed(1, **many, valid_papers="2469", unused_votes="0"))
        assert sent.status_code == 303
    group = read_facts(contest).groups[1]
    assert group.agreed is None and not group.released
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert "41,939 votes cannot come from 2,477 papers, which have 7,431 at most" in page
    assert "ABARA, Ann: more votes than the 2,469 valid papers, and no paper has two for one candidate." in page
    assert "candidates" not in current(contest).board


def test_it_stops_a_tally_entered_twice_incident_forest_hill(contest: Contest, cast: People) -> None:
    """Forest Hill 2014: one tally sheet was entered twice, and 1,708 votes were doubled."""
    doubled = {f"votes-{number}": str(2 * value) for number, value in enumerate(SHEETS[1], 1)}
    for person in (cast.olu, cast.bea):
        send(person, contest, 1, typed(1, **doubled))
    assert read_facts(contest).groups[1].agreed is None
    page = text_of(at_desk(cast.sam).get(url(contest, "group", 1)))
    assert "3,820 votes cannot come from 820 papers, which have 2,460 at most: was a tally entered twice" in page


def test_it_asks_whether_a_sheet_is_this_groups_incident_forest_hill(contest: Contest, cast: People) -> None:
    """Forest Hill 2014: one sheet was entered twice. Sent again it is the same reading, and no other group's unasked."""
    client = at_desk(cast.olu)
    fields = opened(client, contest, "count", 1) | typed(1)
    first = client.post(url(contest, "count", 1), fields)
    assert client.post(url(contest, "count", 1), fields)["Location"] == first["Location"]
    assert len(read_facts(contest).groups[1].counts) == 1
    answer = client.post(url(contest, "count", 2), opened(client, contest, "count", 2) | typed(1))
    assert answer.status_code == 422
    assert "Group 1 has exactly the same votes: is this its sheet?" in text_of(answer)


def test_no_projection_can_be_chosen_on_the_night(contest: Contest, cast: People) -> None:
    client = at_desk(cast.rita)
    page = client.get(url(contest, "policy"))
    assert "3 seats are filled by block vote, and the projection knows polls with one winner: it stays off." in text_of(
        page
    )
    fields = opened(client, contest, "policy") | {"publish": "totals", "projection": "on", "reason": ""}
    answer = client.post(url(contest, "policy"), fields)
    assert answer.status_code == 422
    assert "leave it off" in text_of(answer)
    assert read_facts(contest).projection is False


def test_figures_of_a_block_vote_are_refused_where_the_contest_has_one_seat(tmp_path: Path) -> None:
    one = load_folder(
        write_folder(
            tmp_path / "one",
            ("contest.csv", "seats,3", "seats,1"),
            ("contest.csv", "entries_required,2", "entries_required,1"),
        )
    )
    cast = make_people(one)
    for label, papers in PAPERS.items():
        verify(one, label, papers, cast.olu)
    form_group(one, 1, GROUPS[1], cast.sam)
    page = text_of(at_desk(cast.olu).get(url(one, "count", 1)))
    assert "unused_votes" not in page and "data-seats" not in page and "Rejected in part" not in page


def test_doubtful_papers_of_three_seats_come_back_with_both_balances(contest: Contest, cast: People) -> None:
    """Four papers are doubtful: three come back valid, one of them in part, and one is rejected as a whole."""
    out = typed(1, doubtful="4", valid_papers="808", unused_votes=str(3 * 808 - sum(SHEETS[1])))
    for person in (cast.olu, cast.bea):
        assert send(person, contest, 1, out).status_code == 303
    assert read_facts(contest).groups[1].state == "adjudication"
    rita = at_desk(cast.rita)
    back = {"votes-1": "3", "votes-2": "2", "valid_papers": "3", "unused_votes": "3"}
    back |= {"rejected-unmarked_or_void": "1", "rejected-rejected_in_part": "1"}
    address = url(contest, "adjudicate", 1)
    wrong = rita.post(address, opened(rita, contest, "adjudicate", 1) | back)
    assert wrong.status_code == 422
    assert "1 vote missing" in text_of(wrong)
    right = rita.post(address, opened(rita, contest, "adjudicate", 1) | back | {"unused_votes": "4"})
    assert right.status_code == 303
    agreed = read_facts(contest).groups[1].agreed
    assert agreed is not None
    figures = agreed.figures
    assert (figures.valid_papers, figures.votes[:2], figures.doubtful) == (811, (423, 382), 0)
    assert figures.votes_missing(3) == 0 and figures.accounted(read_facts(contest).definition.heads) == 820
    assert current(contest).board["block_vote"]["valid_papers"] == 811
    assert not list(faults(contest))
