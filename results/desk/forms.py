"""What officers post: figures that are taken exactly as they are typed, or refused with what to do about it.

Nothing is coerced: a figure is ASCII digits and nothing else, and every other text is kept as it was typed, beside a
message that says what to write. Whether figures add up is not asked here but in the ledger (results/rules.py).
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from results.facts.kinds import Entered, Verified
from results.facts.types import Account, BoxDefinition, CandidateDefinition, Definition, Figures
from results.models import Contest, Verification
from results.rules import MOST, Finding

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,'’ \u00a0\u2009\u202f][0-9]{3})+", re.ASCII)
_FRACTION = re.compile(r"[-+−]?[0-9,]*\.[0-9]*", re.ASCII)
_SEPARATORS = {",": "comma", "'": "apostrophe", "’": "apostrophe"}
_SPACES = " \u00a0"


def read_figure(text: str) -> int:
    """A typed figure as a whole number from 0 to 10,000,000; ValidationError with what to write instead."""
    if any(sign in text.strip(_SPACES) for sign in "\t\r\n\v\f"):
        raise ValidationError("One figure only", code="several")
    text = text.strip(_SPACES)
    if not text:
        raise ValidationError("Write 0 if there are none", code="empty")
    if _DIGITS.fullmatch(text):
        bare = text.lstrip("0") or "0"
        if len(bare) > len(str(MOST)) or int(bare) > MOST:
            raise ValidationError(f"At most {MOST:,}", code="too_large")
        return int(bare)
    raise _not_a_figure(text)


def _not_a_figure(text: str) -> ValidationError:
    """Why this is no figure, in the most exact words there are."""
    if _GROUPED.fullmatch(text):
        separator = _SEPARATORS.get(next(sign for sign in text if not sign.isdigit()), "space")
        bare = "".join(sign for sign in text if sign.isdigit())
        return ValidationError(f"Write {bare}, without the {separator}", code="separator")
    if re.fullmatch(r"[-−–][0-9., ]+", text, re.ASCII):
        return ValidationError("A count is never below 0", code="negative")
    if _FRACTION.fullmatch(text) and any(sign.isdigit() for sign in text):
        return ValidationError("Write a whole number, without the point", code="fraction")
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return ValidationError("Write the digits 0 to 9", code="other_digits")
    if len(text.split()) > 1 and all(part.isdigit() for part in text.split()):
        return ValidationError("One figure only", code="several")
    return ValidationError("Write the digits 0 to 9 and nothing else", code="not_digits")


class CountField(forms.Field):
    """A number of papers or votes (see read_figure)."""

    def clean(self, value: Any) -> int:
        """The figure, or ValidationError."""
        return read_figure(value if isinstance(value, str) else "")


class LineField(forms.CharField):
    """One line of text; signs that cannot be seen are refused, since agents read these words on paper."""

    def __init__(self, *, max_length: int, empty: str = "", **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=bool(empty), **kwargs)
        self.error_messages["required"] = empty

    def validate(self, value: str) -> None:
        """Refuse control characters and marks that turn the direction of writing."""
        super().validate(value)
        if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in value):
            raise ValidationError("One line of plain text: take out tabs, line breaks and hidden signs", code="control")

    def run_validators(self, value: str) -> None:
        """The length, in words of ours."""
        if value and self.max_length is not None and len(value) > self.max_length:
            words = f"At most {self.max_length} characters; these are {len(value):,}"
            raise ValidationError(words, code="too_long")


class DeskForm(forms.Form):
    """A form with the id of its submission, and the last entry that was seen when it was opened."""

    submission_id = forms.UUIDField()
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
                    self.add_error(name, ValidationError("One figure only", code="several"))
        return cleaned

    def take(self, findings: Sequence[Finding]) -> None:
        """Put the ledger's refusals beside their fields; what has no field stands on top."""
        for finding in findings:
            if finding.level == "refusal":
                field = finding.field if finding.field in self.fields else None
                self.add_error(field, ValidationError(finding.words, code=finding.code))

    def findings(self) -> list[Finding]:
        """The errors of this form, coded."""
        return [
            Finding(
                error.code if error.code and "." in error.code else f"form.{error.code}",
                "refusal",
                " ".join(error.messages),
                "" if name == "__all__" else name,
            )
            for name, errors in self.errors.as_data().items()
            for error in errors
        ]

    def shown_errors(self) -> list[tuple[str, str, str]]:
        """Errors for the line on top: id of the field, its label, the words; hidden fields speak of the form."""
        shown = []
        for finding in self.findings():
            if finding.field in ("submission_id", "seen", "papers"):
                shown.append(("", "", "A part of this form is missing: open it anew."))
            elif not finding.field:
                shown.append(("", "", finding.words))
            else:
                shown.append((self[finding.field].auto_id, str(self.fields[finding.field].label or ""), finding.words))
        return list(dict.fromkeys(shown))


class ArriveForm(DeskForm):
    """A box has come."""


class DissolveForm(DeskForm):
    """A group is taken apart."""


