"""What comes back from the adjudication table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.base import DeskForm
from results.desk.forms.counts import label_of_head
from results.desk.forms.fields import CountField
from results.facts.definition import CandidateDefinition, Definition, HeadDefinition
from results.facts.figures import AdjudicationFigures
from results.facts.kinds import Adjudicated
from results.texts.message import Message


class AdjudicationForm(DeskForm):
    """A group's doubtful papers that came back so far: by candidate, by head of rejection, and rejections objected to.

    An empty field is 0: most candidates get none of a handful of papers. `round` is the one that the form was opened for.
    """

    round = CountField()

    def __init__(
        self, definition: Definition, data: QueryDict | None = None, *, seen: int = 0, round_: int = 1, **kwargs: Any
    ) -> None:
        initial = {"round": str(round_), **kwargs.pop("initial", {})}
        super().__init__(data, seen=seen, initial=initial, **kwargs)
        self.definition = definition
        for candidate in definition.candidates:
            self.fields[f"votes-{candidate.number}"] = CountField(label=candidate.ballot_name, required=False)
        if definition.seats > 1:
            self.fields["unused_votes"] = CountField(label="label.unused_votes", required=False)
            self.fields["valid_papers"] = CountField(label="label.valid_papers", required=False)
        for head in definition.heads:
            self.fields[f"rejected-{head.code}"] = CountField(label="label.rejected", required=False)
            self.fields[f"objections-{head.code}"] = CountField(label="label.objections", required=False)

    def label_of(self, name: str) -> Message:
        """What a field is called; a head by its name in the set-up."""
        for head in self.definition.heads:
            if name == f"rejected-{head.code}":
                return label_of_head(head)
            if name == f"objections-{head.code}":
                return Message("label.objections", {"head": head.name})
        return super().label_of(name)

    def candidate_rows(self) -> Iterator[tuple[CandidateDefinition, str, forms.BoundField]]:
        """Each candidate with the words of the party and the field, as the ballot paper has them."""
        for candidate in self.definition.candidates:
            party = candidate.description or self.definition.parties[candidate.party].name
            yield candidate, party, self[f"votes-{candidate.number}"]

    def block_rows(self) -> Iterator[tuple[Message, Message, forms.BoundField]]:
        """Of a block vote: unused votes and valid papers."""
        if self.definition.seats > 1:
            seats = {"seats": self.definition.seats}
            yield self.label_of("unused_votes"), Message("help.unused_votes", seats), self["unused_votes"]
            yield self.label_of("valid_papers"), Message("help.valid_papers"), self["valid_papers"]

    def head_rows(self) -> Iterator[tuple[HeadDefinition, Message, forms.BoundField, forms.BoundField]]:
        """Each head of rejection: what it is called, papers rejected under it, and rejections objected to."""
        for head in self.definition.heads:
            name = f"rejected-{head.code}"
            yield head, self.label_of(name), self[name], self[f"objections-{head.code}"]

    def said(self, group: int) -> Adjudicated:
        """What the table says of the group."""
        data = {name: value or 0 for name, value in self.cleaned_data.items() if isinstance(value, int | None)}
        heads = self.definition.heads
        objections = tuple(data[f"objections-{head.code}"] for head in heads)
        return Adjudicated(
            group=group,
            round=data["round"],
            votes=tuple(data[f"votes-{candidate.number}"] for candidate in self.definition.candidates),
            rejected=tuple(data[f"rejected-{head.code}"] for head in heads),
            objections=objections if any(objections) else (),
            valid_papers=data.get("valid_papers"),
            unused_votes=data.get("unused_votes", 0),
        )


def figures_of(definition: Definition, returned: AdjudicationFigures) -> dict[str, str]:
    """The fields of a form that would say these figures; what is 0 is left empty."""
    objections = returned.objections or (0,) * len(definition.heads)
    heads = zip(definition.heads, returned.rejected, objections, strict=True)
    fields = {
        f"votes-{candidate.number}": votes
        for candidate, votes in zip(definition.candidates, returned.votes, strict=True)
    }
    for head, papers, objected in heads:
        fields |= {f"rejected-{head.code}": papers, f"objections-{head.code}": objected}
    if returned.valid_papers is not None:
        fields |= {"valid_papers": returned.valid_papers, "unused_votes": returned.unused_votes}
    return {name: str(number) for name, number in fields.items() if number}
