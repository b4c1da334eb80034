"""Who stands by a change of figures that stood: somebody always, and never the person who made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F

from results.facts.definition import Definition
from results.facts.fold import fold_entry
from results.facts.kinds import Entered, Entry, GroupChanged, GroupDissolved, GroupReopened, PapersMoved, Verified
from results.facts.state import State
from results.facts.types import Group
from results.models import Contest, LedgerEntry


def second_faults(contest: Contest, definition: Definition, entries: Iterable[Entry]) -> Iterator[str]:
    """Entries whose second officer is who made them, and changes of agreed or public figures that one person made alone."""
    found = LedgerEntry.objects.filter(contest=contest)
    for seq in found.filter(second_officer=F("actor")).order_by("seq").values_list("seq", flat=True):
        yield f"{contest.ballot_paper_id} entry {seq}: its second officer is the person who made it"
    stood_by = set(found.exclude(second_officer=None, witness="").values_list("seq", flat=True))
    state = State(definition)
    for entry in entries:
        changed = [group.number for group in _changed(state, entry)]
        if changed and entry.seq not in stood_by:
            groups = ", ".join(str(number) for number in changed)
            yield f"{contest.ballot_paper_id} entry {entry.seq}: one person alone changed what stood of group {groups}"
        fold_entry(state, entry)


def _changed(state: State, entry: Entry) -> list[Group]:
    """The groups whose agreed or public figures an entry takes away, or puts other papers into."""
    said = entry.said
    if isinstance(said, Verified | PapersMoved):
        boxes = [said.box] if isinstance(said, PapersMoved) else [box.box for box in said.boxes]
        numbers = {state.group_of.get(box) for box in boxes}
        groups = [group for number, group in state.groups.items() if number in numbers]
        return [group for group in groups if group.agreed is not None or group.released]
    if isinstance(said, GroupChanged):
        group = state.groups[said.group]
        return [group] if group.agreed is not None or group.released else []
    if isinstance(said, Entered | GroupReopened | GroupDissolved):
        group = state.groups[said.group]
        return [group] if group.agreed is not None else []
    return []
