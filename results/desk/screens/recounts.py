"""Several groups are counted again, at one stroke."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show
from results.desk.forms.groups import ReopenSeveralForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.second import second_of
from results.facts.kinds import GroupReopened
from results.facts.types import Facts


@staffed()
def recount(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Tick groups that are counted again, for one purpose and one reason: a supervisor's."""
    facts = officer.facts()
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.groups"), officer)
    if request.method != "POST":
        return _page(request, officer, facts, ReopenSeveralForm(seen=facts.seq))
    form = ReopenSeveralForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.reopen_groups(
            officer.contest,
            form.numbers(),
            actor=officer.user,
            **form.submission,
            reason=form.cleaned_data["reason"],
            purpose=form.cleaned_data["purpose"],
            second=second_of(request, form),
        )

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer)
        now = officer.facts()
        if problem.superseded:
            form.renew(seen=now.seq)
        return _page(request, officer, now, form, problem)

    return answer(request, officer, form, write, reverse("desk:contest", args=[officer.contest.ballot_paper_id]), page)


def _page(
    request: HttpRequest, officer: Officer, facts: Facts, form: ReopenSeveralForm, problem: Problem | None = None
) -> HttpResponse:
    counted = [group for group in facts.groups.values() if group.readings]
    context = {
        "definition": facts.definition,
        "form": form,
        "groups": [
            (group, officer.state_of(group), facts.definition.ward_names(group.boxes), str(group.number) in form.chosen)
            for group in counted
        ],
        "needs_second": any(group.agreed is not None for group in counted),
        "own": officer.received_ids(kind=GroupReopened.KIND),
    }
    return show(request, "desk/recount.html", officer, context, problem)
