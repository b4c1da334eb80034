"""The one adapter between the database and the pure modules: rows of a ledger prefix -> Facts."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import connection

from results import models
from results.facts.fold import Night
from results.facts.set_up import SetUp, forget_set_ups, read_set_up
from results.facts.types import (
    Account,
    Agreed,
    Arrived,
    Definition,
    Entered,
    Entry,
    Facts,
    GroupDissolved,
    GroupFormed,
    HeldSet,
    PolicySet,
    ReleaseMade,
    Said,
    Verified,
)
from results.models import Contest, LedgerEntry

Kind = LedgerEntry.Kind


T = TypeVar("T")

_readers: OrderedDict[int, LedgerReader] = OrderedDict()
_readers_lock = threading.Lock()
KEPT_READERS = 1000


def forget() -> None:
    """Forget all that is kept in memory, as a process does that starts."""
    forget_set_ups()
    with _readers_lock:
        _readers.clear()


_HEAD = f"SELECT seq, hash, definition_hash FROM {LedgerEntry._meta.db_table} WHERE contest_id = %s ORDER BY seq DESC LIMIT 1"


def read_head(contest: Contest) -> tuple[int, str, str]:
    """Seq, hash and definition hash of the contest's last entry; 0 and empty before the first.

    Every entry and every page asks this: as SQL, since making it from objects costs five times what it takes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, [contest.pk])
        return cursor.fetchone() or (0, "", "")


def last_seq(contest: Contest) -> int:
    """The seq of the contest's last entry, 0 before the first."""
    return read_head(contest)[0]


def read_facts(contest: Contest) -> Facts:
    """What a contest's ledger says now."""
    return _at_head(contest, lambda reader: reader.night.facts())


def read_definition(contest: Contest) -> Definition:
    """A contest's set-up: without asking the database where its ledger has begun, since it is frozen then."""
    with _readers_lock:
        reader = _readers.get(contest.pk)
    if reader is not None and reader.seq:
        return reader.set_up.definition
    return read_set_up(contest, read_head(contest)[2]).definition


def open_ledger(contest: Contest) -> LedgerReader:
    """The ledger read to its end, for a writer that holds the contest's lock: its own copy, to fold what it appends."""
    return _at_head(contest, LedgerReader.fork)


def keep(reader: LedgerReader) -> None:
    """Go on from this reader: what it folded is committed."""
    with _readers_lock:
        kept = _readers.get(reader.contest.pk)
        if kept is None or kept.seq < reader.seq:
            _readers[reader.contest.pk] = reader


def _at_head(contest: Contest, use: Callable[[LedgerReader], T]) -> T:
    """Use a reader that has read the whole ledger.

    The fold of what was read before is kept and taken on from there. It is trusted only if the entry that it ends with
    is still in the ledger under the same hash, which covers all entries before it: an entry that was rolled back, or a
    backup that was restored, is noticed.
    """
    head = read_head(contest)
    set_up = read_set_up(contest, head[2])
    with _readers_lock:
        reader = _readers.get(contest.pk)
    if reader is not None and reader.set_up is set_up:
        with reader.lock:
            if (reader.seq, reader.hash) == head[:2]:
                return use(reader)
            if reader.seq < head[0] and reader.stands():
                try:
                    reader.advance(head[0])
                except BaseException:
                    # Half of an advance folded is worse than none.
                    with _readers_lock:
                        _readers.pop(contest.pk, None)
                    raise
                return use(reader)
    fresh = LedgerReader(contest, set_up)
    fresh.advance(head[0])
    with _readers_lock:
        _readers[contest.pk] = fresh
        _readers.move_to_end(contest.pk)
        while len(_readers) > KEPT_READERS:
            _readers.popitem(last=False)
    with fresh.lock:
        return use(fresh)


def read_entries(contest: Contest, set_up: SetUp, upto: int) -> list[Entry]:
    """The entries 1..upto of a contest, typed, in their order."""
    return LedgerReader(contest, set_up).read(upto)


