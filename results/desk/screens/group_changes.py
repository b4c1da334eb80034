"""What is done with a group that is formed: its papers go to be counted; a supervisor reopens, changes or dissolves it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.groups import ChangeGroupForm, DissolveForm, ReopenForm
from results.desk.forms.second import SecondForm
from results.desk.forms.verification import SendForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.progress import box_rows
from results.desk.screens.groups import group_page, group_url, no_group
from results.desk.second import second_of
from results.facts.kinds import GroupChanged
from results.facts.types import Facts
from results.rules.groups import stations
from results.rules.second import stands


@staffed()
def reopen(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: the group is counted again in another round. A reader who comes here by a link is shown the group."""
    if request.method != "POST":
        return redirect(group_url(officer, number))
    form = ReopenForm(request.POST, auto_id="id_reopen_%s")

    def write() -> ledger.Receipt:
        return ledger.reopen_group(
            officer.contest,
            number,
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
            purpose=form.cleaned_data["purpose"],
            second=second_of(request, form),
        )

    return answer(
        request, officer, form, write, group_url(officer, number), _again(request, officer, number, "reopen", form)
    )


@staffed()
def dissolve(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: take a group apart. A reader who comes here by a link is shown the group."""
    if request.method != "POST":
        return redirect(group_url(officer, number))
    form = DissolveForm(request.POST, auto_id="id_dissolve_%s")

    def write() -> ledger.Receipt:
        return ledger.dissolve_group(
            officer.contest,
            number,
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
            second=second_of(request, form),
        )

    return answer(
        request, officer, form, write, group_url(officer, number), _again(request, officer, number, "dissolve", form)
    )


def _again(
    request: HttpRequest, officer: Officer, number: int, doing: str, form: SecondForm
) -> Callable[[Problem], HttpResponse]:
    """The group's page with the form that was not taken, opened."""

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer, group=number)
        return group_page(request, officer, number, problem, form, doing)

    return page


@staffed()
def send_group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: the group's papers went to be counted, at a table. A reader who comes here by a link is shown the group."""
    if request.method != "POST":
        return redirect(group_url(officer, number))
    form = SendForm(request.POST, auto_id="id_send_%s")

    def write() -> ledger.Receipt:
        return ledger.send_group(
            officer.contest, number, form.cleaned_data["table"], actor=officer.user, **form.submission
        )

    def page(problem: Problem) -> HttpResponse:
        return group_page(request, officer, number, problem, form, "send")

    return answer(request, officer, form, write, group_url(officer, number), page)


@staffed()
def change_group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """The group was formed of other boxes than was said: a supervisor's."""
    facts = officer.facts()
    known = facts.groups.get(number)
    if known is None:
        return no_group(request, officer, number)
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.groups"), officer, group=number)
    if request.method != "POST":
        form = ChangeGroupForm(seen=known.last_seq, initial={"boxes": known.boxes})
        return _change_page(request, officer, facts, number, form)
    form = ChangeGroupForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.change_group(
            officer.contest,
            number,
            form.chosen,
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
            acknowledged=form.acknowledged,
            second=second_of(request, form),
        )

    def page(problem: Problem) -> HttpResponse:
        now = officer.facts()
        if number not in now.groups:
            return no_group(request, officer, number)
        if problem.superseded:
            form.renew(seen=now.groups[number].last_seq)
        return _change_page(request, officer, now, number, form, problem)

    return answer(request, officer, form, write, group_url(officer, number), page)


def _change_page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    number: int,
    form: ChangeGroupForm,
    problem: Problem | None = None,
) -> HttpResponse:
    known = facts.groups[number]
    free = [row for row in box_rows(facts) if row.group in (None, number)]
    context = {
        "definition": facts.definition,
        "known": known,
        "needs_second": stands(known),
        "form": form,
        "wards": [
            (ward.name, [row for row in free if row.wards[0] == ward.gss]) for ward in facts.definition.wards.values()
        ],
        "free": free,
        "stations": stations(facts),
        "action": reverse("desk:change_group", args=[officer.contest.ballot_paper_id, number]),
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=GroupChanged.KIND, group__number=number),
    }
    return show(request, "desk/form_group.html", officer, context, problem)
