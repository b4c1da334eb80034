"""Replays -> the record: rows that can be pooled, as JSON and as a table on screen.

`checkpoints` rows {set, order, method, counted, n, coverage_winner, coverage_all, mae, width, interval_score, brier,
log_loss}, means over n contests; `calls` rows {set, order, method, contests, called, wrong, withdrawn, median_counted};
`reliability` rows {method, low, high, n, forecast, observed} over every candidate's probability at every checkpoint;
`surprise`, what the desk's alarm would have done; `about`, what all of it was made from. Shares are fractions.
"""

from __future__ import annotations

import hashlib
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean, median
from typing import Any

from results import projection
from results.backtest.alarms import APART, Alarms
from results.backtest.elections import Contest
from results.backtest.methods import METHODS
from results.backtest.replay import CHECKPOINTS, Called, Replayed, Score

Record = dict[str, Any]
EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
ADVERSE = "adverse"
MEASURES = ("coverage_winner", "coverage_all", "mae", "width", "interval_score", "brier", "log_loss")


@cache
def sources() -> str:
    """Names the model: sixteen hex digits of its source files, without comments and docstrings. A record of other
    sources is of another model; one of the same in other words is not."""
    digest = hashlib.sha256()
    for source in sorted(Path(projection.__file__).parent.glob("*.py")):
        digest.update("".join(_spoken(source)).encode())
    return digest.hexdigest()[:16]


def _spoken(source: Path) -> Iterator[str]:
    """The tokens of a file that do something: a string that is a statement of its own is a docstring."""
    statement = True
    with source.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING):
                continue
            if token.type == tokenize.STRING and statement:
                continue
            statement = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
            yield token.string + " "


def make_record(
    contests: Sequence[Contest],
    replayed: Sequence[Replayed],
    alarms: Sequence[Alarms],
    orders: Sequence[str],
    type_baseline: bool,
    verified: bool,
    every: int = 1,
) -> Record:
    """The whole record, the same for the same replays in any order."""
    replayed = sorted(replayed, key=lambda one: (one.set, orders.index(one.order), one.contest))
    sets = sorted({contest.set for contest in contests})
    return {
        "about": {
            "sources": sources(),
            "sets": [_about(name, contests) for name in sets],
            "elections": len(contests),
            "orders": list(orders),
            "type_baseline": type_baseline,
            "verified": verified,
            "every": every,
        },
        "checkpoints": _checkpoints(replayed),
        "calls": _calls(replayed),
        "reliability": _reliability(replayed),
        "surprise": _surprise(alarms),
    }


def _about(name: str, contests: Sequence[Contest]) -> Record:
    of_set = [contest for contest in contests if contest.set == name]
    return {"name": name, "contests": len(of_set), "units": sum(len(contest.units) for contest in of_set)}


def _checkpoints(replayed: Iterable[Replayed]) -> list[Record]:
    found: dict[tuple[str, str, str, float], list[Score]] = defaultdict(list)
    for one in replayed:
        for score in one.scores:
            found[one.set, one.order, score.method, score.counted].append(score)
    return [
        {
            "set": of_set,
            "order": order,
            "method": method,
            "counted": counted,
            "n": len(scores),
            "coverage_winner": _mean(score.covered for score in scores),
            "coverage_all": _mean(score.all_covered for score in scores),
            "mae": _mean(score.error for score in scores),
            "width": _mean(score.width for score in scores),
            "interval_score": _mean(score.interval_score for score in scores),
            "brier": _mean(score.brier for score in scores),
            "log_loss": _mean(score.log_loss for score in scores),
        }
        for (of_set, order, method, counted), scores in found.items()
    ]


def _calls(replayed: Iterable[Replayed]) -> list[Record]:
    found: dict[tuple[str, str, str], list[Called]] = defaultdict(list)
    for one in replayed:
        for called in one.calls:
            found[one.set, one.order, called.method].append(called)
    rows = []
    for (of_set, order, method), calls in found.items():
        when = [called.counted for called in calls if called.counted is not None]
        row: Record = {"set": of_set, "order": order, "method": method, "contests": len(calls), "called": len(when)}
        row |= {"wrong": sum(c.wrong for c in calls), "withdrawn": sum(c.withdrawn for c in calls)}
        row["median_counted"] = round(median(when), 4) if when else None
        rows.append(row)
    return rows


