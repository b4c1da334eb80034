"""What goes into the projection and what comes out: frozen values, no behaviour beyond checking themselves.

A share is a fraction of the valid votes (0..1), a turnout a fraction of the electorate (0..1), a vote a whole number.
Mappings are read, never written. One seat is assumed: a paper carries at most one vote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

State = Literal["too_early", "too_close", "projected", "certain"]


def _fractions(owner: str, parts: tuple[tuple[str, float], ...]) -> None:
    """Refuse fractions that are negative, not finite, repeated, or (where there are any) do not add up to 1."""
    values = [value for _, value in parts]
    if any(not math.isfinite(value) or value < 0 for value in values):
        raise ValueError(f"{owner}: a fraction is negative or not a number")
    if len({name for name, _ in parts}) != len(parts):
        raise ValueError(f"{owner}: a name occurs twice")
    if values and abs(sum(values) - 1) > 1e-6:
        raise ValueError(f"{owner}: fractions add up to {sum(values):g}, not 1")


def _figures(owner: str, values: tuple[int, ...]) -> None:
    if any(value < 0 for value in values):
        raise ValueError(f"{owner}: a negative figure")


def _distinct(owner: str, keys: list[str]) -> None:
    if len(set(keys)) != len(keys):
        raise ValueError(f"{owner}: a key occurs twice")


@dataclass(frozen=True)
class Candidate:
    """A candidate in ballot-paper order. `baseline_party` names the party whose votes last time are the candidate's
    baseline; an independent or a new party has none."""

    key: str
    party: str
    baseline_party: str | None = None


@dataclass(frozen=True)
class Unit:
    """A count group: the smallest thing whose candidate votes are ever known.

    `electors` may be 0 where nobody knows (a postal box before its opening): the size is then unknown, not nothing.
    `papers` is exact and only given once every box of the group is verified. `wards` and `types` say what fraction
    of its papers comes from each ward and vote type; empty means not known.
    Raises ValueError for negative figures and for fractions that do not add up to 1.
    """

    key: str
    electors: int
    papers: int | None = None
    wards: tuple[tuple[str, float], ...] = ()
    types: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        _figures(self.key, (self.electors, self.papers or 0))
        _fractions(self.key, self.wards)
        _fractions(self.key, self.types)


@dataclass(frozen=True, eq=False)
class Setup:
    """What is known without any vote.

    `baseline`: votes by party last time for each ward key, "" being the whole contest. `type_baseline`: the same for
    a vote type over the whole contest, where last time's result was published by type; such a type has "a baseline of
    its own", and then so has the largest type, through `baseline`. `expected_turnout` is of the electors of a unit.
    `poll`: shares by candidate key, not necessarily of all candidates; used for those without a baseline. `settled` is
    False while boxes are not verified or counted papers are being counted again: nothing is certain then. A set-up
    equals only itself, so that what is made of it can be kept.
    """

    candidates: tuple[Candidate, ...]
    units: tuple[Unit, ...]
    baseline: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    expected_turnout: float | None = None
    poll: Mapping[str, float] | None = None
    type_baseline: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    settled: bool = True

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("a contest has at least one candidate")
        _distinct("candidates", [candidate.key for candidate in self.candidates])
        _distinct("units", [unit.key for unit in self.units])
        numbers = [v for row in (*self.baseline.values(), *self.type_baseline.values()) for v in row.values()]
        numbers += list((self.poll or {}).values())
        numbers += [] if self.expected_turnout is None else [self.expected_turnout]
        if any(not math.isfinite(value) or value < 0 for value in numbers):
            raise ValueError("baseline, poll or turnout: a figure is negative or not a number")


@dataclass(frozen=True)
class CountedSet:
    """Units whose figures are known jointly: `votes` in the order of Setup.candidates, and the rejected papers."""

    units: tuple[str, ...]
    votes: tuple[int, ...]
    rejected: int = 0

    def __post_init__(self) -> None:
        if not self.units:
            raise ValueError("a counted set holds at least one unit")
        _figures("+".join(self.units), (*self.votes, self.rejected))


@dataclass(frozen=True)
class Counted:
    """All that is counted; the order of the sets means nothing. Raises ValueError where a unit is counted twice."""

    sets: tuple[CountedSet, ...] = ()

    def __post_init__(self) -> None:
        _distinct("counted sets", [unit for counted in self.sets for unit in counted.units])


@dataclass(frozen=True)
class CandidateProjection:
    """Final share with its 90 % interval and its middle half (the quartiles), to 0.001; probability of the most
    votes, to 0.01.

    A probability of 0.99 reads ">99 %" and 0.0 reads "<1 %"; 1.0 is kept for arithmetic certainty.
    """

    key: str
    mean: float
    low: float
    high: float
    lower_quartile: float
    upper_quartile: float
    win_probability: float


@dataclass(frozen=True)
class StillOut:
    """Votes expected from what is not counted, by ward and vote type ("" where not known)."""

    ward: str
    type: str
    expected_votes: int


@dataclass(frozen=True)
class Gate:
    """A reason as a code with arguments; texts live elsewhere.

    Evidence gates: nothing_counted; few_units {units, needed}; little_counted {percent, needed}; few_wards {wards,
    of, needed}; type_unseen {type, percent}; unconfirmed {changes, needed}. Reasons of a withdrawal: below_bar
    {percent}; leader_changed {candidate}; corrected; level.
    """

    code: str
    args: Mapping[str, str | int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "args": dict(self.args)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Gate:
        return cls(value["code"], dict(value["args"]))


@dataclass(frozen=True)
class Projection:
    """The state of the race for one counted set.

    `shares` in the order of Setup.candidates. `leader` and `runner_up` are those expected to finish so; None where
    nothing is counted or they are level. `required_share`: of what is still out, the share with which the runner-up
    would draw level, the other candidates keeping what they are expected to take of it; None where nothing is out,
    or where even all of it is not enough. `meets_bar` is the model's own bar for making a projection, `keeps_bar` the
    lower one for standing by it, both without the gates; `gates` are those still open. `certain` is arithmetic.
    `counted_key` names the counted figures: equal figures, equal key.
    """

    shares: tuple[CandidateProjection, ...]
    counted_votes: int
    expected_votes_left: int
    counted_fraction: float
    still_out: tuple[StillOut, ...]
    gates: tuple[Gate, ...]
    meets_bar: bool
    keeps_bar: bool
    certain: bool
    leader: str | None
    runner_up: str | None
    required_share: float | None
    counted_key: str


@dataclass(frozen=True)
class Call:
    """What may be said about the race; `Call()` is the call before the first publication.

    `candidate` is only given when projected or certain. `streak` counts successive changes of the counted set at
    which `streak_candidate` met everything (no further than needed). `withdrawn` holds from the withdrawal of a
    projection until another is made (and where somebody else turns out to be certain), and `reason` then says why.
    `gates` are what keeps it too early.
    """

    state: State = "too_early"
    candidate: str | None = None
    gates: tuple[Gate, ...] = (Gate("nothing_counted"),)
    streak: int = 0
    withdrawn: bool = False
    counted_key: str = ""
    streak_candidate: str | None = None
    reason: Gate | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON without nulls: what is None is absent."""
        plain: dict[str, Any] = {
            "state": self.state,
            "gates": [gate.to_dict() for gate in self.gates],
            "streak": self.streak,
            "withdrawn": self.withdrawn,
            "counted_key": self.counted_key,
        }
        if self.candidate is not None:
            plain["candidate"] = self.candidate
        if self.streak_candidate is not None:
            plain["streak_candidate"] = self.streak_candidate
        if self.reason is not None:
            plain["reason"] = self.reason.to_dict()
        return plain

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Call:
        """The inverse of `to_dict`. Raises KeyError for a missing field, ValueError for an unknown state."""
        if value["state"] not in get_args(State):
            raise ValueError(f"unknown state {value['state']!r}")
        return cls(
            state=value["state"],
            candidate=value.get("candidate"),
            gates=tuple(Gate.from_dict(gate) for gate in value["gates"]),
            streak=value["streak"],
            withdrawn=value["withdrawn"],
            counted_key=value["counted_key"],
            streak_candidate=value.get("streak_candidate"),
            reason=Gate.from_dict(value["reason"]) if "reason" in value else None,
        )


@dataclass(frozen=True)
class CandidatePrediction:
    """A candidate's share expected in a unit, its 90 % interval (0..1, to 0.001), and, where the unit is counted,
    what was counted: votes, and the two-sided probability of a share at least so far from the expected."""

    key: str
    mean: float
    low: float
    high: float
    votes: int | None = None
    tail: float | None = None


@dataclass(frozen=True)
class Swap:
    """Two candidates whose figures, exchanged in the unit, would be `odds` times likelier; `tail` is then that of the
    exchanged figures, all candidates together."""

    first: str
    second: str
    tail: float
    odds: float


@dataclass(frozen=True)
class Prediction:
    """What the other counted sets say about one unit (or the set it was counted in).

    `tail`: probability of figures at least so unlikely, all candidates together; None where the unit is not counted,
    has no votes, or there is one candidate. `others`: how many counted sets it rests on; with few, it says nothing:
    then neither `surprising` (the figures as a whole) nor `swap` (two candidates' figures) is set.
    """

    units: tuple[str, ...]
    candidates: tuple[CandidatePrediction, ...]
    tail: float | None
    others: int
    surprising: bool = False
    swap: Swap | None = None
