"""One account's verification: the account's own sum, and papers found against papers expected."""

from __future__ import annotations

from results.facts.definition import AccountDefinition, Definition
from results.facts.figures import AccountVerification
from results.rules.findings import Finding, refusal
from results.texts.message import Message

MOST_ENTRUSTED = 2
"""A station is given about as many papers as it has electors: twice as many is a slip of the hand."""


def check_verification(definition: Definition, said: AccountVerification) -> list[Finding]:
    """What is to be said about one account's verification."""
    account = definition.accounts[said.account]
    findings = _check_account(definition, account, said)
    # RPA 1983 Sch 1 r.45: the statement as to verification explains each variance.
    explained = bool(said.variance) or _off_by(account, said) != 0
    if explained and not said.reason:
        findings.append(refusal("verification.variance_unexplained", "reason", variance=_variance(account, said)))
    if explained and not said.explanation.strip():
        findings.append(refusal("verification.variance_without_words", "explanation"))
    if not explained and said.reason:
        findings.append(refusal("verification.reason_without_variance", "reason"))
    for box in said.boxes:
        electors = definition.boxes[box.box].electors
        if box.papers > electors:
            args = {"papers": box.papers, "electors": electors, "box": box.box}
            findings.append(Finding("verification.more_than_electors", "warning", args, _field(said, box.box)))
    return findings


def _check_account(definition: Definition, account: AccountDefinition, said: AccountVerification) -> list[Finding]:
    """Whether the account can be right in itself, before any paper is counted."""
    if said.figures is None:
        return []
    electors = sum(definition.boxes[label].electors for label in account.boxes)
    total = said.figures.entrusted
    if account.entrusted is None and electors and total > MOST_ENTRUSTED * electors:
        args = {"papers": total, "electors": electors}
        return [Finding("account.more_than_entrusted", "warning", args, "unused")]
    return []


def _off_by(account: AccountDefinition, said: AccountVerification) -> int:
    """Papers that the account says more than were entrusted; 0 where either is not known."""
    if said.figures is None or account.entrusted is None:
        return 0
    return said.figures.entrusted - account.entrusted


def _variance(account: AccountDefinition, said: AccountVerification) -> object:
    """What does not meet: papers found and expected, else the account and the papers entrusted."""
    difference = said.variance
    if difference:
        code = "variance.more" if difference > 0 else "variance.fewer"
        return Message(code, {"papers": abs(difference)}).nested()
    off = _off_by(account, said)
    code = "variance.account_more" if off > 0 else "variance.account_fewer"
    return Message(code, {"papers": abs(off), "entrusted": account.entrusted}).nested()


def _field(said: AccountVerification, box: str) -> str:
    """The field of the form in which the papers of a box are typed."""
    return "found" if len(said.boxes) == 1 else f"found-{box}"


def doubts(definition: Definition, said: AccountVerification) -> list[Message]:
    """What does not meet in an account that stands, in the short words of a list: explained or not, it is shown.

    Papers found and expected; the account and the papers entrusted; unused and spoilt papers as counted in the hall and
    as the presiding officer wrote them; and figures that hardly can be right, which somebody confirmed.
    """
    account = definition.accounts[said.account]
    figures = said.figures
    differences = [
        ("doubt.papers_more", "doubt.papers_fewer", said.variance),
        ("doubt.entrusted_more", "doubt.entrusted_fewer", _off_by(account, said)),
    ]
    if figures is not None and figures.unused_counted is not None:
        differences.append(("doubt.unused_more", "doubt.unused_fewer", figures.unused_counted - figures.unused))
    if figures is not None and figures.spoilt_counted is not None:
        differences.append(("doubt.spoilt_more", "doubt.spoilt_fewer", figures.spoilt_counted - figures.spoilt))
    shown = [
        Message(more if difference > 0 else fewer, {"papers": abs(difference)})
        for more, fewer, difference in differences
        if difference
    ]
    if _check_account(definition, account, said):
        shown.append(Message("doubt.account"))
    if any(box.papers > definition.boxes[box.box].electors for box in said.boxes):
        shown.append(Message("doubt.electors"))
    return shown
