"""An opening session of postal votes is closed: a supervisor's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.receipt import CloseForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.receipt import Session, sessions
from results.desk.screens.receipt import receipt_url
from results.facts.kinds import SessionClosed
from results.facts.types import Facts
from results.ledger.hall import contests_with_session
from results.texts.wording import listed


@staffed()
def close_session(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """A session with its boxes, and what closing it says; POST closes it."""
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.sessions"), officer)
    facts = officer.facts()
    session = _numbered(facts, number)
    if session is None:
        return refuse(
            request,
            refused(404, "unknown", "unknown.session", session=str(number), contest=officer.contest.name),
            officer,
        )
    if request.method != "POST":
        seen = session.closed.seq if session.closed else 0
        return _page(request, officer, facts, session, CloseForm(seen=seen))
    name = session.definition.name
    form = CloseForm(request.POST)

    def write() -> ledger.Receipt:
        return ledger.close_session(
            officer.contest, name, actor=officer.user, **form.submission, acknowledged=form.acknowledged
        )

    def page(problem: Problem) -> HttpResponse:
        now = officer.facts()
        known = _numbered(now, number) or session
        if problem.superseded:
            form.renew(seen=known.closed.seq if known.closed else 0)
        return _page(request, officer, now, known, form, problem)

    return answer(request, officer, form, write, receipt_url(officer), page)


def _numbered(facts: Facts, number: int) -> Session | None:
    return next((session for session in sessions(facts) if session.number == number), None)


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    session: Session,
    form: CloseForm,
    problem: Problem | None = None,
) -> HttpResponse:
    others = contests_with_session(officer.contest, session.definition.name)
    context = {
        "definition": facts.definition,
        "session": session,
        "packs": sum(box.packs_handed_in or 0 for box in facts.boxes.values()),
        "others": listed([other.name for other in others]),
        "form": form,
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=SessionClosed.KIND),
    }
    return show(request, "desk/close_session.html", officer, context, problem)
