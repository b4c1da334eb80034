"""The sheets of a group as one person may see them: every entry of every round, and two readings side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.desk.forms.counts import CountForm, figures_of
from results.desk.officer import Officer
from results.facts.definition import Definition, HeadDefinition
from results.facts.figures import Figures
from results.facts.types import CountFact, Facts, Group
from results.rules.agreement import agreement
from results.rules.counts import check_count
from results.rules.findings import Finding
from results.texts.message import Message


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """One entry of a group's sheet: `visible` its figures, `known` its sum and what came of it; `state` a code."""

    entered: CountFact
    visible: bool
    known: bool
    state: Message
    figures: Sequence[tuple[str | Message, int]]
    accounted: int
    """Papers that the sheet accounts for: valid, rejected and with adjudication."""
    beside: Sequence[Compared] = ()
    """The sheet's own figures beside those that stand, where others do: a later round, a correction, papers that came back."""
    returned: int = 0
    """Of figures that stand the papers that adjudication returned: they are in `figures`, and not on the sheet."""

    @property
    def stands(self) -> bool:
        """Whether these are the group's agreed figures."""
        return self.state.code == "reading.stands"

    @property
    def accounted_label(self) -> Message:
        """What the sum is called: of a block vote it is not the sum of the votes."""
        return _accounted_label(self.entered.figures)


def rows_of(officer: Officer, definition: Definition, group: Group) -> list[EnteredRow]:
    """Everything entered for a group, the last first."""
    # That figures stand is told to one who read them blind once they are public.
    agreed = group.agreed if group.released or not officer.reads_blind(group) else None
    standing = lines(definition, agreed.figures) if agreed is not None else []
    rows = []
    for entered in reversed(group.counts):
        visible = officer.may_see(group, entered)
        own = lines(definition, entered.figures) if visible else []
        known, state = officer.knows_of(group, entered), _state(officer, group, entered)
        accounted = entered.figures.accounted(definition.heads)
        stands = agreed is not None and agreed.seq == entered.seq
        returned = entered.figures.doubtful - agreed.figures.doubtful if agreed is not None and stands else 0
        beside = _beside(own, standing) if own and standing and (returned or not stands) else []
        rows.append(
            EnteredRow(entered, visible, known, state, standing if stands else own, accounted, beside, returned)
        )
    return rows


def _beside(
    own: Sequence[tuple[str | Message, int]], standing: Sequence[tuple[str | Message, int]]
) -> Sequence[Compared]:
    """Two sheets of one contest, line by line."""
    return [Compared(name, (figure, stands)) for (name, figure), (_, stands) in zip(own, standing, strict=True)]


def _state(officer: Officer, group: Group, entered: CountFact) -> Message:
    stands = group.agreed is not None and group.agreed.seq == entered.seq
    if stands and (group.released or not officer.reads_blind(group)):
        return Message("reading.stands")
    if entered.figures.round != group.round:
        return Message("reading.earlier_round", {"round": entered.figures.round})
    if group.readings.get(entered.figures.reading) == entered and entered.figures.reading in group.returned:
        # Only to its reader, and to who returned it.
        told = entered.actor == officer.user.pk or not officer.reads_blind(group)
        return Message("reading.returned" if told else "reading.entered")
    if group.readings.get(entered.figures.reading) != entered:
        return Message("reading.superseded")
    if group.readings_required == 1:
        return Message("reading.not_agreed")
    if group.agreed is not None and not officer.reads_blind(group):
        return Message("reading.agreed_too")
    compared = not officer.reads_blind(group) and len(group.readings) >= group.readings_required
    return Message("reading.not_agreed" if compared else "reading.entered")


def lines(definition: Definition, figures: Figures) -> list[tuple[str | Message, int]]:
    """The figures of a sheet in its order, each with what it is called."""
    votes = zip((candidate.ballot_name for candidate in definition.candidates), figures.votes, strict=True)
    rejected = zip(definition.heads, figures.rejected, strict=True)
    block_vote: list[tuple[str | Message, int]] = []
    if figures.valid_papers is not None:
        block_vote = [
            (Message("label.unused_votes"), figures.unused_votes),
            (Message("label.valid_papers"), figures.valid_papers),
        ]
    return [
        *votes,
        *block_vote,
        (Message("label.doubtful"), figures.doubtful),
        *((_label_of_head(head), number) for head, number in rejected),
    ]


def _label_of_head(head: HeadDefinition) -> str | Message:
    return head.name if head.in_part else Message("label.rejected", {"head": head.name})


def _accounted_label(figures: Figures) -> Message:
    return Message("label.accounted" if figures.valid_papers is None else "label.papers_accounted")


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure in two readings or more."""

    name: str | Message
    figures: Sequence[int]

    @property
    def differs(self) -> bool:
        """Whether the readings do not say the same."""
        return len(set(self.figures)) > 1


def compare(officer: Officer, definition: Definition, group: Group) -> tuple[Sequence[CountFact], Sequence[Compared]]:
    """All readings of the present round side by side, for who may see every one of them; nothing for anybody else."""
    readings = [group.readings[number] for number in sorted(group.readings)]
    if len(readings) < 2 or officer.reads_blind(group) or not all(officer.may_see(group, one) for one in readings):
        return (), ()
    columns = [
        [*lines(definition, one.figures), (_accounted_label(one.figures), one.figures.accounted(definition.heads))]
        for one in readings
    ]
    return readings, [Compared(row[0][0], [number for _, number in row]) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Version:
    """One figure as it is recorded, and as this person typed it."""

    name: str | Message
    recorded: str
    typed: str

    @property
    def differs(self) -> bool:
        """Whether they are not the same figure."""
        return self.recorded.lstrip("0") != self.typed.strip().lstrip("0")


def versions(definition: Definition, form: CountForm, recorded: Figures) -> list[Version]:
    """A sheet that was recorded meanwhile, beside the one that was typed and is not recorded."""
    names: dict[str, str | Message] = {"sheet": Message("label.sheet")}
    names |= {f"votes-{candidate.number}": candidate.ballot_name for candidate in definition.candidates}
    said = figures_of(definition, recorded)
    return [
        Version(names.get(name) or form.label_of(name), figure, str(form[name].value() or ""))
        for name, figure in sorted(said.items(), key=lambda one: list(form.fields).index(one[0]))
    ]


def errors_of(officer: Officer, facts: Facts, group: Group) -> list[Finding]:
    """What blocks agreement now, of the sheets whose fate this person may know.

    Errors that name a candidate only for those who may see the figures.
    """
    if group.agreed is not None or group.papers is None:
        return []
    found: list[Finding] = []
    for entered in group.readings.values():
        if not officer.knows_of(group, entered):
            continue
        visible = officer.may_see(group, entered)
        errors = check_count(facts, group, entered.figures)
        found += [one for one in errors if one not in found and (visible or not one.field.startswith("votes-"))]
    if group.readings_required > 1 and not officer.reads_blind(group) and agreement(facts, group).verdict == "differs":
        found.insert(0, Finding("count.readings_differ", "error", {}))
    return found
