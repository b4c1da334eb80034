"""Nights without a database: a small definition, and random ledgers that the rules and the release policy would allow."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from results.facts.definition import (
    AccountDefinition,
    BoxDefinition,
    CandidateDefinition,
    Definition,
    HeadDefinition,
    PartyDefinition,
    WardDefinition,
)
from results.facts.figures import BoxPapers
from results.facts.fold import fold
from results.facts.kinds import (
    Agreed,
    Arrived,
    Entered,
    Entry,
    GroupFormed,
    HeldSet,
    PolicySet,
    ReleaseMade,
    Said,
    Verified,
)
from results.facts.types import Facts
from results.policy import last_release, releasable, revisable, withheld_revisions

CLOSE = datetime(2014, 11, 20, 22, tzinfo=UTC)
PARTIES = (("UKIP", "#6D3177"), ("CON", "#0087DC"), ("LAB", "#E4003B"), ("IND", "#888888"))


def definition(
    polling: int = 8,
    postal: int = 2,
    wards: int = 3,
    candidates: int = 3,
    publish: str = "totals",
    projection: bool = True,
    minimum_papers: int = 250,
) -> Definition:
    """A contest: boxes 1..n and P1..m dealt to the wards in turn, baseline in the whole contest."""
    labels = [str(n) for n in range(1, polling + 1)] + [f"P{n}" for n in range(1, postal + 1)]
    gss = [f"E0500000{n}" for n in range(1, wards + 1)]
    return Definition(
        contest="parl.testing.by.2014-11-20",
        name="Testing",
        election="Testing by-election",
        environment="demo",
        postal_electors=None,
        seats=1,
        close_of_poll=CLOSE,
        planned_declaration=None,
        count_begins=CLOSE,
        expected_time=True,
        venue="The hall",
        event="testing.2014-11-20",
        kind_of_poll="parliament",
        nation="england",
        verify_first="own",
        entries_required=1,
        minimum_boxes=2,
        minimum_papers=minimum_papers,
        publish=publish,
        projection=projection,
        baseline_label="2010 general election",
        candidates=tuple(
            CandidateDefinition(
                n,
                f"Ann {chr(64 + n)}lder",
                f"{chr(64 + n)}LDER, Ann",
                f"{chr(64 + n)}lder",
                PARTIES[(n - 1) % 4][0],
                "",
                "",
            )
            for n in range(1, candidates + 1)
        ),
        parties={code: PartyDefinition(code, code, code, code[0], colour, "") for code, colour in PARTIES},
        wards={code: WardDefinition(code, f"Ward {code[-1]}", 5000) for code in gss},
        boxes={
            label: BoxDefinition(
                label, "postal" if label[0] == "P" else "polling", (gss[i % wards],), f"Hall {i}", "", 900, label
            )
            for i, label in enumerate(labels)
        },
        accounts={label: AccountDefinition(label, (label,)) for label in labels},
        heads=(HeadDefinition("want_of_official_mark", "Want"), HeadDefinition("unmarked_or_void", "Void")),
        baseline={"": {"CON": 4000, "LAB": 3000, "OLD": 1000}},
    )


def verified(label: str, papers: int) -> Verified:
    """So many papers found in a box, as many as expected."""
    return Verified(label, papers, (BoxPapers(label, (papers,)),))


@dataclass
class Script:
    """A ledger in the making: what is said is appended, agreed and released as the ledger's verbs do it."""

    definition: Definition
    entries: list[Entry] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        return fold(self.definition, self.entries)

    def say(self, said: Said, note: str = "") -> Entry:
        seq = len(self.entries) + 1
        entry = Entry(seq, CLOSE + timedelta(minutes=seq), said, actor=1, actor_name="Olu", note=note)
        self.entries.append(entry)
        return entry

    def count(
        self, group: int, votes: tuple[int, ...], rejected: tuple[int, ...], doubtful: int = 0, reason: str = ""
    ) -> None:
        papers = self.facts.groups[group].papers or 0
        entry = self.say(Entered(group, f"{len(self.entries):04d}", papers, votes, rejected, doubtful), reason)
        if sum(votes) + sum(rejected) == papers and not doubtful:
            self.say(Agreed(group, (entry.seq,)))
        self.release()

    def let_go(self) -> None:
        """The Returning Officer lets the figures go that complete the contest."""
        numbers = last_release(self.facts)
        assert numbers is not None
        self._release(numbers, automatic=False)

    def release_again(self, groups: tuple[int, ...]) -> None:
        """The Returning Officer lets a correction go that rests on other papers."""
        self._release(groups, automatic=False)

    def release(self) -> None:
        while (numbers := revisable(self.facts) or releasable(self.facts)) is not None:
            self._release(numbers)

    def _release(self, numbers: tuple[int, ...], automatic: bool = True) -> None:
        made = []
        for number in numbers:
            agreed = self.facts.groups[number].agreed
            assert agreed is not None
            made.append((number, agreed.seq))
        self.say(ReleaseMade(tuple(sorted(made)), automatic))


