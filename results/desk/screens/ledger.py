"""The whole ledger of a contest, for those who answer for it: every entry, by kind, person, box, group and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from results.desk.answers import refuse, refused, show
from results.desk.forms.ledger import LedgerFilter
from results.desk.gate import staffed
from results.desk.officer import Officer
from results.desk.said import SaidLine, figures_of_group, group_said, lines_of
from results.facts.kinds import Entry
from results.facts.reading import read_entries, read_head
from results.facts.stored_definition import stored_definition
from results.facts.types import Facts
from results.models import Acknowledgement, CompanionEntry, LedgerEntry
from results.texts.message import Message

ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry as it is shown: its row, what its kind is called, what it says, and what was acknowledged with it."""

    entry: LedgerEntry
    called: Message
    lines: list[SaidLine]


@staffed("GET")
def ledger(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Every entry, the last first; filtered by what the address asks."""
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "ledger.for_supervisors"), officer)
    form = LedgerFilter(officer.contest, request.GET)
    form.is_valid()
    found = form.entries().select_related("supersedes", "second_officer", "group", "box__box").order_by("-seq")
    pages = Paginator(found, ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "definition": officer.facts().definition,
        "form": form,
        "rows": _rows(officer, page.object_list),
        "page": page,
        "asked": urlencode(asked),
        "filtered": bool(asked),
        "whole": LedgerEntry.objects.filter(contest=officer.contest).count(),
    }
    return show(request, "desk/ledger.html", officer, context)


@staffed("GET")
def entry(request: HttpRequest, officer: Officer, seq: int) -> HttpResponse:
    """One entry with every figure in it, and what it stands beside: what it replaced, what replaced it, its act."""
    if not officer.supervises:
        return refuse(request, refused(403, "forbidden", "ledger.for_supervisors"), officer)
    found = LedgerEntry.objects.filter(contest=officer.contest, seq=seq)
    row = found.select_related("supersedes", "superseded_by", "second_officer", "group", "box__box").first()
    if row is None:
        return refuse(request, refused(404, "unknown", "ledger.no_entry", entry=seq), officer)
    act = LedgerEntry.objects.filter(contest=officer.contest, act=row.act).exclude(pk=row.pk).order_by("seq")
    context = {
        "definition": officer.facts().definition,
        "row": _rows(officer, [row])[0],
        "act": [(one.seq, Message(f"entry.{one.kind}")) for one in act],
        "companions": CompanionEntry.objects.filter(entry=row).select_related("contest").order_by("contest"),
        "acknowledged": Acknowledgement.objects.filter(entry=row).order_by("code").values_list("code", flat=True),
        "last": read_head(officer.contest)[0],
    }
    return show(request, "desk/ledger_entry.html", officer, context)


def _rows(officer: Officer, entries: Iterable[LedgerEntry]) -> list[LedgerRow]:
    shown = list(entries)
    if not shown:
        return []
    facts = officer.facts()
    upto = max(row.seq for row in shown)
    read = read_entries(officer.contest, stored_definition(officer.contest, read_head(officer.contest)[2]), upto)
    return [LedgerRow(row, Message(f"entry.{row.kind}"), _lines(officer, facts, read[row.seq - 1])) for row in shown]


def _lines(officer: Officer, facts: Facts, entry: Entry) -> list[SaidLine]:
    """What an entry says; a reading that is still open is hidden from everybody, as on every other screen."""
    number = figures_of_group(entry.said)
    group = group_said(facts, number) if number is not None else None
    count = next((one for one in group.counts if one.seq == entry.seq), None) if group is not None else None
    visible = group is None or count is None or officer.may_see(group, count)
    return lines_of(entry.said, facts.definition, visible)
