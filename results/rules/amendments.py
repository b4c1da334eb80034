"""What the night may amend of the set-up. Pure."""

from __future__ import annotations

from results.facts.definition import BoxDefinition
from results.facts.types import Facts
from results.rules.counts import MOST
from results.rules.findings import Finding, refusal


def check_new_box(facts: Facts, box: BoxDefinition, reason: str) -> list[Finding]:
    """What keeps a box from being added to the list."""
    findings = []
    if box.label in facts.boxes or box.label in facts.cancelled:
        findings.append(refusal("box.label_taken", "label", box=box.label))
    if not box.wards or any(gss not in facts.definition.wards for gss in box.wards):
        findings.append(refusal("box.ward_unknown", "ward"))
    if box.kind == "polling" and len(box.wards) > 1:
        findings.append(refusal("box.several_wards", "ward"))
    if not reason.strip():
        findings.append(refusal("box.registered_without_reason", "reason"))
    return findings


def check_electorate(facts: Facts, ward: str, electorate: int, seen: int, reason: str) -> list[Finding]:
    """What keeps a ward's electorate from being amended."""
    standing = facts.definition.wards.get(ward)
    if standing is None:
        return [refusal("electorate.ward_unknown", "ward")]
    findings = []
    if standing.electorate != seen:
        findings.append(refusal("electorate.changed", "electorate", electorate=standing.electorate))
    if electorate == standing.electorate:
        findings.append(refusal("electorate.same", "electorate"))
    if not 1 <= electorate <= MOST:
        findings.append(refusal("electorate.range", "electorate", most=MOST))
    if not reason.strip():
        findings.append(refusal("electorate.without_reason", "reason"))
    return findings
