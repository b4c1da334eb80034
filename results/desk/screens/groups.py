"""Count groups: formed, and shown with all that was entered for them, dissolved ones too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from results import ledger
from results.desk.answers import Problem, answer, refuse, refused, show, warnings_of
from results.desk.forms.base import DeskForm
from results.desk.forms.groups import DissolveForm, GroupForm, ReopenForm
from results.desk.forms.resolving import ResolveForm
from results.desk.forms.verification import SendForm
from results.desk.gate import staffed
from results.desk.history import history
from results.desk.officer import Officer
from results.desk.progress import box_doubts, box_rows, groups_to_enter
from results.desk.readings import compare, errors_of, rows_of
from results.desk.waiting import why_not_released
from results.facts.kinds import Adjudicated, GroupChanged, GroupDissolved, GroupFormed, GroupReopened, ReadingReturned
from results.facts.states import GroupState
from results.facts.types import Facts, Group
from results.models import LedgerEntry
from results.rules.adjudication import PapersOut, papers_out
from results.rules.agreement import agreement, check_again, check_reading, is_reader
from results.rules.groups import may_take_in, stations
from results.rules.order import before_close, check_order


@staffed("GET")
def group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """A group: its state, what was entered and by whom, and the count that stands."""
    return group_page(request, officer, number)


@staffed()
def form_group(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Mix boxes into a group: a supervisor's."""
    if request.method != "POST":
        if not officer.supervises:
            return refuse(request, refused(403, "forbidden", "forbidden.groups"), officer)
        facts = officer.facts()
        number = max((*facts.groups, *facts.dissolved), default=0) + 1
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
        if problem.superseded:
            form.renew(seen=0)
        return _form_page(request, officer, officer.facts(), form, problem)

    number = form.cleaned_data["number"] if form.is_valid() else 0
    return answer(request, officer, form, write, group_url(officer, number), page)


def no_group(request: HttpRequest, officer: Officer, number: int) -> HttpResponse:
    """404."""
    return refuse(
        request, refused(404, "unknown", "unknown.group", group=number, contest=officer.contest.name), officer
    )


def group_url(officer: Officer, number: int) -> str:
    """The address of a group's page."""
    return reverse("desk:group", args=[officer.contest.ballot_paper_id, number])


def group_page(
    request: HttpRequest,
    officer: Officer,
    number: int,
    problem: Problem | None = None,
    form: DeskForm | None = None,
    doing: str = "",
) -> HttpResponse:
    """The page of a group; with the form to `doing` (reopen, dissolve, resolve, confirm) as it was sent, if not taken."""
    facts = officer.facts()
    dissolved = number not in facts.groups
    if dissolved and number not in facts.dissolved:
        return no_group(request, officer, number)
    known = facts.dissolved[number] if dissolved else facts.groups[number]
    if problem is not None and problem.superseded and form is not None:
        form.renew(seen=known.last_seq)
    blind = officer.reads_blind(known)
    # That a colleague typed again would tell one who reads blind that two readings differ.
    rows = [row for row in rows_of(officer, facts.definition, known) if row.known or not blind]
    present = [row for row in rows if row.entered.figures.round == known.round and row.known]
    context = {
        "known": known,
        "state": GroupState.DISSOLVED if dissolved else officer.state_of(known),
        "wards": facts.definition.ward_names(label for label in known.boxes if label in facts.definition.boxes),
        "boxes": [
            (label, facts.definition.boxes[label], facts.boxes[label], box_doubts(facts, label))
            for label in known.boxes
            if label in facts.boxes
        ],
        "rows": rows,
        "shown": next((row for row in rows if row.stands), present[0] if present else None),
        "events": _events(officer, number, blind),
        "blind": blind,
        "own": officer.received_ids(group__number=number),
        "problem_form": doing,
        "form": form,
        **({} if dissolved else _standing(officer, facts, known, form, doing)),
    }
    return show(request, "desk/group.html", officer, {"definition": facts.definition, **context}, problem)


