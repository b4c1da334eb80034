"""The figures of a group's sheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.counts import CountForm, figures_of
from results.desk.gate import staffed
from results.desk.in_hand import takes_sheet
from results.desk.officer import Officer
from results.desk.progress import unverified
from results.desk.readings import Version, errors_of, rows_of, versions
from results.desk.screens.groups import no_group
from results.desk.second import second_of
from results.facts.types import CountFact, Facts, Group
from results.ledger.hall import facts_in_area
from results.rules.agreement import check_again, check_reading, reading_of, seen_reading
from results.rules.order import check_order


@staffed()
@takes_sheet
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
            **form.submission,
            acknowledged=form.acknowledged,
            reason=form.cleaned_data["reason"],
            second=second_of(request, form),
        )

    def page(problem: Problem) -> HttpResponse:
        facts = officer.facts()
        known = facts.groups.get(number)
        if known is None:
            return no_group(request, officer, number)
        if problem.superseded or any(found.code == "count.papers_changed" for found in problem.findings):
            form.renew(seen=seen_reading(facts, known, officer.user.pk), papers=str(known.papers or 0))
        return _page(request, officer, facts, number, form, problem)

    url = reverse("desk:group", args=[officer.contest.ballot_paper_id, number])
    return answer(request, officer, form, write, url, page)


def _fresh(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    facts = officer.facts()
    known = facts.groups.get(number)
    if known is None:
        return no_group(request, officer, number)
    reader = officer.user.pk
    if taken := check_reading(facts, known, reader) or check_again(facts, known, reader):
        return refuse(request, Problem(403, "forbidden", tuple(taken)), officer, group=number)
    if known.agreed is not None and not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.count_agreed", group=number), officer, group=number)
    form = CountForm(
        facts.definition,
        seen=seen_reading(facts, known, officer.user.pk),
        papers=known.papers or 0,
        initial=_last_seen(officer, facts, known),
    )
    return _page(request, officer, facts, number, form)


def _reading(officer: Officer, facts: Facts, known: Group) -> CountFact | None:
    """The figures that this person's would supersede, None for the first of a reading."""
    number = reading_of(facts, known, officer.user.pk)
    return known.readings.get(number) if number is not None else None


def _last_seen(officer: Officer, facts: Facts, known: Group) -> dict[str, str]:
    """The last figures, to be corrected, for who may see them; anybody else enters the sheet blind.

    Where two people read, a sheet that was returned is typed again whole: what is filled in is not read.
    """
    reading = _reading(officer, facts, known)
    if reading is None or known.readings_required > 1 or not officer.may_see(known, reading):
        return {}
    return figures_of(facts.definition, reading.figures)


def _versions(officer: Officer, facts: Facts, known: Group, form: CountForm, problem: Problem | None) -> list[Version]:
    """What was recorded while this form was open, beside what was typed in it; only what this person may see."""
    reading = _reading(officer, facts, known)
    if problem is None or not problem.superseded or reading is None or not officer.may_see(known, reading):
        return []
    return versions(facts.definition, form, reading.figures)


def _page(
    request: HttpRequest, officer: Officer, facts: Facts, number: int, form: CountForm, problem: Problem | None = None
) -> HttpResponse:
    known = facts.groups[number]
    definition = facts.definition
    others = facts_in_area(officer.contest)
    order = check_order(facts, known, officer.now(), others)
    reading = _reading(officer, facts, known)
    # A page of somebody who reads blind holds nothing of another's reading: no figure, no sum, no error, not that it is.
    rows = [row for row in rows_of(officer, definition, known) if row.entered == reading]
    context: dict[str, Any] = {
        "definition": definition,
        "known": known,
        "form": form,
        "boxes": [(label, definition.boxes[label].kind) for label in known.boxes],
        "wards": definition.ward_names(known.boxes),
        "order": order[0] if order else None,
        "unverified": unverified(facts, others),
        "two_read": known.readings_required > 1,
        "returned": reading is not None and reading.figures.reading in known.returned,
        # Who sees the gap before the figures are recorded types it away.
        "sum_shown": known.readings_required == 1 or reading is not None,
        "warnings": warnings_of(problem, form),
        "last": rows[0] if rows else None,
        "filled": form.sent is None and bool(form.initial.get("sheet")),
        "errors": errors_of(officer, facts, known) if known.readings_required == 1 else [],
        "may_send": not check_again(facts, known, officer.user.pk) and (known.agreed is None or officer.supervises),
        "versions": _versions(officer, facts, known, form, problem),
        "own": officer.received_ids(group__number=number),
    }
    return show(request, "desk/count.html", officer, context, problem)
