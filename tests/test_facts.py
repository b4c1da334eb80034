"""The fold against an oracle that knows nothing of it."""

from __future__ import annotations

from hypothesis import example, given, settings

from results.facts.fold import fold
from results.facts.kinds import Agreed, Arrived, Entered, GroupFormed, ReleaseMade, Verified
from results.policy import released
from results.tally import tally
from tests.nights import Plan, Script, definition, plans, play, verified


def oracle_votes(script: Script) -> list[int]:
    """The standing released votes, found backwards: the last release of each set, by the counts it names."""
    counts = {entry.seq: entry.said for entry in script.entries if isinstance(entry.said, Entered)}
    seen: set[int] = set()
    total = [0] * len(script.definition.candidates)
    for entry in reversed(script.entries):
        if isinstance(entry.said, ReleaseMade):
            for group, count in entry.said.groups:
                if group not in seen:
                    seen.add(group)
                    figures = counts[count]
                    total = [a + b for a, b in zip(total, figures.votes, strict=True)]
    return total


def papers_changed_after(script: Script, seq: int, boxes: tuple[str, ...]) -> bool:
    """Whether one of these boxes was verified with other papers after this entry, even if another made up for it."""
    papers: dict[str, int] = {}
    changed = False
    for entry in script.entries:
        for box in entry.said.boxes if isinstance(entry.said, Verified) else ():
            if box.box in boxes:
                changed = changed or (entry.seq > seq and papers.get(box.box) != box.papers)
                papers[box.box] = box.papers
    return changed


# Box 10 gains a paper and box 8 loses one: as many papers as were agreed on, and not the same ones.
@example(Plan(404, 10, 0, 1, 3, "totals", 1, 0.5, False))
@given(plans)
@settings(max_examples=150, deadline=None)
def test_it_folds_any_ledger_to_what_an_independent_reading_gives(plan: Plan) -> None:
    script = play(plan)
    facts = script.facts
    verified = {box.box: box.papers for e in script.entries if isinstance(e.said, Verified) for box in e.said.boxes}
    assert {label: box.papers for label, box in facts.boxes.items() if box.papers is not None} == verified
    assert [sum(column) for column in zip(*(s.votes for s in facts.releases), strict=True)] == (
        oracle_votes(script) if facts.releases else []
    )
    for number, group in facts.groups.items():
        said = [e for e in script.entries if isinstance(e.said, Entered) and e.said.group == number]
        agreed = [e.said.count for e in script.entries if isinstance(e.said, Agreed) and e.said.group == number]
        assert len(group.counts) == len(said)
        standing = agreed[-1] if agreed and agreed[-1] == said[-1].seq else None
        if standing and papers_changed_after(script, standing, group.boxes):
            standing = None  # a paper was found late, after the count was agreed
        assert (group.agreed.seq if group.agreed else None) == standing


@given(plans)
@settings(max_examples=50, deadline=None)
def test_it_gives_for_a_prefix_what_it_gave_then(plan: Plan) -> None:
    script = play(plan)
    for cut in range(0, len(script.entries), 5):
        prefix = fold(script.definition, script.entries[:cut])
        assert prefix.seq == cut
        assert prefix == fold(script.definition, [e for e in script.entries if e.seq <= cut])


@given(plans)
@settings(max_examples=100, deadline=None)
def test_it_adds_areas_up_to_the_totals(plan: Plan) -> None:
    public = released(play(plan).facts)
    totals = tally(public)
    if totals.areas:
        assert tuple(map(sum, zip(*(area.votes for area in totals.areas), strict=True))) == totals.votes
        assert sum(area.papers_counted for area in totals.areas) == totals.papers_counted


def test_it_reopens_a_group_when_a_paper_is_found_late() -> None:
    script = Script(definition())
    for label in script.definition.boxes:
        script.say(verified(label, 300))
    script.say(GroupFormed(1, ("1", "2")))
    script.count(1, (300, 200, 90), (0, 10))
    assert script.facts.groups[1].state == "released"
    script.say(verified("2", 301))
    group = script.facts.groups[1]
    assert (group.state, group.papers, group.agreed) == ("queried", 601, None)
    script.count(1, (301, 200, 90), (0, 10))
    assert script.facts.groups[1].agreed is not None
    # What is public stays as it was: the difference would show how that one paper was cast.
    assert script.facts.releases[0].votes == (300, 200, 90)


def test_it_knows_the_states_of_a_box_and_a_group() -> None:
    script = Script(definition())
    assert script.facts.boxes["1"].state == "expected"
    script.say(Arrived("1"))
    assert script.facts.boxes["1"].state == "arrived"
    script.say(GroupFormed(1, ("1", "2")))
    assert script.facts.groups[1].state == "waiting"
    script.say(verified("1", 300))
    script.say(verified("2", 300))
    assert script.facts.boxes["1"].state == "verified"
    assert script.facts.groups[1].state == "ready"
    script.count(1, (1, 2, 3), (0, 0))
    assert script.facts.groups[1].state == "queried"
