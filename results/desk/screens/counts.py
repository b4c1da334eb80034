"""The figures of a group's sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.counts import CountForm, figures_of
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.screens.groups import errors_of, no_group, rows_of
from results.facts.types import Facts, Group
from results.ledger.hall import facts_in_area
from results.rules.agreement import reading_of, seen_reading
from results.rules.order import check_order


@staffed()
def count(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """The form of one group's sheet; POST records it."""
    if request.method != "POST":
        return _fresh(request, officer, number)
    form = CountForm(officer.definition(), request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_count(
            officer.contest,
            form.said(number),
            actor=officer.user,
            submission_id=form.cleaned_data["submission_id"],
            seen=form.cleaned_data["seen"],
            acknowledged=form.acknowledged,
            reason=form.cleaned_data["reason"],
        )

    def page(problem: Problem) -> HttpResponse:
        facts = officer.facts()
        if number not in facts.groups:
            return no_group(request, officer, number)
        return _page(request, officer, facts, number, form, problem)

    url = reverse("desk:group", args=[officer.contest.ballot_paper_id, number])
    return answer(request, officer, form, write, url, page)


def _fresh(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    facts = officer.facts()
    known = facts.groups.get(number)
    if known is None:
        return no_group(request, officer, number)
    if known.agreed is not None and not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.count_agreed", group=number), officer, group=number)
    form = CountForm(
        facts.definition,
        seen=seen_reading(facts, known, officer.user.pk),
        papers=known.papers or 0,
        initial=_last_seen(officer, facts, known),
    )
    return _page(request, officer, facts, number, form)


def _last_seen(officer: Officer, facts: Facts, known: Group) -> dict[str, str]:
    """The last figures, to be corrected, for who may see them; anybody else enters the sheet blind."""
    number = reading_of(facts, known, officer.user.pk)
    reading = known.readings.get(number) if number is not None else None
    if reading is None or not officer.may_see(known, reading):
        return {}
    return figures_of(facts.definition, reading.figures)


def _page(
    request: HttpRequest, officer: Officer, facts: Facts, number: int, form: CountForm, problem: Problem | None = None
) -> HttpResponse:
    known = facts.groups[number]
    definition = facts.definition
    order = check_order(facts, known, officer.now(), facts_in_area(officer.contest))
    rows = rows_of(officer, known)
    context = {
        "definition": definition,
        "known": known,
        "form": form,
        "boxes": [(label, definition.boxes[label].kind) for label in known.boxes],
        "wards": list(
            dict.fromkeys(definition.wards[gss].name for label in known.boxes for gss in definition.boxes[label].wards)
        ),
        "order": order[0] if order else None,
        "warnings": warnings_of(problem, form),
        "rows": rows,
        "last": rows[0] if rows else None,
        "filled": form.sent is None and bool(form.initial.get("sheet")),
        "errors": errors_of(officer, facts, known),
        "own": officer.received_ids(group__number=number),
    }
    return show(request, "desk/count.html", officer, context, problem)
