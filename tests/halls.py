"""A hall in which two contests are counted: set up from folders, with boxes in common."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from results import ledger
from results.facts.reading import read_facts
from results.formats.contest_loading import load_folder
from results.models import Contest
from tests import builders
from tests.builders import People

CONTEST = """field,value
ballot_paper_id,{ballot}
name,{name}
event,testshire-2026-11-05
election_id,{election}
election_name,{name} election
poll_date,2026-11-05
close_of_poll,2026-11-05 22:00
combined,yes
entries_required,1
gss,{gss}
environment,demo
publish,totals
projection,off
"""
PARTIES = """code,name,short_name,initial,colour,ec_id
RED,The Red Party,Red,R,#e4003b,
BLU,The Blue Party,Blue,B,#0087dc,
"""
CANDIDATES = "number,surname,forenames,party,description,person_id\n1,Adams,Ann,RED,,\n2,Barker,Mike,BLU,,\n"
WARDS = "gss,name,electorate\nE05000001,North,3600\nE05000002,South,3600\n"
PARLIAMENTARY = """box,kind,ward,station,electors,entrusted
1,polling,North,North School,1800,1500
2,polling,North,North Hall,1800,1500
3,polling,South,South School,1800,1500
4,polling,South,South Hall,1800,1500
P1,postal,,,900,
"""
LOCAL = """box,kind,ward,station,electors
1,polling,North,North School,1800
2,polling,North,North Hall,1800
L1,postal,North,,600
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in {"parties": PARTIES, "candidates": CANDIDATES, "wards": WARDS, **files}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


@dataclass(frozen=True)
class Hall:
    """A parliamentary contest over two wards, and a local one in the first, which share the boxes of North."""

    parliament: Contest
    local: Contest
    cast: People

    def verify(self, contest: Contest, label: str, found: int = 500) -> ledger.Receipt:
        figures = None
        if not label[0].isalpha():
            figures = builders.AccountFigures(found, 1500 - found, 0, 0)
        known = read_facts(contest).account_of(label)
        said = builders.one_box(label, found, found, figures=figures)
        return ledger.record_verification(
            contest, said, actor=self.cast.olu, submission_id=uuid.uuid4(), seen=known.last_seq
        )


def make_hall(tmp_path: Path, parliament: str = PARLIAMENTARY, local: str = LOCAL) -> Hall:
    """Both contests, loaded from folders under this path; the Returning Officer and Stu are of the parliamentary one only."""
    first = load_folder(
        write(
            tmp_path / "parliament",
            contest=CONTEST.format(
                ballot="parl.testshire.by.2026-11-05", name="Testshire", election="parl.2026-11-05", gss="E14000001"
            ),
            boxes=parliament,
        )
    )
    second = load_folder(
        write(
            tmp_path / "local",
            contest=CONTEST.format(
                ballot="local.testshire.north.by.2026-11-05",
                name="North",
                election="local.testshire.2026-11-05",
                gss="E05000001",
            ),
            boxes=local,
            wards="gss,name,electorate\nE05000001,North,3600\n",
        )
    )
    cast = builders.make_people(first)
    for username, role in (("olu", "counting_officer"), ("bea", "counting_officer"), ("sam", "supervisor")):
        builders.accounts.enrol(second, username, None, role, username.title())
    return Hall(first, second, cast)