def split(rng: random.Random, papers: int, candidates: int) -> tuple[int, ...]:
    """These papers dealt to the candidates at random."""
    weights = [rng.random() + 0.05 for _ in range(candidates)]
    votes = [int(papers * weight / sum(weights)) for weight in weights]
    votes[0] += papers - sum(votes)
    return tuple(votes)


@dataclass(frozen=True)
class Plan:
    """The dice of a random night."""

    seed: int
    polling: int
    postal: int
    wards: int
    candidates: int
    publish: str
    minimum_papers: int
    finished: float
    choices: bool


plans = st.builds(
    Plan,
    seed=st.integers(0, 2**32 - 1),
    polling=st.integers(4, 10),
    postal=st.integers(0, 3),
    wards=st.integers(1, 4),
    candidates=st.integers(1, 5),
    publish=st.sampled_from(["totals", "totals", "progress", "off"]),
    minimum_papers=st.sampled_from([1, 250, 900]),
    finished=st.floats(0, 1),
    choices=st.booleans(),
)


def play(plan: Plan, hidden: random.Random | None = None) -> Script:
    """A random night. `hidden`, if given, deals the figures of counts that do not add up, which nobody may ever see."""
    rng = random.Random(plan.seed)
    script = Script(
        definition(plan.polling, plan.postal, plan.wards, plan.candidates, plan.publish, True, plan.minimum_papers)
    )
    labels = list(script.definition.boxes)
    rng.shuffle(labels)
    for label in labels:
        if rng.random() < 0.5:
            script.say(Arrived(label))
        if rng.random() < 0.97:
            expected = rng.randint(0, 800)
            script.say(verified(label, expected))
    groups = _groups(rng, script)
    todo = [number for number in groups if rng.random() < plan.finished]
    for number in todo + [number for number in groups if rng.random() < 0.3]:
        group = script.facts.groups[number]
        if group.papers is None:
            continue
        if plan.choices and rng.random() < 0.2:
            script.say(PolicySet(rng.choice(["off", "progress", "totals"]), rng.random() < 0.7))
            script.release()
        if plan.choices and rng.random() < 0.2:
            script.say(HeldSet(rng.random() < 0.5))
            script.release()
        if rng.random() < 0.25:
            wrong = hidden or random.Random(rng.random())
            figures = tuple(wrong.randint(0, 500) for _ in script.definition.candidates)
            script.count(number, figures, (wrong.randint(0, 9), group.papers + 1))
        if rng.random() < 0.3:
            _verify_anew(rng, script, group.boxes)
            group = script.facts.groups[number]
        if rng.random() < 0.9 and group.papers is not None:
            void = min(group.papers, rng.randint(0, 5))
            script.count(number, split(rng, group.papers - void, plan.candidates), (0, void))
        if rng.random() < 0.5 and last_release(script.facts):
            script.let_go()
        for released_set in withheld_revisions(script.facts):
            if rng.random() < 0.3 and script.facts.publish == "totals":
                script.release_again(released_set.groups)
    return script


def _verify_anew(rng: random.Random, script: Script, labels: tuple[str, ...]) -> None:
    """Boxes of a group are verified anew, which must be counted again: a paper came, one came and another went, a
    bundle turns out to be another box's, or nothing changed after all."""
    by = rng.choice([(1,), (-1,), (1, -1), (1, -1), (-200,), (1, 0), (0,)])
    for label, more in zip(rng.sample(labels, min(len(by), len(labels))), by, strict=False):
        script.say(verified(label, max(0, (script.facts.boxes[label].papers or 0) + more)))


def _groups(rng: random.Random, script: Script) -> list[int]:
    polling = [label for label, box in script.definition.boxes.items() if box.kind == "polling"]
    postal = [label for label, box in script.definition.boxes.items() if box.kind == "postal"]
    rng.shuffle(polling)
    numbers: list[int] = []
    while len(polling) >= 2:
        size = 3 if len(polling) == 3 else 2
        boxes = [polling.pop() for _ in range(size)]
        if postal and rng.random() < 0.7:
            boxes.append(postal.pop())
        if len(polling) < 2 and rng.random() < 0.7:
            boxes += postal
        numbers.append(len(numbers) + 1)
        script.say(GroupFormed(numbers[-1], tuple(boxes)))
    return numbers
