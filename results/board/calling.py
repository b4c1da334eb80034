"""The call as the board shows it: a state, what is said of it, and why, as codes with arguments."""

from __future__ import annotations

from typing import Any

from results.policy import Released
from results.projection import Call, Projection
from results.tally import Tally

CLOSE_BELOW = 0.90
"""Short of the bar, a leader with at least this chance is not in a close race: it is the projection that is not sure."""

Text = dict[str, Any]


def call_document(call: Call, now: Projection, released: Released, totals: Tally) -> dict[str, Any]:
    """The call of these figures; `said` is its line, `reasons` what stands under it."""
    document: dict[str, Any] = {"state": call.state, "said": _said(call, now, released)}
    if call.candidate is not None:
        document["candidate"] = int(call.candidate)
    if reasons := _reasons(call, now, released, totals):
        document["reasons"] = {f"r{position}": reason for position, reason in enumerate(reasons, 1)}
    if call.withdrawn:
        document["withdrawn"] = True
    return document


def _said(call: Call, now: Projection, released: Released) -> Text:
    if call.candidate is not None:
        return {"code": f"call.{call.state}", "args": {"candidate": int(call.candidate)}}
    if _level(now, released):
        return {"code": "call.level", "args": {}}
    if _only_unconfirmed(call):
        [gate] = call.gates
        return {"code": "call.unconfirmed", "args": {"more": int(gate.args["needed"]) - int(gate.args["changes"])}}
    if call.state == "too_close" and _leaders_chance(now) >= CLOSE_BELOW:
        return {"code": "call.not_sure", "args": {}}
    return {"code": f"call.{call.state}", "args": {}}


def _only_unconfirmed(call: Call) -> bool:
    """Whether the evidence is there and the bar is met, and only another release must say so too."""
    return [gate.code for gate in call.gates] == ["unconfirmed"]


def _level(now: Projection, released: Released) -> bool:
    """Whether everything is counted and the first are level: there is nothing to project, the lot decides."""
    return released.complete and now.leader is None and now.counted_votes > 0


def _leaders_chance(now: Projection) -> float:
    return max((share.win_probability for share in now.shares if share.key == now.leader), default=0.0)


def _reasons(call: Call, now: Projection, released: Released, totals: Tally) -> list[Text]:
    """Why it was withdrawn, then what keeps it from being made, or the arithmetic that makes it certain."""
    reasons: list[Text] = []
    if call.withdrawn and call.reason is not None:
        reasons.append(_text(call.reason.code, dict(call.reason.args)))
    if call.state == "too_early" and not _only_unconfirmed(call):
        reasons += [_text(gate.code, dict(gate.args)) for gate in call.gates]
    if call.state == "too_close" and not _level(now, released):
        # Where the chance reads ">99" the reader must not be told that it takes more than 99.
        reasons.append(_text("doubt" if _leaders_chance(now) >= 0.99 else "bar", {}))
    possible = _still_possible(released) or 0
    if call.state == "certain" and 0 < possible < totals.majority:
        reasons.append(_text("cannot_be_caught", {"lead": totals.majority, "possible": possible}))
    return reasons


def _text(code: str, args: dict[str, Any]) -> Text:
    return {"code": f"reason.{code}", "args": args}


def _still_possible(released: Released) -> int | None:
    """Papers of which no votes are released, each of them a vote at most; None while some are not verified. Papers
    found late in released groups are among them."""
    papers = {box.label: box.papers for box in released.boxes}
    if None in papers.values():
        return None
    left = sum(number or 0 for number in papers.values())
    return left - sum(min(made.papers, sum(papers[label] or 0 for label in made.boxes)) for made in released.sets)
