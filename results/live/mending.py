"""Versions that were never made are made later: after a process died between an entry and its version, or a disk was full.

Readers' requests make none, so that nobody else would.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from results.live.reading import read_behind

logger = logging.getLogger(__name__)

MEND_SECONDS = 10.0
"""Seconds between two looks, the first at the start. Each asks about every contest, and a version is seldom missing."""


async def mend(read: Callable[[Callable[[], list[int]]], Awaitable[list[int]]], grown: Callable[[int], None]) -> None:
    """Tell `grown`, for ever, of each contest of which a version may be missing, watched or not; `read` is the hub's."""
    while True:
        try:
            for pk in await read(read_behind):
                grown(pk)
        except Exception:
            logger.exception("versions that are missing are looked for again later")
        await asyncio.sleep(MEND_SECONDS)
