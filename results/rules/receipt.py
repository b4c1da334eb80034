"""Receipt: what came with a box, an arrival that was a mistake, and the end of an opening session. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from results.facts.kinds import Arrived
from results.facts.types import Box, Facts
from results.rules.findings import Finding, refusal
from results.rules.order import close_of_poll


def says_anew(standing: Box, said: Arrived) -> bool:
    """Whether this arrival says anything that is not known: the box was expected, or more came with it."""
    known = (standing.account_received, standing.packets, standing.packs_handed_in)
    return standing.arrived_at is None or known != (said.account_received, said.packets, said.packs_handed_in)


def check_arrivals(facts: Facts, said: Sequence[Arrived]) -> list[Finding]:
    """What is to be said of boxes that are checked in at one stroke."""
    labels = [one.box for one in said]
    if not labels:
        return [refusal("arrival.no_boxes", "boxes")]
    if len(set(labels)) < len(labels):
        return [refusal("arrival.box_twice", "boxes")]
    boxes = [facts.definition.boxes[label] for label in labels]
    if len({(box.kind, box.place or box.origin) for box in boxes}) > 1:
        return [refusal("arrival.several_places", "boxes")]
    return [finding for one in said for finding in _check_arrival(facts, one)]


def _check_arrival(facts: Facts, said: Arrived) -> Iterable[Finding]:
    box, packs, field = facts.definition.boxes[said.box], said.packs_handed_in, f"packs-{said.box}"
    if not says_anew(facts.boxes[said.box], said):
        yield refusal("arrival.nothing_new", box=said.box)
    elif packs is not None and box.kind == "postal":
        yield refusal("arrival.packs_of_postal", field, box=said.box)
    elif packs is not None and box.electors and packs > box.electors:
        # Packs of other stations' electors may be handed in here; so many are mostly a figure in the wrong column.
        args = {"packs": packs, "electors": box.electors, "box": said.box}
        yield Finding("arrival.many_packs", "warning", args, field, key=said.box)


def check_undone(label: str, hall: Sequence[Facts]) -> list[Finding]:
    """What keeps an arrival from being undone. `hall` are the facts of all contests with papers in the box, first of
    the one whose form it is: papers that were counted in it, of any of them, say that it is here.
    """
    for facts in hall:
        if label in facts.boxes and facts.boxes[label].papers is not None:
            return [refusal("arrival.verified", box=label, contest=facts.definition.name)]
    if hall[0].boxes[label].arrived_at is None:
        return [refusal("arrival.not_arrived", box=label)]
    return []


def check_closing(session: str, now: datetime, hall: Sequence[Facts]) -> list[Finding]:
    """What keeps an opening session from being closed, and what is to be confirmed. `hall` are the facts of all contests
    with boxes of it, first of the one whose form it is.

    The closing promises that no more papers come from the session. North Lincolnshire 2023: postal papers were never
    counted. That is why it waits for each of its boxes and, where it opens the packs handed in at stations, for whatever
    may still bring some.
    """
    definition = hall[0].definition
    on_the_night = definition.sessions[session].on_the_night
    if on_the_night and now < definition.close_of_poll:
        # Until then packs may be handed in (RPA 1983 Sch 1 r.45(1B)).
        return [refusal("session.before_close", at=close_of_poll(definition))]
    findings = []
    if boxes := _expected(hall, lambda facts: facts.boxes_of_session(session)):
        findings.append(refusal("session.boxes_out", boxes=boxes))
    if on_the_night and (boxes := _expected(hall, _polling_boxes)):
        findings.append(refusal("session.stations_out", boxes=boxes))
    if on_the_night and not findings and (boxes := packs_unknown(hall)):
        findings.append(Finding("session.packs_unknown", "warning", {"boxes": boxes}))
    return findings


def packs_unknown(hall: Sequence[Facts]) -> list[str]:
    """Polling stations of which nobody wrote how many packs were handed in, each by the first box of its account.

    Known to one contest, it is known: packs are the station's, whatever polls they are of.
    """
    known = {label for facts in hall for label, box in facts.boxes.items() if box.packs_handed_in is not None}
    stations = [
        account.boxes
        for facts in hall
        for account in facts.definition.accounts.values()
        if facts.definition.boxes[account.boxes[0]].kind == "polling"
    ]
    return list(dict.fromkeys(boxes[0] for boxes in stations if known.isdisjoint(boxes)))


def _polling_boxes(facts: Facts) -> list[str]:
    return [label for label, box in facts.definition.boxes.items() if box.kind == "polling"]


def _expected(hall: Sequence[Facts], of: Callable[[Facts], Iterable[str]]) -> list[str]:
    """The boxes that are still expected at one of the contests, each once."""
    return list(dict.fromkeys(label for facts in hall for label in of(facts) if facts.boxes[label].state == "expected"))
