"""What a supervisor amends of the set-up: a box that is not on the list or not needed, a ward's electors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show
from results.desk.forms.amendments import ElectorateForm, RegisterForm
from results.desk.forms.groups import ReasonForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.progress import BoxRow, box_rows
from results.desk.screens.boxes import no_box, while_listed
from results.facts.kinds import BoxCancelled, BoxRegistered, ElectorateAmended
from results.facts.types import Facts
from results.ledger.hall import contests_sharing_box
from results.models import LedgerEntry
from results.texts.wording import listed


@staffed()
def register_box(request: HttpRequest, officer: Officer) -> HttpResponse:
    """A box has come that the set-up did not know."""
    if not officer.supervises:
        return _supervisors(request, officer)
    if request.method != "POST":
        return _register_page(request, officer, RegisterForm())
    form = RegisterForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.register_box(
            officer.contest,
            form.said(officer.definition()),
            actor=officer.user,
            submission_id=form.cleaned_data["submission_id"],
            reason=form.cleaned_data["reason"],
            entrusted=form.cleaned_data["entrusted"],
        )

    def page(problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=0)
        return _register_page(request, officer, form, problem)

    label = form.cleaned_data["label"] if form.is_valid() else "-"
    return answer(request, officer, form, write, _at(officer, "box", label), page)


def _register_page(
    request: HttpRequest, officer: Officer, form: RegisterForm, problem: Problem | None = None
) -> HttpResponse:
    definition = officer.facts().definition
    own = officer.received_ids(kind=BoxRegistered.KIND)
    return show(
        request, "desk/register_box.html", officer, {"definition": definition, "form": form, "own": own}, problem
    )


@staffed("GET")
def cancel_boxes(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The boxes that can be taken off the list, and those that were."""
    if not officer.supervises:
        return _supervisors(request, officer)
    facts = officer.facts()
    entries = LedgerEntry.objects.filter(contest=officer.contest, kind=BoxCancelled.KIND).order_by("-seq")
    columns = ("seq", "box__box__label", "actor_name", "recorded_at", "note")
    context = {
        "definition": facts.definition,
        "rows": _cancellable(facts),
        "cancelled": [
            dict(zip(("seq", "box", "actor_name", "at", "note"), row, strict=True))
            for row in entries.values_list(*columns)
        ],
        "own": officer.received_ids(kind=BoxCancelled.KIND),
    }
    return show(request, "desk/cancel_boxes.html", officer, context)


def _cancellable(facts: Facts) -> list[BoxRow]:
    return [row for row in box_rows(facts) if row.known.papers is None and row.group is None]


@staffed()
def cancel_box(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """A box of the list does not exist, or was never used."""
    if not officer.supervises:
        return _supervisors(request, officer)
    if request.method != "POST":
        facts = officer.facts()
        if label not in facts.boxes:
            return no_box(request, officer, label)
        return _cancel_page(request, officer, facts, label, ReasonForm(seen=facts.boxes[label].last_seq))
    form = ReasonForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.cancel_box(
            officer.contest,
            label,
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
        )

    def show_again(facts: Facts, problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=facts.boxes[label].last_seq)
        return _cancel_page(request, officer, facts, label, form, problem)

    page = while_listed(request, officer, label, show_again)
    return answer(request, officer, form, write, _at(officer, "cancel_boxes"), page)


def _cancel_page(
    request: HttpRequest, officer: Officer, facts: Facts, label: str, form: ReasonForm, problem: Problem | None = None
) -> HttpResponse:
    context = {
        "definition": facts.definition,
        "box": facts.definition.boxes[label],
        "known": facts.boxes[label],
        "sharing": listed([other.name for other in contests_sharing_box(officer.contest, label)]),
        "form": form,
        "own": officer.received_ids(kind=BoxCancelled.KIND),
    }
    return show(request, "desk/cancel_box.html", officer, context, problem)


@staffed()
def electorates(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The electors of each ward; POST amends those of one."""
    if not officer.supervises:
        return _supervisors(request, officer)
    if request.method != "POST":
        return _electorates_page(request, officer)
    ward = request.POST.get("ward", "")
    form = ElectorateForm(ward[:20], request.POST)

    def write() -> ledger.Receipt:
        return ledger.amend_electorate(
            officer.contest,
            ward,
            form.cleaned_data["electorate"],
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
        )

    def page(problem: Problem) -> HttpResponse:
        known = officer.facts().definition.wards.get(ward)
        changed = any(found.code == "electorate.changed" for found in problem.findings)
        if known is not None and (problem.superseded or changed):
            form.renew(seen=known.electorate)
        return _electorates_page(request, officer, form, problem)

    return answer(request, officer, form, write, _at(officer, "electorates"), page)


def _electorates_page(
    request: HttpRequest, officer: Officer, sent: ElectorateForm | None = None, problem: Problem | None = None
) -> HttpResponse:
    definition = officer.facts().definition
    context: dict[str, Any] = {
        "definition": definition,
        "wards": [
            (ward, sent if sent and sent.ward == ward.gss else ElectorateForm(ward.gss, seen=ward.electorate))
            for ward in definition.wards.values()
        ],
        "form": sent,
        "amended": _amended(officer),
        "own": officer.received_ids(kind=ElectorateAmended.KIND),
    }
    return show(request, "desk/electorates.html", officer, context, problem)


def _amended(officer: Officer) -> Sequence[Any]:
    entries = LedgerEntry.objects.filter(contest=officer.contest, kind=ElectorateAmended.KIND)
    return list(entries.order_by("-seq").values("seq", "actor_name", "recorded_at", "note"))


def _at(officer: Officer, view: str, *parts: str) -> str:
    return reverse(f"desk:{view}", args=[officer.contest.ballot_paper_id, *parts])


def _supervisors(request: HttpRequest, officer: Officer) -> HttpResponse:
    return refuse(request, refused(403, "forbidden", "forbidden.list"), officer)
