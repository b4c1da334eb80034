"""How an entry gets into the ledger: the queue, the lock, the check for repeats, the chain, the hint."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from results import clock
from results.audit import chain
from results.audit.canonical import sha256
from results.audit.checkpoints import chain_of, note_checkpoint
from results.audit.marks import mark
from results.database.inserting import insert
from results.database.queue import write_queue
from results.facts.kinds import Said
from results.facts.reading import keep, open_ledger, read_head
from results.facts.types import Facts
from results.ledger.errors import Conflict, Forbidden, Refused, Stale
from results.ledger.second import NOBODY, Second, require_fit
from results.live.broadcast import committed, hint
from results.models import Acknowledgement, Appointment, CompanionEntry, Contest, LedgerEntry, Role
from results.models.details import DETAILS
from results.models.ledger import Detail
from results.people import accounts, roles
from results.rules.findings import Finding, refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the ledger answers: the entry, when, whether this submission was recorded before, and what is to be said of it."""

    contest: str
    seq: int
    kind: str
    recorded_at: datetime
    actor_name: str
    repeated: bool = False
    agreed: bool = False
    released: bool = False
    findings: tuple[Finding, ...] = ()


_DETAILS: Mapping[str, type[Detail]] = {model.__name__: model for model in DETAILS}


class Act:
    """One submission, in one transaction: what it writes in one contest's ledger, or in several that it concerns."""

    def __init__(
        self,
        actor: User,
        role: Role,
        submission_id: uuid.UUID,
        more: Mapping[str, Any],
        beside: Sequence[Contest] = (),
        second: Second = NOBODY,
    ) -> None:
        self.actor = actor
        self.role = role
        self.second = second
        # The contests that were locked: asked for again, there might be one more, whose lock is not held.
        self.beside = beside
        self.submission_id = submission_id
        self._more = more
        self.writings: dict[int, Writing] = {}

    def writing(self, contest: Contest) -> Writing:
        """The ledger of a contest whose lock is held."""
        if contest.pk not in self.writings:
            self.writings[contest.pk] = Writing(self, contest)
        return self.writings[contest.pk]

    def submission_hash(self, contest: Contest, said: Said) -> str:
        """What the submission said to this contest."""
        return sha256({"actor": self.actor.pk, "contest": contest.ballot_paper_id, **said.fingerprint(), **self._more})

    def entry_id(self, contest: Contest) -> uuid.UUID:
        """The submission's own id for its first entry, ids made from it for the others."""
        written = sum(len(writing.appended) for writing in self.writings.values())
        return uuid.uuid5(self.submission_id, f"{contest.ballot_paper_id} {written}") if written else self.submission_id

    def tell(
        self,
        told: Sequence[tuple[Writing, Said]],
        supersedes: Callable[[Writing], int] = lambda writing: 0,
        **more: Any,
    ) -> LedgerEntry:
        """Say one thing to several contests: one entry in each ledger, which names the others; the first is returned.

        `supersedes` gives the seq of the entry that each of them replaces, 0 for none.
        """
        planned = [(writing, said, writing.ledger.seq + 1, writing.hash_of(said)) for writing, said in told]
        entries = []
        for writing, said, _, _ in planned:
            companions = [
                {"contest": other.contest, "seq": seq, "submission_hash": hash_}
                for other, _, seq, hash_ in planned
                if other is not writing
            ]
            entries.append(writing.append(said, supersedes=supersedes(writing), companions=companions, **more))
        return entries[0]

    def write(self) -> None:
        """Write what was appended in every ledger: entries first, then the details, table by table."""
        insert([entry for writing in self.writings.values() for entry in writing.appended])
        details = [row for writing in self.writings.values() for row in writing.details]
        for model in DETAILS:
            insert([row for row in details if type(row) is model])

    def told(self) -> list[int]:
        """The keys of the contests whose ledgers were written."""
        return [pk for pk, writing in self.writings.items() if writing.appended]

    def committed(self) -> None:
        """Keep what was folded, and hint that there is news."""
        for pk in self.told():
            writing = self.writings[pk]
            keep(writing.ledger)
            last = writing.appended[-1]
            note_checkpoint("entry", chain_of(writing.contest), last.seq, last.hash)
            hint(pk)


