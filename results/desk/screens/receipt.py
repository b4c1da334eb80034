"""Receipt: the list to check boxes in against, and the boxes of one place checked in at one stroke."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from results import ledger
from results.desk import receipt as lists
from results.desk.answers import Problem, answer, show, warnings_of
from results.desk.forms.receipt import ArrivalsForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.screens.boxes import no_box
from results.facts.kinds import Arrived
from results.facts.types import Facts
from results.ledger.hall import facts_sharing_box
from results.models import LedgerEntry
from results.rules.order import before_close
from results.texts.message import Message


@staffed("GET")
def receipt(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Every box by the place that it comes from, what came with it, and what is missing."""
    facts = officer.facts()
    wanted = request.GET.get("find", "").strip()
    label = next((label for label in facts.boxes if label.lower() == wanted.lower()), None)
    if wanted and label is not None:
        return redirect(place_url(officer, label))
    early = officer.now() < facts.definition.close_of_poll
    context = {
        "definition": facts.definition,
        "places": lists.places(facts),
        "sessions": lists.sessions(facts),
        "missing": lists.missing(facts),
        "here": sum(box.arrived_at is not None for box in facts.boxes.values()),
        "boxes": len(facts.boxes),
        "packs": sum(box.packs_handed_in or 0 for box in facts.boxes.values()),
        "names": checked_in_by(officer, facts),
        "too_early": before_close(facts.definition) if early else None,
        "lost": Message("find.no_box", {"text": wanted[:40]}) if wanted else None,
        "own": officer.received_ids(kind=Arrived.KIND),
    }
    return show(request, "desk/receipt.html", officer, context)


@staffed()
def check_in(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """The boxes of the place that a box comes from; POST checks in those that are ticked, with what came with each."""
    facts = officer.facts()
    if label not in facts.boxes:
        return no_box(request, officer, label)
    if request.method != "POST":
        return _place_page(request, officer, facts, label, _fresh(officer, facts, label))
    form = arrivals_form(officer, facts, _labels(facts, label), request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_arrivals(
            officer.contest,
            form.said(),
            actor=officer.user,
            **form.submission,
            elsewhere=form.elsewhere(),
            acknowledged=form.acknowledged,
        )

    def page(problem: Problem) -> HttpResponse:
        now = officer.facts()
        if label not in now.boxes:
            return no_box(request, officer, label)
        # A box may have come meanwhile, or have been taken off the list: the form shows it as it is now.
        again = arrivals_form(officer, now, _labels(now, label), request.POST)
        if again.is_valid():
            again.take(problem.findings)
        if problem.superseded:
            again.renew(seen=now.seq)
        return _place_page(request, officer, now, label, again, problem)

    return answer(request, officer, form, write, receipt_url(officer), page)


def arrivals_form(officer: Officer, facts: Facts, labels: list[str], data: Any = None, **more: Any) -> ArrivalsForm:
    """The form for boxes that come, with the accounts of every contest that has papers in them."""
    return ArrivalsForm(facts, labels, facts_sharing_box(officer.contest, labels), data, **more)


def receipt_url(officer: Officer) -> str:
    """The address of the list."""
    return reverse("desk:receipt", args=[officer.contest.ballot_paper_id])


def place_url(officer: Officer, label: str) -> str:
    """The address of the page of the place that a box comes from."""
    return reverse("desk:check_in", args=[officer.contest.ballot_paper_id, label])


def checked_in_by(officer: Officer, facts: Facts) -> dict[str, str]:
    """Who said what is known of each arrival, by the entry that said it."""
    seqs = [box.arrival_seq for box in facts.boxes.values() if box.arrival_seq]
    found = LedgerEntry.objects.filter(contest=officer.contest, seq__in=seqs)
    return {str(seq): name for seq, name in found.values_list("seq", "actor_name")}


def _labels(facts: Facts, label: str) -> list[str]:
    return [box.label for box in lists.place_of(facts, label).boxes]


def _fresh(officer: Officer, facts: Facts, label: str) -> ArrivalsForm:
    labels = _labels(facts, label)
    expected = [one for one in labels if facts.boxes[one].arrived_at is None]
    # Of several boxes each is ticked by the person who has it before them; a single one is the one they came for.
    ticked = expected if len(expected) == 1 else []
    return arrivals_form(officer, facts, labels, seen=facts.seq, initial={"boxes": ticked})


def _place_page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    label: str,
    form: ArrivalsForm,
    problem: Problem | None = None,
) -> HttpResponse:
    place = lists.place_of(facts, label)
    rows = list(form.rows())
    early = not place.postal and officer.now() < facts.definition.close_of_poll
    context = {
        "definition": facts.definition,
        "label": label,
        "place": place,
        "form": form,
        "rows": [(row, lists.received(facts, row.label)) for row in rows],
        "left": len(place.expected) - sum(facts.boxes[row.label].arrived_at is None for row in rows),
        "arrived": [box for box in place.boxes if not box.expected],
        "names": checked_in_by(officer, facts),
        "too_early": before_close(facts.definition) if early else None,
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=Arrived.KIND),
    }
    return show(request, "desk/check_in.html", officer, context, problem)
