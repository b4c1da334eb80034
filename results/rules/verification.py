"""One account's verification: the account's own sum, and papers found against papers expected."""

from __future__ import annotations

from collections.abc import Sequence

from results.facts.definition import AccountDefinition, Definition
from results.facts.figures import AccountVerification, BoxPapers
from results.facts.types import Facts
from results.rules.findings import Finding, refusal
from results.texts.message import Message

MOST_ENTRUSTED = 2
"""A station is given about as many papers as it has electors: twice as many is a slip of the hand."""


def check_verification(facts: Facts, said: AccountVerification) -> list[Finding]:
    """What is to be said about one account's verification, in the order of the Commission's guidance."""
    definition = facts.definition
    account = definition.accounts[said.account]
    findings = _check_account(definition, account, said)
    # RPA 1983 Sch 1 r.45: the statement as to verification explains each variance.
    left = said.variance + facts.accounts[said.account].moved
    explained = differs(facts, said)
    if explained and not said.reason:
        variance = _variance(account, said, left)
        # Where the papers are all there it is the account that does not add up: nobody need count the box again.
        code = "verification.variance_unexplained" if left else "verification.account_unexplained"
        findings.append(refusal(code, "reason", variance=variance))
    if explained and not said.explanation.strip():
        findings.append(refusal("verification.variance_without_words", "explanation"))
    if not explained and not said.variance and said.reason:
        findings.append(refusal("verification.reason_without_variance", "reason"))
    if explained:
        findings += _check_reason(facts, said, left)
    for box in said.boxes:
        electors = definition.boxes[box.box].electors
        if box.papers > electors:
            args = {"papers": box.papers, "electors": electors, "box": box.box}
            findings.append(Finding("verification.more_than_electors", "warning", args, _field(said, box.box)))
    return findings


def differs(facts: Facts, said: AccountVerification) -> bool:
    """Whether something is left to be explained: papers, with those that were moved, or the account itself."""
    off = _off_by(facts.definition.accounts[said.account], said)
    return said.variance + facts.accounts[said.account].moved != 0 or off != 0


def explained_by_moves(facts: Facts, said: AccountVerification) -> bool:
    """Whether papers that were moved are all of the difference, so that nobody is asked for a reason."""
    return said.variance != 0 and said.variance + facts.accounts[said.account].moved == 0


def _check_reason(facts: Facts, said: AccountVerification, left: int) -> list[Finding]:
    """Whether the reason can be the one, and whether the papers were counted often enough for it."""
    findings = []
    if said.reason == "compensating" and (place := place_of(facts, said.account)) and not _may_balance(facts, said):
        findings.append(refusal("verification.not_compensating", "reason", place=place))
    # Wolverhampton South West 2010: a count that differs from the one before says that one of them is wrong.
    if left:
        for box in said.boxes:
            if len(box.counts) > 1 and box.counts[-1] != box.counts[-2]:
                args = {"box": box.box, "first": box.counts[-2], "second": box.counts[-1]}
                findings.append(refusal("verification.counts_differ", _again(said, box), **args))
            elif len(box.counts) == 1 and said.reason == "unexplained":
                findings.append(refusal("verification.count_again", _again(said, box), box=box.box))
    return findings


def place_of(facts: Facts, account: str) -> str:
    """The polling place of an account's boxes; "" of postal ones."""
    return facts.definition.boxes[facts.definition.accounts[account].boxes[0]].place


def accounts_of_place(facts: Facts, account: str) -> list[str]:
    """The other accounts of the same polling place."""
    place = place_of(facts, account)
    return [key for key in facts.accounts if key != account and place and place_of(facts, key) == place]


def _may_balance(facts: Facts, said: AccountVerification) -> bool:
    """Whether papers of this account can lie in another box of the place: one is still to be counted, or they balance."""
    others = [facts.accounts[key].variance for key in accounts_of_place(facts, said.account)]
    left = said.variance + facts.accounts[said.account].moved
    return bool(others) and (None in others or left + sum(one or 0 for one in others) == 0)


