"""Boxes that are checked in, with what came with them; an opening session that is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import CountField, wrong
from results.facts.kinds import Arrived
from results.facts.types import Facts
from results.texts.message import Message

BETWEEN = ":"
"""Between a contest's ballot paper id and a box, in the value of a ticked account: neither has a colon."""

MOST_AT_ONCE = 60
"""Boxes of one form: a session may have filled more, and a request of the desk holds so many fields only."""


@dataclass(frozen=True, slots=True)
class AccountTick:
    """The account that one contest has of a box, to be ticked if it came."""

    value: str
    contest: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """What is asked of one box: whether it came, the accounts that came with it, and its figures with their names."""

    label: str
    ticked: bool
    accounts: Sequence[AccountTick]
    figures: Sequence[tuple[Message, forms.BoundField]]


class ArrivalsForm(DeskForm):
    """The boxes of a place: which have come and, of each, its accounts, packets, and packs handed in at the station.

    `sharing` are the facts of the other contests with papers in each box, whose accounts come with it.
    """

    boxes = forms.Field(label="label.boxes", required=False)
    accounts = forms.Field(label="label.accounts", required=False)

    repeated = ("acknowledge", "boxes", "accounts")

    def __init__(
        self,
        facts: Facts,
        labels: Sequence[str],
        sharing: Mapping[str, Sequence[Facts]],
        data: QueryDict | None = None,
        **kwargs: Any,
    ) -> None:
        self.facts = facts
        self.labels = labels
        self.sharing = sharing
        super().__init__(data, initial=self._known() | kwargs.pop("initial", {}), **kwargs)
        for label in labels:
            self.fields[f"packets-{label}"] = CountField(label="label.packets", required=False)
            if facts.definition.boxes[label].kind == "polling":
                self.fields[f"packs-{label}"] = CountField(label="label.packs", required=False)

    def _known(self) -> dict[str, Any]:
        """The fields that would say what is known; what nobody noted is left empty."""
        initial: dict[str, Any] = {
            "accounts": [
                _account(facts, label)
                for label in self.labels
                for facts in (self.facts, *self.sharing[label])
                if facts.boxes[label].account_received
            ]
        }
        for label in self.labels:
            box = self.facts.boxes[label]
            for name, number in (("packets", box.packets), ("packs", box.packs_handed_in)):
                initial[f"{name}-{label}"] = "" if number is None else str(number)
        return initial

    def label_of(self, name: str) -> Message:
        """What a field is called; packets and packs by their box."""
        kind, _, box = name.partition("-")
        return Message(f"label.{kind}_of", {"box": box}) if box else super().label_of(name)

    @property
    def chosen(self) -> list[str]:
        """Labels of the boxes that are ticked, now or at first."""
        return self.sent.getlist("boxes") if self.sent is not None else list(self.initial.get("boxes", ()))

    @property
    def ticked(self) -> list[str]:
        """The accounts that are ticked, now or at first, each as its contest and box."""
        return self.sent.getlist("accounts") if self.sent is not None else list(self.initial["accounts"])

    def rows(self) -> Iterator[ArrivalRow]:
        """What is asked of each box that has not come, or is ticked; of many the first, and of the others afterwards."""
        asked = (label for label in self.labels if self.facts.boxes[label].arrived_at is None or label in self.chosen)
        for label in islice(asked, MOST_AT_ONCE):
            yield self.row(label)

    def row(self, label: str) -> ArrivalRow:
        """What is asked of a box."""
        accounts = [
            AccountTick(_account(facts, label), facts.definition.name, _account(facts, label) in self.ticked)
            for facts in (self.facts, *self.sharing[label])
        ]
        figures = [(Message(str(self.fields[name].label)), self[name]) for name in self._figures(label)]
        return ArrivalRow(label, label in self.chosen, accounts, figures)

    def clean(self) -> dict[str, Any]:
        """Boxes of this place only; and nothing of a box that is not ticked, since it would be lost."""
        cleaned = super().clean()
        if any(label not in self.labels for label in self.chosen):
            self.add_error("boxes", wrong("form.part_missing"))
        known = self._known()["accounts"]
        for label in (label for label in self.labels if label not in self.chosen):
            given = [name for name in self._figures(label) if cleaned.get(name) is not None]
            ticks = [value for value in self.ticked if value.rpartition(BETWEEN)[2] == label and value not in known]
            if given or ticks:
                self.add_error(given[0] if given else "boxes", wrong("form.box_not_ticked", box=label))
        return cleaned

    def said(self) -> list[Arrived]:
        """What came, of each box that is ticked."""
        return [
            Arrived(
                label,
                _account(self.facts, label) in self.ticked,
                self.cleaned_data[f"packets-{label}"],
                self.cleaned_data.get(f"packs-{label}"),
            )
            for label in self.labels
            if label in self.chosen
        ]

    def elsewhere(self) -> dict[str, dict[str, bool]]:
        """Whether the other contests' accounts came, of each box that is ticked."""
        found: dict[str, dict[str, bool]] = {}
        for label in (label for label in self.labels if label in self.chosen):
            for facts in self.sharing[label]:
                found.setdefault(facts.definition.contest, {})[label] = _account(facts, label) in self.ticked
        return found

    def _figures(self, label: str) -> list[str]:
        return [name for name in (f"packets-{label}", f"packs-{label}") if name in self.fields]


def _account(facts: Facts, label: str) -> str:
    return f"{facts.definition.contest}{BETWEEN}{label}"


class UndoForm(DeskForm):
    """A box was checked in by mistake."""


class CloseForm(DeskForm):
    """An opening session is over."""
