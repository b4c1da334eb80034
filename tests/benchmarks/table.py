"""Tables of figures and the bars they are held against."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lie; the nearest one, not interpolated."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Row:
    """One figure; `bar` is the highest (or with `at_least` the lowest) it may be, None where it is only told."""

    measure: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False

    @property
    def good(self) -> bool:
        """Whether the bar is met."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar


@dataclass
class Table:
    """All figures of a benchmark."""

    name: str
    rows: list[Row] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    """What could not be measured here, and why."""

    def add(self, measure: str, value: float, unit: str, bar: float | None = None, at_least: bool = False) -> None:
        """One more figure."""
        self.rows.append(Row(measure, value, unit, bar, at_least))

    def print(self) -> None:
        """The table as text."""
        print(f"\n{self.name}")
        for row in self.rows:
            sign = ">=" if row.at_least else "<="
            bar = "" if row.bar is None else f"bar {sign} {row.bar:g} {row.unit}"
            verdict = "" if row.bar is None else "ok" if row.good else "MISSED"
            print(f"  {row.measure:<58} {row.value:>10.2f} {row.unit:<6} {bar:<20} {verdict}")
        for name, why in self.absent.items():
            print(f"  not measured: {name} ({why})")

    @property
    def good(self) -> bool:
        """Whether every bar is met."""
        return all(row.good for row in self.rows)

    def write(self, path: Path) -> None:
        """The table as JSON."""
        document = {
            "name": self.name,
            "good": self.good and not self.absent,
            "absent": self.absent,
            "rows": [asdict(row) | {"good": row.good} for row in self.rows],
        }
        path.write_text(json.dumps(document, indent=2) + "\n")
