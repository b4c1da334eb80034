"""Count groups: formed, shown with all that was entered for them, dissolved."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.groups import DissolveForm, GroupForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.progress import box_rows, next_group, why_not_released
from results.facts.kinds import GroupFormed
from results.facts.types import CountFact, Facts, Group
from results.rules.counts import check_count
from results.rules.findings import Finding
from results.rules.order import before_close


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """One entry of a group's sheet, as this person may see it."""

    entered: CountFact
    visible: bool
    stands: bool

    @property
    def accounted(self) -> int:
        """Votes, rejected papers and papers with adjudication."""
        figures = self.entered.figures
        return sum(figures.votes) + sum(figures.rejected) + figures.doubtful


@staffed("GET")
def group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """A group: its state, what was entered and by whom, and the count that stands."""
    facts = officer.facts()
    if number not in facts.groups:
        return no_group(request, officer, number)
    return _page(request, officer, facts, number)


@staffed()
def form_group(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Mix boxes into a group: a supervisor's."""
    if request.method != "POST":
        if not officer.supervises:
            return refuse(request, refused(403, "forbidden", "forbidden.groups"), officer)
        facts = officer.facts()
        number = max(facts.groups, default=0) + 1
        return _form_page(request, officer, facts, GroupForm(initial={"number": str(number)}))
    form = GroupForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.form_group(
            officer.contest,
            form.cleaned_data["number"],
            form.chosen,
            actor=officer.user,
            submission_id=form.cleaned_data["submission_id"],
            acknowledged=form.acknowledged,
        )

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer)
        return _form_page(request, officer, officer.facts(), form, problem)

    number = form.cleaned_data["number"] if form.is_valid() else 0
    return answer(request, officer, form, write, _url(officer, number), page)


@staffed()
def dissolve(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """POST: take a group apart. A reader who comes here by a link is shown the group."""
    if request.method != "POST":
        return redirect(_url(officer, number))
    form = DissolveForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.dissolve_group(
            officer.contest,
            number,
            actor=officer.user,
            submission_id=form.cleaned_data["submission_id"],
            seen=form.cleaned_data["seen"],
        )

    def page(problem: Problem) -> HttpResponse:
        facts = officer.facts()
        if number not in facts.groups:
            return no_group(request, officer, number)
        return _page(request, officer, facts, number, problem, form)

    url = reverse("desk:contest", args=[officer.contest.ballot_paper_id])
    return answer(request, officer, form, write, url, page)


def no_group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """404."""
    return refuse(
        request, refused(404, "unknown", "unknown.group", group=number, contest=officer.contest.name), officer
    )


def _url(officer: Officer, number: int) -> str:
    return reverse("desk:group", args=[officer.contest.ballot_paper_id, number])


def rows_of(officer: Officer, known: Group) -> list[EnteredRow]:
    """Everything entered for a group, the last first."""
    stands = known.agreed.seq if known.agreed else None
    return [
        EnteredRow(entered, officer.may_see(known, entered), entered.seq == stands)
        for entered in reversed(known.counts)
    ]


def errors_of(officer: Officer, facts: Facts, known: Group) -> list[Finding]:
    """What blocks agreement now; errors that name a candidate only for those who may see the figures."""
    if known.latest is None or known.agreed is not None:
        return []
    visible = officer.may_see(known, known.latest)
    found = check_count(facts, known, known.latest.figures)
    return [f for f in found if f.level == "error" and (visible or not f.field.startswith("votes-"))]


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    number: int,
    problem: Problem | None = None,
    dissolving: DissolveForm | None = None,
) -> HttpResponse:
    definition = facts.definition
    known = facts.groups[number]
    rows = rows_of(officer, known)
    shown = next((row for row in rows if row.stands), rows[0] if rows else None)
    figures = shown.entered.figures if shown and shown.visible else None
    may_count = known.papers is not None and (known.agreed is None or officer.supervises)
    context = {
        "definition": definition,
        "known": known,
        "wards": list(
            dict.fromkeys(definition.wards[gss].name for label in known.boxes for gss in definition.boxes[label].wards)
        ),
        "boxes": [(label, definition.boxes[label], facts.boxes[label]) for label in known.boxes],
        "rows": rows,
        "shown": shown,
        "votes": list(zip(definition.candidates, figures.votes, strict=True)) if figures else [],
        "rejected": list(zip(definition.heads, figures.rejected, strict=True)) if figures else [],
        "errors": errors_of(officer, facts, known),
        "may_count": may_count,
        "may_dissolve": officer.supervises and not known.counts,
        "dissolving": dissolving or DissolveForm(seen=known.last_seq),
        "form": dissolving,
        "waits": why_not_released(facts) if known.state == "agreed" else None,
        "next_group": next_group(facts, number),
        "own": officer.received_ids(group__number=number),
    }
    return show(request, "desk/group.html", officer, context, problem)


def _form_page(
    request: HttpRequest, officer: Officer, facts: Facts, form: GroupForm, problem: Problem | None = None
) -> HttpResponse:
    early = officer.now() < facts.definition.close_of_poll
    free = [row for row in box_rows(facts) if row.group is None]
    context = {
        "definition": facts.definition,
        "form": form,
        "wards": [
            (ward.name, [row for row in free if row.wards[0] == ward.gss]) for ward in facts.definition.wards.values()
        ],
        "free": free,
        "too_early": before_close(facts.definition) if early else None,
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=GroupFormed.KIND),
    }
    return show(request, "desk/form_group.html", officer, context, problem)
