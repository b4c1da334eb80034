"""What a supervisor says to the hall."""

from __future__ import annotations

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import LineField


class AnnounceForm(DeskForm):
    """The words on the screen."""

    text = LineField(label="label.announcement", max_length=280, empty="form.announcement_empty")


class TakeDownForm(DeskForm):
    """What the screen says is taken down."""
