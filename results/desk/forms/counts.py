"""A group's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.fields import CountField, LineField
from results.facts.definition import CandidateDefinition, Definition
from results.facts.figures import Figures
from results.facts.kinds import Entered
from results.texts.message import Message


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
