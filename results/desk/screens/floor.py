"""The hall's screens: the floor, totals of agreed groups, announcements; and what a tablet says of itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from results import clock
from results.board.publishing import kept
from results.board.set_up_document import set_up_document
from results.desk.answers import Problem, SeeOther, malformed, problem_of, refuse, refused, show
from results.desk.floor_plan import Eyes, by_table, by_ward, missing
from results.desk.forms.announcing import AnnounceForm, TakeDownForm
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.totals import against_plan
from results.desk.totals import totals as sum_up
from results.facts.types import Facts
from results.floor import announcements, claims, tablets
from results.ledger import LedgerError
from results.models import Tablet
from results.rehearsal import address

UNSENT_MINUTES = 5
"""A sheet that is being typed is no news; one that lies for longer than this may have been forgotten."""
SILENT_SECONDS = 180


@staffed("GET")
def hall(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Every box and group by ward or by table: its state, since when, and who has it."""
    facts = officer.facts()
    eyes = Eyes(officer.user.pk, officer.supervises, officer.state_of)
    in_hand = claims.in_hand(officer.contest)
    table = request.GET.get("by") == "table"
    parts = (by_table if table else by_ward)(facts, eyes, in_hand)
    groups = [one for part in parts for one in part.groups]
    context = {
        "definition": facts.definition,
        "facts": facts,
        "parts": parts,
        "by_table": table,
        "missing": missing(facts, groups),
        "complete": bool(groups) and facts.state == "counted" and officer.knows_agreements,
        "tablets": _unsent(officer) if officer.supervises else (),
    }
    return show(request, "desk/hall.html", officer, context)


def _unsent(officer: Officer) -> list[tuple[Tablet, bool]]:
    """Tablets on which forms lie that nobody sends, each with whether it is silent."""
    now, night = clock.real_now(), officer.now()
    found = []
    for tablet in tablets.with_unsent(officer.contest):
        silent = now - tablet.seen_at > timedelta(seconds=SILENT_SECONDS)
        if silent or tablet.oldest is None or night - tablet.oldest > timedelta(minutes=UNSENT_MINUTES):
            found.append((tablet, silent))
    return found


@staffed("GET")
def totals(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What agreed groups sum up to, what is missing, and pace against plan: for the Returning Officer and deputies."""
    if not officer.is_returning_officer:
        return refuse(request, refused(403, "forbidden", "forbidden.totals"), officer)
    facts = officer.facts()
    eyes = Eyes(officer.user.pk, True, officer.state_of)
    groups = [one for part in by_ward(facts, eyes, {}) for one in part.groups]
    context = {
        "definition": facts.definition,
        "facts": facts,
        "totals": sum_up(facts),
        "missing": missing(facts, groups),
        "plan": against_plan(facts, officer.now()),
    }
    return show(request, "desk/totals.html", officer, context)


@staffed()
def announce(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the screen in the hall says; a supervisor says it."""
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "forbidden.announce"), officer)
    event = officer.contest.event
    if request.method != "POST":
        return _announce_page(request, officer, AnnounceForm(seen=_last(officer)))
    form = TakeDownForm(request.POST) if request.POST.get("down") == "1" else AnnounceForm(request.POST)
    problem = malformed(form)
    if problem is None:
        try:
            text = form.cleaned_data.get("text", "")
            announcements.announce(event, text, actor=officer.user, **form.submission)
        except LedgerError as error:
            problem = problem_of(error)
            form.renew(seen=_last(officer))
        else:
            return SeeOther(f"{address(officer.contest, 'desk:announce')}?said=1")
    shown = form if isinstance(form, AnnounceForm) else AnnounceForm(seen=_last(officer))
    return _announce_page(request, officer, shown, problem)


def _last(officer: Officer) -> int:
    last = announcements.standing(officer.contest.event)
    return last.pk if last else 0


def _announce_page(
    request: HttpRequest, officer: Officer, form: AnnounceForm, problem: Problem | None = None
) -> HttpResponse:
    past = announcements.past(officer.contest.event)
    context = {
        "definition": officer.definition(),
        "form": form,
        "past": past,
        "standing": past[0] if past and past[0].text else None,
        "taking_down": TakeDownForm(seen=past[0].pk if past else 0),
        "said": request.GET.get("said") == "1" and problem is None,
        "own": [one.submission_id for one in past if one.actor_id == officer.user.pk],
    }
    return show(request, "desk/announce.html", officer, context, problem)


@staffed("GET")
def screen(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The screen in the hall: the announcement, large, and of each contest what is public of it. Nothing else."""
    event = officer.contest.event
    said = announcements.standing(event)
    context = {
        "definition": officer.definition(),
        "event": event,
        "announcement": said if said and said.text else None,
        "now": officer.now(),
        "contests": [
            (contest, kept(contest).board, set_up_document(contest))
            for contest in event.contests.select_related("election", "event__demo_clock").order_by("name")
        ],
    }
    return show(request, "desk/screen.html", officer, context)


_SUBJECT = re.compile(r"(box|group):([A-Za-z0-9-]{1,20})")
_DEVICE = re.compile(r"[0-9a-f]{32}")


@staffed("POST")
def beat(request: HttpRequest, officer: Officer) -> HttpResponse:
    """A tablet says how many forms it has kept and not sent, and what its person has in hand. 204: nothing is answered."""
    device, unsent = request.POST.get("device", ""), request.POST.get("unsent", "")
    if not _DEVICE.fullmatch(device) or not (unsent.isascii() and unsent.isdigit() and len(unsent) < 6):
        return HttpResponse(status=400)
    tablets.report(officer.contest, device, officer.user, int(unsent), _moment(request.POST.get("oldest", "")))
    held = request.POST.get("holding", "")
    if _SUBJECT.fullmatch(held) and _may_hold(officer, officer.facts(), held, request.POST.get("typed") == "1"):
        claims.take(officer.contest, held, officer.user)
    return HttpResponse(status=204)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _may_hold(officer: Officer, facts: Facts, subject: str, typed: bool) -> bool:
    """Whether there is such a thing, and something to do with it: who only looks at a box does not have it in hand."""
    kind, _, name = subject.partition(":")
    if kind == "group":
        group = facts.groups.get(int(name)) if name.isascii() and name.isdigit() and len(name) < 6 else None
        return group is not None and group.agreed is None
    box = facts.boxes.get(name)
    return box is not None and box.papers is None and (typed or not officer.supervises)
