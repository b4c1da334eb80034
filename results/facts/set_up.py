"""What is set up for a contest: rows -> Definition, with the ids by which the ledger's rows refer to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from results.facts.kinds.said import Ids
from results.facts.types import (
    BoxDefinition,
    CandidateDefinition,
    Definition,
    HeadDefinition,
    PartyDefinition,
    WardDefinition,
)
from results.models import Contest
from results.models.ledger import new_id

KEPT = 2000
"""Set-ups kept in memory: a national night has 650 contests."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """A contest's definition, with the database's ids of what the pure modules know by key.

    `definition_hash` is the one that its entries carry, "" before the first.
    """

    definition: Definition
    definition_hash: str
    contest: int
    boxes: Mapping[str, int]
    candidates: tuple[int, ...]
    heads: tuple[int, ...]

    def ids(self) -> Ids:
        """A registry of ids that begins with these."""
        return Ids(new_id, self.contest, dict(self.boxes), self.candidates, self.heads)


_kept: dict[tuple[int, str], SetUp] = {}
"""Set-ups of contests that have begun, by contest and definition hash: from the first entry on they are frozen."""


def forget_set_ups() -> None:
    """Forget all that is kept in memory."""
    _kept.clear()


def read_set_up(contest: Contest, definition_hash: str = "") -> SetUp:
    """The contest's set-up; kept in memory once the ledger has begun (`definition_hash` of its entries)."""
    key = (contest.pk, definition_hash)
    if key in _kept:
        return _kept[key]
    set_up = _read_set_up(contest, definition_hash)
    if definition_hash:
        if len(_kept) > KEPT:
            _kept.clear()
        _kept[key] = set_up
    return set_up


def _read_set_up(contest: Contest, definition_hash: str) -> SetUp:
    election = contest.election
    boxes = list(contest.boxes.select_related("box", "box__station", "ward"))
    candidates = list(contest.candidates.select_related("party"))
    heads = list(contest.heads.all())
    baseline: dict[str, dict[str, int]] = defaultdict(dict)
    for gss, party, votes in contest.baseline.values_list("ward__gss", "party__code", "votes"):
        baseline[gss or ""][party] = votes
    definition = Definition(
        contest=contest.ballot_paper_id,
        name=contest.name,
        election=election.name,
        environment=contest.environment,
        seats=contest.seats,
        close_of_poll=election.close_of_poll,
        planned_declaration=election.planned_declaration,
        count_begins=contest.count_begins or election.close_of_poll,
        expected_time=contest.expected_time,
        venue=election.venue,
        verify_before_count=election.combined,
        entries_required=contest.entries_required,
        minimum_boxes=contest.minimum_boxes,
        minimum_papers=contest.minimum_papers,
        publish=contest.publish_at_setup,
        projection=contest.projection_at_setup,
        baseline_label=contest.baseline_label,
        candidates=tuple(
            CandidateDefinition(c.number, c.name, c.ballot_name, c.surname, c.party.code, c.description, c.person_id)
            for c in candidates
        ),
        parties={
            p.code: PartyDefinition(p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id)
            for p in election.parties.order_by("code")
        },
        wards={w.gss: WardDefinition(w.gss, w.name, w.electorate) for w in contest.wards.all()},
        boxes={
            b.box.label: BoxDefinition(
                b.box.label, b.box.kind, b.ward.gss, b.box.station.name if b.box.station else "", b.electors
            )
            for b in boxes
        },
        heads=tuple(HeadDefinition(h.code, h.name) for h in heads),
        baseline=dict(baseline),
    )
    return SetUp(
        definition,
        definition_hash,
        contest.pk,
        {b.box.label: b.pk for b in boxes},
        tuple(c.pk for c in candidates),
        tuple(h.pk for h in heads),
    )
