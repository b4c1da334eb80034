"""Boxes: they arrive, and their accounts are verified."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, CountField, LineField
from results.facts.definition import AccountDefinition, Definition
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Verified
from results.models import BallotBox, Verification
from results.texts.message import Message


class ArriveForm(DeskForm):
    """A box has come."""


class VerifyForm(DeskForm):
    """An account against the papers found in its boxes (RPA 1983 Sch 1 r.45).

    Of a polling station the presiding officer's figures, and what was counted in the hall beside them; of a postal box
    what its opening session recorded. Where the account covers several boxes, the papers of each.
    """

    reason = ChosenField(
        label="label.reason_of_variance",
        choices=Verification.Reason.choices,
        required=False,
        wrong="form.choose_reason",
    )
    explanation = LineField(label="label.explanation", max_length=500)

    def __init__(self, account: AccountDefinition, kind: str, data: QueryDict | None = None, *, seen: int = 0) -> None:
        super().__init__(data, seen=seen)
        self.account = account
        self.postal = kind == BallotBox.Kind.POSTAL
        if self.postal:
            self.fields["expected"] = CountField(label="label.expected", help_text="help.opening_sessions")
        else:
            self.fields["issued"] = CountField(label="label.issued", help_text="help.on_ballot_paper_account")
            self.fields["unused"] = CountField(label="label.unused", help_text="help.on_account")
            self.fields["spoilt"] = CountField(label="label.spoilt", help_text="help.on_account")
            self.fields["tendered"] = CountField(label="label.tendered", help_text="help.tendered")
        for label in account.boxes:
            text = "label.found" if len(account.boxes) == 1 else "label.found_in"
            self.fields[self._found(label)] = CountField(label=text, help_text="help.found")
        if not self.postal:
            for name in ("unused_counted", "spoilt_counted"):
                self.fields[name] = CountField(label=f"label.{name}", help_text="help.counted_in_hall", required=False)

    def _found(self, label: str) -> str:
        return "found" if len(self.account.boxes) == 1 else f"found-{label}"

    def label_of(self, name: str) -> Message:
        """What a field is called; papers found by their box where there are several."""
        box = name.removeprefix("found-")
        return Message("label.found_in", {"box": box}) if box != name else super().label_of(name)

    def rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """The figures that are always written, in the order of the paper, each with what it is called."""
        first = ["expected"] if self.postal else ["issued", "unused", "spoilt", "tendered"]
        for name in (*first, *(self._found(label) for label in self.account.boxes)):
            yield self.label_of(name), self[name]

    def hall_rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """What is counted in the hall beside the presiding officer's figures, where it is."""
        for name in () if self.postal else ("unused_counted", "spoilt_counted"):
            yield self.label_of(name), self[name]

    def said(self) -> Verified:
        """What the officer said of the account."""
        data = self.cleaned_data
        figures = None
        if not self.postal:
            names = ("issued", "unused", "spoilt", "tendered", "unused_counted", "spoilt_counted")
            figures = AccountFigures(*(data[name] for name in names))
        boxes = tuple(BoxPapers(label, (data[self._found(label)],)) for label in self.account.boxes)
        expected = figures.issued if figures else data["expected"]
        return Verified(self.account.key, expected, boxes, data["reason"], data["explanation"], figures)


def verify_form(definition: Definition, label: str, data: QueryDict | None = None, seen: int = 0) -> VerifyForm:
    """The form for the account of a box."""
    box = definition.boxes[label]
    return VerifyForm(definition.accounts[box.account], box.kind, data, seen=seen)
