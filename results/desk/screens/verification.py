"""The statement as to verification, on the screen and printed, signed when complete; and why the count began late."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify

from results import ledger, rehearsal
from results.desk.answers import Problem, answer, refuse, show, warnings_of
from results.desk.forms.verification import LateStartForm, SignForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.facts.kinds import LateStartStated, VerificationSigned
from results.facts.types import Facts
from results.models import Role
from results.print.typesetting import as_pdf
from results.print.verification import explanation, page_of
from results.rules.beginning import begins_by, late_start
from results.rules.signing import papers_in_all, statement_seq
from results.statement import draw_up
from results.texts.message import Message
from results.texts.wording import words


@staffed()
def verification(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The statement as it stands; POST signs it, by the Returning Officer."""
    if request.method != "POST":
        return _page(request, officer, officer.facts())
    form = SignForm(request.POST, auto_id="id_sign_%s")

    def write() -> ledger.Receipt:
        said = form.cleaned_data["name"], form.cleaned_data["papers"]
        return ledger.sign_verification(
            officer.contest, *said, actor=officer.user, **form.submission, acknowledged=form.acknowledged
        )

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer)
        facts = officer.facts()
        if problem.superseded:
            form.renew(seen=statement_seq(facts), papers=str(papers_in_all(facts)))
        return _page(request, officer, facts, problem, sign=form)

    return answer(request, officer, form, write, _url(officer), page)


@staffed()
def late_start_statement(request: HttpRequest, officer: Officer) -> HttpResponse:
    """POST: why the count did not begin within four hours. A reader who comes here by a link is shown the statement."""
    if request.method != "POST":
        return redirect(_url(officer))
    form = LateStartForm(request.POST, auto_id="id_late_%s")

    def write() -> ledger.Receipt:
        return ledger.state_late_start(
            officer.contest, form.cleaned_data["statement"], actor=officer.user, **form.submission
        )

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer)
        facts = officer.facts()
        if problem.superseded:
            form.renew(seen=facts.late_start.seq if facts.late_start else 0)
        return _page(request, officer, facts, problem, late=form)

    return answer(request, officer, form, write, _url(officer), page)


@staffed("GET")
def print_verification(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The statement as a PDF, as it stands now: agents copy it, the Returning Officer signs it."""
    facts = officer.facts()
    mark = words(Message("rehearsal.watermark")) if rehearsal.prefix_of(officer.contest) else ""
    page = page_of(facts.definition, draw_up(facts), officer.now(), mark)
    name = f"verification-{slugify(facts.definition.name)}-{facts.seq}.pdf"
    return HttpResponse(
        as_pdf("verification", page),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _url(officer: Officer) -> str:
    return reverse("desk:verification", args=[officer.contest.ballot_paper_id])


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    problem: Problem | None = None,
    sign: SignForm | None = None,
    late: LateStartForm | None = None,
) -> HttpResponse:
    statement = draw_up(facts)
    first = {"papers": str(papers_in_all(facts)), "name": officer.user.get_full_name()}
    fresh = SignForm(seen=statement_seq(facts), initial=first, auto_id="id_sign_%s")
    stated = facts.late_start
    context = {
        "definition": facts.definition,
        "statement": statement,
        "parts": [
            (key, part, total)
            for key, part, total in (
                ("stations", statement.stations, statement.stations_total),
                ("postal", statement.postal, statement.postal_total),
            )
            if part
        ],
        "varying": [(line, explanation(line)) for line in statement.varying],
        "warnings": warnings_of(problem, sign or fresh),
        "problem_form": "late" if late else "sign",
        "signs": officer.role.includes(Role.RETURNING_OFFICER),
        "sign": sign or fresh,
        "late": late or LateStartForm(seen=stated.seq if stated else 0, auto_id="id_late_%s"),
        "late_start": late_start(facts, officer.now()),
        "begins_by": begins_by(facts.definition),
        "began": facts.count_began,
        "stated": stated,
        "own": officer.received_ids(kind__in=(VerificationSigned.KIND, LateStartStated.KIND)),
    }
    return show(request, "desk/verification.html", officer, context, problem)
