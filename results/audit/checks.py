"""All checks of a contest's ledger: chain, arithmetic, uniqueness, triggers, publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import Count

from results.audit.acts import companion_faults, moving_faults, registration_faults
from results.audit.checkpoints import Checkpoints, chain_of, missing_from, read_checkpoints
from results.audit.entries import chain_faults
from results.audit.journal import journal_faults
from results.audit.publications import publication_faults
from results.audit.seconds import second_faults
from results.database import triggers
from results.database.unexpected import unexpected
from results.facts.definition import Definition
from results.facts.kinds import (
    Adjudicated,
    Agreed,
    BoxCancelled,
    Entered,
    Entry,
    GroupChanged,
    GroupDissolved,
    GroupFormed,
    PapersMoved,
    ReleaseMade,
    Verified,
)
from results.facts.reading import last_seq, read_entries
from results.facts.stored_definition import stored_definition
from results.models import Contest, LedgerEntry


def faults(contest: Contest, *, anew: bool = False) -> Iterator[str]:
    """What is wrong with the database and with a contest, in words that name the row; nothing where all is well."""
    checkpoints, torn = read_checkpoints()
    yield from torn
    yield from database_faults(checkpoints)
    yield from contest_faults(contest, checkpoints, anew=anew)


def database_faults(checkpoints: Checkpoints) -> Iterator[str]:
    """What is wrong with the guards of the database and with what all contests share."""
    for trigger in triggers.missing():
        yield f"the trigger {trigger} is missing: run `manage.py migrate`, and find out who removed it"
    for stranger in unexpected():
        yield f"{stranger} is not countnight's: it can swallow or show what nobody wrote; find out who made it"
    yield from triggers.miswritten_ids()
    twice = LedgerEntry.objects.values_list("submission_id").annotate(times=Count("pk")).filter(times__gt=1)
    for submission, times in twice:
        yield f"the submission {submission} was recorded {times} times"
    yield from journal_faults(checkpoints)


def contest_faults(contest: Contest, checkpoints: Checkpoints, *, anew: bool = False) -> Iterator[str]:
    """What is wrong with a contest: its chain, its sums, its publications. `anew` rebuilds every publication."""
    broken = list(chain_faults(contest))
    yield from broken
    yield from companion_faults(contest)
    yield from moving_faults(contest)
    yield from registration_faults(contest)
    yield from _cut_off(contest, checkpoints)
    try:
        begun = LedgerEntry.objects.filter(contest=contest).order_by("seq").values_list("definition_hash", flat=True)
        stored = stored_definition(contest, begun.first() or "")
        entries = read_entries(contest, stored, last_seq(contest))
        yield from arithmetic_faults(stored.definition, entries)
        yield from second_faults(contest, stored.definition, entries)
        yield from publication_faults(contest, stored.definition, entries, anew=anew)
    except (LookupError, TypeError, ValueError) as error:
        # A row that was changed by hand can make the ledger unreadable; the chain has named it.
        yield f"{contest.ballot_paper_id}: the ledger cannot be folded ({error!r})"


def _cut_off(contest: Contest, checkpoints: Checkpoints) -> Iterator[str]:
    """Entries and versions that are known beside the database, and that it holds no longer or otherwise."""
    chain, name = chain_of(contest), contest.ballot_paper_id
    entries = dict(LedgerEntry.objects.filter(contest=contest).values_list("seq", "hash"))
    yield from missing_from(checkpoints, "entry", chain, name, entries)
    versions = dict(contest.publications.values_list("version", "hash"))
    yield from missing_from(checkpoints, "publication", chain, name, versions)


def arithmetic_faults(definition: Definition, entries: list[Entry]) -> Iterator[str]:
    """Sums, and what may stand only once, told from the entries alone and not by the fold."""
    counts: dict[int, tuple[int, Entered]] = {}
    in_group: Counter[str] = Counter()
    boxes_of: dict[int, tuple[str, ...]] = {}
    found: dict[str, int] = {}
    moved: Counter[str] = Counter()
    returned: dict[tuple[int, int], int] = {}
    for entry in entries:
        where, said = f"{definition.contest} entry {entry.seq}", entry.said
        if isinstance(said, Verified):
            found.update({box.box: box.papers for box in said.boxes})
            if said.figures is not None and said.figures.issued != said.expected:
                yield f"{where}: the account's issued papers are not the papers expected"
        elif isinstance(said, PapersMoved):
            moved[said.box] += said.papers if said.inward else -said.papers
        elif isinstance(said, GroupFormed):
            boxes_of[said.group] = said.boxes
            in_group.update(said.boxes)
            for box in said.boxes:
                if in_group[box] > 1:
                    yield f"{where}: box {box} is in two groups"
        elif isinstance(said, GroupChanged):
            in_group.subtract(boxes_of[said.group])
            boxes_of[said.group] = said.boxes
            in_group.update(said.boxes)
            for box in said.boxes:
                if in_group[box] > 1:
                    yield f"{where}: box {box} is in two groups"
        elif isinstance(said, GroupDissolved):
            in_group.subtract(boxes_of.pop(said.group))
        elif isinstance(said, Entered):
            counts[entry.seq] = entry.actor, said
            if said.papers != sum(found.get(box, 0) + moved[box] for box in boxes_of.get(said.group, ())):
                yield f"{where}: its papers are not those verified in group {said.group}"
        elif isinstance(said, Adjudicated):
            returned[said.group, said.round] = said.papers(definition.heads)
        elif isinstance(said, Agreed):
            readings = [counts.get(seq) for seq in said.readings]
            faults = [
                *_agreement_faults(definition, said, readings, returned),
                *_unseen(definition, entry, said, counts),
            ]
            for fault in faults:
                yield f"{where}: {fault}"
        elif isinstance(said, BoxCancelled) and (said.box in found or in_group[said.box]):
            yield f"{where}: box {said.box} was verified, or is in a group"
        elif isinstance(said, ReleaseMade) and len({group for group, _ in said.groups}) != len(said.groups):
            yield f"{where}: a group is released twice in it"


def _agreement_faults(
    definition: Definition,
    said: Agreed,
    readings: list[tuple[int, Entered] | None],
    returned: Mapping[tuple[int, int], int],
) -> Iterator[str]:
    """What is wrong with the readings that an agreement rests on, each with the person who entered it."""
    counts = [count for reading in readings if reading is not None for count in (reading[1],)]
    if len(counts) != len(readings) or any(count.group != said.group for count in counts):
        yield f"it agrees a count that is not of group {said.group}"
        return
    if any(count.accounted(definition.heads) != count.papers for count in counts):
        yield "the count it agrees does not meet the papers verified"
    if any(count.doubtful != returned.get((said.group, count.round), 0) for count in counts):
        yield "the papers that were with adjudication are not those that it returned"
    if any(count.votes_missing(definition.seats) for count in counts):
        yield "the count it agrees does not meet the votes of its valid papers"
    if len({reading[0] for reading in readings if reading is not None}) < definition.entries_required:
        yield f"it does not rest on readings of {definition.entries_required} people"
    said_of = [(one.votes, one.rejected, one.valid_papers, one.unused_votes) for one in counts]
    if len({(one.round, one.papers, *figures) for one, figures in zip(counts, said_of, strict=True)}) > 1:
        yield "its readings do not say the same"


def _unseen(
    definition: Definition, entry: Entry, said: Agreed, counts: Mapping[int, tuple[int, Entered]]
) -> Iterator[str]:
    """A figure that was mistyped and agreed by one of its readers: a supervisor who read neither has to look."""
    if definition.entries_required == 1:
        return
    standing = [counts[seq][1] for seq in said.readings if seq in counts]
    for one in standing:
        typed = [(actor, count) for seq, (actor, count) in counts.items() if seq <= max(said.readings)]
        same = [(actor, count) for actor, count in typed if (count.group, count.round) == (one.group, one.round)]
        again = any(count.reading == one.reading and count.counted() != one.counted() for _, count in same)
        if again and entry.actor in {actor for actor, _ in same}:
            yield "it rests on a figure that was mistyped, and no supervisor who did not read the sheet has looked"
            return
