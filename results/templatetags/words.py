"""Codes in words, in a template: what the rules, the ledger and the forms say by code is put into words here.

    {{ finding|words }}      a message or a finding
    {{ "label.sheet"|words }}   a code without arguments; also what is no code, such as a candidate's name, which stays
    {{ field|problems }}     what is wrong with a form's field

Words of a template's own stay English in the template; one that is to be translated is moved to the catalogue
(results/texts) and written {{ "code"|words }}.
"""

from __future__ import annotations

from django import forms, template

from results.texts.message import Message
from results.texts.wording import Coded
from results.texts.wording import words as in_words

register = template.Library()


@register.filter
def words(said: Coded | str | None) -> str:
    """A message, a finding or a bare code in words; "" of nothing."""
    if not said:
        return ""
    return in_words(Message(said) if isinstance(said, str) else said)


@register.filter
def problems(field: forms.BoundField) -> str:
    """What is wrong with a field of a form, in words; "" if nothing is."""
    errors = field.form.errors.as_data().get(field.name, [])
    return " ".join(in_words(Message(str(error.message), error.params or {})) for error in errors)
