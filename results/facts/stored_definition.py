"""What is set up for a contest: rows -> Definition, with the ids by which the ledger's rows refer to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Min

from results.facts.definition import (
    AccountDefinition,
    BoxDefinition,
    CandidateDefinition,
    Definition,
    HeadDefinition,
    PartyDefinition,
    SessionDefinition,
    WardDefinition,
)
from results.facts.kinds.said import Ids
from results.models import BoxContest, Contest, Election
from results.models.ledger import new_id

KEPT = 2000
"""Set-ups kept in memory: a national night has 650 contests."""


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A contest's definition, with the database's ids of what the pure modules know by key.

    `definition_hash` is the one that its entries carry, "" before the first.
    """

    definition: Definition
    definition_hash: str
    contest: int
    boxes: Mapping[str, int]
    accounts: Mapping[str, int]
    wards: Mapping[str, int]
    candidates: tuple[int, ...]
    heads: tuple[int, ...]
    sessions: Mapping[str, int]

    def ids(self) -> Ids:
        """A registry of ids that begins with these."""
        return Ids(
            new_id,
            self.contest,
            dict(self.boxes),
            dict(self.accounts),
            dict(self.wards),
            self.candidates,
            self.heads,
            dict(self.sessions),
        )


_kept: dict[tuple[int, str], StoredDefinition] = {}
"""Set-ups of contests that have begun, by contest and definition hash: from the first entry on they are frozen."""


def forget_definitions() -> None:
    """Forget all that is kept in memory."""
    _kept.clear()


def stored_definition(contest: Contest, definition_hash: str = "") -> StoredDefinition:
    """The contest's set-up; kept in memory once the ledger has begun (`definition_hash` of its entries)."""
    key = (contest.pk, definition_hash)
    if key in _kept:
        return _kept[key]
    stored = _read_definition(contest, definition_hash)
    if definition_hash:
        if len(_kept) > KEPT:
            _kept.clear()
        _kept[key] = stored
    return stored


def _read_definition(contest: Contest, definition_hash: str) -> StoredDefinition:
    election, event = contest.election, contest.event
    boxes = list(
        contest.boxes.filter(registered=False).select_related("box__station__place", "box__session", "account")
    )
    wards_of = _wards_of_boxes(contest)
    accounts = list(
        contest.accounts.annotate(first=Min("boxes__position")).filter(boxes__registered=False).order_by("first")
    )
    wards = list(contest.wards.all())
    candidates = list(contest.candidates.select_related("party"))
    heads = list(contest.heads.all())
    definition = Definition(
        contest=contest.ballot_paper_id,
        name=contest.name,
        election=election.name,
        environment=contest.environment,
        postal_electors=contest.postal_electors,
        seats=contest.seats,
        close_of_poll=event.close_of_poll,
        planned_declaration=contest.planned_declaration,
        count_begins=contest.count_begins or event.close_of_poll,
        expected_time=contest.expected_time,
        venue=event.venue,
        event=event.event_id,
        kind_of_poll=contest.kind_of_poll,
        nation=contest.nation,
        verify_first=contest.verify_first,
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
        parties=_parties(election),
        wards={w.gss: WardDefinition(w.gss, w.name, w.electorate, w.postal_electors) for w in wards},
        boxes={b.box.label: _box(b, tuple(wards_of[b.pk])) for b in boxes},
        accounts={
            a.key: AccountDefinition(a.key, tuple(b.box.label for b in boxes if b.account_id == a.pk), a.entrusted)
            for a in accounts
        },
        heads=tuple(HeadDefinition(h.code, h.name, h.in_part) for h in heads),
        baseline=_baseline(contest),
        sessions=_sessions(boxes),
    )
    return StoredDefinition(
        definition,
        definition_hash,
        contest.pk,
        {b.box.label: b.pk for b in boxes},
        {a.key: a.pk for a in accounts},
        {w.gss: w.pk for w in wards},
        tuple(c.pk for c in candidates),
        tuple(h.pk for h in heads),
        {b.box.session.name: b.box.session.pk for b in boxes if b.box.session},
    )


def _box(row: BoxContest, wards: tuple[str, ...]) -> BoxDefinition:
    box = row.box
    place, origin = (box.station.place.name, box.station.name) if box.station else ("", str(box.session))
    return BoxDefinition(box.label, box.kind, wards, place, origin, row.electors, row.account.key)


def _sessions(boxes: Sequence[BoxContest]) -> dict[str, SessionDefinition]:
    """The opening sessions that filled the contest's boxes, in the order of their first box."""
    found: dict[str, SessionDefinition] = {}
    for row in boxes:
        if (session := row.box.session) is not None:
            earlier = found[session.name].boxes if session.name in found else ()
            found[session.name] = SessionDefinition(session.name, (*earlier, row.box.label), session.on_the_night)
    return found


def _wards_of_boxes(contest: Contest) -> dict[int, list[str]]:
    """The GSS codes of each box's wards, by the box's id, in the order of the wards' names."""
    found: dict[int, list[str]] = defaultdict(list)
    for box, gss in contest.boxes.order_by("box_wards__ward__name").values_list("pk", "box_wards__ward__gss"):
        found[box].append(gss)
    return found


def _parties(election: Election) -> dict[str, PartyDefinition]:
    return {
        party.code: PartyDefinition(party.code, party.name, party.short_name, party.initial, party.colour, party.ec_id)
        for party in election.parties.order_by("code")
    }


def _baseline(contest: Contest) -> dict[str, dict[str, int]]:
    """Votes at the last poll by ward, "" for the whole contest, then by party."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for gss, party, votes in contest.baseline.values_list("ward__gss", "party__code", "votes"):
        found[gss or ""][party] = votes
    return dict(found)
