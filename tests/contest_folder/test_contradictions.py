"""Contests of one election and one event share what they have in common, and may not contradict each other."""

from __future__ import annotations

import pytest

from results.audit import chain
from results.formats.contest_loading import FolderRefused, load_folder
from results.models import Contest, Event
from tests.contest_folder.folders import Make, begin, rows

SECOND = (
    ("contest.csv", "local.medway.peninsula.by.2014-11-20", "local.medway.river.by.2014-11-20"),
    ("contest.csv", "name,Peninsula", "name,River"),
)


VENUE = ("contest.csv", "combined,yes", "combined,yes\nvenue,Medway Park")


@pytest.mark.django_db
def test_it_takes_what_an_election_lacks_only_until_a_count_has_begun(make: Make) -> None:
    first = load_folder(make())
    load_folder(make(*SECOND, VENUE))
    assert Event.objects.get().venue == "Medway Park"
    load_folder(make())
    Event.objects.update(venue="")
    begin(first)
    with pytest.raises(FolderRefused) as refused:
        load_folder(make(*SECOND, VENUE))
    assert "venue: the count of Peninsula has begun without it" in str(refused.value)
    assert Event.objects.get().venue == ""


@pytest.mark.django_db
def test_it_shares_the_election_and_its_boxes_between_contests(make: Make) -> None:
    first = load_folder(make(VENUE))
    begin(first)
    hashed = chain.definition_hash(first)
    second = load_folder(
        make(
            *SECOND,
            VENUE,
            ("boxes.csv", "P1,postal", "P2,postal"),
            ("parties.csv", "Labour,L,", "Labour,LB,"),
        )
    )
    assert second.election_id == first.election_id
    assert sorted(second.event.boxes.values_list("label", flat=True)) == ["1", "2", "3", "P1", "P2"]
    assert Event.objects.get().venue == "Medway Park"
    assert chain.definition_hash(Contest.objects.get(pk=first.pk)) == hashed
    # Loading the second again leaves the first's boxes, and takes its own away.
    load_folder(make(*SECOND, ("boxes.csv", "P1,postal", "P3,postal")))
    assert sorted(second.event.boxes.values_list("label", flat=True)) == ["1", "2", "3", "P1", "P3"]
    assert chain.definition_hash(Contest.objects.get(pk=first.pk)) == hashed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("contest.csv", "election_name,Medway", "election_name,Kent"),
            "Peninsula, loaded before, has another election_name",
        ),
        (("contest.csv", "22:00", "21:00"), "has another close_of_poll for the same event"),
        (("contest.csv", "rehearsal", "live"), "Peninsula, of the same event, is rehearsal"),
        (("boxes.csv", "3,polling,River", "4,polling,River"), ""),
        (("boxes.csv", "P1,postal", "P1,polling"), "box P1 is a postal box in another contest of this event"),
        (("boxes.csv", "room 1", "room 9"), "box 1 comes from “Hall, room 1” in another contest"),
        (("parties.csv", "#0087DC", "#000000"), "another contest of this election has a party CON with another name"),
        (("parties.csv", "#E4003B", "#000000"), ""),
    ],
)
def test_it_refuses_what_contradicts_another_contest(make: Make, change: tuple[str, str, str], message: str) -> None:
    load_folder(make())
    before = rows()
    folder = make(*SECOND, change)
    if not message:
        load_folder(folder)
        return
    with pytest.raises(FolderRefused, match=message):
        load_folder(folder)
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), [("yes", ""), ("", "yes")])
def test_it_refuses_a_session_that_is_on_the_night_in_one_contest_only(make: Make, first: str, second: str) -> None:
    def boxes(night: str, postal: str) -> str:
        return (
            "box,kind,ward,station,session,on_the_night,electors\n1,polling,River,Hall,,,500\n"
            f"{postal},postal,River,,Last,{night},100\n"
        )

    load_folder(make(boxes=boxes(first, "P1")))
    with pytest.raises(
        FolderRefused, match=r"“Last” is the session of another contest.*, which has (yes|no): write that"
    ):
        load_folder(make(*SECOND, boxes=boxes(second, "P2")))
    assert load_folder(make(*SECOND, boxes=boxes(first, "P2")))
