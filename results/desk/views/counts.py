"""The figures of a group's sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.forms import CountForm, figures_of
from results.desk.views.access import Place, staffed
from results.desk.views.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.views.groups import errors_of, no_group, rows_of
from results.facts.types import Facts, Group
from results.ledger.hall import facts_in_area
from results.rules.agreement import reading_of, seen_reading
from results.rules.order import check_order


@staffed()
def count(request: HttpRequest, place: Place, number: int) -> HttpResponse:
    """The form of one group's sheet; POST records it."""
    if request.method != "POST":
        return _fresh(request, place, number)
    form = CountForm(place.definition(), request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_count(
            place.contest,
            form.said(number),
            actor=place.user,
            submission_id=form.cleaned_data["submission_id"],
            seen=form.cleaned_data["seen"],
            acknowledged=form.acknowledged,
            reason=form.cleaned_data["reason"],
        )

    def page(problem: Problem) -> HttpResponse:
        facts = place.facts()
        if number not in facts.groups:
            return no_group(request, place, number)
        return _page(request, place, facts, number, form, problem)

    url = reverse("desk:group", args=[place.contest.ballot_paper_id, number])
    return answer(request, place, form, write, url, page)


def _fresh(request: HttpRequest, place: Place, number: int) -> HttpResponse:
    facts = place.facts()
    known = facts.groups.get(number)
    if known is None:
        return no_group(request, place, number)
    if known.agreed is not None and not place.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.count_agreed", group=number), place, group=number)
    form = CountForm(
        facts.definition,
        seen=seen_reading(facts, known, place.user.pk),
        papers=known.papers or 0,
        initial=_last_seen(place, facts, known),
    )
    return _page(request, place, facts, number, form)


def _last_seen(place: Place, facts: Facts, known: Group) -> dict[str, str]:
    """The last figures, to be corrected, for who may see them; anybody else enters the sheet blind."""
    number = reading_of(facts, known, place.user.pk)
    reading = known.readings.get(number) if number is not None else None
    if reading is None or not place.may_see(known, reading):
        return {}
    return figures_of(facts.definition, reading.figures)


def _page(
    request: HttpRequest, place: Place, facts: Facts, number: int, form: CountForm, problem: Problem | None = None
) -> HttpResponse:
    known = facts.groups[number]
    definition = facts.definition
    order = check_order(facts, known, place.now(), facts_in_area(place.contest))
    rows = rows_of(place, known)
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
        "errors": errors_of(place, facts, known),
        "own": place.received_ids(group__number=number),
    }
    return show(request, "desk/count.html", place, context, problem)
