"""The receipt of one box: it has come, what came with it then or later, or that it was checked in by mistake."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, show, warnings_of
from results.desk.forms.base import DeskForm
from results.desk.forms.receipt import ArrivalsForm, UndoForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.receipt import received
from results.desk.screens.boxes import no_box, while_listed
from results.desk.screens.receipt import arrivals_form, checked_in_by, receipt_url
from results.facts.kinds import ArrivalUndone, Arrived
from results.facts.types import Facts
from results.models import LedgerEntry
from results.rules.order import before_close
from results.texts.message import Message


@staffed()
def arrive(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """What came with a box; POST says that it has come, or what came with it later."""
    facts = officer.facts()
    if label not in facts.boxes:
        return no_box(request, officer, label)
    if request.method != "POST":
        return _page(request, officer, facts, label, _fresh(officer, facts, label))
    form = arrivals_form(officer, facts, [label], request.POST)

    def write() -> ledger.Receipt:
        said = form.said()
        # The box's own page has a button that only says that it has come: nothing was asked of what came with it.
        came = said[0] if said else Arrived(label)
        return ledger.record_arrival(
            officer.contest,
            label,
            actor=officer.user,
            **form.submission,
            account_received=came.account_received,
            packets=came.packets,
            packs_handed_in=came.packs_handed_in,
            elsewhere=form.elsewhere(),
            acknowledged=form.acknowledged,
        )

    def show_again(facts: Facts, problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=facts.boxes[label].last_seq, boxes=label)
        return _page(request, officer, facts, label, form, problem=problem)

    url = receipt_url(officer) if "boxes" in request.POST else _box_url(officer, label)
    return answer(request, officer, form, write, url, while_listed(request, officer, label, show_again))


@staffed()
def undo_arrival(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """POST: the box was checked in by mistake. A reader who comes here by a link is shown what came with it."""
    if request.method != "POST":
        return redirect(_url(officer, label))
    if officer.definition_with(label) is None:
        return no_box(request, officer, label)
    form = UndoForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.undo_arrival(officer.contest, label, actor=officer.user, **form.submission)

    def show_again(facts: Facts, problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=facts.boxes[label].last_seq)
        return _page(request, officer, facts, label, _fresh(officer, facts, label), form, problem)

    return answer(
        request, officer, form, write, receipt_url(officer), while_listed(request, officer, label, show_again)
    )


def _fresh(officer: Officer, facts: Facts, label: str) -> ArrivalsForm:
    return arrivals_form(officer, facts, [label], seen=facts.boxes[label].last_seq, initial={"boxes": [label]})


def _url(officer: Officer, label: str) -> str:
    return reverse("desk:arrive", args=[officer.contest.ballot_paper_id, label])


def _box_url(officer: Officer, label: str) -> str:
    return reverse("desk:box", args=[officer.contest.ballot_paper_id, label])


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    label: str,
    form: ArrivalsForm,
    undo: DeskForm | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    box = received(facts, label)
    early = box.definition.kind == "polling" and officer.now() < facts.definition.close_of_poll
    kinds = [Arrived.KIND, ArrivalUndone.KIND]
    entries = LedgerEntry.objects.filter(contest=officer.contest, box__box__label=label, kind__in=kinds)
    context = {
        "definition": facts.definition,
        "box": box,
        "form": form,
        "row": form.row(label),
        "undo": undo or UndoForm(seen=facts.boxes[label].last_seq),
        "problem_form": undo or form,
        "names": checked_in_by(officer, facts),
        "too_early": before_close(facts.definition) if early else None,
        "warnings": warnings_of(problem, form),
        "history": [
            {**entry, "words": Message(f"entry.{entry['kind']}")}
            for entry in entries.order_by("-seq").values("seq", "kind", "actor_name", "recorded_at", "note")
        ],
        "own": officer.received_ids(kind__in=kinds),
    }
    return show(request, "desk/arrival.html", officer, context, problem)
