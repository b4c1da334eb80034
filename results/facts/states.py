"""The states of boxes, readings, groups and contests, and which may follow which. Pure; docs/ledger.md draws them.

States are told from the facts and stored nowhere. A contest's later states (from `provisional` on) have no entries yet;
they stand here because the public status derives from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class BoxState(StrEnum):
    """A ballot box."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    VERIFIED = "verified"
    CANCELLED = "cancelled"


class ReadingState(StrEnum):
    """One reading of a group's sheet in its round."""

    OUTSTANDING = "outstanding"
    ENTERED = "entered"
    QUERIED = "queried"
    AGREED = "agreed"


class GroupState(StrEnum):
    """A count group."""

    WAITING = "waiting"
    READY = "ready"
    ENTERED = "entered"
    QUERIED = "queried"
    ADJUDICATION = "adjudication"
    AGREED = "agreed"
    RELEASED = "released"
    DISSOLVED = "dissolved"


class ContestState(StrEnum):
    """A contest, from its set-up to the end."""

    SET_UP = "set_up"
    BEFORE = "before"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    COUNTING = "counting"
    COUNTED = "counted"
    PROVISIONAL = "provisional"
    SIGNED_OFF = "signed_off"
    DECLARED = "declared"
    CORRECTED = "corrected"
    ADJOURNED = "adjourned"
    ABANDONED = "abandoned"


B, R, G, C = BoxState, ReadingState, GroupState, ContestState

BOX_TRANSITIONS: Mapping[BoxState, frozenset[BoxState]] = {
    # A box may be verified whose arrival nobody recorded.
    B.EXPECTED: frozenset({B.ARRIVED, B.VERIFIED, B.CANCELLED}),
    # It was checked in by mistake.
    B.ARRIVED: frozenset({B.EXPECTED, B.VERIFIED, B.CANCELLED}),
    B.VERIFIED: frozenset(),
    B.CANCELLED: frozenset(),
}
READING_TRANSITIONS: Mapping[ReadingState, frozenset[ReadingState]] = {
    R.OUTSTANDING: frozenset({R.ENTERED, R.QUERIED, R.AGREED}),
    R.ENTERED: frozenset({R.QUERIED, R.AGREED, R.OUTSTANDING}),
    R.QUERIED: frozenset({R.AGREED, R.OUTSTANDING}),
    R.AGREED: frozenset({R.QUERIED, R.OUTSTANDING}),
}
GROUP_TRANSITIONS: Mapping[GroupState, frozenset[GroupState]] = {
    G.WAITING: frozenset({G.READY, G.DISSOLVED}),
    # A changed group may hold boxes that are not verified yet.
    G.READY: frozenset({G.ENTERED, G.QUERIED, G.ADJUDICATION, G.AGREED, G.RELEASED, G.WAITING, G.DISSOLVED}),
    G.ENTERED: frozenset({G.QUERIED, G.ADJUDICATION, G.AGREED, G.RELEASED, G.READY, G.WAITING, G.DISSOLVED}),
    # A reading is returned to be typed again. Agreed anew, a group that was public before is released again, or waits for
    # the Returning Officer.
    G.QUERIED: frozenset({G.ENTERED, G.ADJUDICATION, G.AGREED, G.RELEASED, G.READY, G.WAITING, G.DISSOLVED}),
    # Its doubtful papers came back; or its sheet, or its papers, are others.
    G.ADJUDICATION: frozenset({G.ENTERED, G.QUERIED, G.AGREED, G.RELEASED, G.READY, G.WAITING, G.DISSOLVED}),
    G.AGREED: frozenset({G.RELEASED, G.QUERIED, G.ADJUDICATION, G.ENTERED, G.READY, G.WAITING, G.DISSOLVED}),
    # Papers differ, it is entered again, or it is reopened.
    G.RELEASED: frozenset({G.QUERIED, G.ADJUDICATION, G.ENTERED, G.READY}),
    G.DISSOLVED: frozenset(),
}
CONTEST_TRANSITIONS: Mapping[ContestState, frozenset[ContestState]] = {
    # The first entry may come after the close of poll, and the postal papers may be all that there are to verify.
    C.SET_UP: frozenset({C.BEFORE, C.VERIFYING, C.VERIFIED, C.ABANDONED}),
    C.BEFORE: frozenset({C.VERIFYING, C.VERIFIED, C.ABANDONED}),
    C.VERIFYING: frozenset({C.VERIFIED, C.COUNTING, C.ADJOURNED, C.ABANDONED}),
    # A box registered late, or papers found, open again what was complete.
    C.VERIFIED: frozenset({C.VERIFYING, C.COUNTING, C.ADJOURNED, C.ABANDONED}),
    C.COUNTING: frozenset({C.COUNTED, C.VERIFYING, C.VERIFIED, C.ADJOURNED, C.ABANDONED}),
    # The one group of a small contest may be reopened.
    C.COUNTED: frozenset({C.COUNTING, C.VERIFIED, C.PROVISIONAL, C.ADJOURNED, C.ABANDONED}),
    C.PROVISIONAL: frozenset({C.COUNTING, C.COUNTED, C.SIGNED_OFF, C.ADJOURNED, C.ABANDONED}),
    C.SIGNED_OFF: frozenset({C.PROVISIONAL, C.DECLARED, C.ABANDONED}),
    C.DECLARED: frozenset({C.CORRECTED}),
    C.CORRECTED: frozenset({C.CORRECTED}),
    C.ADJOURNED: frozenset({C.VERIFYING, C.VERIFIED, C.COUNTING, C.COUNTED, C.PROVISIONAL, C.ABANDONED}),
    C.ABANDONED: frozenset(),
}


def contest_state(*, begun: bool, verified: bool, counting: bool, complete: bool) -> ContestState:
    """Where a contest stands between the close of poll and the provisional result.

    The same for the facts and for what is public of them: `begun` once the poll is closed and something is there;
    `verified` where every box is; `counting` from the first figures on; `complete` where every paper is in figures that
    stand.
    """
    if not begun:
        return C.BEFORE
    if counting:
        return C.COUNTED if complete else C.COUNTING
    return C.VERIFIED if verified else C.VERIFYING
