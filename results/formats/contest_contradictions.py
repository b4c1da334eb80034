"""What in the database keeps a set-up from being loaded: a count that has begun, or another contest that says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields

from django.db import models

from results.facts.definition import PartyDefinition
from results.formats.contest_boxes import BOXES_FILE
from results.formats.contest_candidates import PARTIES_FILE
from results.formats.contest_fields import ElectionFields, EventFields
from results.formats.contest_folder import ContestFolder
from results.formats.contest_lines import FILE
from results.formats.tables import FileProblem, shown
from results.models import BallotBox, BaselineVotes, Candidate, Contest, Election, Event


def contradictions(folder: ContestFolder) -> Iterator[FileProblem]:
    """What in the database keeps a set-up from being loaded. Reads only."""
    fields = folder.fields
    contest = Contest.objects.filter(ballot_paper_id=fields.ballot_paper_id).first()
    if contest is not None and contest.entries.exists():
        words = (
            f"the count of {fields.ballot_paper_id} has begun: its set-up is frozen. "
            "A rehearsal is a contest with ids of its own (docs/set-up.md)"
        )
        yield FileProblem(FILE, 0, "ballot_paper_id", words)
        return
    yield from _other_events(folder)
    election = Election.objects.filter(election_id=fields.election.election_id).first()
    others = election.contests.exclude(ballot_paper_id=fields.ballot_paper_id).order_by("pk") if election else None
    if election is not None and others:
        yield from _other_facts(fields.election, election, others, "election_id", {"name": "election_name"})
        yield from _other_parties(folder, election)


def _other_events(folder: ContestFolder) -> Iterator[FileProblem]:
    """What contradicts another contest that is counted at the same event."""
    fields = folder.fields
    event = Event.objects.filter(event_id=fields.event.event_id).first()
    others = event.contests.exclude(ballot_paper_id=fields.ballot_paper_id).order_by("pk") if event else None
    if event is None or not others:
        return
    other = others[0]
    yield from _other_facts(fields.event, event, others, "event", {"name": "event_name"})
    if fields.environment != other.environment:
        words = f"{other.name}, of the same event, is {other.environment}: write the same for all contests of an event"
        yield FileProblem(FILE, 0, "environment", words)
    yield from _other_boxes(folder, event)
    yield from _other_sessions(folder, event)
    yield from _taken_together(folder, others)


def _taken_together(folder: ContestFolder, others: models.QuerySet[Contest]) -> Iterator[FileProblem]:
    """Contests with papers in one box are combined polls: by law some of them wait for the others' papers."""
    labels = [box.label for box in folder.boxes]
    for other in others.filter(boxes__box__label__in=labels).distinct():
        if not folder.fields.combined:
            shared = other.boxes.filter(box__label__in=labels).order_by("position").values_list("box__label", flat=True)
            words = f"box {shared[0]} holds papers of {other.name} too, so the polls are combined: write combined,yes"
            yield FileProblem(FILE, 0, "combined", words)
        elif other.verify_first == Contest.VerifyFirst.OWN:
            words = (
                f"{other.name} was set up as a poll taken alone, and has papers in the same boxes: "
                "load it again with combined,yes and without verify_first,own"
            )
            yield FileProblem(FILE, 0, "combined", words)


def _other_facts(
    here: EventFields | ElectionFields,
    there: Event | Election,
    others: models.QuerySet[Contest],
    key: str,
    names: dict[str, str],
) -> Iterator[FileProblem]:
    """Facts that differ from those which another contest brought; a blank one contradicts nothing."""
    for fact in dataclass_fields(here):
        ours, theirs = getattr(here, fact.name), getattr(there, fact.name)
        name = names.get(fact.name, fact.name)
        if ours != theirs and ours not in (None, "") and theirs not in (None, ""):
            words = f"{others[0].name}, loaded before, has another {name} for the same {key}: write the same in both folders"
            yield FileProblem(FILE, 0, name, words)
        elif ours not in (None, "", theirs) and (begun := others.filter(entries__isnull=False).first()) is not None:
            yield FileProblem(FILE, 0, name, f"the count of {begun.name} has begun without it: leave it out here too")


def _other_parties(folder: ContestFolder, election: Election) -> Iterator[FileProblem]:
    """Parties that another contest uses under the same code, and differently."""
    used = used_elsewhere(folder, election)
    for party in folder.parties:
        if party.code in used and used[party.code] != party:
            words = (
                f"another contest of this election has a party {party.code} with another name, colour or ec_id: "
                "write the same, or another code"
            )
            yield FileProblem(PARTIES_FILE, 0, "code", words)


def used_elsewhere(folder: ContestFolder, election: Election) -> dict[str, PartyDefinition]:
    """The parties that other contests of the election have candidates or earlier votes of, by code."""
    others = election.contests.exclude(ballot_paper_id=folder.fields.ballot_paper_id)
    standing = Candidate.objects.filter(contest__in=others).values("party")
    stood = BaselineVotes.objects.filter(contest__in=others).values("party")
    used = election.parties.filter(pk__in=standing) | election.parties.filter(pk__in=stood)
    return {p.code: PartyDefinition(p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id) for p in used}


def _other_boxes(folder: ContestFolder, event: Event) -> Iterator[FileProblem]:
    """Ballot boxes that another contest uses under the same label, and which cannot be the same thing."""
    others = event.contests.exclude(ballot_paper_id=folder.fields.ballot_paper_id)
    shared = {
        box.label: box
        for box in event.boxes.select_related("station__place", "session").filter(contests__contest__in=others)
    }
    for box in folder.boxes:
        there = shared.get(box.label)
        if there is None:
            continue
        if there.kind != box.kind:
            words = (
                f"box {box.label} is a {there.kind} box in another contest of this event, here it is {box.kind}: "
                "give it a label of its own"
            )
            yield FileProblem(BOXES_FILE, 0, "kind", words)
        elif there.station is not None and (there.station.place.name, there.station.name) != (box.place, box.origin):
            words = (
                f"box {box.label} comes from {shown(str(there.station))} in another contest of this event: "
                "write that, or another label"
            )
            yield FileProblem(BOXES_FILE, 0, "station", words)
        elif there.session is not None and there.session.name != box.origin:
            words = (
                f"box {box.label} comes from {shown(there.session.name)} in another contest of this event: "
                "write that, or another label"
            )
            yield FileProblem(BOXES_FILE, 0, "session", words)


def _other_sessions(folder: ContestFolder, event: Event) -> Iterator[FileProblem]:
    """Opening sessions that another contest has too, and says otherwise of: one opens the packs handed in, or does not."""
    others = event.contests.exclude(ballot_paper_id=folder.fields.ballot_paper_id)
    shared = event.sessions.filter(boxes__contests__contest__in=others).distinct()
    ours = {box.origin for box in folder.boxes if box.kind == BallotBox.Kind.POSTAL}
    for session in shared.filter(name__in=ours).order_by("pk"):
        if session.on_the_night != (session.name in folder.on_the_night):
            here = "yes" if session.on_the_night else "no"
            words = f"{shown(session.name)} is the session of another contest of this event too, which has {here}: write that"
            yield FileProblem(BOXES_FILE, 0, "on_the_night", words)
