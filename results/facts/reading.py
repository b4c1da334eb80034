"""The one adapter between the database and the pure modules: rows of a ledger prefix -> Facts."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any, TypeVar

from django.db import connection

from results.facts.definition import Definition
from results.facts.fold import fold_entry
from results.facts.kinds import BY_NAME, Entry, Said
from results.facts.rows import read_rows
from results.facts.state import State
from results.facts.stored_definition import StoredDefinition, forget_definitions, stored_definition
from results.facts.types import Facts
from results.models import Contest, LedgerEntry

T = TypeVar("T")

_readers: OrderedDict[int, LedgerReader] = OrderedDict()
_readers_lock = threading.Lock()
KEPT_READERS = 1000


def forget() -> None:
    """Forget all that is kept in memory, as a process does that starts."""
    forget_definitions()
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
    return _at_head(contest, lambda reader: reader.state.facts())


def read_definition(contest: Contest) -> Definition:
    """A contest's set-up as this process knows it: without asking the database where its ledger has begun.

    It is frozen then, but for what entries amend; another process may just have written such an entry.
    """
    with _readers_lock:
        reader = _readers.get(contest.pk)
    if reader is not None and reader.seq:
        return reader.state.definition
    return stored_definition(contest, read_head(contest)[2]).definition


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

    The fold of what was read before is kept and continued from there. It is trusted only if the entry that it ends with
    is still in the ledger under the same hash, which covers all entries before it: an entry that was rolled back, or a
    backup that was restored, is noticed.
    """
    head = read_head(contest)
    stored = stored_definition(contest, head[2])
    with _readers_lock:
        reader = _readers.get(contest.pk)
    if reader is not None and reader.stored is stored:
        with reader.lock:
            if (reader.seq, reader.hash) == head[:2]:
                return use(reader)
            if reader.seq < head[0] and reader.stands():
                try:
                    reader.advance(head[0])
                except BaseException:
                    # An advance that failed halfway may have left half a fold: it is dropped, and the ledger read anew.
                    with _readers_lock:
                        _readers.pop(contest.pk, None)
                    raise
                return use(reader)
    fresh = LedgerReader(contest, stored)
    fresh.advance(head[0])
    with _readers_lock:
        _readers[contest.pk] = fresh
        _readers.move_to_end(contest.pk)
        while len(_readers) > KEPT_READERS:
            _readers.popitem(last=False)
    with fresh.lock:
        return use(fresh)


def read_entries(contest: Contest, stored: StoredDefinition, upto: int) -> list[Entry]:
    """The entries 1..upto of a contest, typed, in their order."""
    return LedgerReader(contest, stored).read(upto)


class LedgerReader:
    """Reads a contest's ledger in order, each time on from where it was, and folds what it has read.

    The detail rows of what is new are fetched in one query for each table that its kinds of entry use.
    """

    def __init__(self, contest: Contest, stored: StoredDefinition) -> None:
        self.contest = contest
        self.stored = stored
        self.state = State(stored.definition)
        self.ids = stored.ids()
        self.lock = threading.Lock()
        self.seq = 0
        self.hash = ""

    def fork(self) -> LedgerReader:
        """A copy that goes its own way from here."""
        # Copied and not made: the state of an empty ledger would be built for each submission, only to be thrown away.
        other = copy(self)
        other.state, other.ids, other.lock = self.state.copy(), self.ids.copy(), threading.Lock()
        return other

    def append(self, row: LedgerEntry, said: Said) -> None:
        """Fold an entry that has just been written, without reading it."""
        self.seq, self.hash = row.seq, row.hash
        self.ids.note_entry(row.seq, row.pk)
        fold_entry(self.state, Entry(row.seq, row.recorded_at, said, row.actor_id, row.actor_name, row.note))

    def stands(self) -> bool:
        """Whether the last entry read is still the ledger's at its position."""
        if not self.seq:
            return True
        found = LedgerEntry.objects.filter(contest=self.contest, seq=self.seq).values_list("hash", flat=True).first()
        return found == self.hash

    def advance(self, upto: int) -> None:
        """Read and fold the entries up to this seq."""
        for entry in self.read(upto):
            fold_entry(self.state, entry)

    def read(self, upto: int) -> list[Entry]:
        """The entries after the last one read, up to this seq."""
        if upto <= self.seq:
            return []
        stretch = (self.contest, self.seq, upto)
        entries = list(read_rows("LedgerEntry", _COLUMNS, *stretch))
        details: dict[int, dict[str, list[Sequence[Any]]]] = defaultdict(lambda: defaultdict(list))
        for table, columns in _tables({entry[2] for entry in entries}).items():
            for seq, *row in read_rows(table, columns, *stretch):
                details[seq][table].append(row)
        read = []
        for seq, id_, kind, at, actor, name, note, hash_ in entries:
            self.ids.note_entry(seq, id_)
            said = BY_NAME[kind].read(details[seq], self.ids)
            read.append(Entry(seq, at, said, actor, name, note))
            self.seq, self.hash = seq, hash_
        return read


_COLUMNS = ("id", "kind", "recorded_at", "actor_id", "actor_name", "note", "hash")


def _tables(kinds: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The tables that hold what entries of these kinds say, each with the columns that its kind names."""
    return {table: columns for kind in kinds for table, columns in BY_NAME[kind].TABLES.items()}
