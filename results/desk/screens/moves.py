"""Papers of another contest that lay in a box go to where they belong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.verification import MoveForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.screens.boxes import no_box, while_listed
from results.desk.second import second_of
from results.facts.kinds import PapersMoved
from results.facts.reading import read_facts
from results.facts.types import Facts
from results.ledger.moving import other_contests
from results.models import Contest
from results.people import roles
from results.rules.second import any_stands, stands


@staffed()
def move_papers(request: HttpRequest, officer: Officer, label: str) -> HttpResponse:
    """Which papers lay in the box and where they belong; POST moves them in both contests' ledgers."""
    facts = officer.facts()
    if label not in facts.boxes:
        return no_box(request, officer, label)
    others = [one for one in other_contests(officer.contest) if roles.role_at(officer.user, one)]
    if not others:
        return refuse(request, refused(404, "unknown", "move.no_other_contest"), officer)
    if request.method != "POST":
        return _page(request, officer, facts, label, MoveForm(others, seen=facts.boxes[label].last_seq))
    form = MoveForm(others, request.POST)

    def write() -> ledger.Receipt:
        said = form.cleaned_data
        return ledger.move_papers(
            officer.contest,
            label,
            said["papers_moved"],
            said["other_contest"],
            said["other_box"].strip(),
            actor=officer.user,
            **form.submission,
            reason=said["reason"],
            acknowledged=form.acknowledged,
            second=second_of(request, form),
        )

    def show_again(now: Facts, problem: Problem) -> HttpResponse:
        if problem.superseded:
            form.renew(seen=now.boxes[label].last_seq)
        return _page(request, officer, now, label, form, problem)

    page = while_listed(request, officer, label, show_again)
    url = reverse("desk:box", args=[officer.contest.ballot_paper_id, label])
    return answer(request, officer, form, write, url, page)


def _some_stand(other: Contest) -> bool:
    """Whether figures of the other contest are agreed or public: which box the papers belong to is not known yet."""
    return any(stands(group) for group in read_facts(other).groups.values())


def _page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    label: str,
    form: MoveForm,
    problem: Problem | None = None,
) -> HttpResponse:
    group = facts.group_of(label)
    context = {
        "definition": facts.definition,
        "box": facts.definition.boxes[label],
        "known": facts.boxes[label],
        "counted": group if group is not None and group.counts else None,
        "form": form,
        "needs_second": any_stands(facts, [label]) or any(_some_stand(other) for other in form.others),
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=PapersMoved.KIND, box__box__label=label),
    }
    return show(request, "desk/move_papers.html", officer, context, problem)
