"""What is cut off from the end of the ledger, of the publications or of the journal is missed beside the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from results.audit.checkpoints import note_checkpoint, read_checkpoints
from results.audit.checks import faults
from results.board.publishing import publish
from results.models import Contest, JournalEntry, LedgerEntry, Publication
from results.models.details import DETAILS
from results.people.journal import Kind, record
from tests import builders, intruder
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def count() -> Count:
    made = make_count().ready()
    publish(made.contest)
    made.enter(1)
    publish(made.contest)
    return made


def found(count: Count) -> list[str]:
    return list(faults(Contest.objects.get(pk=count.contest.pk)))


def cut_entries(after: int) -> None:
    """Take the newest entries away, with everything that hangs on them and what was published of them."""
    with intruder.unguarded():
        Publication.objects.filter(seq__gt=after).delete()
        gone = list(LedgerEntry.objects.filter(seq__gt=after).values_list("pk", flat=True))
        for model in reversed(DETAILS):
            model._default_manager.filter(entry__in=gone).delete()
        LedgerEntry.objects.filter(pk__in=gone).delete()


def test_it_keeps_every_chain_beside_the_database(count: Count) -> None:
    checkpoints, torn = read_checkpoints()
    assert torn == [] and found(count) == []
    assert {kind for kind, _ in checkpoints} == {"entry", "publication", "journal"}


@pytest.mark.parametrize("kept", [0, 1])
def test_it_finds_publications_deleted_from_the_end_or_altogether(count: Count, kept: int) -> None:
    assert Publication.objects.count() >= 2
    with intruder.unguarded():
        Publication.objects.filter(version__gt=kept).delete()
    (line,) = found(count)
    assert f"publication {kept + 1}" in line and "not in the database any more" in line


def test_it_finds_entries_cut_off_from_the_end(count: Count) -> None:
    last = LedgerEntry.objects.count()
    builders.verify(count.contest, "1", 301, count.cast.sam)
    cut_entries(last)
    assert any(f"entry {last + 1}: it was written and is not in the database any more" in line for line in found(count))


def test_it_finds_journal_entries_cut_off_from_the_end(count: Count) -> None:
    record(Kind.BACKUP_MADE, "backup", {})
    last = JournalEntry.objects.count()
    with intruder.unguarded():
        JournalEntry.objects.filter(seq=last).delete()
    (line,) = found(count)
    assert f"journal {last}" in line


def test_it_takes_a_restored_backup_for_good_once_it_is_noted(count: Count) -> None:
    last = LedgerEntry.objects.count()
    builders.verify(count.contest, "1", 301, count.cast.sam)
    cut_entries(last)
    call_command("begin_epoch")
    assert found(count) == []
    count.contest.refresh_from_db()
    builders.verify(count.contest, "1", 302, count.cast.sam)
    assert found(count) == []
    cut_entries(last)
    assert any(f"entry {last + 1}: it was written" in line for line in found(count))


def test_it_finds_a_chain_that_was_written_anew_with_the_key(count: Count) -> None:
    last = LedgerEntry.objects.count()
    builders.verify(count.contest, "1", 301, count.cast.sam)
    cut_entries(last)
    builders.verify(count.contest, "1", 299, count.cast.sam)
    assert any(f"entry {last + 1}: it is another one than was written" in line for line in found(count))


def test_it_names_a_line_that_countnight_did_not_write(count: Count, settings: Any) -> None:
    with intruder.with_another_key():
        note_checkpoint("entry", "parl.testshire", 3, "f" * 64)
    (line,) = found(count)
    assert "checkpoints line" in line and "countnight did not write it" in line


@pytest.mark.parametrize("torn", ['["entry", "parl', "\0\0\0", "{}", "[1]", "[]", "é" * 9])
def test_it_reads_past_a_line_that_a_crash_tore(count: Count, settings: Any, torn: str) -> None:
    with (settings.AUDIT_DIR / "checkpoints").open("a") as file:
        file.write(torn)
    builders.verify(count.contest, "1", 301, count.cast.sam)
    assert found(count) == []
    last = LedgerEntry.objects.count()
    cut_entries(last - 1)
    assert any(f"entry {last}: it was written" in line for line in found(count))


def test_it_records_where_the_file_cannot_be_written(count: Count, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.AUDIT_DIR = tmp_path / "file" / "audit"
    assert builders.verify(count.contest, "1", 301, count.cast.sam).seq
    publish(count.contest)
    assert found(count) == []


def test_it_keeps_the_file_to_its_owner(count: Count, settings: Any) -> None:
    assert (settings.AUDIT_DIR / "checkpoints").stat().st_mode & 0o077 == 0
    assert settings.AUDIT_DIR.stat().st_mode & 0o077 == 0
