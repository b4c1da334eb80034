"""Boxes mixed and counted together."""

from __future__ import annotations

from collections.abc import Sequence

from results.facts.types import Facts, Group
from results.rules.findings import Finding, refusal


def check_group(facts: Facts, number: int, labels: Sequence[str]) -> list[Finding]:
    """What is to be said about mixing these boxes into a new group."""
    findings = []
    if number in facts.groups:
        findings.append(refusal("group.number_taken", "number", group=number))
    elif number in facts.dissolved:
        findings.append(refusal("group.number_used", "number", group=number))
    if not 1 <= number <= 9999:
        findings.append(refusal("group.number_out_of_range", "number"))
    return findings + check_mixing(facts, labels)


def check_mixing(facts: Facts, labels: Sequence[str], own: int | None = None) -> list[Finding]:
    """What is to be said about the boxes of a group, `own` where it stands already (RPA 1983 Sch 1 r.45(1A))."""
    findings = []
    if len(set(labels)) != len(labels):
        findings.append(refusal("group.box_twice", "boxes"))
    for label in labels:
        if label not in facts.boxes:
            findings.append(refusal("group.box_unknown", "boxes", box=label))
        elif (other := facts.group_of(label)) is not None and other.number != own:
            findings.append(refusal("group.box_taken", "boxes", box=label, group=other.number))
    if not labels:
        findings.append(refusal("group.no_boxes", "boxes"))
    kinds = {label: box.kind for label, box in facts.definition.boxes.items()}
    polling = [label for label in labels if kinds.get(label) == "polling"]
    # Nobody's vote may be told from the box that it came in: the law gives no discretion.
    if labels and len(polling) < 2:
        if polling and stations(facts) == 1:
            # A small ward or a parish: its one box is mixed with the postal papers, where there are any.
            findings += _only_station(facts, labels)
        else:
            findings.append(refusal("group.too_few_polling_boxes", "boxes"))
    return findings


def stations(facts: Facts) -> int:
    """How many boxes of polling stations the contest has."""
    return sum(box.kind == "polling" for box in facts.definition.boxes.values())


def check_mixed(facts: Facts, group: Group) -> list[Finding]:
    """Refusals of a group whose mixing was lawful when it was formed, and is no longer: a box was registered since."""
    found = [finding for finding in check_mixing(facts, group.boxes, group.number) if finding.level == "refusal"]
    # Whoever enters a sheet can add no box to its group: they are told who does.
    return [
        refusal("count.not_mixed", group=group.number, why={"code": finding.code, "args": dict(finding.args)})
        for finding in found
    ]


def may_take_in(facts: Facts) -> bool:
    """Whether a public group may take in a box: those that are in none of them are too few to be mixed by themselves."""
    public = {label for group in facts.groups.values() if group.released for label in group.boxes}
    left = [label for label in facts.boxes if label not in public]
    return bool(left) and sum(facts.definition.boxes[label].kind == "polling" for label in left) < 2


def _only_station(facts: Facts, labels: Sequence[str]) -> list[Finding]:
    """The group of a contest that has one polling station's box: all its papers, acknowledged."""
    if set(labels) != set(facts.boxes):
        return [refusal("group.only_station_with_all", "boxes")]
    return [Finding("group.only_station", "warning", {}, "boxes")]
