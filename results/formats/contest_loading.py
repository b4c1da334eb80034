"""A contest's set-up into the database: all of it in one transaction, or nothing.

Only a contest without a ledger entry is loaded: from its first entry on the set-up is frozen. One that was loaded
before is replaced whole, but for its row and its staff. Contests of one event share its boxes, those of one election
its parties.
"""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from results.clock import PLAYED
from results.database.queue import write_queue
from results.formats.contest_contradictions import contradictions, used_elsewhere
from results.formats.contest_fields import ContestFields
from results.formats.contest_folder import ContestFolder, read_folder
from results.formats.tables import FileProblem
from results.models import (
    BallotBox,
    BallotPaperAccount,
    BaselineVotes,
    BoxContest,
    BoxWard,
    Candidate,
    Contest,
    DemoClock,
    Election,
    Event,
    Party,
    PollingStation,
    RejectionHead,
    Ward,
)
from results.models.contest import new_epoch
from results.people.journal import record_set_up


class FolderRefused(ValueError):
    """A folder was not loaded: `problems` says why."""

    def __init__(self, problems: tuple[FileProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_folder(folder: Path) -> Contest:
    """The contest of a folder, loaded. Raises FolderRefused with every problem, and then nothing is written."""
    found = read_folder(folder)
    if found.folder is None:
        raise FolderRefused(found.problems)
    return load(found.folder)


def load(folder: ContestFolder) -> Contest:
    """The contest of a set-up, loaded. Raises FolderRefused where the database holds what contradicts it."""
    with write_queue(), transaction.atomic():
        # The lock that the ledger's writers take: no first entry can come between the check and the change.
        list(Contest.objects.select_for_update().filter(ballot_paper_id=folder.fields.ballot_paper_id))
        problems = tuple(contradictions(folder))
        if problems:
            raise FolderRefused(problems)
        contest = _write(folder)
        for one in Contest.objects.filter(election=contest.election).select_related("election", "event"):
            # What the contests of an election share may be new to the others as well.
            record_set_up(one)
        return contest


def _write(folder: ContestFolder) -> Contest:
    contest = Contest.objects.filter(ballot_paper_id=folder.fields.ballot_paper_id).first()
    if contest is not None:
        _clear(contest)
    event, election = _write_event(folder.fields), _write_election(folder.fields)
    contest = _write_contest(contest, folder, event, election)
    parties = _write_parties(folder, election)
    wards = {
        ward.gss: Ward.objects.create(
            contest=contest,
            gss=ward.gss,
            name=ward.name,
            electorate=ward.electorate,
            postal_electors=ward.postal_electors,
        )
        for ward in folder.wards
    }
    for candidate in folder.candidates:
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
    for number, head in enumerate(folder.heads, 1):
        RejectionHead.objects.create(
            contest=contest, number=number, code=head.code, name=head.name, in_part=head.in_part
        )
    for row in folder.baseline:
        ward = wards[row.ward] if row.ward else None
        BaselineVotes.objects.create(contest=contest, ward=ward, party=parties[row.party], votes=row.votes)
    _write_boxes(folder, contest, wards)
    return contest


def _clear(contest: Contest) -> None:
    """Delete what was set up for a contest, and what of its election no other contest uses."""
    contest.baseline.all().delete()
    contest.candidates.all().delete()
    BoxWard.objects.filter(contest=contest).delete()
    contest.boxes.all().delete()
    contest.accounts.all().delete()
    contest.wards.all().delete()
    contest.heads.all().delete()
    event, election = contest.event, contest.election
    event.boxes.filter(contests__isnull=True).delete()
    PollingStation.objects.filter(place__event=event, boxes__isnull=True).delete()
    event.places.filter(stations__isnull=True).delete()
    event.sessions.filter(boxes__isnull=True).delete()
    if not election.contests.exclude(pk=contest.pk).exists():
        election.parties.all().delete()


def _write_event(fields: ContestFields) -> Event:
    facts = fields.event
    event = Event.objects.filter(event_id=facts.event_id).first() or Event(event_id=facts.event_id)
    alone = not event.pk or not event.contests.exclude(ballot_paper_id=fields.ballot_paper_id).exists()
    before = event.name, event.close_of_poll, event.venue
    if alone or facts.name:
        event.name = facts.name or fields.election.name
    event.close_of_poll = facts.close_of_poll
    if alone or facts.venue:
        event.venue = facts.venue
    # Where another contest of the event has begun, nothing differs, and the database refuses even to write the same.
    if not event.pk or (event.name, event.close_of_poll, event.venue) != before:
        event.save()
    if fields.environment not in PLAYED:
        DemoClock.objects.filter(event=event).delete()
    return event


def _write_election(fields: ContestFields) -> Election:
    facts = fields.election
    election, _ = Election.objects.update_or_create(
        election_id=facts.election_id, defaults={"name": facts.name, "poll_date": facts.poll_date}
    )
    return election


def _write_contest(contest: Contest | None, folder: ContestFolder, event: Event, election: Election) -> Contest:
    fields = folder.fields
    before = (contest.event, contest.election) if contest else ()
    # Pages opened before a set-up was replaced hold its names: another epoch makes them begin anew.
    contest = contest or Contest(ballot_paper_id=fields.ballot_paper_id)
    contest.epoch = new_epoch()
    contest.event = event
    contest.election = election
    contest.name = fields.name
    contest.gss = fields.gss
    contest.kind_of_poll = folder.poll.kind.code
    contest.nation = folder.poll.nation.value
    contest.verify_first = folder.poll.verify_first.value
    contest.postal_electors = fields.postal_electors
    contest.seats = fields.seats
    contest.planned_declaration = fields.planned_declaration
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
    for left in before:
        if left not in (event, election) and not left.contests.exists():
            left.delete()
    return contest


def _write_parties(folder: ContestFolder, election: Election) -> dict[str, Party]:
    used = used_elsewhere(folder, election)
    written = {}
    for party in folder.parties:
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


def _write_boxes(folder: ContestFolder, contest: Contest, wards: dict[str, Ward]) -> None:
    """The contest's boxes in the order of the file, on the event's ballot boxes: those of a label are one box."""
    accounts = {
        account.key: BallotPaperAccount.objects.create(contest=contest, key=account.key, entrusted=account.entrusted)
        for account in folder.accounts
    }
    for position, box in enumerate(folder.boxes, 1):
        row = BoxContest.objects.create(
            contest=contest,
            box=BallotBox.come_from(
                contest.event, box.label, box.kind, box.place, box.origin, box.origin in folder.on_the_night
            ),
            account=accounts[box.account],
            position=position,
            electors=box.electors,
        )
        for gss in box.wards:
            BoxWard.objects.create(contest=contest, box=row, ward=wards[gss])
