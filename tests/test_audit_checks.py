"""Nobody changes a row unnoticed: every column of every table, one by one."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from results.audit.checks import faults
from results.board.publishing import build, publish
from results.board.still_out import still_out
from results.database import triggers
from results.models import Candidate, Contest, Election, LedgerEntry, Publication, Ward
from results.models.details import DETAILS
from tests import builders
from tests.counts import Count, make_count, wrong_publications
from tests.intruder import drop_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    made = make_count(projection=True, expected_time=True)
    made.ready()
    publish(made.contest)
    made.enter(1, (1, 2, 3))
    made.enter(1)
    builders.confirm(made.contest, 1, made.cast.sam)
    publish(made.contest)
    made.enter(2)
    made.enter(3)
    made.let_go()
    publish(made.contest)
    return made


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, UUID):
        return uuid4()
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if value is None:
        return None
    return "x" + value[1:] if value else "x"


class Undone(Exception):
    """Rolls a tampering back."""


def words_after(model: type[models.Model], pk: Any, column: str, value: Any, count: Count) -> str:
    """What the check says after one value was changed by hand; the change is undone."""
    found: list[str] = []
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA defer_foreign_keys = ON")
                    cursor.execute("PRAGMA ignore_check_constraints = ON")
                    drop_triggers()
                else:
                    cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
                field = next(f for f in model._meta.concrete_fields if f.column == column)
                stored = field.get_db_prep_value(value, connection)
                key = model._meta.pk.get_db_prep_value(pk, connection)
                cursor.execute(
                    f'UPDATE {model._meta.db_table} SET "{column}" = %s WHERE {model._meta.pk.column} = %s',
                    [stored, key],
                )
                assert cursor.rowcount == 1
            found = list(faults(Contest.objects.get(pk=count.contest.pk)))
            raise Undone
    except Undone:
        return "\n".join(line for line in found if "trigger" not in line)
    except IntegrityError as error:
        # PostgreSQL's checks hold even against its owner, who would have to drop them.
        assert connection.vendor == "postgresql", error
        return "refused"
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_it_finds_nothing_wrong_with_an_honest_night(count: Count) -> None:
    assert list(faults(count.contest)) == []


def test_it_names_the_entry_whatever_column_was_changed(count: Count) -> None:
    checked = 0
    for model in (LedgerEntry, *DETAILS):
        row: Any = model._default_manager.order_by("pk").first()
        if row is None:
            continue
        entry = row if model is LedgerEntry else row.entry
        for field in model._meta.concrete_fields:
            value = other(getattr(row, field.attname))
            if value is None and field.related_model is None:
                value = 1 if isinstance(field, models.IntegerField) else datetime(2014, 11, 20, tzinfo=UTC)
            elif value is None:
                # Nothing was referred to: now the last row of that table is, to which no other row may refer already.
                used = model._default_manager.exclude(**{field.attname: None}).values(field.attname)
                free = field.related_model._default_manager.exclude(pk__in=used if field.unique else [])
                value = free.order_by("pk").values_list("pk", flat=True).last()
            if value is None or value == getattr(row, field.attname):
                continue
            words = words_after(model, row.pk, str(field.column), value, count)
            checked += 1
            if words == "refused":
                continue
            # A row taken to another entry is named at the one that lost it; a row whose seq was changed at the gap.
            assert f"entry {entry.seq}" in words or (field.column in ("seq", "id", "contest_id") and words), (
                f"{model.__name__}.{field.column}: {words!r}"
            )
    assert checked > 60


def test_it_notices_text_where_a_number_was(count: Count) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL holds no text in a column of whole numbers")
    from results.models import CandidateVotes

    row = CandidateVotes.objects.order_by("pk").first()
    assert row is not None
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE results_candidatevotes SET votes = 'many' WHERE id = %s", [row.pk.hex])
    assert any(f"entry {row.entry.seq}" in line and "'many'" in line for line in faults(count.contest))


def test_it_notices_rows_taken_out_and_put_in(count: Count) -> None:
    from results.models import CandidateVotes

    last = LedgerEntry.objects.order_by("-seq").first()
    assert last is not None
    row = CandidateVotes.objects.order_by("pk").first()
    assert row is not None
    drop_triggers()
    seq = row.entry.seq
    row.delete()
    assert any(f"entry {seq}" in line for line in faults(count.contest))


def test_another_machine_rebuilds_everything_but_the_projection(count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted_otherwise(*given: Any) -> dict[str, Any]:
        return still_out(*given) | {"total": 1}

    monkeypatch.setattr("results.audit.publications.model_hash", lambda: "another machine's")
    monkeypatch.setattr("results.board.document.still_out", counted_otherwise)
    assert list(wrong_publications(count.contest)) == []
    # Totals are plain arithmetic, the same on every machine.
    monkeypatch.setattr("results.board.document.corrections", lambda released: {"e1": {}})
    assert list(wrong_publications(count.contest, anew=True)) != []


def test_it_goes_on_from_the_versions_that_were_rebuilt(count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(wrong_publications(count.contest)) == []
    built: list[int] = []

    def counted(facts: Any, *given: Any) -> Any:
        built.append(facts.seq)
        return build(facts, *given)

    monkeypatch.setattr("results.audit.publications.build", counted)
    assert list(wrong_publications(count.contest)) == [] and built == []
    count.enter(1, (390, 310, 118), count.cast.sam)
    publish(count.contest)
    assert list(wrong_publications(count.contest)) == [] and len(built) == 1
    assert list(wrong_publications(count.contest, anew=True)) == []
    assert len(built) == 1 + Publication.objects.count()


@pytest.mark.parametrize("text", ["", "{}", '{"version": 3, "hash": "x", "mark": "y"}', "[]", "null"])
def test_it_rebuilds_everything_where_the_record_is_not_its_own(
    count: Count, settings: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(wrong_publications(count.contest)) == []
    (record,) = settings.AUDIT_DIR.iterdir()
    record.write_text(text)
    monkeypatch.setattr("results.board.document.corrections", lambda released: {"e1": {}})
    assert len(list(wrong_publications(count.contest))) > 0


def test_it_checks_where_nothing_can_be_written_beside_the_database(count: Count, settings: Any, tmp_path: Any) -> None:
    settings.AUDIT_DIR = tmp_path / "file" / "audit"
    (tmp_path / "file").write_text("in the way")
    assert list(faults(count.contest)) == []


@pytest.mark.parametrize("column", ["board", "call", "seq", "version", "model_hash", "hash", "prev_hash"])
def test_it_rebuilds_every_publication(count: Count, column: str) -> None:
    publication = Publication.objects.order_by("version").first()
    assert publication is not None
    value: Any = {
        "board": {**publication.board, "valid": 12},
        "call": {**publication.call, "call": {**publication.call["call"], "streak": 9}},
        "seq": publication.seq + 1000,
        "version": 99,
        "model_hash": "f" * 64,
        "hash": "f" * 64,
        "prev_hash": "f" * 64,
    }[column]
    words = words_after(Publication, publication.pk, column, value, count)
    assert "version" in words


def test_it_notices_another_set_up(count: Count) -> None:
    candidate = Candidate.objects.order_by("number").first()
    assert candidate is not None
    words = words_after(Candidate, candidate.pk, "surname", "Mallory", count)
    assert "the set-up is not the one it was recorded under" in words


def test_it_notices_another_election_whatever_column_was_changed(count: Count) -> None:
    election = count.contest.election
    for field in Election._meta.concrete_fields:
        if field.primary_key:
            continue
        value = getattr(election, field.attname)
        changed = value + timedelta(days=1) if isinstance(value, date) else other(value)
        changed = timezone.now() if value is None else changed
        words = words_after(Election, election.pk, str(field.column), changed, count)
        assert "the set-up is not the one it was recorded under" in words or words == "refused", field.name


def test_it_says_which_trigger_is_missing(count: Count) -> None:
    drop_triggers()
    assert sum("trigger" in line for line in faults(count.contest)) == len(triggers.expected(connection.vendor))
    triggers.install()
    assert list(faults(count.contest)) == []


def test_it_exits_1_and_names_the_row_by_command(count: Count) -> None:
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert "good" in out.getvalue()
    drop_triggers()
    entry = LedgerEntry.objects.get(seq=3)
    LedgerEntry.objects.filter(pk=entry.pk).update(actor_name="Mallory")
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", count.contest.ballot_paper_id, "--json", stdout=out)
    assert ended.value.code == 1
    report = json.loads(out.getvalue())
    assert report["ok"] is False
    assert any("entry 3" in line for line in report["contests"][count.contest.ballot_paper_id]["faults"])


def refused(statement: str, *parameters: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would be in TRUNCATE's way
            cursor.execute(statement, parameters)
    except (IntegrityError, connection.Database.Error) as error:
        return "append-only" in str(error) or "frozen" in str(error) or "already" in str(error) or "whole" in str(error)
    return False


def test_it_lets_the_database_refuse_every_change(count: Count) -> None:
    for model in triggers.APPEND_ONLY:
        table = model._meta.db_table
        if not model._default_manager.exists():
            continue
        key = str(model._meta.pk.column)
        assert refused(f"UPDATE {table} SET {key} = {key}"), table
        assert refused(f"DELETE FROM {table}"), table
        if connection.vendor == "postgresql":
            assert refused(f"TRUNCATE {table} CASCADE"), table
        else:
            assert refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"), table


def test_it_freezes_the_set_up_at_the_first_entry(count: Count) -> None:
    assert refused("UPDATE results_candidate SET surname = 'Mallory'")
    assert refused("DELETE FROM results_baselinevotes") or not count.contest.baseline.exists()
    assert refused("UPDATE results_contest SET seats = seats, minimum_papers = 1")
    ward = Ward.objects.first()
    assert ward is not None
    with pytest.raises(Exception, match="frozen"), transaction.atomic():
        Ward.objects.create(contest=count.contest, gss="E09999999", name="New", electorate=1)


def test_it_installs_triggers_again_after_every_migration(count: Count) -> None:
    drop_triggers()
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="only PostgreSQL can disarm a trigger")
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE results_ledgerentry DISABLE TRIGGER results_ledgerentry_no_change",
        "ALTER TABLE results_ledgerentry ENABLE REPLICA TRIGGER results_ledgerentry_no_change",
        "CREATE OR REPLACE FUNCTION countnight_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
    ],
)
def test_it_notices_a_disarmed_trigger(statement: str) -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert "results_ledgerentry_no_change" in triggers.missing()
