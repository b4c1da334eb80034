"""What officers post. Whether figures add up is not asked here but in the ledger (results/rules).

The message of an error, a label and a help text are codes of the catalogue; templates put them into words.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from results.capacity import MOST_GROUPS_TEXT
from results.desk.fields import ChosenField, CountField, LineField, wrong
from results.facts.definition import AccountDefinition, CandidateDefinition, Definition
from results.facts.kinds import Entered, Verified
from results.facts.types import AccountFigures, BoxPapers, Figures
from results.models import BallotBox, Contest, Verification
from results.rules.findings import Finding
from results.texts.message import Message


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
    def acknowledged(self) -> list[str]:
        """Codes of the warnings that the person ticked."""
        return self.sent.getlist("acknowledge") if self.sent is not None else []

    def clean(self) -> dict[str, Any]:
        """Refuse a field that came twice: which of its values was meant cannot be known."""
        cleaned = super().clean() or {}
        if self.sent is not None:
            for name in self.fields:
                if name not in self.repeated and len(self.sent.getlist(name)) > 1:
                    self.add_error(name, wrong("form.several"))
        return cleaned

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


class ArriveForm(DeskForm):
    """A box has come."""


class DissolveForm(DeskForm):
    """A group is taken apart."""


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


class GroupForm(DeskForm):
    """Boxes to be mixed and counted together."""

    number = CountField(label="label.group_number")
    boxes = forms.Field(label="label.boxes", required=False)

    repeated = ("acknowledge", "boxes")

    @property
    def chosen(self) -> list[str]:
        """Labels of the boxes that were ticked."""
        return self.sent.getlist("boxes") if self.sent is not None else []


class CountForm(DeskForm):
    """A group's sheet: votes in ballot-paper order, papers with adjudication, papers rejected by head."""

    papers = CountField()
    sheet = LineField(label="label.sheet", max_length=20, empty="form.no_sheet")
    reason = LineField(label="label.reason_of_correction", max_length=500)

    def __init__(
        self, definition: Definition, data: QueryDict | None = None, *, seen: int = 0, papers: int = 0, **kwargs: Any
    ) -> None:
        initial = {"papers": str(papers), **kwargs.pop("initial", {})}
        super().__init__(data, seen=seen, initial=initial, **kwargs)
        self.definition = definition
        for candidate in definition.candidates:
            self.fields[f"votes-{candidate.number}"] = CountField(label=candidate.ballot_name)
        self.fields["doubtful"] = CountField(label="label.doubtful")
        for head in definition.heads:
            self.fields[f"rejected-{head.code}"] = CountField(label="label.rejected")

    def label_of(self, name: str) -> Message:
        """What a field is called; a head by its name in the set-up."""
        head = next((head for head in self.definition.heads if name == f"rejected-{head.code}"), None)
        return Message("label.rejected", {"head": _lower_first(head.name)}) if head else super().label_of(name)

    def candidate_rows(self) -> Iterator[tuple[CandidateDefinition, str, forms.BoundField]]:
        """Each candidate with the words of the party and the field, as the ballot paper has them."""
        for candidate in self.definition.candidates:
            party = candidate.description or self.definition.parties[candidate.party].name
            yield candidate, party, self[f"votes-{candidate.number}"]

    def other_rows(self) -> Iterator[tuple[Message, forms.BoundField]]:
        """Doubtful papers, then rejected ones by head, each with what it is called."""
        for name in ("doubtful", *(f"rejected-{head.code}" for head in self.definition.heads)):
            yield self.label_of(name), self[name]

    def said(self, group: int) -> Entered:
        """What the officer said of the group."""
        data = self.cleaned_data
        return Entered(
            group=group,
            sheet=data["sheet"],
            papers=data["papers"],
            votes=tuple(data[f"votes-{candidate.number}"] for candidate in self.definition.candidates),
            rejected=tuple(data[f"rejected-{head.code}"] for head in self.definition.heads),
            doubtful=data["doubtful"],
        )


def figures_of(definition: Definition, entered: Figures) -> dict[str, str]:
    """The fields of a count form that would say these figures."""
    votes = zip(definition.candidates, entered.votes, strict=True)
    rejected = zip(definition.heads, entered.rejected, strict=True)
    return {
        "sheet": entered.sheet,
        "doubtful": str(entered.doubtful),
        **{f"votes-{candidate.number}": str(number) for candidate, number in votes},
        **{f"rejected-{head.code}": str(number) for head, number in rejected},
    }


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


class PolicyForm(DeskForm):
    """What is public, and the projection."""

    publish = ChosenField(label="label.publish", choices=Contest.Publish.choices, wrong="form.choose_public")
    projection = ChosenField(
        label="label.projection", choices=(("on", "on"), ("off", "off")), wrong="form.choose_projection"
    )
    reason = LineField(label="label.reason", max_length=500)


class RevisionForm(DeskForm):
    """A set of groups that the Returning Officer lets go: a correction, or the figures that complete the contest."""

    groups = LineField(label="label.groups", max_length=MOST_GROUPS_TEXT)
    reason = LineField(label="label.reason", max_length=500)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        # A page has one such form for each set, besides two others with a reason: the link of an error must find its own.
        named = str(self["groups"].value() or "")
        self.auto_id = f"id_revision_{'-'.join(re.findall('[0-9]+', named))}_%s"

    def numbers(self) -> tuple[int, ...]:
        """The groups by number; empty where the field was tampered with."""
        words = self.cleaned_data["groups"].split(",")
        return (
            tuple(int(word) for word in words) if all(w.isascii() and w.isdigit() and len(w) < 6 for w in words) else ()
        )


class HoldForm(DeskForm):
    """New releases stop, or go on again."""

    held = ChosenField(label="label.hold", choices=(("yes", "yes"), ("no", "no")), wrong="form.choose_hold")
    reason = LineField(label="label.reason", max_length=500)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_hold_%s", **kwargs)
