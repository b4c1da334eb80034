"""The Returning Officer's choices, and what only the Returning Officer lets go."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

from results.capacity import MOST_GROUPS_TEXT
from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, LineField
from results.models import Contest


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
