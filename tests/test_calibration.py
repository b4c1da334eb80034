"""How good the projection is: the page says what the record says, pooled honestly, and nothing where there is none."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from results.backtest.record import sources
from results.calibration import FOLDER, NAMES, read, records
from tests.counts import make_count


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False


class Rows(HTMLParser):
    """The rows of the tables of a page, each the words of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        self._cell = self._cell or tag in ("td", "th")
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data.strip()


def get_page() -> str:
    answer = Client().get("/calibration/")
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def written(**changes: Any) -> dict[str, Any]:
    """A small record, whose pooled figures can be done in the head."""
    checkpoint = {
        "method": "model",
        "counted": 0.25,
        "coverage_all": 0.9,
        "mae": 0.01,
        "width": 0.05,
        "interval_score": 0.06,
        "brier": 0.04,
        "log_loss": 0.1,
    }
    calls = {"method": "model", "contests": 100, "withdrawn": 1}
    return {
        "about": {
            "sets": [{"name": n, "contests": 100, "units": 4000} for n in ("Ruritania 1894", "NZ11")],
            "orders": ["random", "small", "adverse"],
            "type_baseline": False,
            "sources": "0123456789abcdef",
            "elections": 1,
        },
        "checkpoints": [
            {**checkpoint, "set": "a", "order": "random", "n": 300, "coverage_winner": 0.96},
            {**checkpoint, "set": "a", "order": "small", "n": 100, "coverage_winner": 0.8},
            {**checkpoint, "set": "b", "order": "small", "n": 0, "coverage_winner": None},
            {**checkpoint, "set": "a", "order": "adverse", "n": 100, "coverage_winner": 0.5},
        ],
        "calls": [
            {**calls, "set": "a", "order": "random", "called": 80, "wrong": 0, "median_counted": 0.1},
            {**calls, "set": "a", "order": "small", "called": 20, "wrong": 2, "median_counted": 0.2},
            {**calls, "set": "b", "order": "small", "called": 0, "wrong": 0, "median_counted": None},
            {**calls, "set": "a", "order": "adverse", "called": 50, "wrong": 5, "median_counted": 0.3},
        ],
        "reliability": [{"method": "model", "low": 0.9, "high": 0.98, "n": 400, "forecast": 0.95, "observed": 0.9375}],
        "surprise": {
            "units": 4000,
            "alarms": 40,
            "false_alarm_rate": 0.01,
            "swaps": 500,
            "detected": 400,
            "detection_rate": 0.8,
            "bar": 0.001,
        },
        **changes,
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of records in place of the one that stands."""
    monkeypatch.setattr("results.public.views.records", lambda: records(tmp_path))
    return tmp_path


def write(folder: Path, **changes: Any) -> None:
    (folder / "without_type_baselines.json").write_text(json.dumps(written(**changes)))


# --- reading and pooling ---


def test_it_pools_by_weight_and_keeps_the_worst_order_apart(folder: Path) -> None:
    write(folder)
    [record] = records(folder)
    [usual], [adverse] = record.checkpoints, record.adverse_checkpoints
    assert (usual.n, adverse.n) == (400, 100)
    assert usual.coverage_winner == pytest.approx((0.96 * 300 + 0.8 * 100) / 400)
    assert adverse.coverage_winner == 0.5
    [calls] = record.calls
    assert (calls.contests, calls.called, calls.wrong, calls.withdrawn) == (300, 100, 2, 3)
    assert calls.median_counted == pytest.approx(0.12)
    assert record.adverse_calls[0].wrong == 5


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"about": {}}', json.dumps(written(checkpoints=[{"order": "x"}]))])
def test_it_refuses_what_is_no_record(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "without_type_baselines.json"
    path.write_text(broken)
    with pytest.raises(ValueError, match=r"without_type_baselines\.json"):
        read(path)


# --- the page ---


def test_the_page_says_what_the_record_says(folder: Path) -> None:
    write(folder)
    page = get_page()
    rows = Rows(page).rows
    assert ["Ruritania 1894", "100", "4,000"] in rows
    assert ["New Zealand 2011", "100", "4,000"] in rows
    assert ["countnight", "92.0%"] in rows  # the winner's share, pooled
    assert ["countnight", "300", "100", "2", "3", "12.0%"] in rows
    assert ["countnight", "50.0%"] in rows  # in the worst order
    assert ["90–98%", "400", "95.0%", "93.8%", "–"] in rows
    for words in ("in random order and the smallest first", "0123456789abcdef", "questioned 1.0%", "found 80.0%"):
        assert words in " ".join(page.split()), words
    assert "made up" not in page


def test_every_figure_of_the_standing_records_is_on_the_page() -> None:
    rows = Rows(get_page()).rows
    for name in NAMES:
        found = json.loads((FOLDER / f"{name}.json").read_text())
        usual = [row for row in found["checkpoints"] if row["order"] != "adverse" and row["method"] == "model"]
        for key in ("coverage_winner", "coverage_all"):
            shown = ["countnight"]
            for counted in (0.1, 0.25, 0.5, 0.75):
                alike = [row for row in usual if row["counted"] == counted and row["n"] and row[key] is not None]
                share = sum(row[key] * row["n"] for row in alike) / sum(row["n"] for row in alike)
                shown.append(f"{100 * share:.1f}%")
            assert shown in rows, (name, key)
        calls = [row for row in found["calls"] if row["order"] != "adverse" and row["method"] == "model"]
        sums = [f"{sum(row[key] for row in calls):,}" for key in ("contests", "called", "wrong", "withdrawn")]
        assert ["countnight", *sums] in [row[:5] for row in rows], name


def test_the_diagram_has_a_mark_for_every_row_of_its_table(folder: Path) -> None:
    write(folder)
    page = get_page()
    assert re.search(r'<circle class="own" cx="310.0" cy="29.5" r="7.5"/>', page)
    assert "style=" not in page


def test_it_says_that_there_is_no_record_and_how_it_is_made(folder: Path) -> None:
    page = get_page()
    assert "No record has been generated" in page
    assert "manage.py backtest" in page
    assert "What this does not cover" in page


def test_it_says_the_same_of_a_record_that_cannot_be_read(folder: Path) -> None:
    (folder / "without_type_baselines.json").write_text('{"about": ')
    assert "No record has been generated" in get_page()


def test_it_says_of_made_up_figures_that_they_are(folder: Path) -> None:
    write(folder, about=written()["about"] | {"sources": "0" * 16})
    assert "These figures are made up" in get_page()


def test_it_does_without_what_an_older_record_has_not(folder: Path) -> None:
    write(folder, surprise=None, reliability=[], calls=[])
    assert "Does the interval hold?" in get_page()


@pytest.mark.django_db
def test_the_live_page_leads_there() -> None:
    count = make_count(projection=True).ready()
    count.enter(1)
    page = Client().get(f"/contests/{count.contest.ballot_paper_id}/").content.decode()
    assert page.count('href="/calibration/"') == 2


def test_it_says_of_a_record_of_another_model_that_it_is(folder: Path) -> None:
    write(folder)
    assert "This record is of an earlier model" in get_page()
    write(folder, about=written()["about"] | {"sources": sources()})
    assert "This record is of an earlier model" not in get_page()


def test_it_publishes_the_record_of_the_model_it_projects_with() -> None:
    # Made anew by `manage.py backtest` whenever the model changes (docs/projection.md); never edited.
    published = records()
    assert {record.name: record.sources for record in published} == dict.fromkeys(NAMES, sources())
    for record in published:
        assert not any(calls.wrong for calls in record.calls if calls.method == "model")
