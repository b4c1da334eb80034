"""How many files this process may open, which is how many viewers it can have."""

from __future__ import annotations

import resource

RESERVED = 512
"""Open files kept free of viewers: for pages being read, the database, the channel layer and the log."""


def files_for_viewers(wanted: int) -> tuple[int, str]:
    """Raise the limit of open files as far as it goes; how many viewers fit, and a warning where that is fewer."""
    needed = wanted + RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted, ""
    fit = max(0, soft - RESERVED)
    return fit, (
        f"This process may open {soft:,} files: it admits {fit:,} viewers, not {wanted:,}. "
        f"Raise the limit (`ulimit -n {needed}`, or LimitNOFILE={needed} in its systemd unit), or set LIVE_MAX_VIEWERS={fit}."
    )
