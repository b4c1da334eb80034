"""The one adapter between the database and the pure modules: rows of a ledger prefix -> Facts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from results import models
from results.facts.fold import fold
from results.facts.types import (
    Account,
    Agreed,
    Arrived,
    BoxDefinition,
    CandidateDefinition,
    Definition,
    Entered,
    Entry,
    Facts,
    GroupDissolved,
    GroupFormed,
    HeadDefinition,
    HeldSet,
    PartyDefinition,
    PolicySet,
    ReleaseMade,
    Said,
    Verified,
    WardDefinition,
)
from results.models import Contest, LedgerEntry

Kind = LedgerEntry.Kind


@dataclass(frozen=True, slots=True)
class SetUp:
    """A contest's definition, with the database's ids of what the pure modules know by key."""

    definition: Definition
    box_labels: Mapping[int, str]
    candidate_places: Mapping[int, int]
    head_places: Mapping[int, int]


_kept: dict[tuple[int, str], SetUp] = {}
"""Set-ups of contests that have begun, by contest and definition hash: from the first entry on they are frozen."""


def last_seq(contest: Contest) -> int:
    """The seq of the contest's last entry, 0 before the first."""
    return LedgerEntry.objects.filter(contest=contest).aggregate(last=Max("seq"))["last"] or 0


def read_facts(contest: Contest, seq: int | None = None) -> Facts:
    """What the first `seq` entries of a contest say; all entries where no seq is given."""
    last = LedgerEntry.objects.filter(contest=contest).order_by("-seq").values_list("seq", "definition_hash").first()
    upto = (last[0] if last else 0) if seq is None else seq
    set_up = read_set_up(contest, last[1] if last else "")
    return fold(set_up.definition, read_entries(contest, set_up, upto))


def read_set_up(contest: Contest, definition_hash: str = "") -> SetUp:
    """The contest's set-up; kept in memory once the ledger has begun (`definition_hash` of its entries)."""
    key = (contest.pk, definition_hash)
    if key in _kept:
        return _kept[key]
    set_up = _read_set_up(contest)
    if definition_hash:
        if len(_kept) > 2000:
            _kept.clear()
        _kept[key] = set_up
    return set_up


def _read_set_up(contest: Contest) -> SetUp:
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
        {b.pk: b.box.label for b in boxes},
        {c.pk: place for place, c in enumerate(candidates)},
        {h.pk: place for place, h in enumerate(heads)},
    )


def read_entries(contest: Contest, set_up: SetUp, upto: int) -> list[Entry]:
    """The entries 1..upto of a contest, typed, in their order."""
    rows = list(
        LedgerEntry.objects.filter(contest=contest, seq__lte=upto)
        .order_by("seq")
        .values_list("id", "seq", "kind", "recorded_at", "actor_id", "actor_name")
    )
    details = _Details(contest, set_up, upto, {row[2] for row in rows}, {row[0]: row[1] for row in rows})
    entries = []
    for id_, seq, kind, at, actor, name in rows:
        said = details.said(id_)
        if said is not None:
            entries.append(Entry(seq, at, said, actor, name))
    return entries


