"""The calibration record in words and figures of its page: every figure is one of the file's, formatted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from results.backtest.record import sources
from results.calibration import ADVERSE, METHODS, Bin, Calls, Checkpoint, Record
from results.texts.wording import count, listed

METHOD_NAMES = {
    "model": "countnight",
    "swing": "Matched swing",
    "conformal": "Conformal interval",
    "leader": "Leader so far",
}
ORDER_NAMES = {
    "random": "in random order",
    "small": "the smallest first",
    "rural": "the rural first",
    "postal_last": "postal votes last",
    ADVERSE: "the runner-up's best wards first",
}
COUNTRIES = {"AU": "Australia", "CA": "Canada", "NZ": "New Zealand", "UK": "Great Britain", "US": "United States"}
MEASURES = (
    ("coverage_winner", "Winner's final share inside the 90% interval", "percent"),
    ("coverage_all", "Any candidate's final share inside it", "percent"),
    ("mae", "Error of the expected share, in points", "points"),
    ("width", "Width of the 90% interval, in points", "points"),
    ("brier", "Brier score of the chances (0 is perfect)", "score"),
)
LEFT, TOP, SIDE = 44, 12, 280
"""The reliability diagram's square, in its own units."""


def record_context(record: Record) -> dict[str, Any]:
    """One record as its page shows it."""
    return {
        "name": record.name,
        "sources": record.sources,
        "made_up": record.made_up,
        "outdated": not record.made_up and record.sources != sources(),
        "type_baseline": record.type_baseline,
        "verified": record.verified,
        "sets": [
            {"name": _election(each.name), "contests": count(each.contests), "units": count(each.units)}
            for each in record.sets
        ],
        "contests": count(sum(each.contests for each in record.sets)),
        "orders": listed([ORDER_NAMES.get(order, order) for order in record.orders if order != ADVERSE]),
        "summary": _summary(record),
        "counted": [_whole(counted) for counted in _checkpoints_counted(record.checkpoints)],
        "measures": _measures(record.checkpoints),
        "adverse_measures": _measures(record.adverse_checkpoints)[:2],
        "calls": [_calls(calls) for calls in record.calls],
        "adverse_calls": [_calls(calls) for calls in record.adverse_calls],
        "reliability": _reliability(record.reliability),
        "dots": {method: _dots(record.reliability, method) for method in ("model", "swing")},
        "surprise": _surprise(record),
    }


def _election(name: str) -> str:
    """A set's name in words, "NZ11" -> "New Zealand 2011"; any other as it is."""
    match = re.fullmatch(r"([A-Z]{2})(\d\d)", name)
    return f"{COUNTRIES[match[1]]} 20{match[2]}" if match and match[1] in COUNTRIES else name


def _fraction(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _whole(value: float) -> str:
    return f"{round(value * 100)}%"


def _formatted(value: float | None, form: str) -> str:
    if value is None or form == "percent":
        return _fraction(value)
    return f"{100 * value:.1f}" if form == "points" else f"{value:.3f}"


def _summary(record: Record) -> dict[str, str] | None:
    """What a reader in a hurry takes away, of the model alone."""
    points = [point for point in record.checkpoints if point.method == "model" and point.coverage_winner is not None]
    calls = next((calls for calls in record.calls if calls.method == "model"), None)
    whole = sum(point.n for point in points)
    if not whole or calls is None or not calls.contests:
        return None
    inside = sum((point.coverage_winner or 0.0) * point.n for point in points) / whole
    return {
        "inside": _fraction(inside),
        "replays": count(calls.contests),
        "called": _fraction(calls.called / calls.contests),
        "wrong": count(calls.wrong),
        "of": count(calls.called),
        "counted": _fraction(calls.median_counted),
    }


def _checkpoints_counted(points: Iterable[Checkpoint]) -> list[float]:
    return sorted({point.counted for point in points})


def _measures(points: Sequence[Checkpoint]) -> list[dict[str, Any]]:
    """A block of the table for each measure: a row for each method, a figure for each share counted."""
    at = {(point.method, point.counted): point for point in points}
    counted = _checkpoints_counted(points)
    blocks = []
    for key, title, form in MEASURES:
        rows = [
            {
                "method": METHOD_NAMES[method],
                "own": method == "model",
                "figures": [_formatted(getattr(at.get((method, share)), key, None), form) for share in counted],
            }
            for method in METHODS
            if any(point.method == method for point in points)
        ]
        blocks.append({"key": key, "title": title, "rows": rows})
    return blocks


def _calls(calls: Calls) -> dict[str, Any]:
    return {
        "method": METHOD_NAMES[calls.method],
        "own": calls.method == "model",
        "contests": count(calls.contests),
        "called": count(calls.called),
        "wrong": count(calls.wrong),
        "withdrawn": count(calls.withdrawn),
        "counted": _fraction(calls.median_counted),
    }


def _reliability(bins: Iterable[Bin]) -> list[dict[str, Any]]:
    """A row for each range of chances, with countnight's and matched swing's figures beside each other."""
    own = {(each.low, each.high): each for each in bins if each.method == "model"}
    swing = {(each.low, each.high): each for each in bins if each.method == "swing"}
    rows = []
    for low, high in sorted(own.keys() | swing.keys()):
        row: dict[str, Any] = {"range": f"{round(low * 100)}–{_whole(high)}"}
        for name, found in (("model", own.get((low, high))), ("swing", swing.get((low, high)))):
            row[name] = {
                "n": "–" if found is None else count(found.n),
                "forecast": _fraction(None if found is None else found.forecast),
                "observed": _fraction(None if found is None else found.observed),
            }
        rows.append(row)
    return rows


def _dots(bins: Iterable[Bin], method: str) -> list[dict[str, float]]:
    """Where the diagram has its marks: forecast to the right, observed upwards, the area by how often it was said."""
    alike = [each for each in bins if each.method == method]
    most = max((each.n for each in alike), default=1) or 1
    return [
        {
            "x": round(LEFT + SIDE * each.forecast, 1),
            "y": round(TOP + SIDE * (1 - each.observed), 1),
            "r": round(2.5 + 5 * math.sqrt(each.n / most), 1),
        }
        for each in alike
    ]


def _surprise(record: Record) -> dict[str, str] | None:
    found = record.surprise
    if found is None:
        return None
    return {
        "units": count(found.units),
        "false_alarms": _fraction(found.false_alarm_rate),
        "swaps": count(found.swaps),
        "detected": _fraction(found.detection_rate),
    }
