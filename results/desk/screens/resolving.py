"""What a supervisor does with readings that do not agree: says what the sheet shows, and confirms what was typed again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from results import ledger
from results.desk.answers import Problem, answer, refuse
from results.desk.forms.base import DeskForm
from results.desk.forms.resolving import ResolveForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.screens.groups import group_page, group_url


@staffed()
def resolve(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: a reading was mistyped, or the sheet is wrong. Who comes here by a link is shown the group."""
    if request.method != "POST":
        return redirect(group_url(officer, number))
    form = ResolveForm(request.POST, auto_id="id_resolve_%s")

    def write() -> ledger.Receipt:
        reason = form.cleaned_data["reason"]
        if form.sheet_wrong:
            return ledger.reopen_group(officer.contest, number, actor=officer.user, **form.submission, reason=reason)
        return ledger.return_reading(
            officer.contest, number, *form.mistyped, actor=officer.user, **form.submission, reason=reason
        )

    return answer(
        request, officer, form, write, group_url(officer, number), _page(request, officer, number, form, "resolve")
    )


@staffed()
def confirm(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: the figures that were typed again are those of the sheet."""
    if request.method != "POST":
        return redirect(group_url(officer, number))
    form = DeskForm(request.POST, auto_id="id_confirm_%s")

    def write() -> ledger.Receipt:
        return ledger.confirm_readings(officer.contest, number, actor=officer.user, **form.submission)

    return answer(
        request, officer, form, write, group_url(officer, number), _page(request, officer, number, form, "confirm")
    )


def _page(
    request: HttpRequest, officer: Officer, number: int, form: DeskForm, doing: str
) -> Callable[[Problem], HttpResponse]:
    def page(problem: Problem) -> HttpResponse:
        # What stands beside no field is not mended in the form, which may not be there any more.
        if problem.status == 403 or any(not found.field for found in problem.findings):
            return refuse(request, problem, officer, group=number)
        return group_page(request, officer, number, problem, form, doing)

    return page
