"""What every form of the desk has. Whether figures add up is not asked here but in the ledger (results/rules).

The message of an error, a label and a help text are codes of the catalogue; templates put them into words.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms
from django.http import QueryDict

from results.desk.forms.fields import CountField, wrong
from results.rules.findings import Finding
from results.texts.message import Message


class Sent(TypedDict):
    """What a verb of the ledger is told of the form: the submission, and the last entry that was seen."""

    submission_id: uuid.UUID
    seen: int


class DeskForm(forms.Form):
    """A form with the id of its submission, and the last entry that was seen when it was opened."""

    submission_id = forms.UUIDField(error_messages={"required": "form.part_missing", "invalid": "form.part_missing"})
    seen = CountField()

    repeated: Sequence[str] = ("acknowledge",)

    def __init__(self, data: QueryDict | None = None, *, seen: int = 0, **kwargs: Any) -> None:
        first = {"submission_id": str(uuid.uuid4()), "seen": str(seen), **kwargs.pop("initial", {})}
        super().__init__(data, initial=first, prefix=None, **kwargs)
        self.sent = data

    @property
    def submission(self) -> Sent:
        """The submission that a valid form is, over what was seen when it was opened."""
        return Sent(submission_id=self.cleaned_data["submission_id"], seen=self.cleaned_data["seen"])

    @property
    def acknowledged(self) -> list[str]:
        """Codes of the warnings that the person ticked."""
        return self.sent.getlist("acknowledge") if self.sent is not None else []

    def clean(self) -> dict[str, Any]:
        """Refuse a field that came twice: which of its values was meant cannot be known."""
        cleaned = super().clean() or {}
        if self.sent is not None:
            for name in self.fields:
                if name not in self.repeated and len(self.sent.getlist(name)) > 1:
                    self.add_error(name, wrong("form.twice"))
        return cleaned

    def renew(self, *, seen: int, **fresh: str) -> None:
        """Make a new submission of the same text, over what is recorded now: the old one would never be taken."""
        assert self.sent is not None
        data = self.sent.copy()
        for name, value in {"submission_id": str(uuid.uuid4()), "seen": str(seen), **fresh}.items():
            data[name] = value
        self.data = data

    def take(self, findings: Sequence[Finding]) -> None:
        """Put the ledger's refusals beside their fields; what has no field stands on top."""
        for finding in findings:
            if finding.level == "refusal":
                field = finding.field if finding.field in self.fields else None
                self.add_error(field, wrong(finding.code, **finding.args))

    def findings(self) -> list[Finding]:
        """The errors of this form, coded."""
        return [
            Finding(str(error.message), "refusal", dict(error.params or {}), "" if name == "__all__" else name)
            for name, errors in self.errors.as_data().items()
            for error in errors
        ]

    def label_of(self, name: str) -> Message:
        """What a field is called."""
        return Message(str(self.fields[name].label))

    def shown_errors(self) -> list[tuple[str, Message | None, Finding]]:
        """Errors for the line on top: id of the field, its label, the finding; hidden fields speak of the form."""
        shown: list[tuple[str, Message | None, Finding]] = []
        for finding in self.findings():
            if finding.field in ("submission_id", "seen", "papers"):
                finding = Finding("form.part_missing", "refusal", {})
            known = ("", None) if not finding.field else (self[finding.field].auto_id, self.label_of(finding.field))
            if (*known, finding) not in shown:
                shown.append((*known, finding))
        return shown