class _VerifyForm(DeskForm):
    reason = forms.ChoiceField(
        label="Reason of the variance",
        choices=Verification.Reason.choices,
        required=False,
        error_messages={"invalid_choice": "Choose one of the reasons"},
    )
    explanation = LineField(label="Explanation", max_length=500)

    figures: Sequence[str] = ()

    def rows(self) -> Iterator[forms.BoundField]:
        """The figures, in the order of the paper."""
        for name in self.figures:
            yield self[name]


class VerifyPollingForm(_VerifyForm):
    """A polling box against its ballot paper account (RPA 1983 Sch 1 r.45)."""

    issued = CountField(label="Issued", help_text="on the ballot paper account")
    unused = CountField(label="Unused", help_text="on the account")
    spoilt = CountField(label="Spoilt and replaced", help_text="on the account")
    tendered = CountField(label="Tendered", help_text="listed, never counted")
    found = CountField(label="Papers found", help_text="counted in the box")
    figures = ("issued", "unused", "spoilt", "tendered", "found")

    def said(self, label: str) -> Verified:
        """What the officer said of the box."""
        data = self.cleaned_data
        account = Account(data["issued"], data["unused"], data["spoilt"], data["tendered"])
        return Verified(label, account.issued, data["found"], data["reason"], data["explanation"], account)


class VerifyPostalForm(_VerifyForm):
    """A postal box against the record of the opening sessions."""

    expected = CountField(label="Expected", help_text="by the opening sessions’ record")
    found = CountField(label="Papers found", help_text="counted in the box")
    figures = ("expected", "found")

    def said(self, label: str) -> Verified:
        """What the officer said of the box."""
        data = self.cleaned_data
        return Verified(label, data["expected"], data["found"], data["reason"], data["explanation"])


def verify_form(
    box: BoxDefinition, data: QueryDict | None = None, seen: int = 0
) -> VerifyPollingForm | VerifyPostalForm:
    """The form for a box of its kind."""
    return (VerifyPostalForm if box.kind == "postal" else VerifyPollingForm)(data, seen=seen)


class GroupForm(DeskForm):
    """Boxes to be mixed and counted together."""

    number = CountField(label="Group number")
    boxes = forms.Field(label="Boxes", required=False)
    override_reason = LineField(label="The Returning Officer’s reason", max_length=500)

    repeated = ("acknowledge", "boxes")

    @property
    def chosen(self) -> list[str]:
        """Labels of the boxes that were ticked."""
        return self.sent.getlist("boxes") if self.sent is not None else []


class CountForm(DeskForm):
    """A group's sheet: votes in ballot-paper order, papers with adjudication, papers rejected by head."""

    papers = CountField()
    sheet = LineField(label="Sheet number", max_length=20, empty="Copy the number that is printed on the sheet")

    def __init__(
        self, definition: Definition, data: QueryDict | None = None, *, seen: int = 0, papers: int = 0, **kwargs: Any
    ) -> None:
        initial = {"papers": str(papers), **kwargs.pop("initial", {})}
        super().__init__(data, seen=seen, initial=initial, **kwargs)
        self.definition = definition
        for candidate in definition.candidates:
            self.fields[f"votes-{candidate.number}"] = CountField(label=candidate.ballot_name)
        self.fields["doubtful"] = CountField(label="Doubtful, with adjudication")
        for head in definition.heads:
            self.fields[f"rejected-{head.code}"] = CountField(label=f"Rejected: {_lower_first(head.name)}")

    def candidate_rows(self) -> Iterator[tuple[CandidateDefinition, str, forms.BoundField]]:
        """Each candidate with the words of the party and the field, as the ballot paper has them."""
        for candidate in self.definition.candidates:
            party = candidate.description or self.definition.parties[candidate.party].name
            yield candidate, party, self[f"votes-{candidate.number}"]

    def other_rows(self) -> Iterator[forms.BoundField]:
        """Doubtful papers, then rejected ones by head."""
        yield self["doubtful"]
        for head in self.definition.heads:
            yield self[f"rejected-{head.code}"]

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

    publish = forms.ChoiceField(
        label="What is public",
        choices=Contest.Publish.choices,
        error_messages={"required": "Choose what is public", "invalid_choice": "Choose what is public"},
    )
    projection = forms.ChoiceField(
        label="Projection",
        choices=(("on", "on"), ("off", "off")),
        error_messages={"required": "Choose on or off", "invalid_choice": "Choose on or off"},
    )
    reason = LineField(label="Reason", max_length=500)


class RevisionForm(DeskForm):
    """A set of released groups whose correction waits for the Returning Officer."""

    groups = LineField(label="Groups", max_length=500)
    reason = LineField(label="Reason", max_length=500)

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

    held = forms.ChoiceField(
        label="Hold",
        choices=(("yes", "yes"), ("no", "no")),
        error_messages={"required": "Choose to hold or to go on", "invalid_choice": "Choose to hold or to go on"},
    )
    reason = LineField(label="Reason", max_length=500)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_hold_%s", **kwargs)