class LedgerReader:
    """Reads a contest's ledger in order, each time on from where it was, and folds what it has read.

    The detail rows of what is new are fetched in one query for each table that its kinds of entry use.
    """

    def __init__(self, contest: Contest, set_up: SetUp) -> None:
        self.contest = contest
        self.set_up = set_up
        self.night = Night(set_up.definition)
        self.lock = threading.Lock()
        self.seq = 0
        self.hash = ""
        # Rows refer to each other by id, facts by number and seq.
        self.entry_ids: dict[int, uuid.UUID] = {}
        self.group_ids: dict[int, uuid.UUID] = {}
        self.agreement_ids: dict[int, uuid.UUID] = {}
        self._group_numbers: dict[uuid.UUID, int] = {}
        self._count_seqs: dict[uuid.UUID, int] = {}
        self._agreed_seqs: dict[uuid.UUID, int] = {}

    def fork(self) -> LedgerReader:
        """A copy that goes its own way from here."""
        other = LedgerReader(self.contest, self.set_up)
        other.night = self.night.copy()
        other.seq, other.hash = self.seq, self.hash
        names = ("entry_ids", "group_ids", "agreement_ids", "_group_numbers", "_count_seqs", "_agreed_seqs")
        for name in names:
            setattr(other, name, dict(getattr(self, name)))
        return other

    def append(self, row: LedgerEntry, said: Said, details: Iterable[models.Detail]) -> None:
        """Fold an entry that has just been written, without reading it."""
        for detail in details:
            if isinstance(detail, models.CountGroup):
                self._note_group(detail.pk, detail.number)
            elif isinstance(detail, models.Count):
                self._count_seqs[detail.pk] = row.seq
            elif isinstance(detail, models.Agreement):
                self._note_agreement(detail.pk, self._group_numbers[detail.group_id], detail.count_id)
        self.seq, self.hash = row.seq, row.hash
        self.entry_ids[row.seq] = row.pk
        self.night.take(Entry(row.seq, row.recorded_at, said, row.actor_id, row.actor_name))

    def _note_group(self, group: uuid.UUID, number: int) -> None:
        self._group_numbers[group] = number
        self.group_ids[number] = group

    def _note_agreement(self, agreement: uuid.UUID, group: int, count: uuid.UUID) -> None:
        self._agreed_seqs[agreement] = self._count_seqs[count]
        self.agreement_ids[group] = agreement

    def stands(self) -> bool:
        """Whether the last entry read is still the ledger's at its place."""
        if not self.seq:
            return True
        found = LedgerEntry.objects.filter(contest=self.contest, seq=self.seq).values_list("hash", flat=True).first()
        return found == self.hash

    def advance(self, upto: int) -> None:
        """Read and fold the entries up to this seq."""
        for entry in self.read(upto):
            self.night.take(entry)

    def read(self, upto: int) -> list[Entry]:
        """The entries after the last one read, up to this seq."""
        if upto <= self.seq:
            return []
        rows = list(
            LedgerEntry.objects.filter(contest=self.contest, seq__gt=self.seq, seq__lte=upto)
            .order_by("seq")
            .values_list("id", "seq", "kind", "recorded_at", "actor_id", "actor_name", "hash")
        )
        said: dict[uuid.UUID, Said] = {}
        self._since = {"entry__contest": self.contest, "entry__seq__gt": self.seq, "entry__seq__lte": upto}
        kinds = {row[2] for row in rows}
        self._read_boxes(kinds, said)
        self._read_groups(kinds, said)
        self._read_counts(kinds, said, {row[0]: row[1] for row in rows})
        self._read_choices(kinds, said)
        if rows:
            self.seq, self.hash = rows[-1][1], rows[-1][6]
            self.entry_ids.update((row[1], row[0]) for row in rows)
        return [Entry(row[1], row[3], said[row[0]], row[4], row[5]) for row in rows if row[0] in said]

    def _rows(self, model: Any, *columns: str) -> Iterable[tuple[Any, ...]]:
        return model.objects.filter(**self._since).values_list("entry_id", *columns)  # type: ignore[no-any-return]

    def _read_boxes(self, kinds: set[str], said: dict[uuid.UUID, Said]) -> None:
        labels = self.set_up.box_labels
        if Kind.ARRIVED in kinds:
            for entry, box in self._rows(models.BoxArrival, "contest_box_id"):
                said[entry] = Arrived(labels[box])
        if Kind.VERIFIED in kinds:
            accounts = {
                row[0]: Account(*row[1:])
                for row in self._rows(models.BallotPaperAccount, "issued", "unused", "spoilt", "tendered")
            }
            columns = ("contest_box_id", "papers_expected", "papers_found", "reason", "explanation")
            for entry, box, expected, found, reason, words in self._rows(models.Verification, *columns):
                said[entry] = Verified(labels[box], expected, found, reason, words, accounts.get(entry))

    def _read_groups(self, kinds: set[str], said: dict[uuid.UUID, Said]) -> None:
        if Kind.GROUP_FORMED in kinds:
            labels = self.set_up.box_labels
            places = {label: place for place, label in enumerate(self.set_up.definition.boxes)}
            boxes: dict[uuid.UUID, list[str]] = defaultdict(list)
            for entry, box in self._rows(models.CountGroupBox, "contest_box_id"):
                boxes[entry].append(labels[box])
            for entry, group, number in self._rows(models.CountGroup, "id", "number"):
                self._note_group(group, number)
                said[entry] = GroupFormed(number, tuple(sorted(boxes[entry], key=places.__getitem__)))
        if Kind.GROUP_DISSOLVED in kinds:
            for entry, group in self._rows(models.GroupDissolution, "group_id"):
                said[entry] = GroupDissolved(self._group_numbers[group])

    def _read_counts(self, kinds: set[str], said: dict[uuid.UUID, Said], seqs: Mapping[uuid.UUID, int]) -> None:
        if Kind.ENTERED in kinds:
            self._read_sheets(said, seqs)
        if Kind.AGREED in kinds:
            agreements = self._rows(models.Agreement, "id", "group_id", "count_id")
            for entry, id_, group, count in sorted(agreements, key=lambda row: seqs[row[0]]):
                self._note_agreement(id_, self._group_numbers[group], count)
                said[entry] = Agreed(self._group_numbers[group], self._count_seqs[count])
        if Kind.RELEASED in kinds:
            released: dict[uuid.UUID, list[tuple[int, int]]] = defaultdict(list)
            for entry, group, agreement in self._rows(models.ReleasedGroup, "group_id", "agreement_id"):
                released[entry].append((self._group_numbers[group], self._agreed_seqs[agreement]))
            for entry, groups in released.items():
                said[entry] = ReleaseMade(tuple(sorted(groups)))

    def _read_sheets(self, said: dict[uuid.UUID, Said], seqs: Mapping[uuid.UUID, int]) -> None:
        candidates, heads = self.set_up.candidate_places, self.set_up.head_places
        votes: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * len(candidates))
        for entry, candidate, number in self._rows(models.CandidateVotes, "candidate_id", "votes"):
            votes[entry][candidates[candidate]] = number
        rejected: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * len(heads))
        for entry, head, number in self._rows(models.RejectedPapers, "head_id", "papers"):
            rejected[entry][heads[head]] = number
        columns = ("id", "group_id", "sheet", "papers", "doubtful", "round", "reading")
        for entry, id_, group, sheet, papers, doubtful, round_, reading in self._rows(models.Count, *columns):
            self._count_seqs[id_] = seqs[entry]
            number = self._group_numbers[group]
            figures = tuple(votes[entry]), tuple(rejected[entry])
            said[entry] = Entered(number, sheet, papers, *figures, doubtful, round_, reading)

    def _read_choices(self, kinds: set[str], said: dict[uuid.UUID, Said]) -> None:
        if Kind.POLICY_SET in kinds:
            for entry, publish, projection in self._rows(models.PolicyChange, "publish", "projection"):
                said[entry] = PolicySet(publish, projection)
        if Kind.HELD in kinds:
            for entry, held in self._rows(models.Hold, "held"):
                said[entry] = HeldSet(held)
