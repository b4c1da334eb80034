"""What somebody writes who does not hold the installation's key is told from what countnight wrote."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.audit.checks import faults
from results.audit.entries import chain_faults
from results.audit.marks import LENGTH, is_marked, mark
from results.board.publishing import publish
from results.models import LedgerEntry, Publication
from tests import builders, intruder
from tests.counts import Count, make_count, wrong_publications

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    made = make_count(projection=True).ready()
    publish(made.contest)
    for group in (1, 2, 3):
        made.enter(group)
        publish(made.contest)
    builders.let_go(made.contest, made.cast.rita)
    publish(made.contest)
    return made


@given(st.text(), st.text())
def test_it_marks_a_text_of_one_kind_under_one_key(text: str, other: str) -> None:
    made = mark("entry", text)
    assert len(made) == LENGTH and is_marked("entry", text, made)
    assert not is_marked("publication", text, made)
    assert is_marked("entry", other, made) == (other == text)
    with intruder.with_another_key():
        assert not is_marked("entry", text, made) and mark("entry", text) != made


@pytest.mark.parametrize("given_mark", ["", "f" * LENGTH, "é", "F" * 1000])
def test_it_takes_no_other_text_for_a_mark(given_mark: str) -> None:
    assert not is_marked("entry", "0" * 64, given_mark)


def test_it_finds_a_forged_correction_written_without_touching_a_trigger(count: Count) -> None:
    before = LedgerEntry.objects.count()
    with intruder.with_another_key():
        count.enter(1, (410, 290, 118), count.cast.sam)
        publish(count.contest)
    found = list(faults(count.contest))
    forged = list(LedgerEntry.objects.filter(seq__gt=before).values_list("seq", flat=True))
    assert forged and all(any(f"entry {seq}:" in line and "did not write" in line for line in found) for seq in forged)
    assert any(f"version {Publication.objects.count()}:" in line for line in found)
    assert len(found) == len(forged) + 1


@pytest.mark.parametrize("kept", ["", "copied"])
def test_it_finds_one_entry_appended_by_sql(count: Count, kept: str) -> None:
    with intruder.with_another_key():
        builders.verify(count.contest, "1", 300, count.cast.sam)
    last = LedgerEntry.objects.order_by("seq").last()
    first = LedgerEntry.objects.order_by("seq").first()
    assert last is not None and first is not None
    with intruder.unguarded():
        intruder.set_column(last, mark=first.mark if kept else "")
    (line,) = chain_faults(count.contest)
    assert f"entry {last.seq}: countnight did not write it" in line


def test_it_finds_publications_renumbered_over_a_gap(count: Count) -> None:
    assert Publication.objects.count() > 2
    with intruder.unguarded():
        Publication.objects.filter(contest=count.contest, version=2).delete()
        intruder.renumber(count.contest)
    assert any("version 2: countnight did not write it" in line for line in wrong_publications(count.contest))


@pytest.mark.parametrize("model_hash", ["f" * 64, "kept"])
def test_it_finds_a_projection_altered_in_the_name_of_another_machine(count: Count, model_hash: str) -> None:
    last = Publication.objects.order_by("version").last()
    assert last is not None and "projection" in str(last.board)
    altered = {**last.board, "call": {"state": "called", "candidate": "1"}}
    with intruder.unguarded():
        intruder.set_column(last, board=altered, model_hash=last.model_hash if model_hash == "kept" else model_hash)
        intruder.renumber(count.contest)
    assert any(f"version {last.version}: countnight did not write it" in line for line in faults(count.contest))


def test_it_takes_the_keys_of_before(count: Count, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = f"another key, made after an officer left {uuid4()}"
    assert list(faults(count.contest)) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert [line for line in faults(count.contest) if "SECRET_KEY_FALLBACKS" in line] and len(
        list(chain_faults(count.contest))
    ) == 1
