"""A small count that goes from hour to hour: every box verified, groups formed, sheets entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from results.audit.publications import publication_faults
from results.board.publishing import current
from results.facts.reading import last_seq, read_entries, read_facts, read_head
from results.facts.stored_definition import stored_definition
from results.models import Contest, Publication
from tests import builders
from tests.builders import People

PAPERS = {"1": 300, "2": 310, "3": 320, "4": 330, "5": 340, "6": 350, "P1": 200}
GROUPS = {1: ["1", "3", "P1"], 2: ["2", "4"], 3: ["5", "6"]}
VOTES = {1: (400, 300, 118), 2: (300, 250, 88), 3: (310, 300, 78)}
REJECTED = (0, 1, 0, 1)


@dataclass(frozen=True)
class Count:
    """A contest of seven boxes and three groups, with its people."""

    contest: Contest
    cast: People

    def verify_all(self) -> None:
        """Verify every box, without variance."""
        for label, papers in PAPERS.items():
            builders.verify(self.contest, label, papers, self.cast.olu)

    def form_all(self) -> None:
        """Form the three groups."""
        for number, labels in GROUPS.items():
            builders.form_group(self.contest, number, labels, self.cast.sam)

    def enter(self, group: int, votes: tuple[int, ...] | None = None, actor: Any = None, **more: Any) -> Any:
        """Enter a group's sheet; its own votes add up."""
        return builders.enter(
            self.contest, group, votes or VOTES[group], actor or self.cast.olu, **{"rejected": REJECTED, **more}
        )

    def ready(self) -> Count:
        """Everything up to the first sheet."""
        self.verify_all()
        self.form_all()
        return self

    def finish(self) -> Count:
        """The whole count, to the last figures that the public sees."""
        self.ready()
        for group in GROUPS:
            self.enter(group)
        if read_facts(self.contest).publish == "totals":
            self.let_go()
        return self

    def let_go(self) -> Any:
        """The Returning Officer lets the figures go that complete the contest."""
        return builders.let_go(self.contest, self.cast.rita)

    def board(self) -> dict[str, Any]:
        """The board as it stands."""
        return dict(current(self.contest).board)

    def versions(self) -> int:
        """How many versions have been published."""
        return Publication.objects.filter(contest=self.contest).count()


def make_count(**options: Any) -> Count:
    """A contest set up, and its cast."""
    contest = builders.make_contest(**options)
    return Count(contest, builders.make_people(contest))


def wrong_publications(contest: Contest, *, anew: bool = False) -> list[str]:
    """What a check says of a contest's publications."""
    stored = stored_definition(contest, read_head(contest)[2])
    entries = read_entries(contest, stored, last_seq(contest))
    return list(publication_faults(contest, stored.definition, entries, anew=anew))
