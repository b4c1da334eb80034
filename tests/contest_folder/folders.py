"""A small folder that becomes a contest, what is read in it, and what is in the database then."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.contrib.auth.models import User

from results.formats.contest_folder import FolderRead, read_folder
from results.models import (
    BallotBox,
    BallotPaperAccount,
    BaselineVotes,
    BoxContest,
    BoxWard,
    Candidate,
    Contest,
    Election,
    Event,
    LedgerEntry,
    Party,
    PollingPlace,
    PollingStation,
    PostalSession,
    RejectionHead,
    Ward,
)

ROCHESTER = Path(__file__).parent.parent.parent / "results" / "demo" / "rochester-and-strood-2014"


SET_UP = (
    Event,
    Election,
    Contest,
    Party,
    Candidate,
    Ward,
    PollingPlace,
    PollingStation,
    PostalSession,
    BallotBox,
    BallotPaperAccount,
    BoxContest,
    BoxWard,
    RejectionHead,
    BaselineVotes,
)


SMALL = {
    "contest.csv": """field,value
ballot_paper_id,local.medway.peninsula.by.2014-11-20
name,Peninsula
election_id,parl.2014-11-20
election_name,Medway
poll_date,2014-11-20
close_of_poll,2014-11-20 22:00
combined,yes
environment,rehearsal
publish,progress
projection,off
baseline_label,2011 local election
""",
    "parties.csv": """code,name,short_name,initial,colour,ec_id
UKIP,UK Independence Party (UKIP),UKIP,U,#6D3177,PP85
CON,Conservative Party,Conservative,C,#0087DC,PP52
LAB,Labour Party,Labour,L,#E4003B,PP53
IND,Independent,Independent,I,#828282,
""",
    "candidates.csv": """number,surname,forenames,party,description,person_id
1,Adams,Ann,CON,The Conservative Party,11
2,Brown,Bob,UKIP,,
""",
    "wards.csv": "gss,name,electorate\nE05002256,Peninsula,3000\nE05002261,River,1000\n",
    "boxes.csv": """box,kind,ward,station,electors
1,polling,Peninsula,"Hall, room 1",1500
2,polling,E05002256,"Hall, room 2",1000
3,polling,River,,1000
P1,postal,peninsula,,500
""",
    "baseline.csv": "ward,party,votes\n,CON,900\nRiver,UKIP,300\n",
}


CLUB_HEADER = (
    "person_id,person_name,election_id,ballot_paper_id,election_date,election_current,party_name,party_id,post_label,"
    "cancelled_poll,seats_contested,party_description_text,sopn_last_name,sopn_first_names\n"
)


BALLOT = "local.medway.peninsula.by.2014-11-20"


Make = Callable[..., Path]


def club(
    person: str,
    name: str,
    party: str,
    ec_id: str,
    last: str = "",
    first: str = "",
    ballot: str = BALLOT,
    cancelled: str = "False",
    description: str = "",
) -> str:
    return (
        f"{person},{name},parl.2014-11-20,{ballot},2014-11-20,True,{party},{ec_id},Peninsula,{cancelled},1,"
        f"{description},{last},{first}\n"
    )


def rows() -> list[int]:
    return [model._default_manager.count() for model in SET_UP]


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_folder(folder).problems]


def ballot_names(reading: FolderRead) -> list[str]:
    assert reading.folder is not None, reading.problems
    return [candidate.ballot_name for candidate in reading.folder.candidates]


def begin(contest: Contest) -> None:
    """Put a first entry into a contest's ledger."""
    LedgerEntry.objects.create(
        contest=contest,
        seq=1,
        kind="held",
        actor=User.objects.create(username="first"),
        recorded_at=datetime(2014, 11, 20, 22, 5, tzinfo=UTC),
        act=uuid.uuid4(),
        submission_id=uuid.uuid4(),
    )


def assert_said(make: Make, change: tuple[str, str, str], message: str) -> None:
    """See that a problem with these words is found once this piece of the small folder is changed, and none before."""
    assert problems(make()) == []
    found = problems(make(change))
    assert any(message in words for words in found), found
