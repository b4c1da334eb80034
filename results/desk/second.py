"""The second officer at a form: another person, who types their own user name and pass phrase, or a witness's name."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest

from results.desk.forms.second import SecondForm
from results.ledger import Refused, Second
from results.people.guessing import address_of, guesses
from results.rules.findings import refusal


def second_of(request: HttpRequest, form: SecondForm) -> Second:
    """Who stands by what a valid form says. Refused where name and pass phrase do not belong together.

    It is as slow to guess here as at the log-in, and a wrong pass phrase is in the journal as there
    (results/people/recording.py): whoever is logged in cannot try out a colleague's.
    """
    name, phrase = form.cleaned_data["second_name"], form.cleaned_data["second_phrase"]
    witness = form.cleaned_data["witness"]
    if not name and not phrase:
        return Second(witness=witness)
    if not name or not phrase:
        raise Refused(refusal("second.incomplete", "second_phrase" if name else "second_name"))
    assert isinstance(request.user, User)
    if name == request.user.get_username():
        raise Refused(refusal("second.same_person", "second_name"))
    address = address_of(request)
    if seconds := guesses.pause(address, name):
        raise Refused(refusal("second.paused", "second_phrase", seconds=seconds))
    officer = authenticate(request, username=name, password=phrase)
    if not isinstance(officer, User):
        guesses.wrong(address, name)
        raise Refused(refusal("second.wrong", "second_phrase"))
    guesses.right(address, name)
    return Second(officer, witness)
