"""Documents that peers send, all of the shape that ours has."""

from __future__ import annotations

import json
from typing import Any

EPOCH = "0123456789abcdef"


def filled(version: int, size: int) -> str:
    """A patch's frame of exactly so many bytes."""
    frame = {"epoch": EPOCH, "since": version - 1, "version": version, "patch": {"fill": ""}}
    bare = json.dumps(frame, separators=(",", ":"))
    return bare[:-3] + "x" * (size - len(bare)) + bare[-3:]


def differing(version: int, size: int) -> dict[str, Any]:
    """A board of about so many bytes that has nothing in common with another version's."""
    return {f"{version:06}-{number:03}": f"{version:06}" * 10 for number in range(size // 76)}
