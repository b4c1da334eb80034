"""What a submission is answered: a receipt after a redirect, or why nothing was recorded. In HTML, or JSON on request."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from results.desk.forms.base import DeskForm
from results.facts.kinds import Agreed, ReleaseMade
from results.ledger import Conflict, Forbidden, LedgerError, Receipt, Refused, Stale, UnknownSubject
from results.models import Contest, LedgerEntry
from results.rules.findings import Finding
from results.texts.message import Message
from results.texts.wording import Coded, words

if TYPE_CHECKING:
    from results.desk.officer import Officer


class SeeOther(HttpResponseRedirect):
    """303: the submission is received, and this page says so."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing was recorded: `error` is the kind of it, `said` the messages or findings that say why.

    `warnings` are what the person may acknowledge.
    """

    status: int
    error: str
    said: tuple[Message | Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong with figures."""
        return tuple(said for said in self.said if isinstance(said, Finding))

    @property
    def words(self) -> str:
        """All that is said, in words."""
        return " ".join(words(said) for said in self.said)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that can be confirmed by name."""
        return tuple(finding for finding in self.findings if finding.level == "warning")

    @property
    def to_check(self) -> Message:
        """How many warnings wait for an answer."""
        return Message("problem.to_check", {"things": len(self.warnings)})

    @property
    def superseded(self) -> bool:
        """Whether the form is out of date: it is shown with what was recorded, and can be sent anew."""
        return self.status == 409


@dataclass(frozen=True, slots=True)
class Received:
    """An entry as its receipt names it, with what it brought about; the same however often it is asked for."""

    seq: int
    at: datetime
    kind: str
    actor: int
    submission_id: uuid.UUID
    agreed: bool
    released: bool


def answer(
    request: HttpRequest,
    officer: Officer,
    form: DeskForm,
    write: Callable[[], Receipt],
    url: str,
    page: Callable[[Problem], HttpResponse],
) -> HttpResponse:
    """Record what a form says and redirect to the receipt at `url`; else show `page` with the problem and the text kept."""
    problem = malformed(form)
    if problem is None:
        try:
            receipt = write()
        except LedgerError as error:
            problem = problem_of(error)
        else:
            return _receipt(request, officer, receipt, url)
        form.take(problem.findings)
    if wants_json(request):
        return _json(problem)
    if problem.status == 404:
        return refuse(request, problem, officer)
    return page(problem)


def malformed(form: DeskForm) -> Problem | None:
    """What a form itself cannot be; None where it can be read."""
    if form.is_valid():
        return None
    findings = form.findings()
    return Problem(422, "malformed", tuple(findings))


def problem_of(error: LedgerError) -> Problem:
    """What an error of a verb is to the person."""
    kinds = {Forbidden: "forbidden", UnknownSubject: "unknown", Conflict: "conflict", Stale: "stale"}
    if not isinstance(error, Refused):
        return Problem(error.status, kinds.get(type(error), "refused"), (error.message,))
    warned = all(finding.level == "warning" for finding in error.findings)
    return Problem(error.status, "unacknowledged" if warned else "refused", tuple(error.findings))


def _receipt(request: HttpRequest, officer: Officer, receipt: Receipt, url: str) -> HttpResponse:
    target = f"{url}?{urlencode({'received': receipt.seq})}"
    if not wants_json(request):
        return SeeOther(target)
    known = find_received(officer.contest, receipt.seq) if receipt.repeated else None
    told = officer.knows_agreements
    said = {
        "seq": receipt.seq,
        "at": receipt.recorded_at.isoformat(),
        "kind": receipt.kind,
        # To one who reads blind the answer is the same whatever the other reading says.
        "agreed": (known or receipt).agreed if told else None,
        "released": (known or receipt).released if told else None,
        "repeated": receipt.repeated,
    }
    return JsonResponse({"received": said, "url": target}, status=201)


def find_received(contest: Contest, seq: int) -> Received | None:
    """The receipt of an entry, with the agreement and the release that its own submission brought about."""
    entry = LedgerEntry.objects.filter(contest=contest, seq=seq).first()
    if entry is None:
        return None
    followed = set(
        LedgerEntry.objects.filter(contest=contest, act=entry.act, seq__gt=seq).values_list("kind", flat=True)
    )
    return Received(
        seq,
        entry.recorded_at,
        entry.kind,
        entry.actor_id,
        entry.submission_id,
        Agreed.KIND in (entry.kind, *followed),
        ReleaseMade.KIND in followed,
    )


def received(request: HttpRequest, officer: Officer) -> Received | None:
    """The receipt that this page was asked to show: an entry of the person's own."""
    text = request.GET.get("received", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    known = find_received(officer.contest, int(text))
    if known is None or known.actor != officer.user.pk:
        return None
    return known if officer.knows_agreements else replace(known, agreed=False, released=False)


def wants_json(request: HttpRequest) -> bool:
    """Whether the client prefers JSON: scripts and load tests do, browsers never."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _json(problem: Problem) -> JsonResponse:
    """The kind of the problem with its words; and by code and arguments each thing that was found, or the one reason."""
    answer: dict[str, Any] = {"error": problem.error, "words": problem.words}
    if not problem.findings:
        answer |= {key: value for said in problem.said for key, value in _coded(said).items()}
    answer["findings"] = [
        _coded(finding) | {"level": finding.level, "field": finding.field, "acknowledgement": finding.acknowledgement}
        for finding in problem.findings
    ]
    return JsonResponse(answer, status=problem.status)


def _coded(said: Coded) -> dict[str, Any]:
    return {"code": said.code, "args": dict(said.args), "words": words(said)}


def refused(status: int, error: str, code: str, **args: Any) -> Problem:
    """A problem that one code says."""
    return Problem(status, error, (Message(code, args),))


def refuse(request: HttpRequest, problem: Problem, officer: Officer | None = None, **context: Any) -> HttpResponse:
    """A page of words, where there is no form to go back to."""
    if wants_json(request):
        return _json(problem)
    return render(
        request, "desk/message.html", {"words": problem.words, "officer": officer, **context}, status=problem.status
    )


def show(
    request: HttpRequest, template: str, officer: Officer, context: dict[str, Any], problem: Problem | None = None
) -> HttpResponse:
    """A screen of the desk, with the receipt or the problem that it has to say first."""
    full = {"officer": officer, "received": received(request, officer), "problem": problem, **context}
    if problem is not None:
        # The text that is shown is not what was received: its draft must stay, even under the same submission id.
        full["received"] = full["own"] = None
    return render(request, template, full, status=problem.status if problem else 200)


def to_login(request: HttpRequest) -> HttpResponse:
    """To the log-in, and back to this page afterwards."""
    if wants_json(request):
        return _json(refused(403, "logged_out", "logged_out.first"))
    return HttpResponseRedirect(_login_url(request))


def logged_out(request: HttpRequest) -> HttpResponse:
    """A submission without a valid log-in: nothing is recorded, and the browser keeps the figures."""
    code = "logged_out.earlier_login" if request.user.is_authenticated else "logged_out.now"
    return refuse(request, refused(403, "logged_out", code), login=_login_url(request))


def _login_url(request: HttpRequest) -> str:
    login = reverse("login")
    if request.path in (login, reverse("logout")):
        return login
    # Every other address that takes submissions shows a page as well, so that one can come back to it.
    return f"{login}?{urlencode({'next': request.path})}"


def warnings_of(problem: Problem | None, form: DeskForm) -> Sequence[tuple[Finding, bool]]:
    """Warnings to acknowledge, each with whether it was ticked."""
    return [(finding, finding.acknowledgement in form.acknowledged) for finding in problem.warnings] if problem else []
