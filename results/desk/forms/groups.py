"""Count groups."""

from __future__ import annotations

from django import forms

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import CountField, LineField


class ReasonForm(DeskForm):
    """Something that a supervisor does with a reason: a group is reopened or dissolved, a box taken off the list."""

    reason = LineField(label="label.reason", max_length=500)


class TickedForm(DeskForm):
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
