"""Boxes: they arrive, and their accounts are verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, CountField, LineField, wrong
from results.desk.forms.second import SecondForm
from results.facts.definition import AccountDefinition, Definition
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Verified
from results.models import BallotBox, Verification
from results.texts.message import Message


class ArriveForm(DeskForm):
    """A box has come."""


class VerifyForm(SecondForm):
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
        for name in ("again", "third"):
            for label in account.boxes:
                text = f"label.{name}" if len(account.boxes) == 1 else f"label.{name}_in"
                self.fields[self._of(name, label)] = CountField(label=text, required=False)
        if not self.postal:
            for name in ("unused_counted", "spoilt_counted"):
                self.fields[name] = CountField(label=f"label.{name}", help_text="help.counted_in_hall", required=False)

    def _found(self, label: str) -> str:
        return self._of("found", label)

    def _of(self, name: str, label: str) -> str:
        """The field of a box, of which there may be several."""
        return name if len(self.account.boxes) == 1 else f"{name}-{label}"

    def label_of(self, name: str) -> Message:
        """What a field is called; papers found by their box where there are several."""
        count, _, box = name.partition("-")
        return Message(f"label.{count}_in", {"box": box}) if box else super().label_of(name)

    def rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """The figures that are always written, in the order of the paper, each with what it is called."""
        first = ["expected"] if self.postal else ["issued", "unused", "spoilt", "tendered"]
        for name in (*first, *(self._found(label) for label in self.account.boxes)):
            yield self.label_of(name), self[name]

    def hall_rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """What is counted in the hall beside the presiding officer's figures, where it is."""
        for name in () if self.postal else ("unused_counted", "spoilt_counted"):
            yield self.label_of(name), self[name]

    def count_rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """The counts after the first, of each box, where papers found and expected differ."""
        for label in self.account.boxes:
            for name in ("again", "third"):
                yield self.label_of(self._of(name, label)), self[self._of(name, label)]

    def clean(self) -> dict[str, Any]:
        """A third count comes after a second one."""
        cleaned = super().clean()
        for label in self.account.boxes:
            again, third = self._of("again", label), self._of("third", label)
            if cleaned.get(third) is not None and cleaned.get(again) is None and again not in self.errors:
                self.add_error(again, wrong("form.no_second_count"))
        return cleaned

    def _counts(self, label: str) -> tuple[int, ...]:
        """Successive counts of a box, as far as they were made."""
        counts = (self.cleaned_data.get(self._of(name, label)) for name in ("found", "again", "third"))
        return tuple(count for count in counts if count is not None)

    def said(self) -> Verified:
        """What the officer said of the account."""
        data = self.cleaned_data
        figures = None
        if not self.postal:
            names = ("issued", "unused", "spoilt", "tendered", "unused_counted", "spoilt_counted")
            figures = AccountFigures(*(data[name] for name in names))
        boxes = tuple(BoxPapers(label, self._counts(label)) for label in self.account.boxes)
        expected = figures.issued if figures else data["expected"]
        return Verified(self.account.key, expected, boxes, data.get("reason", ""), data.get("explanation", ""), figures)


def verify_form(definition: Definition, label: str, data: QueryDict | None = None, seen: int = 0) -> VerifyForm:
    """The form for the account of a box."""
    box = definition.boxes[label]
    return VerifyForm(definition.accounts[box.account], box.kind, data, seen=seen)
