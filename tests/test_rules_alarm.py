"""The desk's alarm: votes of two candidates exchanged, on a sheet whose totals balance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import call_command

from results.board.projecting import setup_of
from results.demo.stage import FOLDER
from results.facts.kinds import Adjudicated, Agreed, Entered, GroupFormed, PapersMoved
from results.facts.reading import read_definition
from results.facts.types import Facts, Group
from results.models import Contest
from results.policy import released
from results.rules.alarm import check_alarm
from results.rules.counts import MOST
from results.rules.findings import Finding
from results.rules.warnings import check_warnings
from results.texts.wording import words
from results.units import group_key, setup_of_units
from tests.nights import Script, definition, verified

GROUPS = 12
PAPERS = 1400
SHARES = (0.42, 0.35, 0.17, 0.06)


def night(groups: int = GROUPS, **changes: object) -> Facts:
    """All groups but the last agreed, their votes divided alike; the last is to be read."""
    made = definition(polling=2 * groups, postal=0, candidates=4, publish="progress")
    script = Script(replace(made, **changes))
    rng = np.random.default_rng(7)
    for label in range(1, 2 * groups + 1):
        script.say(verified(str(label), PAPERS // 2))
    for number in range(1, groups + 1):
        script.say(GroupFormed(number, (str(2 * number - 1), str(2 * number))))
    for number in range(1, groups):
        votes = tuple(int(v) for v in rng.multinomial(PAPERS, SHARES))
        said = script.say(Entered(number, f"S{number}", PAPERS, votes, (0, 0), 0))
        script.say(Agreed(number, (said.seq,)))
    return script.facts


def alarm(facts: Facts, *votes: int) -> list[Finding]:
    number = max(facts.groups)
    return check_alarm(facts, facts.groups[number], Entered(number, "X", PAPERS, votes, (0, 0), 0))


RIGHT = (588, 490, 238, 84)


def test_it_is_silent_about_figures_like_the_others() -> None:
    assert alarm(night(), *RIGHT) == []


@pytest.mark.parametrize(("first", "second"), [(0, 2), (1, 2), (0, 3), (2, 3)])
def test_it_names_two_candidates_whose_votes_are_exchanged_incident_newham(first: int, second: int) -> None:
    votes = list(RIGHT)
    votes[first], votes[second] = votes[second], votes[first]
    [found] = alarm(night(), *votes)
    assert (found.level, found.acknowledgement) == ("warning", f"count.exchanged.{first + 1}-{second + 1}")
    names = [f"{'ABCD'[position]}LDER, Ann" for position in (first, second)]
    assert words(found) == f"Check the bundles of {names[0]} and {names[1]} in group 12: are their votes exchanged?"


def test_it_asks_to_check_a_group_unlike_all_others_incident_prestatyn() -> None:
    # A bundle of fourteen fifties lies on the pile of a small candidate: no exchange explains it.
    [found] = alarm(night(), 588 - 300, 490 - 200, 238, 84 + 500)
    assert found.code in ("count.exchanged", "count.unlike_others")
    [found] = alarm(night(), 330, 350, 380, 340)
    assert words(found) == "Check the bundles of group 12: its votes are divided unlike those of the other groups."


def test_it_says_nothing_of_who_leads_or_of_any_figure() -> None:
    for votes in ((238, 490, 588, 84), (330, 350, 380, 340)):
        [found] = alarm(night(), *votes)
        said = words(found)
        assert not any(word in said for word in ("lead", "first", "ahead", "win", "%"))
        assert [sign for sign in said if sign.isdigit()] == ["1", "2"], "the group's number and nothing else"


def test_it_is_off_where_the_projection_is_off() -> None:
    exchanged = (238, 490, 588, 84)
    assert len(alarm(night(), *exchanged)) == 1
    assert alarm(night(projection=False), *exchanged) == []


def test_it_is_silent_with_few_groups_and_where_papers_have_several_votes() -> None:
    assert alarm(night(groups=5), 238, 490, 588, 84) == []
    assert len(alarm(night(groups=6), 238, 490, 588, 84)) == 1
    assert alarm(night(seats=2), 238, 490, 588, 84) == []


def test_it_rests_on_agreed_figures_only() -> None:
    facts = night()
    exchanged = (238, 490, 588, 84)
    open_ = {number: replace(group, agreed=None) if number > 4 else group for number, group in facts.groups.items()}
    assert alarm(replace(facts, groups=open_), *exchanged) == []


def test_it_knows_a_candidate_by_the_number_on_the_paper() -> None:
    facts = night()
    definition_ = facts.definition
    gaps = tuple(
        replace(candidate, number=number)
        for candidate, number in zip(definition_.candidates, (2, 5, 9, 11), strict=True)
    )
    [found] = alarm(replace(facts, definition=replace(definition_, candidates=gaps)), 238, 490, 588, 84)
    assert found.acknowledgement == "count.exchanged.2-9"


def test_the_desk_and_the_public_projection_see_the_same_units() -> None:
    facts = night()
    public = setup_of(released(facts))
    desk = setup_of_units(
        facts.definition,
        {label: box.papers for label, box in facts.boxes.items()},
        {number: group.boxes for number, group in facts.groups.items()},
        settled=public.settled,
    )
    assert (desk.units, desk.candidates, desk.baseline) == (public.units, public.candidates, public.baseline)
    assert desk.units[0].key == group_key(1)


# --- the reconstructed night ---------------------------------------------------------------------------------------------


def sheets(script: Script) -> Iterator[tuple[Facts, Group, Entered]]:
    """Each sheet of the reconstructed night as it is entered, with what was known before it."""
    heads = [head.code for head in script.definition.heads]
    for line in (FOLDER / "night.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["do"] == "verify":
            script.say(verified(event["box"], event["found"]))
        elif event["do"] == "move_papers":
            script.say(PapersMoved(event["box"], event["papers"], False, event["other_contest"], event["other_box"]))
        elif event["do"] == "adjudicate":
            number, votes = event["group"], tuple(event["votes"])
            script.say(Adjudicated(number, 1, votes, tuple(event["rejected"].get(head, 0) for head in heads)))
            script.say(Agreed(number, (script.facts.groups[number].counts[-1].seq,)))
        elif event["do"] == "form_group":
            script.say(GroupFormed(event["group"], tuple(event["boxes"])))
        elif event["do"] == "count":
            facts = script.facts
            group = facts.groups[event["group"]]
            rejected = tuple(event["rejected"].get(head, 0) for head in heads)
            said = Entered(
                group.number, event["sheet"], group.papers or 0, tuple(event["votes"]), rejected, event["doubtful"]
            )
            yield facts, group, said
            entered = script.say(said)
            if sum(said.votes) + sum(said.rejected) == group.papers and not said.doubtful:
                script.say(Agreed(group.number, (entered.seq,)))


@pytest.mark.django_db
def test_thirteen_candidates_are_a_night_without_ticking_and_their_exchanges_are_noticed() -> None:
    call_command("load_contest", str(FOLDER), verbosity=0)
    script = Script(replace(read_definition(Contest.objects.get()), projection=True, publish="progress"))
    asked = [
        finding
        for facts, group, said in sheets(script)
        for finding in (*check_warnings(facts, group, said, 0), *check_alarm(facts, group, said))
    ]
    # Both readers of a sheet are asked the same.
    assert {finding.code for finding in asked} <= {"count.exchanged"}
    assert len({finding.acknowledgement for finding in asked}) <= 1, "of 27 sheets"
    facts, apart, noticed = script.facts, 0, 0
    for group in facts.groups.values():
        assert group.agreed is not None
        votes = list(group.agreed.figures.votes)
        first, *_, third = sorted(range(len(votes)), key=lambda position: -votes[position])[:3]
        if votes[first] - votes[third] < 0.1 * sum(votes):
            continue
        apart += 1
        votes[first], votes[third] = votes[third], votes[first]
        noticed += bool(check_alarm(facts, group, replace(group.agreed.figures, votes=tuple(votes))))
    assert apart >= 15
    assert noticed >= 0.8 * apart


ODD = [(0, 0, 0, 0), (PAPERS, 0, 0, 0), (0, 0, 0, PAPERS), (1, 0, 0, 0), (MOST, MOST, MOST, MOST)]


@pytest.mark.parametrize("votes", ODD)
@pytest.mark.parametrize(
    "changes", [{}, {"baseline": {}}, {"baseline": {"": {"CON": 1}}}], ids=["last", "none", "little"]
)
def test_it_stands_any_sheet_and_any_set_up(votes: tuple[int, ...], changes: dict[str, object]) -> None:
    facts = night(**changes)
    assert len(alarm(facts, *votes)) <= 1
    bare = {number: replace(group, papers=0) for number, group in facts.groups.items()}
    boxes = {label: replace(box, papers=0) for label, box in facts.boxes.items()}
    assert len(alarm(replace(facts, groups=bare, boxes=boxes), *votes)) <= 1


def test_it_is_silent_where_there_is_one_candidate() -> None:
    facts = night()
    definition_ = replace(facts.definition, candidates=facts.definition.candidates[:1])
    alone = {
        number: replace(
            group, agreed=group.agreed and replace(group.agreed, figures=replace(group.agreed.figures, votes=(PAPERS,)))
        )
        for number, group in facts.groups.items()
    }
    assert alarm(replace(facts, definition=definition_, groups=alone), PAPERS) == []
