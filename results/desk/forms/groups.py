"""Count groups."""

from __future__ import annotations

from django import forms

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, CountField, LineField
from results.desk.forms.second import SecondForm
from results.models import GroupReopening
from results.texts.message import Message


class ReasonForm(DeskForm):
    """Something that a supervisor does with a reason: a box is taken off the list."""

    reason = LineField(label="label.reason", max_length=500)


class DissolveForm(SecondForm):
    """A group is taken apart; of a counted one with a reason."""

    reason = LineField(label="label.reason", max_length=500)


class ReopenForm(SecondForm):
    """A group is counted again, and what for."""

    purpose = ChosenField(label="label.purpose", choices=GroupReopening.Purpose.choices, wrong="group.purpose")
    reason = LineField(label="label.reason", max_length=500)

    @property
    def purposes(self) -> list[tuple[str, Message]]:
        """What a group can be counted again for, in words."""
        return [(value, Message(f"purpose.{value}")) for value in GroupReopening.Purpose.values]


class ReopenSeveralForm(ReopenForm):
    """Groups that are ticked in a list are counted again."""

    groups = forms.Field(label="label.groups", required=False)

    repeated = ("acknowledge", "groups")

    @property
    def chosen(self) -> list[str]:
        """The groups that are ticked, as they were sent."""
        return self.sent.getlist("groups") if self.sent is not None else []

    def numbers(self) -> tuple[int, ...]:
        """The groups by number; one that is none is 0, which no group has."""
        return tuple(int(one) if one.isascii() and one.isdigit() and len(one) < 6 else 0 for one in self.chosen)


class TickedForm(SecondForm):
    """Boxes that are ticked in a list."""

    boxes = forms.Field(label="label.boxes", required=False)

    repeated = ("acknowledge", "boxes")

    @property
    def chosen(self) -> list[str]:
        """Labels of the boxes that are ticked, now or at first."""
        return self.sent.getlist("boxes") if self.sent is not None else list(self.initial.get("boxes", ()))


class GroupForm(TickedForm):
    """Boxes to be mixed and counted together."""

    number = CountField(label="label.group_number", empty="form.no_group_number")


class ChangeGroupForm(TickedForm):
    """The boxes that a group was really formed of."""

    reason = LineField(label="label.reason", max_length=500)
