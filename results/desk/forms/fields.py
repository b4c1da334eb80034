"""Fields of the desk: figures that are taken exactly as they are typed, or refused with what to do about it.

Nothing is coerced: a figure is ASCII digits and nothing else, and every other text is kept as it was typed. The message
of an error is a code of the catalogue (results/texts); templates put it into words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from results.rules.counts import MOST

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,'’ \u00a0\u2009\u202f][0-9]{3})+", re.ASCII)
_FRACTION = re.compile(r"[-+−]?[0-9,]*\.[0-9]*", re.ASCII)
_SEPARATORS = {",": "form.comma", "'": "form.apostrophe", "’": "form.apostrophe"}
_SPACES = " \u00a0"


def wrong(code: str, **args: Any) -> ValidationError:
    """What is wrong with a field, by its code."""
    return ValidationError(code, code=code, params=args)


def read_figure(text: str) -> int:
    """A typed figure as a whole number from 0 to 10,000,000; ValidationError with the code of what to write instead.

    static/js/figures.js says the same while it is typed (tests/vectors/entry.json).
    """
    if any(sign in text.strip(_SPACES) for sign in "\t\r\n\v\f"):
        raise wrong("form.several")
    text = text.strip(_SPACES)
    if not text:
        raise wrong("form.empty")
    if _DIGITS.fullmatch(text):
        bare = text.lstrip("0") or "0"
        if len(bare) > len(str(MOST)) or int(bare) > MOST:
            raise wrong("form.too_large", most=MOST)
        return int(bare)
    raise _not_a_figure(text)


def _not_a_figure(text: str) -> ValidationError:
    """Why this is no figure, by the most exact code there is."""
    if _GROUPED.fullmatch(text):
        separated = _SEPARATORS.get(next(sign for sign in text if not sign.isdigit()), "form.space")
        return wrong(separated, bare="".join(sign for sign in text if sign.isdigit()))
    if re.fullmatch(r"[-−–][0-9., ]+", text, re.ASCII):
        return wrong("form.negative")
    if _FRACTION.fullmatch(text) and any(sign.isdigit() for sign in text):
        return wrong("form.fraction")
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return wrong("form.other_digits")
    if len(text.split()) > 1 and all(part.isdigit() for part in text.split()):
        return wrong("form.several")
    return wrong("form.not_digits")


class CountField(forms.Field):
    """A number of papers or votes (see read_figure); `empty` is what is said of a field that is left so."""

    def __init__(self, *, empty: str = "form.empty", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty

    def clean(self, value: Any) -> int | None:
        """The figure, or ValidationError; None for an empty field that may be left so."""
        text = value if isinstance(value, str) else ""
        if not text.strip():
            if self.required:
                raise wrong(self.empty)
            return None
        return read_figure(text)


class LineField(forms.CharField):
    """One line of text; signs that cannot be seen are refused, since agents read these words on paper."""

    def __init__(self, *, max_length: int, empty: str = "", **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=bool(empty), **kwargs)
        self.error_messages["required"] = empty

    def validate(self, value: str) -> None:
        """Refuse control characters and marks that turn the direction of writing."""
        super().validate(value)
        if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in value):
            raise wrong("form.hidden_signs")

    def run_validators(self, value: str) -> None:
        """The length, by a code of ours."""
        if value and self.max_length is not None and len(value) > self.max_length:
            raise wrong("form.too_long", most=self.max_length, length=len(value))


class ChosenField(forms.ChoiceField):
    """One of a few choices; whatever else comes is answered by the one code that says what to choose."""

    def __init__(self, *, choices: Any, wrong: str, label: str, required: bool = True) -> None:
        errors = {"required": wrong, "invalid_choice": wrong}
        super().__init__(choices=choices, label=label, required=required, error_messages=errors)
