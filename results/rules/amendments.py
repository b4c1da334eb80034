"""What the night may amend of the set-up. Pure."""

from __future__ import annotations

from results.facts.definition import BoxDefinition
from results.facts.types import Facts
from results.rules.counts import MOST
from results.rules.findings import Finding, refusal


def check_new_box(
    facts: Facts, box: BoxDefinition, reason: str, standing: tuple[str, str, str] | None = None
) -> list[Finding]:
    """What keeps a box from being added to the list.

    `standing` is what another contest of the event knows of the box: its kind, its place, and its station or session. What
    is a polling station's box in one contest is no postal box in another: the law of mixing hangs on it.
    """
    findings = []
    if box.label in facts.boxes or box.label in facts.cancelled:
        findings.append(refusal("box.label_taken", "label", box=box.label))
    if standing is not None and standing != (box.kind, box.place, box.origin):
        source = ", ".join(filter(None, standing[1:]))
        code = "box.known_as_postal" if standing[0] == "postal" else "box.known_as_polling"
        findings.append(refusal(code, "label", box=box.label, source=source))
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
    # Turnout would be above the whole.
    elif (papers := _papers_of(facts, ward)) > electorate:
        findings.append(refusal("electorate.below_papers", "electorate", papers=papers))
    if not reason.strip():
        findings.append(refusal("electorate.without_reason", "reason"))
    return findings


def _papers_of(facts: Facts, ward: str) -> int:
    """Papers verified that are of this ward for certain: those of boxes that hold no other ward's."""
    own = (label for label, box in facts.definition.boxes.items() if box.wards == (ward,))
    return sum(facts.boxes[label].papers or 0 for label in own)
