"""The desk as its tests read it: clients, addresses, hidden fields, and what is typed."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from results.models import Contest, LedgerEntry
from tests.builders import People, verify

HEADS = ("want_of_official_mark", "voting_for_more_than_one", "identifying_mark", "unmarked_or_void")


def at_desk(user: Any, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="results.people.accounts.CountBackend")
    return client


def url(contest: Contest, view: str, *parts: Any) -> str:
    return reverse(f"desk:{view}", args=[contest.ballot_paper_id, *parts])


def hidden(page: Any, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action, as a browser would send them back."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.content.decode(), re.S)
    assert form is not None, f"no form for {action}"
    pairs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form.group())
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def opened(client: Client, contest: Contest, view: str, *parts: Any) -> dict[str, str]:
    address = url(contest, view, *parts)
    return hidden(client.get(address), address)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def shows(answer: Any, figure: str) -> bool:
    """Whether the figure stands in the page as a number of its own, not as digits of a form's random id or token."""
    return re.search(rf"(?<![\w#-])(?<!\d,){figure}(?![\w-])(?!,\d)", text_of(answer)) is not None


def account(found: str = "700", **more: str) -> dict[str, str]:
    return {"issued": "700", "unused": "200", "spoilt": "1", "tendered": "0", "found": found, "reason": ""} | more


def sheet(*votes: object, **more: str) -> dict[str, str]:
    figures = {f"votes-{number}": str(value) for number, value in enumerate(votes, 1)}
    figures |= {f"rejected-{head}": "0" for head in HEADS}
    return {"sheet": "0107", "doubtful": "0"} | figures | more


def verify_others(contest: Contest, cast: People) -> None:
    """Enough papers outside group 1 that it may be released."""
    for label in ("3", "4"):
        verify(contest, label, 700, cast.olu)


def kinds(contest: Contest) -> list[str]:
    return list(LedgerEntry.objects.filter(contest=contest).order_by("seq").values_list("kind", flat=True))
