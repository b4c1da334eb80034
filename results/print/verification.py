"""The statement as to verification, as it is printed: for signature, and for agents to copy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from results.facts.definition import Definition
from results.facts.types import SignedStatement
from results.statement import AccountLine, Total, VerificationStatement
from results.texts.message import Message
from results.texts.wording import count, signed, words


def page_of(
    definition: Definition, statement: VerificationStatement, now: datetime, rehearsal: str
) -> Mapping[str, Any]:
    """The data of the page `verification`: every figure as it is to stand there, "–" where there is none."""
    at = now.isoformat()
    return {
        "contest": definition.name,
        "election": definition.election,
        "venue": definition.venue,
        "complete": statement.complete,
        "rehearsal": rehearsal,
        "as_of": words(Message("statement.as_of", {"at": at})),
        "left": words(Message("statement.left", {"boxes": list(statement.left)})) if statement.left else "",
        "sessions": list(statement.open_sessions),
        "signed": _signature(statement.signed) if statement.signed else "",
        "stations": [_line(line) for line in statement.stations],
        "postal": [_line(line) for line in statement.postal],
        "totals": {
            "stations": _total(statement.stations_total),
            "postal": _total(statement.postal_total),
            "all": _total(statement.grand_total),
        },
        "variances": [_explained(line) for line in statement.varying],
    }


def _signature(signed_: SignedStatement) -> str:
    args = {"name": signed_.name, "at": signed_.at.isoformat(), "papers": signed_.papers}
    return words(Message("statement.signed_at", args))


def _line(line: AccountLine) -> Mapping[str, Any]:
    figures = line.figures
    return {
        "boxes": ", ".join(box.label for box in line.boxes),
        "source": line.source,
        "entrusted": _figure(line.entrusted),
        "expected": _figure(line.expected),
        "found": _figure(line.found),
        "moved": signed(line.moved) if line.moved else "",
        "variance": "–" if line.variance is None else signed(line.variance),
        "unused": _beside(figures.unused, figures.unused_counted) if figures else "–",
        "spoilt": _beside(figures.spoilt, figures.spoilt_counted) if figures else "–",
        "tendered": _figure(figures.tendered) if figures else "–",
    }


def _total(total: Total) -> Mapping[str, str]:
    return {
        "expected": count(total.expected),
        "found": count(total.found),
        "moved": signed(total.moved) if total.moved else "",
        "variance": signed(total.variance),
        "unused": _beside(total.unused, total.unused_counted),
        "spoilt": _beside(total.spoilt, total.spoilt_counted),
        "tendered": _figure(total.tendered),
    }


def _explained(line: AccountLine) -> Mapping[str, str]:
    return {"boxes": ", ".join(box.label for box in line.boxes), "words": " ".join(explanation(line))}


def explanation(line: AccountLine) -> list[str]:
    """What an account's variance is and what explains it, a sentence each."""
    said = []
    if line.variance:
        code = "statement.more" if line.variance > 0 else "statement.fewer"
        said.append(words(Message(code, {"papers": abs(line.variance)})))
    if line.moved:
        code = "statement.moved_in" if line.moved > 0 else "statement.moved_out"
        said.append(words(Message(code, {"papers": abs(line.moved)})))
    if line.off_entrusted:
        code = "statement.over_entrusted" if line.off_entrusted > 0 else "statement.under_entrusted"
        said.append(words(Message(code, {"papers": abs(line.off_entrusted)})))
    if line.balanced:
        said.append(words(Message("statement.balanced", {"boxes": list(line.balanced)})))
    if line.reason:
        reason = Message(f"reason.{line.reason}").nested()
        said.append(
            words(Message("statement.reason", {"reason": reason, "said": line.explanation}))
            if line.explanation
            else words(Message("statement.bare_reason", {"reason": reason}))
        )
    if line.variance and not line.reason:
        said.append(words(Message("statement.no_reason")))
    for box in line.boxes:
        if len(box.counts) > 1:
            counts = [count(number) for number in box.counts]
            said.append(words(Message("statement.counts", {"box": box.label, "counts": counts})))
    return said


def _figure(number: int | None) -> str:
    return "–" if number is None else count(number)


def _beside(written: int | None, counted: int | None) -> str:
    """The presiding officer's figure, and the one that was counted in the hall."""
    return _figure(written) if counted is None else f"{_figure(written)} / {count(counted)}"
