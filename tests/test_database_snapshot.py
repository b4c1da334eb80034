"""A check reads one moment of the database, while officers write without a pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from results.board.publishing import publish
from results.database.snapshot import snapshot
from results.models import LedgerEntry, Publication
from tests import builders
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def count() -> Count:
    return make_count().ready()


@contextmanager
def entries_without_pause(count: Count) -> Iterator[threading.Event]:
    """Boxes verified anew and published by another thread, again and again; the event is set after each."""
    ended, written, failures = threading.Event(), threading.Event(), []

    def write() -> None:
        found = 300
        try:
            while not ended.is_set():
                found += 1
                builders.verify(count.contest, "1", found, count.cast.sam)
                publish(count.contest)
                written.set()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    officer = threading.Thread(target=write)
    officer.start()
    try:
        yield written
    finally:
        ended.set()
        officer.join()
    assert failures == []


def test_it_never_finds_a_fault_while_entries_are_written(count: Count) -> None:
    with entries_without_pause(count) as written:
        for _ in range(12):
            assert written.wait(20)
            written.clear()
            out = StringIO()
            call_command("verify_ledger", "--anew", stdout=out)
            assert "good" in out.getvalue()
    assert LedgerEntry.objects.count() > 20


def test_it_shows_one_moment_however_long_it_is_read(count: Count) -> None:
    with entries_without_pause(count) as written:
        with snapshot():
            before = (LedgerEntry.objects.count(), Publication.objects.count())
            # The first may have been recorded before the moment that is read, and told of afterwards.
            for _ in range(4):
                written.clear()
                assert written.wait(20), "the officer waits for the reader"
            assert (LedgerEntry.objects.count(), Publication.objects.count()) == before
        assert LedgerEntry.objects.count() >= before[0] + 3


def test_it_reads_the_database_again_afterwards_even_if_a_check_failed(count: Count) -> None:
    with pytest.raises(ZeroDivisionError), snapshot():
        raise ZeroDivisionError
    builders.verify(count.contest, "1", 333, count.cast.sam)
    assert LedgerEntry.objects.order_by("-seq").values_list("kind", flat=True)[0] == "verified"
