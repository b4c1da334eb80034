"""A contest at one glance, and what of it is public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from results import ledger, rehearsal
from results.desk.answers import Problem, answer, refuse, show
from results.desk.forms.base import DeskForm
from results.desk.forms.choices import HoldForm, PolicyForm, RevisionForm
from results.desk.gate import staffed
from results.desk.officer import Officer, received_anywhere
from results.desk.progress import box_rows, idle, next_steps, unverified
from results.desk.waiting import papers_of_correction, shown_by_correction, waiting_groups, why_not_released
from results.facts.kinds import HeldSet, PolicySet, ReleaseMade
from results.facts.states import BoxState
from results.facts.types import Facts
from results.ledger.hall import amended_elsewhere
from results.models import LedgerEntry
from results.people import accounts
from results.policy import last_release, withheld_revisions
from results.rules.beginning import late_start
from results.rules.order import before_close
from results.texts.message import Message
from results.texts.wording import listed


@never_cache
@require_safe
@login_required
def contests(request: HttpRequest) -> HttpResponse:
    """The contests at which the person has a role, and what they typed on this tablet and did not send."""
    assert isinstance(request.user, User)
    if rehearsal.asked_for():
        # There is one list: a person has to see side by side what is real and what is not.
        return HttpResponse(status=302, headers={"Location": "/desk/"})
    held = [(one, rehearsal.address(one.contest, "desk:contest")) for one in accounts.appointments_of(request.user)]
    context = {
        "counts": [pair for pair in held if not rehearsal.prefix_of(pair[0].contest)],
        "rehearsals": [pair for pair in held if rehearsal.prefix_of(pair[0].contest)],
        "own": received_anywhere(request.user),
    }
    return render(request, "desk/contests.html", context)


@staffed("GET")
def contest(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What to do next; every box by ward and every group, with its state."""
    facts, at = officer.facts(), officer.standpoint()
    rows = box_rows(facts)
    states = Counter(row.known.state for row in rows)
    steps = next_steps(facts, at)
    group_states = {number: officer.state_of(group) for number, group in facts.groups.items()}
    jump, lost = _jump(officer, facts, request.GET.get("find", ""))
    if jump:
        return HttpResponse(status=302, headers={"Location": jump})
    context = {
        "definition": facts.definition,
        "facts": facts,
        "steps": steps,
        "late_start": late_start(facts, at.now) if facts.late_start is None else None,
        "idle": None if steps else idle(facts, at),
        "unverified": unverified(facts, at.others),
        "too_early": before_close(facts.definition) if at.now < facts.definition.close_of_poll else None,
        "wards": [
            (ward.name, [row for row in rows if row.wards[0] == ward.gss]) for ward in facts.definition.wards.values()
        ],
        "box_states": [(state, states[state]) for state in BoxState if states[state]],
        "elsewhere": [
            Message(
                f"elsewhere.{'registered' if one.registered else 'cancelled'}", {"box": one.box, "name": one.contest}
            )
            for one in amended_elsewhere(officer.contest, facts)
        ],
        "papers": sum(row.known.papers or 0 for row in rows),
        "doubted": sum(bool(row.doubts) for row in rows),
        "groups": [
            (group, group_states[group.number], list(group.boxes), officer.latest_of(group))
            for group in facts.groups.values()
        ],
        "group_states": list(Counter(group_states.values()).items()),
        "own": officer.received_ids(),
        "lost": lost,
    }
    if request.headers.get("Part") == "live":
        # A page that is open asks for what is next, again and again: the lists are not made for it.
        context |= {"wards": [], "groups": []}
    return show(request, "desk/contest.html", officer, context)


def _jump(officer: Officer, facts: Facts, text: str) -> tuple[str, Message | None]:
    """Where a typed box or group lies, or what to say when there is none."""
    words = text.strip().lower().split()
    if not words:
        return "", None
    wanted, contest = words[-1], officer.contest.ballot_paper_id
    label = next((label for label in facts.boxes if label.lower() == wanted), None)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 0
    if number in (*facts.groups, *facts.dissolved) and (words[0].startswith("g") or label is None):
        return reverse("desk:group", args=[contest, number]), None
    if label is not None and not words[0].startswith("group"):
        return reverse("desk:box", args=[contest, label]), None
    return "", Message("find.nothing", {"text": text.strip()[:40]})