def _standing(officer: Officer, facts: Facts, known: Group, form: DeskForm | None, doing: str) -> dict[str, Any]:
    """What can be done with a group that is not dissolved, and what of its figures is to be looked at."""
    readings, compared = compare(officer, facts.definition, known)
    at = officer.standpoint()
    ready = [number for number in groups_to_enter(facts, at) if number != known.number]
    order = check_order(facts, known, at.now, at.others)
    reader = officer.user.pk
    may_read = not check_reading(facts, known, reader) and not check_again(facts, known, reader)
    return {
        "readings": readings,
        "compared": compared,
        "errors": errors_of(officer, facts, known),
        "may_count": known.papers is not None and may_read and (known.agreed is None or officer.supervises),
        "own_reading": is_reader(known, reader),
        "returned": [one.actor_name for number, one in known.readings.items() if number in known.returned],
        **_resolving(officer, facts, known, form, doing),
        "may_reopen": officer.supervises and bool(known.readings),
        "needs_second": known.agreed is not None,
        "out": _out(officer, facts, known),
        "adjudicates": officer.is_returning_officer,
        "order": order[0] if order else None,
        "may_change": officer.supervises and not known.released,
        "may_take_in": officer.supervises and known.released and may_take_in(facts),
        "reopening": form if doing == "reopen" else ReopenForm(seen=known.last_seq, auto_id="id_reopen_%s"),
        "may_send": known.papers is not None and not known.readings and not order,
        "sending_form": form
        if doing == "send"
        else SendForm(seen=known.last_seq, initial={"table": known.table}, auto_id="id_send_%s"),
        "dissolving": form if doing == "dissolve" else DissolveForm(seen=known.last_seq, auto_id="id_dissolve_%s"),
        "waits": why_not_released(facts, known.number) if officer.state_of(known) == "agreed" else None,
        "next_group": ready[0] if ready else None,
    }


def _out(officer: Officer, facts: Facts, known: Group) -> PapersOut | None:
    """The group's papers that are with adjudication, for who may know how many; None where there are none.

    How many papers are doubtful is a figure of the sheet: who reads blind is not told, nor anybody while a reading is missing.
    """
    if officer.reads_blind(known):
        return None
    out = papers_out(facts, known)
    return out if known.agreed is None and out.left else None


def _resolving(officer: Officer, facts: Facts, known: Group, form: DeskForm | None, doing: str) -> dict[str, Any]:
    """What a supervisor who read nothing of the sheet can do where its readings do not agree."""
    verdict = agreement(facts, known).verdict
    # What was confirmed stands, though one of its figures was once mistyped.
    waiting = known.agreed is None and verdict in ("differs", "queried", "confirm")
    if not officer.supervises or is_reader(known, officer.user.pk) or not waiting:
        return {}
    mistyped = [(str(number), one.actor_name) for number, one in sorted(known.readings.items())]
    return {
        "verdict": verdict,
        "mistyped": mistyped,
        "resolving": form if doing == "resolve" else ResolveForm(seen=known.last_seq, auto_id="id_resolve_%s"),
        "confirming": form if doing == "confirm" else DeskForm(seen=known.last_seq, auto_id="id_confirm_%s"),
    }


def _events(officer: Officer, number: int, blind: bool) -> Sequence[Mapping[str, Any]]:
    """What was done with the group, the last first, with the reasons; to one who reads blind not what came of readings."""
    kinds = [kind.KIND for kind in (GroupFormed, GroupReopened, GroupChanged, GroupDissolved)]
    if not blind:
        kinds += [ReadingReturned.KIND, Adjudicated.KIND]
    return history(LedgerEntry.objects.filter(contest=officer.contest, group__number=number, kind__in=kinds))


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
        "stations": stations(facts),
        "too_early": before_close(facts.definition) if early else None,
        "warnings": warnings_of(problem, form),
        "own": officer.received_ids(kind=GroupFormed.KIND),
    }
    return show(request, "desk/form_group.html", officer, context, problem)
