"""What the night amends of the set-up: a box that was not on the list, a ward's electors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, CountField, LineField, wrong
from results.facts.definition import BoxDefinition, Definition
from results.models import BallotBox
from results.rules.findings import Finding

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*", re.ASCII)


class RegisterForm(DeskForm):
    """A box that is not on the list. It has an account of its own."""

    label = LineField(label="label.box_label", max_length=20, empty="form.no_label")
    kind = ChosenField(label="label.box_kind", choices=BallotBox.Kind.choices, wrong="form.choose_kind")
    wards = forms.Field(label="label.wards", required=False)
    place = LineField(label="label.place", max_length=200)
    origin = LineField(label="label.origin", max_length=100)
    electors = CountField(label="label.electors", empty="form.no_electors")
    entrusted = CountField(label="label.entrusted", required=False)
    reason = LineField(label="label.reason", max_length=500, empty="box.registered_without_reason")

    repeated = ("acknowledge", "wards")

    @property
    def chosen(self) -> list[str]:
        """GSS codes of the wards that are ticked."""
        return self.sent.getlist("wards") if self.sent is not None else []

    def clean_label(self) -> str:
        """A label as the boxes of the set-up have them."""
        label = str(self.cleaned_data["label"]).strip()
        if not _LABEL.fullmatch(label):
            raise wrong("form.label_signs")
        return label

    def clean(self) -> dict[str, Any]:
        """A polling station's box names its station; a postal one its opening session. All that is missing is said at once."""
        cleaned = super().clean()
        if not self.chosen:
            self.add_error("wards", wrong("box.ward_unknown"))
        kind = cleaned.get("kind")
        if kind == BallotBox.Kind.POLLING and not str(cleaned.get("place", "")).strip():
            self.add_error("place", wrong("form.no_place"))
        if kind == BallotBox.Kind.POSTAL and not str(cleaned.get("origin", "")).strip():
            self.add_error("origin", wrong("form.no_session"))
        return cleaned

    def take(self, findings: Sequence[Finding]) -> None:
        """Put the refusals beside their fields; the ledger says `ward` where the form has several."""
        super().take([replace(found, field="wards") if found.field == "ward" else found for found in findings])

    def said(self, definition: Definition) -> BoxDefinition:
        """The box as it comes to the list: its wards in the order of the set-up."""
        data = self.cleaned_data
        postal = data["kind"] == BallotBox.Kind.POSTAL
        wards = [gss for gss in definition.wards if gss in self.chosen]
        wards += [gss for gss in self.chosen if gss not in definition.wards]
        return BoxDefinition(
            label=data["label"],
            kind=data["kind"],
            wards=tuple(wards),
            place="" if postal else data["place"].strip(),
            origin=data["origin"].strip(),
            electors=data["electors"],
            account=data["label"],
        )


class ElectorateForm(DeskForm):
    """The electors of one ward. `seen` is the number that the form showed."""

    electorate = CountField(label="label.electorate", empty="form.no_electors")
    reason = LineField(label="label.reason", max_length=500)

    def __init__(self, ward: str, data: QueryDict | None = None, **kwargs: Any) -> None:
        # A page has one such form for each ward: the link of an error must find its own.
        super().__init__(data, auto_id=f"id_{ward}_%s", **kwargs)
        self.ward = ward
