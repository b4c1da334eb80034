"""A contest for three seats without a database: its set-up, and sheets of it that balance."""

from __future__ import annotations

from dataclasses import replace

from results.facts.definition import Definition, HeadDefinition
from results.facts.kinds import Agreed, Entered, GroupFormed
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
