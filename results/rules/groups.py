"""Boxes mixed and counted together."""

from __future__ import annotations

from collections.abc import Sequence

from results.facts.types import Facts
from results.rules.findings import Finding, refusal


def check_group(facts: Facts, number: int, labels: Sequence[str], override_reason: str = "") -> list[Finding]:
    """What is to be said about mixing these boxes into one group (RPA 1983 Sch 1 r.45(1A))."""
    findings = []
    if number in facts.groups:
        findings.append(refusal("group.number_taken", "number", group=number))
    if not 1 <= number <= 9999:
        findings.append(refusal("group.number_out_of_range", "number"))
    if len(set(labels)) != len(labels):
        findings.append(refusal("group.box_twice", "boxes"))
    for label in labels:
        if label not in facts.boxes:
            findings.append(refusal("group.box_unknown", "boxes", box=label))
        elif (other := facts.group_of(label)) is not None:
            findings.append(refusal("group.box_taken", "boxes", box=label, group=other.number))
    if not labels:
        findings.append(refusal("group.no_boxes", "boxes"))
    polling = [label for label in labels if label in facts.boxes and facts.definition.boxes[label].kind == "polling"]
    # Nobody's vote can be told from the box that it came in.
    if len(polling) < 2 and not override_reason.strip():
        findings.append(refusal("group.too_few_polling_boxes", "boxes"))
    return findings