class _Details:
    """The detail rows of a ledger prefix, fetched in one query for each table that its kinds of entry use."""

    def __init__(
        self, contest: Contest, set_up: SetUp, upto: int, kinds: set[str], seq_of: Mapping[uuid.UUID, int]
    ) -> None:
        self._of_prefix = {"entry__contest": contest, "entry__seq__lte": upto}
        self._set_up = set_up
        self._seq_of = seq_of
        self._said: dict[uuid.UUID, Said] = {}
        self._read_boxes(kinds)
        self._read_groups(kinds)
        self._read_counts(kinds)
        self._read_choices(kinds)

    def said(self, entry: uuid.UUID) -> Said | None:
        """What an entry says, or None for the kinds that no fact hangs on."""
        return self._said.get(entry)

    def _rows(self, model: Any, *columns: str) -> Iterable[tuple[Any, ...]]:
        return model.objects.filter(**self._of_prefix).values_list("entry_id", *columns)  # type: ignore[no-any-return]

    def _read_boxes(self, kinds: set[str]) -> None:
        labels = self._set_up.box_labels
        if Kind.ARRIVED in kinds:
            for entry, box in self._rows(models.BoxArrival, "contest_box_id"):
                self._said[entry] = Arrived(labels[box])
        if Kind.VERIFIED in kinds:
            accounts = {
                row[0]: Account(*row[1:])
                for row in self._rows(models.BallotPaperAccount, "issued", "unused", "spoilt", "tendered")
            }
            columns = ("contest_box_id", "papers_expected", "papers_found", "reason", "explanation")
            for entry, box, *figures in self._rows(models.Verification, *columns):
                self._said[entry] = Verified(labels[box], *figures, account=accounts.get(entry))

    def _read_groups(self, kinds: set[str]) -> None:
        self._numbers: dict[uuid.UUID, int] = {}
        if Kind.GROUP_FORMED not in kinds:
            return
        labels = self._set_up.box_labels
        places = {label: place for place, label in enumerate(self._set_up.definition.boxes)}
        boxes: dict[uuid.UUID, list[str]] = defaultdict(list)
        for entry, box in self._rows(models.CountGroupBox, "contest_box_id"):
            boxes[entry].append(labels[box])
        for entry, group, number in self._rows(models.CountGroup, "id", "number"):
            self._numbers[group] = number
            self._said[entry] = GroupFormed(number, tuple(sorted(boxes[entry], key=places.__getitem__)))
        if Kind.GROUP_DISSOLVED in kinds:
            for entry, group in self._rows(models.GroupDissolution, "group_id"):
                self._said[entry] = GroupDissolved(self._numbers[group])

    def _read_counts(self, kinds: set[str]) -> None:
        if Kind.ENTERED not in kinds:
            return
        candidates, heads = self._set_up.candidate_places, self._set_up.head_places
        votes: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * len(candidates))
        for entry, candidate, number in self._rows(models.CandidateVotes, "candidate_id", "votes"):
            votes[entry][candidates[candidate]] = number
        rejected: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * len(heads))
        for entry, head, number in self._rows(models.RejectedPapers, "head_id", "papers"):
            rejected[entry][heads[head]] = number
        counts: dict[uuid.UUID, uuid.UUID] = {}
        columns = ("id", "group_id", "sheet", "papers", "doubtful", "round", "reading")
        for entry, id_, group, sheet, papers, doubtful, round_, reading in self._rows(models.Count, *columns):
            counts[id_] = entry
            self._said[entry] = Entered(
                self._numbers[group],
                sheet,
                papers,
                tuple(votes[entry]),
                tuple(rejected[entry]),
                doubtful,
                round_,
                reading,
            )
        agreements: dict[uuid.UUID, int] = {}
        for entry, id_, group, count in self._rows(models.Agreement, "id", "group_id", "count_id"):
            agreements[id_] = self._seq_of[counts[count]]
            self._said[entry] = Agreed(self._numbers[group], agreements[id_])
        if Kind.RELEASED in kinds:
            released: dict[uuid.UUID, list[tuple[int, int]]] = defaultdict(list)
            for entry, group, agreement in self._rows(models.ReleasedGroup, "group_id", "agreement_id"):
                released[entry].append((self._numbers[group], agreements[agreement]))
            for entry, groups in released.items():
                self._said[entry] = ReleaseMade(tuple(sorted(groups)))

    def _read_choices(self, kinds: set[str]) -> None:
        if Kind.POLICY_SET in kinds:
            for entry, publish, projection in self._rows(models.PolicyChange, "publish", "projection"):
                self._said[entry] = PolicySet(publish, projection)
        if Kind.HELD in kinds:
            for entry, held in self._rows(models.Hold, "held"):
                self._said[entry] = HeldSet(held)
