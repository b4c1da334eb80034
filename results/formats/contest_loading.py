"""A contest's set-up into the database: all of it in one transaction, or nothing.

Only a contest without a ledger entry is loaded: from its first entry on the set-up is frozen. One that was loaded
before is replaced whole, but for its row and its staff. Contests of one election share it, its parties and its boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from pathlib import Path

from django.db import models, transaction

from results.clock import PLAYED
from results.database.queue import write_queue
from results.facts.types import PartyDefinition
from results.formats.contest_candidates import PARTIES_FILE
from results.formats.contest_fields import FILE, ContestFields, ElectionFields
from results.formats.contest_folder import BOXES_FILE, ContestSetUp, read_folder
from results.formats.tables import Problem, shown
from results.models import (
    BallotBox,
    BaselineVotes,
    Candidate,
    Contest,
    ContestBox,
    DemoClock,
    Election,
    Party,
    PollingStation,
    RejectionHead,
    Ward,
)
from results.models.contest import new_epoch
from results.people.journal import record_set_up


class FolderRefused(ValueError):
    """A folder was not loaded: `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_folder(folder: Path) -> Contest:
    """The contest of a folder, loaded. Raises FolderRefused with every problem, and then nothing is written."""
    reading = read_folder(folder)
    if reading.set_up is None:
        raise FolderRefused(reading.problems)
    return load(reading.set_up)


def load(set_up: ContestSetUp) -> Contest:
    """The contest of a set-up, loaded. Raises FolderRefused where the database holds what contradicts it."""
    with write_queue(), transaction.atomic():
        # The lock that the ledger's writers take: no first entry can come between the check and the change.
        list(Contest.objects.select_for_update().filter(ballot_paper_id=set_up.fields.ballot_paper_id))
        problems = tuple(contradictions(set_up))
        if problems:
            raise FolderRefused(problems)
        contest = _write(set_up)
        for one in Contest.objects.filter(election=contest.election).select_related("election"):
            # What the contests of an election share may be new to the others as well.
            record_set_up(one)
        return contest


def contradictions(set_up: ContestSetUp) -> Iterator[Problem]:
    """What in the database keeps a set-up from being loaded. Reads only."""
    fields = set_up.fields
    contest = Contest.objects.filter(ballot_paper_id=fields.ballot_paper_id).first()
    if contest is not None and contest.entries.exists():
        words = (
            f"the count of {fields.ballot_paper_id} has begun: its set-up is frozen. "
            "A rehearsal is a contest with ids of its own (docs/set-up.md)"
        )
        yield Problem(FILE, 0, "ballot_paper_id", words)
        return
    election = Election.objects.filter(election_id=fields.election.election_id).first()
    if election is None:
        return
    others = election.contests.exclude(ballot_paper_id=fields.ballot_paper_id).order_by("pk")
    if not others:
        return
    yield from _other_elections(fields, election, others[0], others)
    yield from _other_parties(set_up, election)
    yield from _other_boxes(set_up, election)


def _other_elections(
    fields: ContestFields, election: Election, other: Contest, others: models.QuerySet[Contest]
) -> Iterator[Problem]:
    """Facts of the election that differ from those which another contest brought; a blank one contradicts nothing."""
    for fact in dataclass_fields(ElectionFields):
        here, there = getattr(fields.election, fact.name), getattr(election, fact.name)
        if here != there and here not in (None, "") and there not in (None, ""):
            name = "election_name" if fact.name == "name" else fact.name
            words = f"{other.name}, loaded before, has another {name} for the same election_id: write the same in both folders"
            yield Problem(FILE, 0, name, words)
        elif here not in (None, "", there) and (begun := others.filter(entries__isnull=False).first()) is not None:
            name = "election_name" if fact.name == "name" else fact.name
            yield Problem(FILE, 0, name, f"the count of {begun.name} has begun without it: leave it out here too")
    if fields.environment != other.environment:
        words = f"{other.name}, of the same election, is {other.environment}: write the same for all contests of an election"
        yield Problem(FILE, 0, "environment", words)


def _other_parties(set_up: ContestSetUp, election: Election) -> Iterator[Problem]:
    """Parties that another contest uses under the same code, and differently."""
    used = _used_elsewhere(set_up, election)
    for party in set_up.parties:
        if party.code in used and used[party.code] != party:
            words = (
                f"another contest of this election has a party {party.code} with another name, colour or ec_id: "
                "write the same, or another code"
            )
            yield Problem(PARTIES_FILE, 0, "code", words)


def _used_elsewhere(set_up: ContestSetUp, election: Election) -> dict[str, PartyDefinition]:
    """The parties that other contests of the election have candidates or earlier votes of, by code."""
    others = election.contests.exclude(ballot_paper_id=set_up.fields.ballot_paper_id)
    standing = Candidate.objects.filter(contest__in=others).values("party")
    stood = BaselineVotes.objects.filter(contest__in=others).values("party")
    used = election.parties.filter(pk__in=standing) | election.parties.filter(pk__in=stood)
    return {p.code: PartyDefinition(p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id) for p in used}


def _other_boxes(set_up: ContestSetUp, election: Election) -> Iterator[Problem]:
    """Ballot boxes that another contest uses under the same label, and which cannot be the same thing."""
    shared = {
        box.label: box
        for box in election.boxes.select_related("station").filter(
            contest_boxes__contest__in=election.contests.exclude(ballot_paper_id=set_up.fields.ballot_paper_id)
        )
    }
    for box in set_up.boxes:
        there = shared.get(box.label)
        if there is None:
            continue
        if there.kind != box.kind:
            words = (
                f"box {box.label} is a {there.kind} box in another contest of this election, here it is {box.kind}: "
                "give it a label of its own"
            )
            yield Problem(BOXES_FILE, 0, "kind", words)
        station = there.station.name if there.station else ""
        if box.station and box.station != station:
            words = (
                f"box {box.label} comes from {shown(station)} in another contest of this election: "
                "write that, or another label"
            )
            yield Problem(BOXES_FILE, 0, "station", words)


def _write(set_up: ContestSetUp) -> Contest:
    contest = Contest.objects.filter(ballot_paper_id=set_up.fields.ballot_paper_id).first()
    if contest is not None:
        _clear(contest)
    election = _write_election(set_up.fields)
    contest = _write_contest(contest, set_up.fields, election)
    parties = _write_parties(set_up, election)
    wards = {
        ward.gss: Ward.objects.create(contest=contest, gss=ward.gss, name=ward.name, electorate=ward.electorate)
        for ward in set_up.wards
    }
    for candidate in set_up.candidates:
        Candidate.objects.create(
            contest=contest,
            number=candidate.number,
            surname=candidate.surname,
            forenames=candidate.forenames,
            ballot_name=candidate.ballot_name,
            party=parties[candidate.party],
            description=candidate.description,
            person_id=candidate.person_id,
        )
    for number, head in enumerate(set_up.heads, 1):
        RejectionHead.objects.create(contest=contest, number=number, code=head.code, name=head.name)
    for row in set_up.baseline:
        ward = wards[row.ward] if row.ward else None
        BaselineVotes.objects.create(contest=contest, ward=ward, party=parties[row.party], votes=row.votes)
    _write_boxes(set_up, contest, wards)
    return contest


def _clear(contest: Contest) -> None:
    """Take away what was set up for a contest, and what of its election no other contest uses."""
    contest.baseline.all().delete()
    contest.candidates.all().delete()
    contest.boxes.all().delete()
    contest.wards.all().delete()
    contest.heads.all().delete()
    election = contest.election
    election.boxes.filter(contest_boxes__isnull=True).delete()
    election.stations.filter(boxes__isnull=True).delete()
    if not election.contests.exclude(pk=contest.pk).exists():
        election.parties.all().delete()


def _write_election(fields: ContestFields) -> Election:
    facts = fields.election
    election = Election.objects.filter(election_id=facts.election_id).first() or Election(election_id=facts.election_id)
    alone = not election.pk or not election.contests.exclude(ballot_paper_id=fields.ballot_paper_id).exists()
    election.name = facts.name
    election.poll_date = facts.poll_date
    election.close_of_poll = facts.close_of_poll
    election.combined = facts.combined
    if alone or facts.planned_declaration is not None:
        election.planned_declaration = facts.planned_declaration
    if alone or facts.venue:
        election.venue = facts.venue
    election.save()
    if fields.environment not in PLAYED:
        DemoClock.objects.filter(election=election).delete()
    return election


def _write_contest(contest: Contest | None, fields: ContestFields, election: Election) -> Contest:
    before = contest.election if contest else None
    # Pages opened before a set-up was replaced hold its names: another epoch makes them begin anew.
    contest = contest or Contest(ballot_paper_id=fields.ballot_paper_id)
    contest.epoch = new_epoch()
    contest.election = election
    contest.name = fields.name
    contest.gss = fields.gss
    contest.seats = fields.seats
    contest.environment = fields.environment
    contest.entries_required = fields.entries_required
    contest.minimum_boxes = fields.minimum_boxes
    contest.minimum_papers = fields.minimum_papers
    contest.publish_at_setup = fields.publish
    contest.projection_at_setup = fields.projection
    contest.count_begins = fields.count_begins
    contest.expected_time = fields.expected_time
    contest.baseline_label = fields.baseline_label
    contest.save()
    if before is not None and before != election and not before.contests.exists():
        before.delete()
    return contest


def _write_parties(set_up: ContestSetUp, election: Election) -> dict[str, Party]:
    used = _used_elsewhere(set_up, election)
    written = {}
    for party in set_up.parties:
        if party.code in used:
            written[party.code] = election.parties.get(code=party.code)
            continue
        written[party.code], _ = Party.objects.update_or_create(
            election=election,
            code=party.code,
            defaults={
                "name": party.name,
                "short_name": party.short_name,
                "initial": party.initial,
                "colour": party.colour,
                "ec_id": party.ec_id,
            },
        )
    return written


def _write_boxes(set_up: ContestSetUp, contest: Contest, wards: dict[str, Ward]) -> None:
    """The contest's boxes in the order of the file, on the election's ballot boxes: those of a label are one box."""
    election = contest.election
    known = {box.label: box for box in election.boxes.all()}
    stations = {station.name: station for station in election.stations.all()}
    for position, box in enumerate(set_up.boxes, 1):
        if box.label not in known:
            if box.station and box.station not in stations:
                stations[box.station] = PollingStation.objects.create(election=election, name=box.station)
            known[box.label] = BallotBox.objects.create(
                election=election, label=box.label, kind=box.kind, station=stations.get(box.station)
            )
        ContestBox.objects.create(
            contest=contest,
            box=known[box.label],
            ward=wards[box.ward],
            position=position,
            electors=box.electors,
        )
