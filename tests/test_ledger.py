"""The only writer: what it takes, what it refuses, and that nothing is lost or doubled."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from results import clock, ledger
from results.audit.checks import faults
from results.facts.figures import AccountFigures
from results.facts.kinds import Entered
from results.facts.reading import forget, read_facts
from results.models import Acknowledgement, CandidateVotes, Contest, LedgerEntry, Role
from results.people import accounts
from results.people.journal import record_set_up
from results.rules.agreement import seen_reading
from results.texts.wording import words
from tests import builders
from tests.builders import one_box
from tests.counts import GROUPS, PAPERS, REJECTED, VOTES, Count, make_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    return make_count()


def kinds(count: Count) -> list[str]:
    return list(LedgerEntry.objects.filter(contest=count.contest).order_by("seq").values_list("kind", flat=True))


def sheet(count: Count, group: int = 1, votes: tuple[int, ...] | None = None) -> Entered:
    papers = read_facts(count.contest).groups[group].papers or 0
    return Entered(group, "0001", papers, votes or VOTES[group], REJECTED, 0)


def seen(count: Count, group: int = 1) -> int:
    """What Olu's form of a group's sheet has seen."""
    facts = read_facts(count.contest)
    return seen_reading(facts, facts.groups[group], count.cast.olu.pk)


def last_entry(count: Count, group: int) -> int:
    return read_facts(count.contest).groups[group].last_seq


def test_it_numbers_entries_without_gaps_and_chains_them(count: Count) -> None:
    count.finish()
    rows = list(LedgerEntry.objects.order_by("seq").values_list("seq", "prev_hash", "hash"))
    assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))
    assert rows[0][1] == "0" * 64
    assert all(after[1] == before[2] for before, after in pairwise(rows))


def test_it_agrees_and_releases_a_sheet_that_adds_up(count: Count) -> None:
    count.ready()
    receipt = count.enter(1)
    assert (receipt.agreed, receipt.released) == (True, True)
    assert kinds(count)[-3:] == ["entered", "agreed", "released"]
    assert read_facts(count.contest).releases[0].votes == VOTES[1]


def test_it_records_figures_that_do_not_add_up_and_does_not_agree_them(count: Count) -> None:
    count.ready()
    receipt = count.enter(1, (400, 300, 100))
    assert (receipt.agreed, receipt.released) == (False, False)
    assert [finding.code for finding in receipt.findings] == ["count.sum"]
    said = words(receipt.findings[0])
    assert "18 papers missing" in said
    assert "divisible by 9" in said
    assert read_facts(count.contest).groups[1].state == "queried"
    assert sorted(CandidateVotes.objects.values_list("votes", flat=True)) == [100, 300, 400]


def test_it_keeps_doubtful_papers_from_agreement_until_they_are_back(count: Count) -> None:
    count.ready()
    receipt = count.enter(1, (400, 300, 112), doubtful=6)
    assert not receipt.agreed
    assert read_facts(count.contest).groups[1].state == "adjudication"


def test_it_answers_a_repeated_submission_with_the_stored_receipt(count: Count) -> None:
    count.ready()
    submission = uuid.uuid4()
    arguments: dict[str, Any] = {"actor": count.cast.olu, "submission_id": submission, "seen": seen(count)}
    first = ledger.record_count(count.contest, sheet(count), **arguments)
    before = LedgerEntry.objects.count()
    again = ledger.record_count(count.contest, sheet(count), **arguments)
    assert again.repeated
    assert (again.seq, again.recorded_at) == (first.seq, first.recorded_at)
    assert LedgerEntry.objects.count() == before


def test_it_refuses_the_same_submission_with_other_figures_or_from_another_person(count: Count) -> None:
    count.ready()
    submission = uuid.uuid4()
    ledger.record_count(count.contest, sheet(count), actor=count.cast.olu, submission_id=submission, seen=seen(count))
    for actor, said in ((count.cast.olu, sheet(count, votes=(401, 299, 118))), (count.cast.bea, sheet(count))):
        with builders.refused(ledger.Conflict, "it said something else then"):
            ledger.record_count(count.contest, said, actor=actor, submission_id=submission, seen=seen(count))


def test_it_refuses_a_form_that_was_opened_before_the_last_entry(count: Count) -> None:
    count.ready()
    opened = seen(count)
    count.enter(1, (1, 2, 3))
    with builders.refused(ledger.Stale, "has changed since you opened"):
        ledger.record_count(count.contest, sheet(count), actor=count.cast.bea, submission_id=uuid.uuid4(), seen=opened)


def test_it_supersedes_a_count_by_a_new_entry(count: Count) -> None:
    count.ready()
    wrong = count.enter(1, (1, 2, 3))
    right = count.enter(1)
    entry = LedgerEntry.objects.get(seq=right.seq)
    assert entry.supersedes is not None
    assert entry.supersedes.seq == wrong.seq
    assert LedgerEntry.objects.filter(kind="entered").count() == 2


def test_it_lets_only_a_supervisor_correct_agreed_figures(count: Count) -> None:
    count.ready()
    count.enter(1)
    with builders.refused(ledger.Forbidden, "ask a supervisor"):
        count.enter(1, (401, 299, 118), count.cast.bea)
    assert count.enter(1, (401, 299, 118), count.cast.sam).released
    facts = read_facts(count.contest)
    assert facts.releases[0].votes == (401, 299, 118)
    assert facts.past_releases[-1].replaced is not None


def test_it_waits_for_acknowledgement_of_warnings_and_records_it(count: Count) -> None:
    count.ready()
    many_rejected = Entered(1, "0001", 820, (400, 300, 100), (0, 10, 0, 10), 0)
    arguments: dict[str, Any] = {"actor": count.cast.olu, "submission_id": uuid.uuid4(), "seen": seen(count)}
    with pytest.raises(ledger.Refused) as refused:
        ledger.record_count(count.contest, many_rejected, **arguments)
    assert [finding.code for finding in refused.value.findings] == ["count.rejected_share"]
    assert not LedgerEntry.objects.filter(kind="entered").exists()
    ledger.record_count(count.contest, many_rejected, acknowledged={"count.rejected_share"}, **arguments)
    assert list(Acknowledgement.objects.values_list("code", flat=True)) == ["count.rejected_share"]


@pytest.mark.parametrize("confirmed", ["count.same_figures", "count.same_figures.1", "count.same_figures.3"])
def test_it_takes_no_confirmation_of_one_warning_for_another(count: Count, confirmed: str) -> None:
    count.ready()
    for group in (1, 2):
        count.enter(group, VOTES[1])
    same = Entered(3, "0003", read_facts(count.contest).groups[3].papers or 0, VOTES[1], REJECTED, 0)
    arguments: dict[str, Any] = {"actor": count.cast.olu, "submission_id": uuid.uuid4(), "seen": seen(count, 3)}
    with pytest.raises(ledger.Refused) as refused:
        ledger.record_count(count.contest, same, acknowledged={confirmed}, **arguments)
    assert [words(finding) for finding in refused.value.findings] == [
        "Group 1 has exactly the same votes: is this its sheet?",
        "Group 2 has exactly the same votes: is this its sheet?",
    ]
    both = {"count.same_figures.1", "count.same_figures.2"}
    written = ledger.record_count(count.contest, same, acknowledged=both, **arguments)
    assert set(Acknowledgement.objects.filter(entry__seq=written.seq).values_list("code", flat=True)) == both


@pytest.mark.parametrize("figures", [(-1, 401, 418), (10_000_001, 0, 0), (818, 2), (400, 300, 118, 0)])
def test_it_refuses_what_no_form_sends(count: Count, figures: tuple[int, ...]) -> None:
    count.ready()
    with pytest.raises(ledger.Refused):
        ledger.record_count(
            count.contest,
            Entered(1, "0001", 820, figures, REJECTED, 0),
            actor=count.cast.olu,
            submission_id=uuid.uuid4(),
            seen=seen(count),
        )


def test_it_refuses_votes_before_the_close_of_poll_and_says_when_it_is() -> None:
    early = make_count(close_of_poll=timezone.now() + timedelta(hours=1))
    for label in PAPERS:
        if label != "P1":
            with builders.refused(ledger.Refused, "The poll closes at"):
                builders.verify(early.contest, label, 300, early.cast.olu)
    builders.verify(early.contest, "P1", 200, early.cast.olu)  # postal papers may be received and counted
    with builders.refused(ledger.Refused, "The poll closes at"):
        builders.form_group(early.contest, 1, ["1", "2"], early.cast.sam)


def test_it_counts_nothing_of_a_combined_poll_before_every_box_is_verified() -> None:
    combined = make_count(combined=True)
    for label, papers in list(PAPERS.items())[:-1]:
        builders.verify(combined.contest, label, papers, combined.cast.olu)
    builders.form_group(combined.contest, 2, GROUPS[2], combined.cast.sam)
    with builders.refused(ledger.Refused, "1 still to verify"):
        combined.enter(2)
    builders.verify(combined.contest, "P1", 200, combined.cast.olu)
    assert combined.enter(2).agreed


@pytest.mark.parametrize(
    ("number", "boxes", "saying"),
    [
        (4, ["1"], "two polling boxes or more"),
        (4, ["1", "P1"], "two polling boxes or more"),
        (4, ["1", "1"], "named twice"),
        (4, ["1", "99"], "no box 99"),
        (0, ["1", "2"], "from 1 to 9999"),
    ],
)
def test_it_refuses_groups_that_the_law_does_not_know(count: Count, number: int, boxes: list[str], saying: str) -> None:
    with builders.refused(ledger.Refused, saying):
        builders.form_group(count.contest, number, boxes, count.cast.sam)


def test_it_keeps_a_box_in_one_group_and_a_number_for_one(count: Count) -> None:
    builders.form_group(count.contest, 1, ["1", "2"], count.cast.sam)
    with builders.refused(ledger.Refused, "Box 2 is in group 1 already"):
        builders.form_group(count.contest, 2, ["2", "3"], count.cast.sam)
    with builders.refused(ledger.Refused, "There is a group 1 already"):
        builders.form_group(count.contest, 1, ["3", "4"], count.cast.sam)
    last = read_facts(count.contest).groups[1].last_seq
    ledger.dissolve_group(count.contest, 1, actor=count.cast.sam, submission_id=uuid.uuid4(), seen=last)
    with builders.refused(ledger.Refused, "never used"):
        builders.form_group(count.contest, 1, ["2", "3"], count.cast.sam)
    builders.form_group(count.contest, 2, ["2", "3"], count.cast.sam)
    assert read_facts(count.contest).groups[2].boxes == ("2", "3")


def test_it_never_counts_one_stations_box_apart_from_another(count: Count) -> None:
    for person in (count.cast.sam, count.cast.rita):
        for labels in (["1"], ["1", "P1"]):
            with builders.refused(ledger.Refused, "two polling boxes or more"):
                builders.form_group(count.contest, 1, labels, person)


def test_it_wants_a_variance_explained(count: Count) -> None:
    said = one_box("P1", 200, 198)
    arguments: dict[str, Any] = {"actor": count.cast.olu, "submission_id": uuid.uuid4(), "seen": 0}
    with builders.refused(ledger.Refused, "2 papers fewer found"):
        ledger.record_verification(count.contest, said, **arguments)
    explained = one_box("P1", 200, 198, "arithmetic", "Two packs were counted twice in session 3")
    assert ledger.record_verification(count.contest, explained, **arguments).seq == 1


def test_it_lets_only_a_supervisor_verify_a_counted_box_anew(count: Count) -> None:
    count.ready()
    count.enter(2)
    with pytest.raises(ledger.Forbidden):
        builders.verify(count.contest, "2", 311, count.cast.olu)
    builders.verify(count.contest, "2", 311, count.cast.sam)
    group = read_facts(count.contest).groups[2]
    assert (group.papers, group.state) == (641, "queried")


def test_it_asks_for_a_role(count: Count) -> None:
    with builders.refused(ledger.Forbidden, "no role at"):
        builders.verify(count.contest, "1", 300, count.cast.stu)
    with builders.refused(ledger.Forbidden, "supervisor"):
        builders.form_group(count.contest, 1, ["1", "2"], count.cast.olu)
    with builders.refused(ledger.Forbidden, "returning officer"):
        ledger.set_policy(count.contest, "off", False, actor=count.cast.sam, submission_id=uuid.uuid4(), seen=0)
    elsewhere = builders.make_contest("parl.elsewhere.2026-11-05")
    with builders.refused(ledger.Forbidden, "no role at"):
        builders.verify(elsewhere, "1", 300, count.cast.olu)
    # A supervisor elsewhere is still a counting officer here.
    accounts.enrol(elsewhere, "olu", None, Role.SUPERVISOR, "Olu Ade")
    with builders.refused(ledger.Forbidden, "supervisor"):
        builders.form_group(count.contest, 1, ["1", "2"], count.cast.olu)


@pytest.mark.parametrize("hours", [(1, None), (-2, -1)])
def test_it_takes_nothing_outside_the_time_of_an_appointment(count: Count, hours: tuple[int, int | None]) -> None:
    start, end = (None if hour is None else clock.real_now() + timedelta(hours=hour) for hour in hours)
    accounts.enrol(count.contest, "olu", None, Role.COUNTING_OFFICER, "Olu Ade", valid_from=start, valid_until=end)
    with builders.refused(ledger.Forbidden, r"Your role at Testshire (begins|ended) on .* ask the Returning Officer"):
        builders.verify(count.contest, "1", 300, count.cast.olu)
    assert not count.contest.entries.exists()


def test_it_releases_what_waited_when_the_policy_becomes_totals() -> None:
    quiet = make_count(publish="progress").ready()
    quiet.enter(1)
    assert "candidates" not in quiet.board()
    receipt = ledger.set_policy(
        quiet.contest, "totals", False, actor=quiet.cast.rita, submission_id=uuid.uuid4(), seen=0
    )
    assert receipt.released
    assert quiet.board()["candidates"]["1"]["votes"] == 400


def test_it_holds_and_goes_on(count: Count) -> None:
    count.ready()
    held = ledger.set_held(count.contest, True, actor=count.cast.rita, submission_id=uuid.uuid4(), seen=0)
    assert not count.enter(1).released
    assert count.board()["policy"]["held"] is True
    go_on = ledger.set_held(count.contest, False, actor=count.cast.rita, submission_id=uuid.uuid4(), seen=held.seq)
    assert go_on.released


def test_it_trusts_no_fold_of_entries_that_were_rolled_back(count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    count.ready()

    def fail(session: Any) -> bool:
        assert session.facts.groups[1].state == "agreed"
        raise RuntimeError("the lights went out")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="the lights went out"):
        patched.setattr("results.ledger.counts.release_what_may_be", fail)
        count.enter(1)
    assert read_facts(count.contest).groups[1].state == "ready"
    count.enter(1, (399, 301, 118))
    kept = read_facts(count.contest)
    forget()
    assert kept == read_facts(count.contest)
    assert kept.releases[0].votes == (399, 301, 118)


def test_it_releases_a_correction_with_other_papers_only_for_the_returning_officers_reason(count: Count) -> None:
    count.ready()
    count.enter(2)
    builders.verify(count.contest, "2", 311, count.cast.sam)
    assert not count.enter(2, (300, 251, 88), count.cast.sam).released
    assert count.board()["candidates"]["2"]["votes"] == 250
    assert "corrections" not in count.board()
    arguments: dict[str, Any] = {"submission_id": uuid.uuid4(), "seen": last_entry(count, 2)}
    with pytest.raises(ledger.Forbidden):
        ledger.release_revision(count.contest, (2,), actor=count.cast.sam, reason="Found", **arguments)
    with builders.refused(ledger.Refused, "Give the reason"):
        ledger.release_revision(count.contest, (2,), actor=count.cast.rita, reason=" ", **arguments)
    with builders.refused(ledger.Refused, "do not wait"):
        ledger.release_revision(count.contest, (1,), actor=count.cast.rita, reason="Found", **arguments)
    receipt = ledger.release_revision(
        count.contest, (2,), actor=count.cast.rita, reason="A paper was found in box 2", **arguments
    )
    assert LedgerEntry.objects.get(seq=receipt.seq).note == "A paper was found in box 2"
    assert count.board()["corrections"]["k1"]["said"]["args"]["votes"] == {"2": {"before": 250, "after": 251}}


def test_it_wants_a_reason_for_correcting_what_is_public_and_publishes_it(count: Count) -> None:
    count.ready()
    count.enter(1, reason="")  # not public yet: no reason is asked for
    with pytest.raises(ledger.Refused, match=r"count\.correction_without_reason"):
        count.enter(1, (390, 310, 118), count.cast.sam, reason=" ")
    assert count.board()["candidates"]["1"]["votes"] == 400
    receipt = count.enter(1, (390, 310, 118), count.cast.sam, reason=" Ten papers on the wrong pile ")
    assert receipt.released
    assert LedgerEntry.objects.get(seq=receipt.seq).note == "Ten papers on the wrong pile"
    facts = read_facts(count.contest)
    assert facts.past_releases[-1].reasons == ("Ten papers on the wrong pile",)
    forget()
    assert read_facts(count.contest) == facts


def test_it_lets_the_figures_that_complete_the_contest_go_only_by_the_returning_officer(count: Count) -> None:
    count.ready()
    count.enter(1)
    count.enter(2)
    arguments: dict[str, Any] = {"submission_id": uuid.uuid4(), "seen": last_entry(count, 3)}
    with pytest.raises(ledger.Refused, match=r"release\.not_last"):
        ledger.release_last(count.contest, (3,), actor=count.cast.rita, reason="Now", **arguments)
    assert not count.enter(3).released
    assert count.board()["status"] == "counting"
    arguments["seen"] = last_entry(count, 3)
    with pytest.raises(ledger.Forbidden):
        ledger.release_last(count.contest, (3,), actor=count.cast.sam, reason="Now", **arguments)
    with pytest.raises(ledger.Refused, match=r"release\.last_without_reason"):
        ledger.release_last(count.contest, (3,), actor=count.cast.rita, reason=" ", **arguments)
    with pytest.raises(ledger.Stale):
        ledger.release_last(
            count.contest, (3,), actor=count.cast.rita, reason="Now", **(arguments | {"seen": arguments["seen"] - 1})
        )
    receipt = ledger.release_last(count.contest, (3,), actor=count.cast.rita, reason="The candidates know", **arguments)
    assert LedgerEntry.objects.get(seq=receipt.seq).note == "The candidates know"
    assert count.board()["status"] == "counted"


def test_it_makes_a_boxs_form_stale_when_its_group_is_counted_meanwhile(count: Count) -> None:
    count.ready()
    opened = read_facts(count.contest).account_of("2").last_seq
    count.enter(2)
    with pytest.raises(ledger.Stale):
        ledger.record_verification(
            count.contest,
            one_box("2", 311, 311, figures=AccountFigures(311, 1, 0, 0)),
            actor=count.cast.sam,
            submission_id=uuid.uuid4(),
            seen=opened,
        )


def test_it_records_the_first_entry_under_the_set_up_that_stands(count: Count) -> None:
    stale = Contest.objects.select_related("election").get(pk=count.contest.pk)
    Contest.objects.filter(pk=count.contest.pk).update(name="Loaded anew", publish_at_setup="progress")
    record_set_up(Contest.objects.get(pk=count.contest.pk))
    builders.verify(stale, "P1", 200, count.cast.olu)
    assert list(faults(Contest.objects.get(pk=stale.pk))) == []


submissions = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3]),
        st.integers(0, 5),
        st.sampled_from(["new", "new", "again", "stale", "other figures"]),
    ),
    max_size=12,
)


class Submissions(TestCase):
    """Any sequence of entries, corrections, duplicates and stale forms, against a dictionary."""

    @given(submissions)
    @settings(max_examples=20, deadline=None)
    def test_it_equals_a_plain_account_of_what_was_accepted(self, said: list[tuple[int, int, str]]) -> None:
        forget()
        count = make_count().ready()
        standing: dict[int, tuple[int, ...]] = {}
        sent: list[tuple[int, tuple[int, ...], uuid.UUID, int]] = []
        for group, moved, how in said:
            votes = (VOTES[group][0] - moved, VOTES[group][1] + moved, VOTES[group][2])
            before = LedgerEntry.objects.count()
            if how == "new" or not sent:
                submission, last = uuid.uuid4(), seen(count, group)
                self._post(count, group, votes, submission, last)
                standing[group] = votes
                sent.append((group, votes, submission, last))
            elif how == "again":
                old_group, old_votes, submission, last = sent[-1]
                assert self._post(count, old_group, old_votes, submission, last).repeated
                assert LedgerEntry.objects.count() == before
            elif how == "other figures":
                old_group, old_votes, submission, last = sent[-1]
                changed = (old_votes[0] + 1, old_votes[1] - 1, old_votes[2])
                with pytest.raises(ledger.Conflict):
                    self._post(count, old_group, changed, submission, last)
                assert LedgerEntry.objects.count() == before
            else:
                with pytest.raises(ledger.Stale):
                    self._post(count, sent[0][0], sent[0][1], uuid.uuid4(), 1)
                assert LedgerEntry.objects.count() == before
        facts = read_facts(count.contest)
        assert {g: facts.groups[g].agreed.figures.votes for g in standing} == standing  # type: ignore[union-attr]
        forget()
        assert read_facts(count.contest) == facts

    def _post(
        self, count: Count, group: int, votes: tuple[int, ...], submission: uuid.UUID, last: int
    ) -> ledger.Receipt:
        codes = {f"{code}.{other}" for code in ("count.same_figures", "count.sheet_used") for other in GROUPS}
        return ledger.record_count(
            count.contest,
            sheet(count, group, votes),
            actor=count.cast.sam,
            submission_id=submission,
            seen=last,
            acknowledged=codes,
            reason="Entered again",
            second=builders.WITNESS,
        )
