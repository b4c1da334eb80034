"""A contest for three seats: its set-up as a folder and without a database, and sheets of it that balance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from results.facts.definition import Definition, HeadDefinition
from results.facts.kinds import Agreed, Entered, GroupFormed
from results.models import Contest
from tests.builders import People, form_group, make_people, verify
from tests.nights import Script, definition, verified

HEADS = (
    HeadDefinition("want_of_official_mark", "Want of official mark"),
    HeadDefinition("unmarked_or_void", "Unmarked or wholly void for uncertainty"),
    HeadDefinition("rejected_in_part", "Rejected in part", in_part=True),
)


def three_seats(candidates: int = 6, seats: int = 3, polling: int = 4) -> Definition:
    """A ward with one contest for several seats."""
    made = definition(polling=polling, postal=0, wards=1, candidates=candidates, projection=False, minimum_papers=100)
    return replace(made, seats=seats, kind_of_poll="local_england", heads=HEADS)


def sheet(
    votes: tuple[int, ...],
    *,
    papers: int,
    rejected: tuple[int, int, int] = (0, 0, 0),
    doubtful: int = 0,
    seats: int = 3,
    group: int = 1,
    number: str = "0107",
) -> Entered:
    """A sheet that balances: what is not rejected as a whole is valid, and what no candidate got is unused."""
    valid = papers - rejected[0] - rejected[1] - doubtful
    unused = seats * valid - sum(votes)
    return Entered(group, number, papers, votes, rejected, doubtful, valid_papers=valid, unused_votes=unused)


def ready(made: Definition, papers: int = 500) -> Script:
    """Every box verified with so many papers, and mixed by twos."""
    script = Script(made)
    labels = list(made.boxes)
    for label in labels:
        script.say(verified(label, papers))
    for number, first in enumerate(range(0, len(labels), 2), 1):
        script.say(GroupFormed(number, tuple(labels[first : first + 2])))
    return script


def agree(script: Script, said: Entered) -> None:
    """Enter a sheet that stands, and release what may be."""
    entry = script.say(said)
    script.say(Agreed(said.group, (entry.seq,)))
    script.release()


# --- as a folder -----------------------------------------------------------------------------------------------------

FOLDER = {
    "contest.csv": """field,value
ballot_paper_id,local.testshire.hill-ward.2014-05-22
name,Hill ward
election_id,local.testshire.2014-05-22
election_name,Testshire Council
poll_date,2014-05-22
close_of_poll,2014-05-22 22:00
combined,no
environment,demo
publish,totals
projection,off
seats,3
entries_required,2
""",
    "parties.csv": """code,name,short_name,initial,colour,ec_id
CON,Conservative and Unionist Party,Conservative,C,#0087DC,PP52
GRN,Green Party,Green,G,#02A95B,PP63
LAB,Labour Party,Labour,L,#E4003B,PP53
""",
    "candidates.csv": """number,surname,forenames,ballot_name,party,description,person_id
1,Abara,Ann,"ABARA, Ann",LAB,,
2,Byrne,Bea,"BYRNE, Bea",GRN,,
3,Cole,Cat,"COLE, Cat",LAB,,
4,Dunn,Dev,"DUNN, Dev",CON,,
5,Ellis,Eve,"ELLIS, Eve",CON,,
6,Frost,Fay,"FROST, Fay",LAB,,
""",
    "wards.csv": "gss,name,electorate\nE05000001,Hill,4000\n",
    "boxes.csv": """box,kind,ward,station,electors
1,polling,Hill,Hill School,900
2,polling,Hill,Hill Hall,900
3,polling,Hill,Hill Library,900
4,polling,Hill,Hill Chapel,900
P1,postal,Hill,,400
""",
}


def write_folder(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Write the folder of a ward with three seats, with pieces of its files replaced."""
    files = dict(FOLDER)
    for name, old, new in changes:
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new)
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


PAPERS = {"1": 300, "2": 320, "3": 310, "4": 330, "P1": 200}
GROUPS = {1: ["1", "2", "P1"], 2: ["3", "4"]}
SHEETS = {1: (420, 380, 300, 290, 280, 240), 2: (330, 280, 270, 250, 240, 180)}
"""Of 820 and of 640 papers."""


def typed(group: int, **changes: str) -> dict[str, str]:
    """What is typed on a group's form: a sheet that balances, eight papers rejected as a whole, three in part."""
    valid = sum(PAPERS[label] for label in GROUPS[group]) - 8
    votes = {f"votes-{number}": str(value) for number, value in enumerate(SHEETS[group], 1)}
    return {
        "sheet": f"010{group}",
        **votes,
        "unused_votes": str(3 * valid - sum(SHEETS[group])),
        "valid_papers": str(valid),
        "doubtful": "0",
        "rejected-want_of_official_mark": "2",
        "rejected-voting_for_too_many": "5",
        "rejected-identifying_mark": "0",
        "rejected-unmarked_or_void": "1",
        "rejected-rejected_in_part": "3",
    } | changes


def ready_ward(contest: Contest) -> People:
    """The cast of the folder's contest, every box verified and the groups formed."""
    cast = make_people(contest)
    for label, papers in PAPERS.items():
        verify(contest, label, papers, cast.olu)
    for number, labels in GROUPS.items():
        form_group(contest, number, labels, cast.sam)
    return cast
