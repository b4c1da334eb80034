"""What is next for each person: work is handed out so that two people are not sent to one sheet."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from results import clock, ledger
from results.facts.reading import read_facts
from results.models import Claim, Contest, Role
from results.people import accounts
from tests.builders import WITNESS, People, enter, make_contest, ready_group
from tests.desk.pages import at_desk, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    return make_contest(entries_required=2)


@pytest.fixture
def two_groups(contest: Contest, cast: People) -> Contest:
    ready_group(contest, 1, ["1", "3"], 300, cast)
    ready_group(contest, 2, ["2", "4"], 300, cast)
    return contest


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass, for whoever asks what time it is."""

    def pass_by(time: timedelta) -> None:
        now: datetime = clock.real_now()
        monkeypatch.setattr("results.clock.real_now", lambda: now + time)

    return pass_by


def next_sheet(client: Client, contest: Contest) -> int | None:
    """The group whose sheet the first screen sends a person to."""
    found = re.search(r"groups/(\d+)/count/", text_of(client.get(url(contest, "contest"))))
    return int(found.group(1)) if found else None


def test_it_sends_nobody_to_a_sheet_that_as_many_have_in_hand_as_it_needs(two_groups: Contest, cast: People) -> None:
    carl = accounts.enrol(two_groups, "carl", None, Role.COUNTING_OFFICER, "Carl Cole")
    readers = [at_desk(user) for user in (cast.olu, cast.bea, carl)]
    for reader in readers[:2]:
        reader.get(url(two_groups, "count", 1))
    assert next_sheet(readers[2], two_groups) == 2
    assert next_sheet(readers[0], two_groups) == 1
    readers[2].get(url(two_groups, "count", 2))
    assert next_sheet(at_desk(cast.sam), two_groups) == 2


def test_it_sends_a_second_reader_where_one_has_the_sheet_in_hand(two_groups: Contest, cast: People) -> None:
    enter(two_groups, 1, (200, 200, 200), cast.olu)
    enter(two_groups, 2, (200, 200, 200), cast.olu)
    assert next_sheet(at_desk(cast.olu), two_groups) is None
    bea, sam = at_desk(cast.bea), at_desk(cast.sam)
    first = next_sheet(bea, two_groups)
    assert first is not None
    bea.get(url(two_groups, "count", first))
    assert next_sheet(sam, two_groups) == 3 - first


def test_a_claim_that_nobody_renews_is_taken_over(
    two_groups: Contest, cast: People, later: Callable[[timedelta], None]
) -> None:
    for user in (cast.olu, cast.bea):
        at_desk(user).get(url(two_groups, "count", 1))
    sam = at_desk(cast.sam)
    sam.get(url(two_groups, "count", 2))
    rita = at_desk(cast.rita)
    assert next_sheet(rita, two_groups) == 2
    rita.get(url(two_groups, "count", 2))
    carl = accounts.enrol(two_groups, "carl", None, Role.COUNTING_OFFICER, "Carl Cole")
    page = text_of(at_desk(carl).get(url(two_groups, "contest")))
    assert "others have in hand what is left" in page
    later(timedelta(minutes=6))
    assert next_sheet(at_desk(carl), two_groups) is not None


def test_a_person_has_one_thing_in_hand(two_groups: Contest, cast: People) -> None:
    olu = at_desk(cast.olu)
    for number in (1, 2, 1):
        olu.get(url(two_groups, "count", number))
    assert list(Claim.objects.values_list("user", "subject")) == [(cast.olu.pk, "group:1")]


def test_who_only_looks_at_a_box_has_it_not_in_hand(contest: Contest, cast: People) -> None:
    at_desk(cast.sam).get(url(contest, "box", "1"))
    assert not Claim.objects.exists()
    at_desk(cast.olu).get(url(contest, "box", "1"))
    assert Claim.objects.get().subject == "box:1"


def test_a_reader_of_an_earlier_round_comes_last(two_groups: Contest, cast: People) -> None:
    """Who knows the figures of the first count does not read the second, as long as there is anything else to read."""
    for user in (cast.olu, cast.bea):
        enter(two_groups, 1, (200, 200, 200), user)
    group = read_facts(two_groups).groups[1]
    seen: dict[str, Any] = {"submission_id": uuid.uuid4(), "seen": group.last_seq}
    ledger.reopen_group(two_groups, 1, actor=cast.sam, reason="bundle", second=WITNESS, **seen)
    carl = accounts.enrol(two_groups, "carl", None, Role.COUNTING_OFFICER, "Carl Cole")
    assert next_sheet(at_desk(cast.olu), two_groups) == 2
    assert next_sheet(at_desk(cast.bea), two_groups) == 2
    assert next_sheet(at_desk(carl), two_groups) == 1


def test_who_mistyped_is_sent_back_to_the_sheet_and_nobody_else_is(two_groups: Contest, cast: People) -> None:
    enter(two_groups, 1, (200, 200, 200), cast.olu)
    enter(two_groups, 1, (201, 199, 200), cast.bea)
    seen = read_facts(two_groups).groups[1].last_seq
    ledger.return_reading(two_groups, 1, 2, actor=cast.sam, submission_id=uuid.uuid4(), seen=seen)
    asked = "Group 1: a supervisor asks you to look at the sheet, and to type it again"
    assert asked in text_of(at_desk(cast.bea).get(url(two_groups, "contest")))
    assert next_sheet(at_desk(cast.bea), two_groups) == 1
    for user in (cast.olu, cast.sam, cast.rita):
        page = text_of(at_desk(user).get(url(two_groups, "contest")))
        assert asked not in page
        assert "groups/1/count/" not in page
