"""Codes in words, in a template: what the rules, the ledger and the forms say by code is put into words here.

    {{ finding|words }}      a message or a finding
    {{ "label.sheet"|words }}   a code without arguments; also what is no code, such as a candidate's name, which stays
    {{ field|problems }}     what is wrong with a form's field
    {{ papers|figure }}      a number of papers, {{ difference|variance }} one with its sign
    {{ state|state_of_box:doubts }}   a box's state, with what its account leaves in doubt
    {% desk_texts %}         the texts that a form says in the browser
    {% is_rehearsal as x %}  whether the page is one of rehearsals, and {% watermark %} what is written over all of it

Words of a template's own stay English in the template; one that is to be translated is moved to the catalogue
(results/texts) and written {{ "code"|words }}.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django import forms, template
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from results import rehearsal
from results.facts.states import BoxState
from results.rules.counts import MOST
from results.texts.catalogue import ENGLISH, catalogue
from results.texts.locales import language
from results.texts.message import Message
from results.texts.wording import Coded, count, signed
from results.texts.wording import words as in_words

register = template.Library()

_FILLS_A_PAGE = 120
_SAID_IN_BROWSER = ("sum", "gap", "form", "keypad", "draft", "sending", "age", "screen")


@register.filter
def words(said: Coded | str | None) -> str:
    """A message, a finding or a bare code in words; "" of nothing."""
    if not said:
        return ""
    return in_words(Message(said) if isinstance(said, str) else said)


@register.filter
def state_of_box(state: BoxState, doubts: Sequence[Message]) -> SafeString:
    """The state of a box and what its account leaves in doubt. A filter, since a list has a hundred of them."""
    if not doubts:
        return _undoubted(state)
    said = format_html_join("", ", <b>{}</b>", ((words(doubt),) for doubt in doubts))
    return format_html('<span class="state {} doubted">{}{}</span>', state, state, said)


@register.filter
def figure(number: int | str | None) -> str:
    """A number of papers; a dash where there is none."""
    return count(number) if isinstance(number, int) else "–"


@register.filter
def variance(number: int | str | None) -> str:
    """Papers more or fewer than expected, with their sign; a dash while it is not known."""
    return signed(number) if isinstance(number, int) else "–"


@cache
def _undoubted(state: BoxState) -> SafeString:
    return format_html('<span class="state {}">{}</span>', state, state)


@register.filter
def problems(field: forms.BoundField) -> str:
    """What is wrong with a field of a form, in words; "" if nothing is."""
    errors = field.form.errors.as_data().get(field.name, [])
    return " ".join(in_words(Message(str(error.message), error.params or {})) for error in errors)


@register.simple_tag
@cache
def desk_texts() -> SafeString:
    """The texts that a form says in the browser, as the element that static/js/texts.js reads."""
    texts = {code: text for code, text in catalogue().items() if code.partition(".")[0] in _SAID_IN_BROWSER}
    own = {"language": ENGLISH, "locale": language(ENGLISH).document(), "messages": texts, "most": MOST}
    return json_script(own, "desk-texts")


@register.simple_tag
def is_rehearsal() -> bool:
    """Whether the page is at an address of rehearsals."""
    return rehearsal.asked_for()


@register.simple_tag
@cache
def watermark() -> str:
    """The word that fills the page of a rehearsal, as often as the largest screen has place for it."""
    return " ".join([in_words(Message("rehearsal.watermark"))] * _FILLS_A_PAGE)
