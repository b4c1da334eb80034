"""One box's verification: papers found against papers expected."""

from __future__ import annotations

from results.facts.types import BoxVerification, Definition
from results.rules.findings import Finding, refusal
from results.texts.message import Message


def check_verification(definition: Definition, said: BoxVerification) -> list[Finding]:
    """What is to be said about one box's verification."""
    findings = []
    box = definition.boxes[said.box]
    difference = said.found - said.expected
    # RPA 1983 Sch 1 r.45: the statement as to verification explains each variance.
    if difference and not said.reason:
        variance = Message("variance.more" if difference > 0 else "variance.fewer", {"papers": abs(difference)})
        findings.append(refusal("verification.variance_unexplained", "reason", variance=variance.nested()))
    if difference and said.reason and not said.explanation.strip():
        findings.append(refusal("verification.variance_without_words", "explanation"))
    if not difference and said.reason:
        findings.append(refusal("verification.reason_without_variance", "reason"))
    if said.found > box.electors:
        args = {"papers": said.found, "electors": box.electors, "box": said.box}
        findings.append(Finding("verification.more_than_electors", "warning", args, "found"))
    return findings
