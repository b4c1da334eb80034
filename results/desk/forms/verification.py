"""Papers that are moved, groups that go to be counted, and what the Returning Officer signs or states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import ChosenField, CountField, LineField
from results.desk.forms.second import SecondForm
from results.models import Contest


class MoveForm(SecondForm):
    """Papers of another contest that lay in a box of this one, and the box that they belong to."""

    papers_moved = CountField(label="label.papers_moved", empty="move.no_papers")
    other_box = LineField(label="label.other_box", max_length=20, empty="move.choose_box")
    reason = LineField(label="label.reason", max_length=500, empty="move.without_reason")

    def __init__(self, others: Sequence[Contest], data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.others = others
        choices = [(other.ballot_paper_id, other.name) for other in others]
        self.fields["other_contest"] = ChosenField(
            label="label.other_contest", choices=choices, wrong="move.choose_contest"
        )
        if len(choices) == 1:
            self.initial["other_contest"] = choices[0][0]


class SendForm(DeskForm):
    """A group's papers go to be counted, at a table."""

    table = LineField(label="label.table", max_length=40)


class SignForm(DeskForm):
    """The statement as to verification is signed over the papers that the form showed."""

    papers = CountField()
    name = LineField(label="label.name", max_length=200, empty="statement.no_name")


class LateStartForm(DeskForm):
    """Why the count did not begin within four hours of the close of poll."""

    statement = LineField(label="label.late_start", max_length=2000, empty="late_start.empty")
