"""What is to be said, before it is words: a code of the catalogue and its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A code with the arguments that its text has fields for. They are JSON: numbers, texts, lists, mappings of these."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def nested(self) -> dict[str, Any]:
        """As an argument of another message, for a field {name:text}."""
        return {"code": self.code, "args": dict(self.args)}
