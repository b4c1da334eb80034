"""Count groups."""

from __future__ import annotations

from django import forms

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import CountField


class DissolveForm(DeskForm):
    """A group is taken apart."""


class GroupForm(DeskForm):
    """Boxes to be mixed and counted together."""

    number = CountField(label="label.group_number")
    boxes = forms.Field(label="label.boxes", required=False)

    repeated = ("acknowledge", "boxes")

    @property
    def chosen(self) -> list[str]:
        """Labels of the boxes that were ticked."""
        return self.sent.getlist("boxes") if self.sent is not None else []
