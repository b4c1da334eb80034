"""When a race may be projected: the bar, the evidence gates, and the fold over publications.

    too early    an evidence gate is open
    too close    the gates are met, the model's own bar is not
    projected    both are met, for the same candidate, on two successive changes of the counted set
    certain      the lead exceeds every vote still possible: arithmetic, needing no gate and no second look

A projection that is made stands until the model fails the bar for keeping it, or somebody else leads; that bar is lower
than the one for making it, or figures in the third digit would withdraw what is right. A gate that opens again (a set
taken back) does not withdraw it. A withdrawal gives its reason.
Source: docs/projection.md, "The call".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .parameters import DEFAULT, Parameters
from .types import Call, Gate, Projection, State


@dataclass(frozen=True)
class Evidence:
    """What the gates look at: `figures` counted sets with votes (units known jointly say one thing, not several),
    `fraction` of the expected votes counted, wards heard from, and (type, fraction of the expected votes) of the
    vote types without a baseline of which next to nothing is in."""

    complete: bool
    figures: int
    fraction: float
    wards_heard: int
    wards: int
    unseen: tuple[tuple[str, float], ...]


def passes(probability: float, stressed: float, parameters: Parameters = DEFAULT) -> bool:
    """The model's own bar: P of the leader, and P with the spread widened."""
    return bool(probability >= parameters.bar and stressed >= parameters.stress_bar)


def open_gates(evidence: Evidence, parameters: Parameters = DEFAULT) -> tuple[Gate, ...]:
    """The evidence gates still open, in a fixed order; none where everything is counted."""
    if evidence.complete:
        return ()
    if evidence.figures == 0:
        return (Gate("nothing_counted"),)
    gates = []
    if evidence.figures < parameters.least_units:
        gates.append(Gate("few_units", {"units": evidence.figures, "needed": parameters.least_units}))
    if evidence.fraction < parameters.least_fraction:
        needed = round(100 * parameters.least_fraction)
        gates.append(Gate("little_counted", {"percent": math.floor(100 * evidence.fraction), "needed": needed}))
    least_wards = math.ceil(parameters.least_wards * evidence.wards)
    if evidence.wards_heard < least_wards:
        args = {"wards": evidence.wards_heard, "of": evidence.wards, "needed": least_wards}
        gates.append(Gate("few_wards", args))
    if sum(part for _, part in evidence.unseen) > parameters.most_unseen:
        gates += [Gate("type_unseen", {"type": kind, "percent": round(100 * part)}) for kind, part in evidence.unseen]
    return tuple(gates)


def call(previous: Call, now: Projection, parameters: Parameters = DEFAULT) -> Call:
    """The call after `now`, given the call before it; start from `Call()`.

    Folds over versions whose counted set changed. With an unchanged set it adds nothing to the streak, so that
    folding the same projection twice is the same as once.
    """
    streak, holder = _streak(previous, now, parameters)
    said = Call(gates=(), streak=streak, streak_candidate=holder, counted_key=now.counted_key)
    standing = previous.candidate if previous.state in ("projected", "certain") else None
    if now.certain:
        overturned = standing not in (None, now.leader)
        reason = _reason(now, str(standing)) if overturned else None
        return replace(said, state="certain", candidate=now.leader, withdrawn=overturned, reason=reason)
    # What was certain by arithmetic met no bar and no gate: once a correction undoes it, it has to.
    keeps = now.keeps_bar if previous.state == "projected" else now.meets_bar and not now.gates
    kept = standing is not None and keeps and now.leader == standing
    if kept or (holder is not None and standing is None and streak >= parameters.changes):
        return replace(said, state="projected", candidate=now.leader)
    withdrawn = standing is not None or previous.withdrawn
    reason = _reason(now, standing) if standing is not None else previous.reason
    gates = now.gates
    if not gates and now.meets_bar:
        gates = (Gate("unconfirmed", {"changes": streak, "needed": parameters.changes}),)
    state: State = "too_early" if gates else "too_close"
    return replace(said, state=state, gates=gates, withdrawn=withdrawn, reason=reason)


def _streak(previous: Call, now: Projection, parameters: Parameters) -> tuple[int, str | None]:
    """How many successive changes everything was met for the same candidate, and for whom."""
    if not now.meets_bar or now.gates or now.leader is None:
        return 0, None
    if now.leader != previous.streak_candidate:
        return (1 if now.counted_key != previous.counted_key else 0), now.leader
    changed = now.counted_key != previous.counted_key
    return min(previous.streak + changed, parameters.changes), now.leader


def _reason(now: Projection, standing: str) -> Gate:
    """Why what was said of `standing` no longer stands."""
    if now.leader is None:
        return Gate("level")
    if now.leader != standing:
        return Gate("leader_changed", {"candidate": now.leader})
    if now.keeps_bar:
        return Gate("corrected")
    own = next(share.win_probability for share in now.shares if share.key == standing)
    return Gate("below_bar", {"percent": round(100 * own)})
