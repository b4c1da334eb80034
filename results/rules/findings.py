"""What a rule gives: one thing to say about figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["refusal", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about figures: its code and level, the arguments of its text, the field it stands beside ("" for none).

    `key` tells apart findings of one code that are acknowledged each by itself: a candidate's number, another group's.
    """

    code: str
    level: Level
    args: Mapping[str, Any]
    field: str = ""
    key: str = ""

    @property
    def acknowledgement(self) -> str:
        """What a person ticks and the ledger keeps: "count.rejected_share", "count.no_votes.3"."""
        return f"{self.code}.{self.key}" if self.key else self.code


def refusal(code: str, field: str = "", **args: Any) -> Finding:
    """A refusal."""
    return Finding(code, "refusal", args, field)