class Writing:
    """One transaction on one contest's ledger, with its lock held."""

    def __init__(self, act: Act, contest: Contest) -> None:
        self.act = act
        self.contest = contest
        self.actor = act.actor
        self.role = act.role
        self.ledger = open_ledger(contest)
        self._definition_hash = self.ledger.stored.definition_hash or chain.definition_hash(contest)
        self.now = clock.now(contest.event)
        self.facts: Facts = self.ledger.state.facts()
        self.appended: list[LedgerEntry] = []
        self.details: list[Detail] = []
        self._submission_hash = ""

    def submitted(self, said: Said) -> None:
        """Note what the person submitted here: every entry that follows from it carries its fingerprint."""
        self._submission_hash = self.act.submission_hash(self.contest, said)

    def hash_of(self, said: Said) -> str:
        """The fingerprint that an entry which says this will carry: the submission's, where it said more than this."""
        return self._submission_hash or self.act.submission_hash(self.contest, said)

    def require_unchanged(self, seen: int, last_seq: int, code: str, **subject: Any) -> None:
        """Stale with this code if anything was written about the subject after the form showed it."""
        if seen != last_seq:
            raise Stale(code, entry=last_seq, **subject)

    def require_role(self, role: Role, code: str, **because: Any) -> None:
        """Forbidden with this code unless the person holds at least this role."""
        if not self.role.includes(role):
            raise Forbidden(code, role=role.value, **because)

    def require_clear(self, findings: Sequence[Finding], acknowledged: Collection[str]) -> list[str]:
        """Raise Refused for refusals or for warnings not acknowledged; return what was acknowledged, as it is kept."""
        refusals = [finding for finding in findings if finding.level == "refusal"]
        if refusals:
            raise Refused(*refusals)
        warnings = [finding for finding in findings if finding.level == "warning"]
        if any(finding.acknowledgement not in acknowledged for finding in warnings):
            raise Refused(*warnings)
        return sorted({finding.acknowledgement for finding in warnings})

    def require_second(self) -> None:
        """Refused unless another person stands by what is done: figures that stood are never one person's to change."""
        if not self.act.second.given:
            raise Refused(refusal("second.missing", "second_name"))

    def append_with_second(self, said: Said, **more: Any) -> LedgerEntry:
        """Append the next entry in the name of both: of the person who acts, and of who stands by it, where one is named."""
        second = self.act.second
        return self.append(said, second_officer=second.officer, witness=second.witness.strip(), **more)

    def append(
        self,
        said: Said,
        *,
        supersedes: int = 0,
        acknowledged: Iterable[str] = (),
        note: str = "",
        counted_at: datetime | None = None,
        second_officer: User | None = None,
        witness: str = "",
        companions: Iterable[Mapping[str, Any]] = (),
    ) -> LedgerEntry:
        """Append the next entry, which says `said`, and fold it; `supersedes` is the seq of the entry it replaces."""
        if not self._submission_hash:
            self.submitted(said)
        ids = self.ledger.ids
        rows = list(said.rows(ids))
        entry = LedgerEntry(
            contest=self.contest,
            seq=self.ledger.seq + 1,
            kind=said.KIND,
            actor=self.actor,
            actor_name=accounts.display_name(self.actor),
            recorded_at=self.now,
            counted_at=counted_at,
            second_officer=second_officer,
            witness=witness,
            act=self.act.submission_id,
            submission_id=self.act.entry_id(self.contest),
            submission_hash=self._submission_hash,
            supersedes_id=ids.entries[supersedes] if supersedes else None,
            note=note,
            definition_hash=self._definition_hash,
            prev_hash=self.ledger.hash or chain.FIRST_PREVIOUS,
            **said.about(ids),
        )
        details: list[Detail] = [_DETAILS[table](entry=entry, **columns) for table, columns in rows]
        details += (Acknowledgement(entry=entry, code=code) for code in acknowledged)
        details += (CompanionEntry(entry=entry, **companion) for companion in companions)
        entry.hash = chain.hash_of(entry, details)
        entry.mark = mark("entry", entry.hash)
        self.appended.append(entry)
        self.details += details
        self.ledger.append(entry, said)
        self.facts = self.ledger.state.facts()
        return entry


