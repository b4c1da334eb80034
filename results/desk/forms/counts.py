"""A group's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from results.desk.forms.fields import CountField, LineField
from results.desk.forms.second import SecondForm
from results.facts.definition import CandidateDefinition, Definition, HeadDefinition
from results.facts.figures import Figures
from results.facts.kinds import Entered
from results.rules.warnings import namesakes
from results.texts.message import Message


class CountForm(SecondForm):
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
        if definition.seats > 1:
            self.fields["unused_votes"] = CountField(label="label.unused_votes")
            self.fields["valid_papers"] = CountField(label="label.valid_papers")
        self.fields["doubtful"] = CountField(label="label.doubtful")
        for head in definition.heads:
            self.fields[f"rejected-{head.code}"] = CountField(label="label.rejected")

    def label_of(self, name: str) -> Message:
        """What a field is called; a head by its name in the set-up."""
        head = next((head for head in self.definition.heads if name == f"rejected-{head.code}"), None)
        return label_of_head(head) if head else super().label_of(name)

    def help_of(self, name: str) -> Message | str:
        """What is to be known of a field; "" where its label says all."""
        if name == "unused_votes":
            return Message("help.unused_votes", {"seats": self.definition.seats})
        if name == "valid_papers":
            return Message("help.valid_papers")
        return Message("help.in_part") if name in self.in_part().split() else ""

    def candidate_rows(self) -> Iterator[tuple[CandidateDefinition, str, Message | None, forms.BoundField]]:
        """Each candidate with the words of the party and the field, as the ballot paper has them.

        Between them who else has the surname: before any group is agreed no figure could tell the two apart.
        """
        marks = self._marks()
        for candidate in self.definition.candidates:
            party = candidate.description or self.definition.parties[candidate.party].name
            yield candidate, party, marks.get(candidate.number), self[f"votes-{candidate.number}"]

    def _marks(self) -> dict[int, Message]:
        numbers = self.definition.numbers
        return {
            numbers[own]: Message("label.same_surname", {"numbers": [numbers[one] for one in same if one != own]})
            for same in namesakes(self.definition.candidates)
            for own in same
        }

    def other_rows(self) -> Iterator[tuple[Message, Message | str, forms.BoundField]]:
        """What the candidates' votes are not: of a block vote unused votes and valid papers, then doubtful papers and
        rejected ones by head. Each with what it is called and what is to be known of it."""
        block_vote = ("unused_votes", "valid_papers") if self.definition.seats > 1 else ()
        for name in (*block_vote, "doubtful", *(f"rejected-{head.code}" for head in self.definition.heads)):
            yield self.label_of(name), self.help_of(name), self[name]

    def in_part(self) -> str:
        """The fields of papers rejected in part, which are valid papers and in no sum of papers."""
        return " ".join(f"rejected-{head.code}" for head in self.definition.heads if head.in_part)

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
            valid_papers=data.get("valid_papers"),
            unused_votes=data.get("unused_votes", 0),
        )


def figures_of(definition: Definition, entered: Figures) -> dict[str, str]:
    """The fields of a count form that would say these figures."""
    votes = zip(definition.candidates, entered.votes, strict=True)
    rejected = zip(definition.heads, entered.rejected, strict=True)
    block_vote = {"valid_papers": str(entered.valid_papers), "unused_votes": str(entered.unused_votes)}
    return {
        **(block_vote if entered.valid_papers is not None else {}),
        "sheet": entered.sheet,
        "doubtful": str(entered.doubtful),
        **{f"votes-{candidate.number}": str(number) for candidate, number in votes},
        **{f"rejected-{head.code}": str(number) for head, number in rejected},
    }


def label_of_head(head: HeadDefinition) -> Message:
    """What papers under a head are called; those rejected in part are valid papers, and the head says all."""
    words = head.name[:1].lower() + head.name[1:]
    return Message(
        "label.in_part" if head.in_part else "label.rejected", {"head": head.name if head.in_part else words}
    )
