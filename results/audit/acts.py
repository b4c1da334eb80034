"""What one act wrote in several places: entries of other contests' ledgers, and rows of the set-up that the night brought."""

from __future__ import annotations

from collections.abc import Iterator

from results.models import (
    BallotPaperAccount,
    BoxContest,
    BoxRegistration,
    BoxWard,
    CompanionEntry,
    Contest,
    LedgerEntry,
    PapersMoving,
)


def companion_faults(contest: Contest) -> Iterator[str]:
    """Entries of acts that concern several contests, and whose companions are not there or say otherwise.

    Each ledger is whole by itself where an entry is taken from the other: only what they say of each other tells.
    """
    name = contest.ballot_paper_id
    named: set[tuple[int, int]] = set()
    rows = CompanionEntry.objects.filter(entry__contest=contest).order_by("entry__seq")
    for row in rows.select_related("entry", "contest"):
        entry, where = row.entry, f"{name} entry {row.entry.seq}"
        named.add((entry.seq, row.contest_id))
        other = LedgerEntry.objects.filter(contest=row.contest_id, seq=row.seq).first()
        if other is None:
            yield f"{where}: {row.contest.ballot_paper_id} has no entry {row.seq}, which the same act wrote there"
        elif (other.act, other.kind, other.submission_hash) != (entry.act, entry.kind, row.submission_hash):
            yield f"{where}: entry {row.seq} of {row.contest.ballot_paper_id} is not what the same act wrote there"
        elif not CompanionEntry.objects.filter(
            entry=other, contest=contest, seq=entry.seq, submission_hash=entry.submission_hash
        ).exists():
            yield f"{where}: entry {row.seq} of {row.contest.ballot_paper_id} does not name it"
    told = dict(LedgerEntry.objects.filter(contest=contest).values_list("seq", "act"))
    acts: dict[object, set[int]] = {}
    for seq, other_contest in named:
        acts.setdefault(told[seq], set()).add(other_contest)
    shared = LedgerEntry.objects.filter(act__in=LedgerEntry.objects.filter(contest=contest).values("act"))
    for act, pk, ballot in (
        shared.exclude(contest=contest).values_list("act", "contest", "contest__ballot_paper_id").distinct()
    ):
        if pk not in acts.get(act, set()):
            seq = min(seq for seq, own in told.items() if own == act)
            yield f"{name} entry {seq}: the same act wrote to {ballot}, which it does not name"


def moving_faults(contest: Contest) -> Iterator[str]:
    """Papers that were moved, and that the other contest's ledger does not have the other way round, in the same act.

    One ledger's sums are right by themselves where it is told that two papers came and the other that one went.
    """
    name = contest.ballot_paper_id
    moves = PapersMoving.objects.select_related("entry", "entry__contest", "box__box")
    for row in moves.filter(entry__contest=contest).order_by("entry__seq"):
        same_act = moves.filter(
            entry__act=row.entry.act,
            entry__contest__ballot_paper_id=row.other_contest,
            other_contest=name,
            other_box=row.box.box.label,
            box__box__label=row.other_box,
            papers=row.papers,
        )
        if not same_act.exclude(inward=row.inward).exists():
            yield f"{name} entry {row.entry.seq}: {row.other_contest} was not told of the same papers"


def registration_faults(contest: Contest) -> Iterator[str]:
    """Boxes, accounts and wards of boxes that the night brought, and that are not what an entry registered."""
    name = contest.ballot_paper_id
    boxes = {
        row.pk: row
        for row in BoxContest.objects.filter(contest=contest, registered=True).select_related(
            "box__station__place", "box__session", "account"
        )
    }
    wards: dict[int, set[str]] = {}
    for box, gss in BoxWard.objects.filter(contest=contest, registered=True).values_list("box", "ward__gss"):
        wards.setdefault(box, set()).add(gss)
    entries = {
        row.box_id: row for row in BoxRegistration.objects.filter(entry__contest=contest).select_related("entry")
    }
    for pk, row in boxes.items():
        said = entries.get(pk)
        if said is None:
            yield f"{name}: no entry registered box {row.box.label}"
            continue
        is_now = (row.box.label, *row.box.comes_from, row.electors, row.account_id, row.account.entrusted)
        was_said = (said.label, said.kind, said.place, said.origin, said.electors, said.account_id, said.entrusted)
        if is_now != was_said or wards.get(pk, set()) != set(said.wards.split()):
            yield f"{name} entry {said.entry.seq}: box {row.box.label} is not as it was registered"
    for said in entries.values():
        if said.box_id not in boxes:
            yield f"{name} entry {said.entry.seq}: box {said.label} is not among those that the night brought"
    for box, gss_codes in wards.items():
        if box not in boxes:
            yield f"{name}: no entry gave a box of the set-up the wards {', '.join(sorted(gss_codes))}"
    strangers = BallotPaperAccount.objects.filter(contest=contest, registered=True).exclude(boxes__in=list(boxes))
    for key in strangers.values_list("key", flat=True):
        yield f"{name}: no entry registered the account {key}"
    for label in BoxContest.objects.filter(contest=contest, registered=False, account__registered=True).values_list(
        "box__label", flat=True
    ):
        yield f"{name}: box {label} of the set-up is in an account that the night brought"