def submit(
    contest: Contest,
    *,
    actor: User,
    role: Role,
    submission_id: uuid.UUID,
    said: Said,
    write: Callable[[Writing], Receipt],
    beside: Callable[[Contest], Sequence[Contest]] = lambda contest: (),
    second: Second = NOBODY,
    **more: Any,
) -> Receipt:
    """Run `write` as one durable transaction, or answer again what the same submission was answered before.

    `said` is what the person said, with `more` that stands in no row of it: a second submission under the same id must
    say the same. `beside` gives the other contests that are written, or whose facts are asked: they are locked too.
    `second` is who stands by it beside the actor, where that is asked for (Writing.require_second).
    Raises Forbidden, Conflict, or what `write` raises.
    """
    with write_queue(), transaction.atomic(durable=True):
        others = beside(contest)
        _lock(contest, others)
        held = role_at(contest, actor)
        if not held.includes(role):
            raise Forbidden("forbidden.role", role=role.value)
        act = Act(actor, held, submission_id, more | second.fingerprint(), others, second)
        if (earlier := _find_submission(submission_id)) is not None:
            return _repeated(earlier, act.submission_hash(contest, said))
        require_fit(contest, actor, second)
        if not read_head(contest)[0]:
            # Until the first entry the set-up may be loaded anew, perhaps while this submission waited in the queue.
            contest = Contest.objects.select_related("election", "event").get(pk=contest.pk)
        writing = act.writing(contest)
        writing.submitted(said)
        receipt = write(writing)
        act.write()
        transaction.on_commit(act.committed, robust=True)
    # After the queue is left: making the version waits in that queue too.
    for told in act.told():
        committed(told)
    return receipt


_LOCK = f"SELECT 1 FROM {Contest._meta.db_table} WHERE id = %s FOR UPDATE"
_APPOINTMENT = (
    "SELECT role, valid_from <= %s AND (valid_until IS NULL OR valid_until > %s) "
    f"FROM {Appointment._meta.db_table} WHERE contest_id = %s AND user_id = %s"
)
_SUBMISSION = f"SELECT 1 FROM {LedgerEntry._meta.db_table} WHERE submission_id = %s"


def _lock(contest: Contest, beside: Sequence[Contest]) -> None:
    """Lock the rows of all contests that an act concerns, always in the order of their keys."""
    if connection.vendor != "postgresql":
        # SQLite has taken its one lock already, with BEGIN IMMEDIATE.
        return
    with connection.cursor() as cursor:
        for pk in sorted({contest.pk, *(other.pk for other in beside)}):
            cursor.execute(_LOCK, [pk])


def role_at(contest: Contest, actor: User) -> Role:
    """The person's role at the contest; Forbidden without a valid appointment."""
    now = connection.ops.adapt_datetimefield_value(clock.real_now())
    with connection.cursor() as cursor:
        cursor.execute(_APPOINTMENT, [now, now, contest.pk, actor.pk])
        found = cursor.fetchone()
    if found is None:
        raise Forbidden("forbidden.appointment", contest=contest.name)
    if not found[1]:
        # Read again for its times, and by then it may have become valid: asking once more is all that it takes.
        invalid = roles.why_invalid(Appointment.objects.get(contest=contest, user=actor))
        raise (
            Forbidden(invalid.code, **invalid.args)
            if invalid
            else Forbidden("forbidden.appointment", contest=contest.name)
        )
    return Role(found[0])


def _find_submission(submission_id: uuid.UUID) -> LedgerEntry | None:
    key = LedgerEntry._meta.get_field("submission_id").get_db_prep_value(submission_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(_SUBMISSION, [key])
        found = cursor.fetchone() is not None
    return LedgerEntry.objects.get(submission_id=submission_id) if found else None


def _repeated(earlier: LedgerEntry, submission_hash: str) -> Receipt:
    if earlier.submission_hash != submission_hash:
        raise Conflict("conflict.recorded", entry=earlier.seq)
    return Receipt(
        earlier.contest.ballot_paper_id,
        earlier.seq,
        earlier.kind,
        earlier.recorded_at,
        earlier.actor_name,
        repeated=True,
    )


def receipt_for(writing: Writing, entry: LedgerEntry, **more: Any) -> Receipt:
    """The receipt of the entry that a submission made first."""
    return Receipt(writing.contest.ballot_paper_id, entry.seq, entry.kind, entry.recorded_at, entry.actor_name, **more)