def where_to_look(facts: Facts, said: AccountVerification, sharing: Sequence[str]) -> list[Message]:
    """What may explain a variance, in the order in which the Commission's guidance has it looked for.

    `sharing` are the names of the other contests with papers in the account's boxes.
    """
    account, label = facts.definition.accounts[said.account], said.boxes[0].box
    left = said.variance + facts.accounts[said.account].moved
    found: list[Message] = []
    if off := _off_by(account, said):
        args = {"entrusted": account.entrusted, "papers": abs(off)}
        found.append(Message("look.arithmetic_more" if off > 0 else "look.arithmetic_fewer", args))
    elif said.figures is not None:
        found.append(Message("look.arithmetic"))
    others = accounts_of_place(facts, said.account)
    waiting = [box for key in others for box in facts.definition.accounts[key].boxes if facts.boxes[box].papers is None]
    if waiting:
        found.append(Message("look.boxes_out", {"boxes": waiting}))
    elif said.figures is not None:
        found.append(Message("look.boxes_issued", {"boxes": list(account.boxes)}))
    if sharing:
        found.append(Message("look.other_contest", {"contests": list(sharing), "box": label}))
    known = [(key, facts.accounts[key].variance or 0) for key in others]
    if left and known and not waiting and left + sum(variance for _, variance in known) == 0:
        boxes = [box for key, variance in known if variance for box in facts.definition.accounts[key].boxes]
        found.append(Message("look.compensating", {"boxes": boxes, "place": place_of(facts, said.account)}))
    if left:
        found.append(Message("look.count_again"))
    return found


def _check_account(definition: Definition, account: AccountDefinition, said: AccountVerification) -> list[Finding]:
    """Whether the account can be right in itself, before any paper is counted."""
    if said.figures is None:
        return []
    if off := _off_by(account, said):
        # Papers cannot have been made at the station, nor vanish: whatever explains it, this account is never right.
        args = {"papers": abs(off), "entrusted": account.entrusted}
        return [Finding("account.more_than_given" if off > 0 else "account.fewer_than_given", "error", args, "unused")]
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


def _variance(account: AccountDefinition, said: AccountVerification, difference: int) -> object:
    """What does not meet: papers found and expected, else the account and the papers entrusted."""
    if difference:
        code = "variance.more" if difference > 0 else "variance.fewer"
        return Message(code, {"papers": abs(difference)}).nested()
    off = _off_by(account, said)
    code = "variance.account_more" if off > 0 else "variance.account_fewer"
    return Message(code, {"papers": abs(off), "entrusted": account.entrusted}).nested()


def _field(said: AccountVerification, box: str) -> str:
    """The field of the form in which the papers of a box are typed."""
    return "found" if len(said.boxes) == 1 else f"found-{box}"


def _again(said: AccountVerification, box: BoxPapers) -> str:
    """The field of the form for the count after the last one of a box."""
    name = "again" if len(box.counts) == 1 else "third"
    return name if len(said.boxes) == 1 else f"{name}-{box.box}"


def doubts(definition: Definition, said: AccountVerification, moved: int = 0) -> list[Message]:
    """What does not meet in an account that stands, in the short words of a list: explained or not, it is shown.

    Papers found, with those `moved` in or out since, and expected; the account and the papers entrusted; unused and
    spoilt papers as counted in the hall and as the presiding officer wrote them; and figures that hardly can be right,
    which somebody confirmed.
    """
    account = definition.accounts[said.account]
    figures = said.figures
    differences = [
        ("doubt.papers_more", "doubt.papers_fewer", said.variance + moved),
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
    if any(finding.level == "warning" for finding in _check_account(definition, account, said)):
        shown.append(Message("doubt.account"))
    if any(box.papers > definition.boxes[box.box].electors for box in said.boxes):
        shown.append(Message("doubt.electors"))
    return shown
