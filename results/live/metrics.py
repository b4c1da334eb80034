"""What this process tells its operator, in the terms of Prometheus; docs/operations.md says what to watch."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

VIEWERS = Gauge("countnight_viewers", "Viewers connected to this process.")
LATE = Gauge("countnight_viewers_late", "Viewers whose connection accepts nothing at present.")
ROOMS = Gauge("countnight_contests", "Contests that this process keeps the newest version of.")
CAPACITY = Gauge("countnight_viewers_most", "Viewers that this process admits.")
REFUSED = Counter("countnight_viewers_refused_total", "Viewers sent away because the process was full.")
DROPPED = Counter(
    "countnight_viewers_dropped_total", "Viewers whose connection was ended: it accepted nothing for too long."
)

HINTS = Counter("countnight_hints_total", "Hints heard: something was written about a contest.")
TICKS = Counter("countnight_ticks_total", "Times that this process looked for a new version.")
VERSIONS = Counter("countnight_versions_total", "Versions delivered by this process.")
HEALED = Counter("countnight_hints_lost_total", "News that no hint brought: the sweep found it.")
SENT = Counter("countnight_frames_sent_total", "Frames of new versions that viewers accepted.")
SKIPPED = Counter("countnight_frames_skipped_total", "Frames that a viewer could not accept; it gets the newest later.")
SEND_SECONDS = Histogram(
    "countnight_send_seconds",
    "Handing one version to all viewers of a contest.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
PUBLISH_SECONDS = Histogram(
    "countnight_publish_seconds",
    "From the look at the ledger to the version that is ready to be sent.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ENTRY_SECONDS = Histogram(
    "countnight_entry_seconds",
    "Officers' POSTs, from their coming to the answer, waiting for a thread included.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
