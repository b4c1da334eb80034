"""Adjudication: the Returning Officer, or a deputy authorised in writing, returns a group's doubtful papers."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib.auth.models import User

from results.facts.kinds import Adjudicated
from results.facts.reading import read_facts
from results.ledger.counts import agree
from results.ledger.errors import Refused, Stale
from results.ledger.groups import find_group
from results.ledger.hall import contests_in_area
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import Contest, Role
from results.rules.adjudication import check_adjudication
from results.rules.findings import refusal
from results.rules.order import check_order


def record_adjudication(
    contest: Contest, said: Adjudicated, *, actor: User, submission_id: uuid.UUID, seen: int
) -> Receipt:
    """What has come back of a group's doubtful papers in its present round, in all so far.

    It replaces what was said of this round before. Where all papers are back and the readings say the same, the group's
    figures are agreed: nobody types the sheet again. `seen` is the entry that this replaces, 0 for the first of a round.
    """

    def write(writing: Writing) -> Receipt:
        group = find_group(writing, said.group)
        others = [read_facts(other) for other in writing.act.beside]
        writing.require_clear(check_order(writing.facts, group, writing.now, others), ())
        standing = group.adjudicated.seq if group.adjudicated else 0
        if said.round != group.round:
            # The papers went back to the table with the rest, and are counted again.
            raise Stale("stale.adjudication_round", entry=group.last_seq, group=said.group, round=group.round)
        writing.require_unchanged(seen, standing, "stale.adjudication", group=said.group)
        if group.agreed is not None:
            raise Refused(refusal("adjudication.agreed", group=said.group))
        writing.require_clear(check_adjudication(writing.facts, group, said), ())
        # Without an objection it is kept as a sheet without one is (record_count), and folded as it will be read again.
        objections = said.objections if any(said.objections) else ()
        entry = writing.append(replace(said, objections=objections), supersedes=standing)
        agreed, released = agree(writing, said.group)
        return receipt_for(writing, entry, agreed=agreed, released=released)

    return submit(
        contest,
        actor=actor,
        # A deputy's appointment is a Returning Officer's, with the date of the written authority (results/models/people.py).
        role=Role.RETURNING_OFFICER,
        submission_id=submission_id,
        said=said,
        write=write,
        beside=contests_in_area,
    )
