"""When the count begins: the four hours of a parliamentary election."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from results.facts.fold import fold
from results.facts.types import Facts
from results.rules.beginning import begins_by, check_late_start, late_start
from results.texts.wording import words
from tests.test_statement import definition

CLOSE = datetime(2026, 11, 5, 22, tzinfo=UTC)
LATE = CLOSE + timedelta(hours=4, seconds=1)


def facts(began: datetime | None = None, **more: Any) -> Facts:
    return replace(fold(definition(close_of_poll=CLOSE, count_begins=CLOSE, **more), []), count_began=began)


@pytest.mark.parametrize(
    ("began", "now", "said"),
    [
        (None, CLOSE, ""),
        (None, CLOSE + timedelta(hours=4), ""),
        (None, LATE, "The count has not begun, and the four hours after the close of poll were over at 02:00."),
        (CLOSE + timedelta(hours=4), LATE, ""),
        (
            LATE,
            LATE + timedelta(hours=9),
            "The count began at 02:00 on 6 November 2026, more than four hours after the close of poll (by 02:00).",
        ),
    ],
)
def test_it_asks_why_a_count_began_late(began: datetime | None, now: datetime, said: str) -> None:
    asked = late_start(facts(began), now)
    assert (words(asked) if asked else "") == said


def test_it_asks_beforehand_where_the_count_is_planned_for_the_next_day() -> None:
    planned = replace(facts().definition, count_begins=CLOSE + timedelta(hours=11))
    asked = late_start(replace(facts(), definition=planned), CLOSE)
    assert asked is not None
    assert words(asked).startswith("The count is planned to begin at 09:00 on 6 November 2026")
    assert not check_late_start(replace(facts(), definition=planned), CLOSE, "Counted on Friday, as announced")


def test_it_asks_only_where_the_law_does() -> None:
    local = facts(kind_of_poll="local_england")
    assert begins_by(local.definition) is None
    assert late_start(local, LATE) is None
    assert [finding.code for finding in check_late_start(local, LATE, "Snow")] == ["late_start.other_poll"]
