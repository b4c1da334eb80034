"""The adjudication table: groups with doubtful papers out, and the form in which they come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show
from results.desk.forms.adjudication import AdjudicationForm, figures_of
from results.desk.gate import staffed
from results.desk.history import history
from results.desk.officer import Officer
from results.desk.screens.groups import no_group
from results.facts.kinds import Adjudicated
from results.facts.types import Facts, Group
from results.models import LedgerEntry
from results.rules.adjudication import PapersOut, papers_out
from results.rules.order import check_order


@dataclass(frozen=True, slots=True)
class OutRow:
    """A group at the adjudication table."""

    group: Group
    wards: str
    out: PapersOut


@staffed("GET")
def adjudication(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Groups with papers at the adjudication table: how many there are, how many came back, how many are out."""
    if not officer.is_returning_officer:
        return refuse(request, refused(403, "forbidden", "forbidden.adjudication"), officer)
    facts = officer.facts()
    rows = [_row(facts, group) for group in facts.groups.values()]
    standing = [row for row in rows if row.group.agreed is None and row.group.papers is not None]
    context = {
        "definition": facts.definition,
        "waiting": [row for row in standing if row.out.left],
        "others": [row for row in standing if row.out.left is None or (not row.out.left and row.out.returned)],
        "back": [row for row in rows if row.group.agreed is not None and row.out.returned],
        "papers": sum(row.out.left or 0 for row in standing),
        "own": officer.received_ids(kind=Adjudicated.KIND),
    }
    return show(request, "desk/adjudication.html", officer, context)


def _row(facts: Facts, group: Group) -> OutRow:
    return OutRow(group, ", ".join(facts.definition.ward_names(group.boxes)), papers_out(facts, group))


@staffed()
def adjudicate(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """The form of one group's doubtful papers; POST records what came back."""
    facts = officer.facts()
    known = facts.groups.get(number)
    if known is None:
        return no_group(request, officer, number)
    if not officer.is_returning_officer:
        return refuse(request, refused(403, "forbidden", "forbidden.adjudication"), officer, group=number)
    if request.method != "POST":
        return _page(request, officer, facts, number, _fresh(facts, known))
    form = AdjudicationForm(facts.definition, request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_adjudication(officer.contest, form.said(number), actor=officer.user, **form.submission)

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer, group=number)
        now = officer.facts()
        if number not in now.groups:
            return no_group(request, officer, number)
        if problem.superseded:
            group = now.groups[number]
            form.renew(seen=_seen(group), round=str(group.round))
        return _page(request, officer, now, number, form, problem)

    return answer(
        request, officer, form, write, reverse("desk:group", args=[officer.contest.ballot_paper_id, number]), page
    )


def _seen(group: Group) -> int:
    """The entry that the next one of this round replaces."""
    return group.adjudicated.seq if group.adjudicated else 0


def _fresh(facts: Facts, group: Group) -> AdjudicationForm:
    initial = figures_of(facts.definition, group.adjudicated.figures) if group.adjudicated else {}
    return AdjudicationForm(facts.definition, seen=_seen(group), round_=group.round, initial=initial)


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    number: int,
    form: AdjudicationForm,
    problem: Problem | None = None,
) -> HttpResponse:
    known = facts.groups[number]
    order = check_order(facts, known, officer.now(), officer.standpoint().others)
    entries = LedgerEntry.objects.filter(contest=officer.contest, group__number=number, kind=Adjudicated.KIND)
    context: dict[str, Any] = {
        "definition": facts.definition,
        "known": known,
        "form": form,
        "wards": facts.definition.ward_names(known.boxes),
        "out": papers_out(facts, known),
        "order": order[0] if order else None,
        "in_part": " ".join(f"rejected-{head.code}" for head in facts.definition.heads if head.in_part),
        "events": history(entries),
        "own": officer.received_ids(kind=Adjudicated.KIND, group__number=number),
    }
    return show(request, "desk/adjudicate.html", officer, context, problem)
