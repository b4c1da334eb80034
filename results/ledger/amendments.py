"""What the night amends of the set-up: boxes that were not on the list, and a ward's electors. By a supervisor."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib.auth.models import User

from results.facts.definition import BoxDefinition
from results.facts.kinds import BoxRegistered, ElectorateAmended
from results.ledger.errors import Refused
from results.ledger.writing import Receipt, Writing, receipt_for, submit
from results.models import (
    BallotBox,
    BallotPaperAccount,
    BoxContest,
    BoxWard,
    Contest,
    Role,
)
from results.rules.amendments import check_electorate, check_new_box


def register_box(
    contest: Contest,
    box: BoxDefinition,
    *,
    actor: User,
    submission_id: uuid.UUID,
    reason: str,
    entrusted: int | None = None,
) -> Receipt:
    """A box has come, or is known to come, that the set-up did not know. It has an account of its own.

    Where another contest of the event knows the box already, it must be the same thing here.
    """
    box = replace(box, account=box.label)

    def write(writing: Writing) -> Receipt:
        standing = BallotBox.objects.filter(event=contest.event_id, label=box.label).first()
        if findings := check_new_box(writing.facts, box, reason, standing.comes_from if standing else None):
            raise Refused(*findings)
        physical = BallotBox.come_from(contest.event, box.label, box.kind, box.place, box.origin)
        account = BallotPaperAccount.objects.create(
            contest=contest, key=box.account, entrusted=entrusted, registered=True
        )
        last = contest.boxes.order_by("-position").values_list("position", flat=True).first() or 0
        row = BoxContest.objects.create(
            contest=contest, box=physical, account=account, position=last + 1, electors=box.electors, registered=True
        )
        ids = writing.ledger.ids
        for gss in box.wards:
            BoxWard.objects.create(contest=contest, box=row, ward_id=ids.wards[gss], registered=True)
        ids.note_box(box.label, row.pk)
        ids.note_account(box.account, account.pk)
        return receipt_for(writing, writing.append(said, note=reason.strip()))

    said = BoxRegistered(box, entrusted)
    return submit(
        contest, actor=actor, role=Role.SUPERVISOR, submission_id=submission_id, said=said, write=write, reason=reason
    )


def amend_electorate(
    contest: Contest, ward: str, electorate: int, *, actor: User, submission_id: uuid.UUID, seen: int, reason: str
) -> Receipt:
    """A ward has another number of electors than the set-up says; `seen` is the number that the form showed."""

    def write(writing: Writing) -> Receipt:
        if findings := check_electorate(writing.facts, ward, electorate, seen, reason):
            raise Refused(*findings)
        return receipt_for(writing, writing.append(said, note=reason.strip()))

    said = ElectorateAmended(ward, electorate)
    return submit(
        contest, actor=actor, role=Role.SUPERVISOR, submission_id=submission_id, said=said, write=write, reason=reason
    )
