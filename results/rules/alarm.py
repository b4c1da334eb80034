"""The desk's alarm: figures of a group that the other groups did not expect, by the projection's model. Pure.

Votes of two candidates that were exchanged, or a bundle on the wrong pile, add up as well as the right ones. The model that
makes the public projection knows what the agreed groups say of this one (docs/projection.md, "The desk's alarm"). What it
says here is an instruction: which bundles to check, never who leads.
"""

from __future__ import annotations

from results.facts.figures import Figures
from results.facts.types import Facts, Group
from results.projection import DEFAULT, Counted, CountedSet, predictive
from results.rules.findings import Finding
from results.rules.warnings import exchanged
from results.units import group_key, setup_of_units

MOST_CANDIDATES = 60
"""The model is asked while everybody's entries wait: of 60 candidates for 60 ms, of twice as many for more than a second."""


def check_alarm(facts: Facts, group: Group, said: Figures) -> list[Finding]:
    """The alarm about one sheet that adds up, against the agreed figures of the other groups; at most one warning.

    Silent where the Returning Officer chose no projection, and where a paper has several votes, which the model does not
    know. Otherwise it rings whatever is public: it is the desk's.
    """
    definition = facts.definition
    others = {
        other.number: other.agreed.figures
        for other in facts.groups.values()
        if other.number != group.number and other.agreed is not None
    }
    if not facts.projection or definition.seats > 1 or len(definition.candidates) > MOST_CANDIDATES:
        return []
    if len(others) < DEFAULT.surprise_least:
        return []
    setup = setup_of_units(
        definition,
        {label: box.papers for label, box in facts.boxes.items()},
        {other.number: other.boxes for other in facts.groups.values()},
        settled=False,
    )
    sets = (CountedSet((group_key(number),), f.votes, sum(f.rejected)) for number, f in others.items())
    this = CountedSet((group_key(group.number),), said.votes, sum(said.rejected))
    found = predictive(setup, Counted((*sets, this)), group_key(group.number))
    # Prestatyn North: a bundle on the wrong pile, and every total balanced. Skelton 2007, Nelson 2023, Newham 2018: figures
    # were written against the wrong names.
    if found.swap is not None:
        first, second = (definition.numbers.index(int(key)) for key in (found.swap.first, found.swap.second))
        return [exchanged("count.exchanged", definition, group, first, second)]
    if found.surprising:
        return [Finding("count.unlike_others", "warning", {"group": group.number})]
    return []
