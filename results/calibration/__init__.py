"""The calibration record: what `manage.py backtest DIR --json FILE` found, read and pooled. Pure: standard library only.

A record stands beside this file, written by that command and never by hand. Fractions are 0..1, of the valid votes, of
the chances, or of the votes counted. The order "adverse" (the runner-up's best wards first) is an attack and not a night:
it is pooled by itself, all other orders together. A pooled figure is the mean of its rows weighted by their n; rows
without n, or without the figure, do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
NAMES = ("without_type_baselines", "with_type_baselines")
"""British results are not published by vote type: the record that speaks of them comes first."""
METHODS = ("model", "swing", "conformal", "leader")
ADVERSE = "adverse"
MADE_UP = "0" * 16
"""Sources of a record that no back-test made: for development."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplayedSet:
    """An election whose count was replayed: its contests, and the polling places or groups they were released by."""

    name: str
    contests: int
    units: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a method stood when a share `counted` of the votes was in; None where no row says."""

    method: str
    counted: float
    n: int
    coverage_winner: float | None
    coverage_all: float | None
    mae: float | None
    width: float | None
    interval_score: float | None
    brier: float | None
    log_loss: float | None


@dataclass(frozen=True, slots=True)
class Calls:
    """Races called by a method over `contests` replayed; `median_counted` is the mean of the sets' medians by calls."""

    method: str
    contests: int
    called: int
    wrong: int
    withdrawn: int
    median_counted: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Chances between `low` and `high`: how often they were given, their mean, and how often they came true."""

    method: str
    low: float
    high: float
    n: int
    forecast: float
    observed: float


@dataclass(frozen=True, slots=True)
class Surprise:
    """The desk's outlier alert: how often it sounds for right figures, and for two candidates' figures swapped."""

    units: int
    alarms: int
    false_alarm_rate: float | None
    swaps: int
    detected: int
    detection_rate: float | None


@dataclass(frozen=True, slots=True)
class Record:
    """One back-test. `checkpoints` and `calls` are of all orders but the adverse one, `reliability` of all; `verified`:
    the papers of every unit were known, as they are after verification."""

    name: str
    sources: str
    type_baseline: bool
    verified: bool
    orders: tuple[str, ...]
    sets: tuple[ReplayedSet, ...]
    checkpoints: tuple[Checkpoint, ...]
    calls: tuple[Calls, ...]
    adverse_checkpoints: tuple[Checkpoint, ...]
    adverse_calls: tuple[Calls, ...]
    reliability: tuple[Bin, ...]
    surprise: Surprise | None

    @property
    def made_up(self) -> bool:
        """Whether its figures are for development, and say nothing of any model."""
        return self.sources == MADE_UP


def records(folder: Path = FOLDER) -> tuple[Record, ...]:
    """The records that are there, in the order of NAMES. Raises ValueError where one cannot be read."""
    return tuple(read(path) for path in (folder / f"{name}.json" for name in NAMES) if path.exists())


def read(path: Path) -> Record:
    """One record. Raises ValueError where it is not what `backtest` writes."""
    try:
        return _record(path.stem, json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a record of the back-test: {error!r}") from error


def _record(name: str, written: Row) -> Record:
    about, surprise = written["about"], written.get("surprise")
    usual = [row for row in written["checkpoints"] if row["order"] != ADVERSE]
    adverse = [row for row in written["checkpoints"] if row["order"] == ADVERSE]
    return Record(
        name=name,
        sources=str(about["sources"]),
        type_baseline=bool(about["type_baseline"]),
        verified=bool(about.get("verified", False)),
        orders=tuple(about["orders"]),
        sets=tuple(ReplayedSet(each["name"], each["contests"], each["units"]) for each in about["sets"]),
        checkpoints=_checkpoints(usual),
        calls=_calls(row for row in written["calls"] if row["order"] != ADVERSE),
        adverse_checkpoints=_checkpoints(adverse),
        adverse_calls=_calls(row for row in written["calls"] if row["order"] == ADVERSE),
        reliability=_reliability(written["reliability"]),
        surprise=Surprise(**{key: surprise[key] for key in Surprise.__slots__}) if surprise else None,
    )


def _pooled(rows: Sequence[Row], figure: str, weight: str = "n") -> float | None:
    """The mean of a figure, weighted; None where nothing has any weight."""
    weighted = [(row[figure], row[weight]) for row in rows if row.get(figure) is not None and row[weight] > 0]
    whole = sum(weight for _, weight in weighted)
    return sum(value * weight for value, weight in weighted) / whole if whole else None


def _checkpoints(rows: Iterable[Row]) -> tuple[Checkpoint, ...]:
    together: dict[tuple[str, float], list[Row]] = {}
    for row in rows:
        together.setdefault((row["method"], row["counted"]), []).append(row)
    figures = Checkpoint.__slots__[3:]
    found = [
        Checkpoint(method, counted, sum(row["n"] for row in alike), **{key: _pooled(alike, key) for key in figures})
        for (method, counted), alike in together.items()
    ]
    return tuple(sorted(found, key=lambda point: (METHODS.index(point.method), point.counted)))


def _calls(rows: Iterable[Row]) -> tuple[Calls, ...]:
    together: dict[str, list[Row]] = {}
    for row in rows:
        together.setdefault(row["method"], []).append(row)
    counts = ("contests", "called", "wrong", "withdrawn")
    found = [
        Calls(
            method,
            **{key: sum(row[key] for row in alike) for key in counts},
            median_counted=_pooled(alike, "median_counted", "called"),
        )
        for method, alike in together.items()
    ]
    return tuple(sorted(found, key=lambda calls: METHODS.index(calls.method)))


def _reliability(rows: Iterable[Row]) -> tuple[Bin, ...]:
    together: dict[tuple[str, float, float], list[Row]] = {}
    for row in rows:
        together.setdefault((row["method"], row["low"], row["high"]), []).append(row)
    found = []
    for (method, low, high), alike in together.items():
        forecast, observed = _pooled(alike, "forecast"), _pooled(alike, "observed")
        if forecast is not None and observed is not None:
            found.append(Bin(method, low, high, sum(row["n"] for row in alike), forecast, observed))
    return tuple(sorted(found, key=lambda each: (METHODS.index(each.method), each.low)))
