"""A box: its papers are verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.boxes import ArriveForm, VerifyForm, verify_form
from results.desk.gate import staffed
from results.desk.history import history
from results.desk.in_hand import takes_box
from results.desk.officer import Officer
from results.desk.progress import box_doubts
from results.desk.receipt import received
from results.desk.second import second_of
from results.facts.types import Facts
from results.ledger.hall import contests_sharing_box
from results.ledger.moving import other_contests
from results.models import LedgerEntry, Verification
from results.rules.order import before_close
from results.rules.second import any_stands
from results.rules.verification import differs, where_to_look
from results.texts.message import Message


@staffed()
@takes_box
def box(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """The state of a box with the form to verify it; POST verifies."""
    definition = officer.definition_with(label)
    if definition is None:
        return no_box(request, officer, label)
    if request.method != "POST":
        facts = officer.facts()
        return _page(request, officer, facts, label, _fresh(facts, label))
    form = verify_form(definition, label, request.POST)

    def write() -> ledger.Receipt:
        return ledger.record_verification(
            officer.contest,
            form.said(),
            actor=officer.user,
            **form.submission,
            acknowledged=form.acknowledged,
            second=second_of(request, form),
        )

    def show_again(facts: Facts, problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=facts.account_of(label).last_seq)
        return _page(request, officer, facts, label, form, problem)

    page = while_listed(request, officer, label, show_again)
    return answer(request, officer, form, write, _url(officer, label), page)


def _fresh(facts: Facts, label: str) -> VerifyForm:
    return verify_form(facts.definition, label, seen=facts.account_of(label).last_seq)


def _url(officer: Officer, label: str) -> str:
    return reverse("desk:box", args=[officer.contest.ballot_paper_id, label])


def while_listed(
    request: HttpRequest, officer: Officer, label: str, page: Callable[[Facts, Problem], HttpResponse]
) -> Callable[[Problem], HttpResponse]:
    """What answers a problem: `page`, with the facts of now; 404 where the box was taken off the list meanwhile."""

    def answering(problem: Problem) -> HttpResponse:
        facts = officer.facts()
        return page(facts, problem) if label in facts.boxes else no_box(request, officer, label)

    return answering


def no_box(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """404."""
    return refuse(request, refused(404, "unknown", "unknown.box", box=label, contest=officer.contest.name), officer)


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    label: str,
    form: Any,
    problem: Problem | None = None,
) -> HttpResponse:
    early = facts.definition.boxes[label].kind == "polling" and officer.now() < facts.definition.close_of_poll
    about = _about(officer, facts, label)
    context = {
        **about,
        "form": form,
        "problem_form": form,
        "came": received(facts, label),
        "arriving": ArriveForm(seen=facts.boxes[label].last_seq),
        "warnings": warnings_of(problem, form),
        "look": _look(officer, facts, form) if problem is not None and problem.status == 422 else (),
        "too_early": before_close(facts.definition) if early else None,
        "may_verify": not early and (not about["supervised"] or officer.supervises),
        "open_form": about["standing"] is None or problem is not None,
        "own": officer.received_ids(Q(box__box__label=label) | Q(account__boxes__box__label=label)),
        "next_box": _next_box(facts, label),
    }
    return show(request, "desk/box.html", officer, context, problem)


def _look(officer: Officer, facts: Facts, form: VerifyForm) -> Sequence[Message]:
    """Where to look for a variance that the form has; nothing where its figures are not all there."""
    if form.findings() and any(finding.code.startswith("form.") for finding in form.findings()):
        return ()
    said = form.said()
    sharing = [other.name for other in contests_sharing_box(officer.contest, *(box.box for box in said.boxes))]
    return where_to_look(facts, said, sharing) if differs(facts, said) else ()


def _moved_words(moved: int) -> Message:
    return Message("moved.in" if moved > 0 else "moved.out", {"papers": abs(moved)})


def _about(officer: Officer, facts: Facts, label: str) -> dict[str, Any]:
    """What is known of a box, of the account that covers it, and of the group that its papers are mixed in."""
    definition = facts.definition
    known, box = facts.boxes[label], definition.boxes[label]
    account, covered = facts.account_of(label), definition.accounts[box.account].boxes
    standing = account.verified
    groups = [group for other in covered if (group := facts.group_of(other)) is not None and group.counts]
    group = facts.group_of(label)
    return {
        "definition": definition,
        "box": box,
        "known": known,
        "wards": [definition.wards[gss].name for gss in box.wards],
        "covered": covered,
        "account": account,
        "standing": standing,
        "doubts": box_doubts(facts, label),
        "electors": sum(definition.boxes[other].electors for other in covered),
        "entrusted": definition.accounts[box.account].entrusted,
        "moved_words": _moved_words(account.moved),
        "may_move": known.papers is not None and bool(other_contests(officer.contest)),
        "may_cancel": officer.supervises and known.papers is None and group is None,
        "group": group,
        "counted": groups[0] if groups else None,
        "supervised": bool(groups),
        "needs_second": any_stands(facts, covered),
        "reason": dict(Verification.Reason.choices).get(standing.reason, "") if standing else "",
        "history": _history(officer, label),
    }


def _history(officer: Officer, label: str) -> Sequence[Mapping[str, Any]]:
    about = Q(box__box__label=label) | Q(account__boxes__box__label=label)
    return history(LedgerEntry.objects.filter(about, contest=officer.contest).distinct())


def _next_box(facts: Facts, label: str) -> str | None:
    """A box that waits to be verified: the next in the list, then from its beginning."""
    labels = list(facts.boxes)
    at = labels.index(label)
    for other in (*labels[at + 1 :], *labels[:at]):
        if facts.boxes[other].state == "arrived":
            return other
    return None
