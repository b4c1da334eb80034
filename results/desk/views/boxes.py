"""A box: it has come, and its papers are verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from results import ledger
from results.desk.forms import ArriveForm, DeskForm, verify_form
from results.desk.views.access import Place, staffed
from results.desk.views.answers import Problem, answer, refuse, refused, show, warnings_of
from results.facts.types import Facts
from results.models import LedgerEntry, Verification
from results.rules.order import before_close


@staffed()
def box(request: HttpRequest, place: Place, label: str) -> HttpResponse:
    """The state of a box with the form to verify it; POST verifies."""
    known = place.definition().boxes.get(label)
    if known is None:
        return _no_box(request, place, label)
    if request.method != "POST":
        facts = place.facts()
        return _page(request, place, facts, label, verify_form(known, seen=facts.boxes[label].last_seq))
    form = verify_form(known, request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_verification(
            place.contest,
            form.said(label),
            actor=place.user,
            submission_id=form.cleaned_data["submission_id"],
            seen=form.cleaned_data["seen"],
            acknowledged=form.acknowledged,
        )

    def page(problem: Problem) -> HttpResponse:
        return _page(request, place, place.facts(), label, form, problem)

    return answer(request, place, form, write, _url(place, label), page)


@staffed()
def arrive(request: HttpRequest, place: Place, label: str) -> HttpResponse:
    """POST: the box has come. A reader who comes here by a link is shown the box."""
    if request.method != "POST":
        return redirect(_url(place, label))
    known = place.definition().boxes.get(label)
    if known is None:
        return _no_box(request, place, label)
    form = ArriveForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_arrival(
            place.contest,
            label,
            actor=place.user,
            submission_id=form.cleaned_data["submission_id"],
            seen=form.cleaned_data["seen"],
        )

    def page(problem: Problem) -> HttpResponse:
        facts = place.facts()
        fresh = verify_form(known, seen=facts.boxes[label].last_seq)
        return _page(request, place, facts, label, fresh, problem, arriving=form)

    return answer(request, place, form, write, _url(place, label), page)


def _url(place: Place, label: str) -> str:
    return reverse("desk:box", args=[place.contest.ballot_paper_id, label])


def _no_box(request: HttpRequest, place: Place, label: str) -> HttpResponse:
    return refuse(request, refused(404, "unknown", "unknown.box", box=label, contest=place.contest.name), place)


def _page(
    request: HttpRequest,
    place: Place,
    facts: Facts,
    label: str,
    form: Any,
    problem: Problem | None = None,
    arriving: DeskForm | None = None,
) -> HttpResponse:
    definition = facts.definition
    known, box = facts.boxes[label], definition.boxes[label]
    group = facts.group_of(label)
    early = box.kind == "polling" and place.now() < definition.close_of_poll
    supervised = group is not None and bool(group.counts)
    context = {
        "definition": definition,
        "box": box,
        "known": known,
        "ward": definition.wards[box.ward].name,
        "group": group,
        "reason": dict(Verification.Reason.choices).get(known.verified.reason, "") if known.verified else "",
        "form": form,
        "problem_form": arriving or form,
        "arriving": arriving or ArriveForm(seen=known.last_seq),
        "warnings": warnings_of(problem, form),
        "too_early": before_close(definition) if early else None,
        "supervised": supervised,
        "may_verify": not early and (not supervised or place.supervises),
        "open_form": known.verified is None or (problem is not None and arriving is None),
        "history": _history(place, label),
        "own": place.received_ids(box__box__label=label),
        "next_box": _next_box(facts, label),
    }
    return show(request, "desk/box.html", place, context, problem)


def _history(place: Place, label: str) -> Sequence[Mapping[str, Any]]:
    entries = LedgerEntry.objects.filter(contest=place.contest, box__box__label=label).order_by("seq")
    return [*entries.values("seq", "kind", "actor_name", "recorded_at")]


def _next_box(facts: Facts, label: str) -> str | None:
    """A box that waits to be verified: the next in the list, then from its beginning."""
    labels = list(facts.boxes)
    place = labels.index(label)
    for other in (*labels[place + 1 :], *labels[:place]):
        if facts.boxes[other].state == "arrived":
            return other
    return None
