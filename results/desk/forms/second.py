"""The fields in which another person stands by what a form says."""

from __future__ import annotations

from django import forms

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import LineField


class PassPhraseField(forms.CharField):
    """A pass phrase as it comes from a slip of paper: blanks at its ends are nobody's meaning. It is never shown again."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False, strip=True)


class SecondForm(DeskForm):
    """A form that changes figures which stand, where they do: a second officer, or a named witness on paper."""

    second_name = LineField(label="label.second_name", max_length=150)
    second_phrase = PassPhraseField(label="label.second_phrase")
    witness = LineField(label="label.witness", max_length=200)
