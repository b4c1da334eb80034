"""The statement as to verification is signed: when it is complete, and over the figures that were seen. Pure."""

from __future__ import annotations

from results.facts.types import Facts
from results.rules.findings import Finding, refusal


def papers_in_all(facts: Facts) -> int:
    """The grand total of the statement: all papers that are verified."""
    return sum(box.papers or 0 for box in facts.boxes.values())


def statement_seq(facts: Facts) -> int:
    """The last entry that the statement rests on: a verification, papers that were moved, a session's end, a signature."""
    accounts = (account.last_seq for account in facts.accounts.values())
    sessions = (closed.seq for closed in facts.closed_sessions.values())
    signed = facts.signed_statement.seq if facts.signed_statement else 0
    return max((*accounts, *sessions, signed), default=0)


def check_signing(facts: Facts, name: str) -> list[Finding]:
    """What keeps the statement from being signed (RPA 1983 Sch 1 r.45: it is of all boxes)."""
    left = [label for label, box in facts.boxes.items() if box.papers is None]
    if left or not facts.boxes:
        return [refusal("statement.not_complete", boxes=left)]
    if facts.open_sessions:
        # Papers of the packs handed in at stations may still come (North Lincolnshire 2023).
        return [refusal("statement.session_open", session=facts.open_sessions[0])]
    if (signed := facts.signed_statement) is not None:
        return [refusal("statement.signed", name=signed.name, entry=signed.seq)]
    if not name.strip():
        return [refusal("statement.no_name", "name")]
    # Papers that were moved can leave a variance that nobody was asked to explain.
    bare = [account.verified for account in facts.accounts.values() if account.variance and account.verified]
    boxes = [box.box for verified in bare if not verified.reason for box in verified.boxes]
    return [Finding("statement.without_reasons", "warning", {"boxes": boxes})] if boxes else []