def _reliability(replayed: Iterable[Replayed]) -> list[Record]:
    """Unkind orders included: a reader cannot know in which order a night's units come."""
    found: dict[tuple[str, int], list[tuple[float, bool]]] = defaultdict(list)
    for one in replayed:
        for score in one.scores:
            for k, forecast in enumerate(score.forecasts):
                place = next(i for i, high in enumerate(EDGES[1:]) if forecast <= high or high == EDGES[-1])
                found[score.method, place].append((forecast, k == score.winner))
    return [
        {
            "method": method,
            "low": EDGES[place],
            "high": EDGES[place + 1],
            "n": len(pairs),
            "forecast": _mean(forecast for forecast, _ in pairs),
            "observed": _mean(won for _, won in pairs),
        }
        for (method, place), pairs in sorted(found.items(), key=lambda item: (METHODS.index(item[0][0]), item[0][1]))
    ]


def _surprise(alarms: Sequence[Alarms]) -> Record:
    asked, swapped = sum(a.asked for a in alarms), sum(a.swapped for a in alarms)
    false, detected = sum(a.false for a in alarms), sum(a.detected for a in alarms)
    return {
        "units": asked,
        "alarms": false,
        "false_alarm_rate": round(false / asked, 5) if asked else None,
        "apart": APART,
        "swaps": swapped,
        "detected": detected,
        "detection_rate": round(detected / swapped, 5) if swapped else None,
    }


def _mean(values: Iterable[float]) -> float:
    return round(fmean(float(value) for value in values), 6)


# --- the table -------------------------------------------------------------------------------------------------------


def table(record: Record) -> str:
    """The record in words and columns."""
    about = record["about"]
    lines = [
        f"{about['elections']} contests: "
        + ", ".join(f"{one['name']} {one['contests']} ({one['units']:,} units)" for one in about["sets"]),
        f"orders {', '.join(about['orders'])}; "
        + ("with" if about["type_baseline"] else "without")
        + " baselines of vote types; sizes "
        + ("verified" if about["verified"] else "expected, off by a few percent"),
    ]
    kinds = [(False, "all orders but adverse"), (True, "adverse order")]
    for adverse, title in kinds:
        rows = [row for row in record["checkpoints"] if (row["order"] == ADVERSE) == adverse]
        if rows:
            lines += ["", title, *_measures(rows)]
    lines += ["", "calls", *_call_lines(record["calls"])]
    lines += ["", "reliability of the model: probability, how often it came true", *_bins(record["reliability"])]
    surprise = record["surprise"]
    if surprise["units"]:
        lines += [
            "",
            f"alarms: {surprise['alarms']} of {surprise['units']} units that were right "
            f"({100 * surprise['false_alarm_rate']:.2f} %); "
            + (
                f"{surprise['detected']} of {surprise['swaps']} swaps of the first two noticed "
                f"({100 * surprise['detection_rate']:.1f} %)"
                if surprise["swaps"]
                else "no swap to notice"
            ),
        ]
    return "\n".join(lines)


def _measures(rows: list[Record]) -> list[str]:
    names = ("winner in", "all in", "mae", "width", "int. score", "Brier", "log loss")
    lines = [f"  {'counted':<8}{'method':<11}" + "".join(f"{name:>11}" for name in names) + f"{'n':>8}"]
    for counted in CHECKPOINTS:
        for method in METHODS:
            chosen = [row for row in rows if row["method"] == method and row["counted"] == counted]
            n = sum(row["n"] for row in chosen)
            if n:
                means = [sum(row[measure] * row["n"] for row in chosen) / n for measure in MEASURES]
                lines.append(
                    f"  {f'{counted:.0%}':<8}{method:<11}" + "".join(f"{mean:>11.4f}" for mean in means) + f"{n:>8}"
                )
    return lines


def _call_lines(rows: list[Record]) -> list[str]:
    names = ("contests", "called", "share", "wrong", "withdrawn", "median counted")
    lines = [f"  {'order':<12}{'method':<11}" + "".join(f"{name:>15}" for name in names)]
    for order in dict.fromkeys(row["order"] for row in rows):
        for method in METHODS:
            chosen = [row for row in rows if row["order"] == order and row["method"] == method]
            contests, called = sum(row["contests"] for row in chosen), sum(row["called"] for row in chosen)
            if not contests:
                continue
            when = [row["median_counted"] for row in chosen for _ in range(row["called"])]
            figures = [str(contests), str(called), f"{called / contests:.1%}"]
            figures += [str(sum(row[key] for row in chosen)) for key in ("wrong", "withdrawn")]
            figures.append(f"{median(when):.1%}" if when else "-")
            lines.append(f"  {order:<12}{method:<11}" + "".join(f"{figure:>15}" for figure in figures))
    return lines


def _bins(rows: list[Record]) -> list[str]:
    return [
        f"  {row['low']:.2f}-{row['high']:.2f}  {row['forecast']:.3f}  {row['observed']:.3f}  n {row['n']}"
        for row in rows
        if row["method"] == "model"
    ]
