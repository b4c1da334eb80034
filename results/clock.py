"""The only source of time. A demo contest has a night of its own; a real one refuses it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from results.models import Contest, DemoClock, Event

LONDON = ZoneInfo("Europe/London")
PLAYED = (Contest.Environment.DEMO, Contest.Environment.RECONSTRUCTION)


class RealContestError(ValueError):
    """A real contest was asked to run on a clock that is not the real one."""


def real_now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


def demo_clock(event: Event) -> DemoClock | None:
    """The clock of a played night, or None where time is real."""
    try:
        return event.demo_clock
    except DemoClock.DoesNotExist:
        return None


def now(event: Event) -> datetime:
    """The time at this event's count, in UTC: real time, or the hour of the played night."""
    played = demo_clock(event)
    if played is None:
        return real_now()
    return played.night_origin + (real_now() - played.real_origin) * played.speed


def play(event: Event, night_origin: datetime, speed: float) -> DemoClock:
    """Let a demo event's night begin at `night_origin`, `speed` times as fast as real time.

    Raises RealContestError where any contest of the event is live or a rehearsal.
    """
    if speed <= 0:
        raise ValueError("The speed of a night is a number above 0.")
    real = event.contests.exclude(environment__in=PLAYED).first()
    if real is not None:
        raise RealContestError(f"{real} is {real.environment}: its clock is the real one.")
    clock, _ = DemoClock.objects.update_or_create(
        event=event, defaults={"real_origin": real_now(), "night_origin": night_origin, "speed": speed}
    )
    event.demo_clock = clock
    return clock
