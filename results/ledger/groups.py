"""Count groups: boxes mixed and counted together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from django.contrib.auth.models import User

from results.facts.types import GroupDissolved, GroupFormed
from results.ledger.errors import Refused, UnknownSubject
from results.ledger.writing import Receipt, Session, receipt_for, submit
from results.models import Contest, CountGroup, CountGroupBox, GroupDissolution, LedgerEntry
from results.models.ledger import Detail
from results.rules import Finding, before_close, check_group

Kind = LedgerEntry.Kind
_SUPERVISOR, _RETURNING_OFFICER = 2, 3


def form_group(
    contest: Contest,
    number: int,
    boxes: Sequence[str],
    *,
    actor: User,
    submission_id: uuid.UUID,
    override_reason: str = "",
) -> Receipt:
    """Mix these boxes into one group; fewer than two polling boxes only with the Returning Officer's reason."""

    def write(session: Session) -> Receipt:
        if session.now < session.facts.definition.close_of_poll:
            raise Refused([before_close(session.facts.definition)])
        if override_reason.strip():
            session.require_role(_RETURNING_OFFICER, "A group of fewer than two polling boxes is the exception")
        session.require_clear(check_group(session.facts, number, boxes, override_reason), ())
        labels = session.ledger.set_up.box_labels
        chosen = {label: pk for pk, label in labels.items() if label in boxes}

        def details(entry: LedgerEntry) -> Iterator[Detail]:
            group = CountGroup(
                entry=entry, contest=session.contest, number=number, override_reason=override_reason.strip()
            )
            yield group
            for contest_box in chosen.values():
                yield CountGroupBox(entry=entry, group=group, contest_box_id=contest_box)

        if number in session.ledger.group_ids:
            words = f"There was a group {number} before, which was dissolved: take a number that was never used."
            raise Refused([Finding("group.number_used", "refusal", words, "number")])
        return receipt_for(session, session.append(Kind.GROUP_FORMED, GroupFormed(number, tuple(chosen)), details))

    said = {"verb": "form_group", "group": number, "boxes": sorted(boxes), "override_reason": override_reason}
    return submit(contest, actor=actor, role=_SUPERVISOR, submission_id=submission_id, said=said, write=write)


def dissolve_group(contest: Contest, number: int, *, actor: User, submission_id: uuid.UUID, seen: int) -> Receipt:
    """Take a group apart that is not counted yet; its boxes may be grouped anew."""

    def write(session: Session) -> Receipt:
        group = find_group(session, number)
        known = session.facts.groups[number]
        session.require_unchanged(seen, known.last_seq, f"Group {number}")
        if known.counts:
            words = f"Group {number} is counted already and stays as it is."
            raise Refused([Finding("group.counted", "refusal", words)])
        entry = session.append(
            Kind.GROUP_DISSOLVED,
            GroupDissolved(number),
            lambda entry: [GroupDissolution(entry=entry, group_id=group)],
            group=group,
        )
        return receipt_for(session, entry)

    said = {"verb": "dissolve_group", "group": number}
    return submit(contest, actor=actor, role=_SUPERVISOR, submission_id=submission_id, said=said, write=write)


def find_group(session: Session, number: int) -> uuid.UUID:
    """The id of the group of this number that stands; UnknownSubject where there is none."""
    if number not in session.facts.groups:
        raise UnknownSubject(f"There is no group {number} in {session.facts.definition.name}.")
    return session.ledger.group_ids[number]