@staffed()
def policy(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What is public: the Returning Officer's to choose, everybody else's to read."""
    if request.method != "POST":
        facts = officer.facts()
        seen = _last_choice(facts)
        return _policy_page(request, officer, facts, PolicyForm(seen=seen), HoldForm(seen=seen))
    url = reverse("desk:policy", args=[officer.contest.ballot_paper_id])
    if request.POST.get("action") == "hold":
        hold = HoldForm(request.POST)
        return answer(request, officer, hold, lambda: _hold(officer, hold), url, _after(request, officer, hold))
    verb = _LETS_GO.get(request.POST.get("action", ""))
    if verb is not None:
        going = RevisionForm(request.POST)
        return answer(
            request, officer, going, lambda: _let_go(officer, going, verb), url, _after(request, officer, going)
        )
    form = PolicyForm(request.POST)
    return answer(request, officer, form, lambda: _set(officer, form), url, _after(request, officer, form))


def _set(officer: Officer, form: PolicyForm) -> ledger.Receipt:
    data = form.cleaned_data
    return ledger.set_policy(
        officer.contest,
        data["publish"],
        data["projection"] == "on",
        actor=officer.user,
        submission_id=data["submission_id"],
        seen=data["seen"],
        reason=data["reason"],
    )


_LETS_GO = {"revision": ledger.release_revision, "last": ledger.release_last}


def _let_go(officer: Officer, form: RevisionForm, verb: Callable[..., ledger.Receipt]) -> ledger.Receipt:
    data = form.cleaned_data
    return verb(
        officer.contest,
        form.numbers(),
        actor=officer.user,
        submission_id=data["submission_id"],
        seen=data["seen"],
        reason=data["reason"],
    )


def _hold(officer: Officer, form: HoldForm) -> ledger.Receipt:
    data = form.cleaned_data
    return ledger.set_held(
        officer.contest,
        data["held"] == "yes",
        actor=officer.user,
        submission_id=data["submission_id"],
        seen=data["seen"],
        reason=data["reason"],
    )


def _after(request: HttpRequest, officer: Officer, form: DeskForm) -> Callable[[Problem], HttpResponse]:
    """The page for a choice that was not recorded."""

    def page(problem: Problem) -> HttpResponse:
        if problem.status == 403:
            return refuse(request, problem, officer)
        facts = officer.facts()
        seen = _last_choice(facts)
        if problem.superseded:
            form.renew(seen=_last_of(facts, form) if isinstance(form, RevisionForm) else seen)
        choice = form if isinstance(form, PolicyForm) else PolicyForm(seen=seen)
        hold = form if isinstance(form, HoldForm) else HoldForm(seen=seen)
        return _policy_page(request, officer, facts, choice, hold, problem, form)

    return page


def _revisions(facts: Facts, sent: DeskForm | None) -> list[tuple[str, Message, list[Message], RevisionForm]]:
    """Corrections that wait for the Returning Officer: the groups, the papers, what the release shows, and the form."""
    rows = []
    for released in withheld_revisions(facts):
        key = ",".join(str(number) for number in released.groups)
        ours = (sent.data.get("action"), sent.data.get("groups")) == ("revision", key) if sent else False
        last = max(facts.groups[number].last_seq for number in released.groups)
        form = sent if ours and isinstance(sent, RevisionForm) else RevisionForm(seen=last, initial={"groups": key})
        groups = listed([str(number) for number in released.groups])
        rows.append((groups, papers_of_correction(facts, released), shown_by_correction(facts, released), form))
    return rows


def _last(facts: Facts, sent: DeskForm | None) -> RevisionForm | None:
    """The form for the figures that complete the contest, where they wait to be let go."""
    numbers = last_release(facts)
    if numbers is None:
        return None
    key = ",".join(str(number) for number in numbers)
    if isinstance(sent, RevisionForm) and sent.data.get("action") == "last" and sent.data.get("groups") == key:
        return sent
    return RevisionForm(seen=max(facts.groups[number].last_seq for number in numbers), initial={"groups": key})


def _last_of(facts: Facts, form: RevisionForm) -> int:
    """The last entry of the groups that a form lets go, those of them that are still there."""
    return max((facts.groups[number].last_seq for number in form.numbers() if number in facts.groups), default=0)


def _last_choice(facts: Facts) -> int:
    return facts.past_policies[-1].seq if facts.past_policies else 0


def _policy_page(
    request: HttpRequest,
    officer: Officer,
    facts: Facts,
    choice: PolicyForm,
    hold: HoldForm,
    problem: Problem | None = None,
    form: DeskForm | None = None,
) -> HttpResponse:
    entries = LedgerEntry.objects.filter(contest=officer.contest, kind__in=[PolicySet.KIND, HeldSet.KIND]).order_by(
        "-seq"
    )
    events = {event.seq: event for event in facts.past_policies}
    last, revisions = _last(facts, form), _revisions(facts, form)
    # A counting officer who reads blind is not told what is agreed and not public.
    waiting = {"waiting": waiting_groups(facts), "why": why_not_released(facts), "last": last, "revisions": revisions}
    context = {
        "definition": facts.definition,
        "facts": facts,
        "choice": choice,
        "hold": hold,
        "form": form,
        "chosen": choice["publish"].value() if choice.is_bound else facts.publish,
        "projection": choice["projection"].value() if choice.is_bound else ("on" if facts.projection else "off"),
        "may_choose": officer.is_returning_officer,
        "own": officer.received_ids(kind__in=[PolicySet.KIND, HeldSet.KIND, ReleaseMade.KIND]),
        **(waiting if officer.knows_agreements else {"blind": True}),
        # What is refused may wait no more: then no form is there to say why beside it.
        "gone": form is not None
        and not any(form is one for one in (choice, hold, last, *(row[3] for row in revisions))),
        "history": [
            (events[seq], name, note)
            for seq, name, note in entries.values_list("seq", "actor_name", "note")
            if seq in events
        ],
    }
    return show(request, "desk/policy.html", officer, context, problem)
