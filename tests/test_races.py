"""Two people, one moment: whatever comes first, each is answered, nothing answered is lost, and the ledger is sound."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from results import ledger
from results.audit.checkpoints import read_checkpoints
from results.audit.checks import contest_faults, faults
from results.facts.reading import forget, read_facts
from results.models import Appointment, LedgerEntry, Role
from results.people import accounts
from results.texts.wording import words
from tests import builders
from tests.races import DOUBTED, OTHER_VOTES, ROUNDS, VOTES, Hall, Runner, start

pytestmark = pytest.mark.django_db(transaction=True)

# --- the races: who runs, and how many of them may be told that it is recorded ---------------------------------------


def two_readers(hall: Hall, number: int) -> list[Runner]:
    return [hall.reads(hall.cast.olu), hall.reads(hall.cast.bea, VOTES if number % 2 else OTHER_VOTES)]


def three_readers(hall: Hall, number: int) -> list[Runner]:
    return [hall.reads(person) for person in (hall.cast.olu, hall.cast.bea, hall.sue)]


def one_reader_in_two_browsers(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu)
    return [hall.reads(hall.cast.bea), hall.reads(hall.cast.bea, OTHER_VOTES)]


def reader_and_return(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu)
    hall.read(hall.cast.bea, OTHER_VOTES)
    return [hall.on_group(ledger.return_reading, hall.cast.sam, 2), hall.reads(hall.cast.bea)]


def two_returns(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu)
    hall.read(hall.cast.bea, OTHER_VOTES)
    return [hall.on_group(ledger.return_reading, one, 1 + number % 2) for one in (hall.cast.sam, hall.sue)]


def reader_and_reopening(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu)
    return [hall.on_group(ledger.reopen_group, hall.cast.sam, reason="Sheet wrong"), hall.reads(hall.cast.bea)]


def reader_and_dissolution(hall: Hall, number: int) -> list[Runner]:
    return [hall.on_group(ledger.dissolve_group, hall.cast.sam), hall.reads(hall.cast.olu)]


def reader_and_verification(hall: Hall, number: int) -> list[Runner]:
    return [hall.verifies(hall.cast.sam, 501), hall.reads(hall.cast.olu)]


def two_who_move_a_paper(hall: Hall, number: int) -> list[Runner]:
    return [hall.moves(person, hall.contest, hall.other) for person in (hall.cast.sam, hall.sue)]


def papers_moved_both_ways(hall: Hall, number: int) -> list[Runner]:
    return [hall.moves(hall.cast.sam, hall.contest, hall.other), hall.moves(hall.sue, hall.other, hall.contest)]


def reader_and_moved_paper(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu)
    return [hall.moves(hall.cast.sam, hall.contest, hall.other), hall.reads(hall.cast.bea)]


def two_who_close_a_session(hall: Hall, number: int) -> list[Runner]:
    return [hall.closes(hall.cast.sam, hall.contest), hall.closes(hall.sue, hall.other)]


def two_adjudicators(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu, DOUBTED)
    hall.read(hall.cast.bea, DOUBTED)
    return [hall.adjudicates(hall.cast.rita, 4, 3, 3), hall.adjudicates(hall.dora, 3, 3, 3)]


def adjudicator_and_reader(hall: Hall, number: int) -> list[Runner]:
    hall.read(hall.cast.olu, DOUBTED)
    return [hall.adjudicates(hall.cast.rita, 4, 3, 3), hall.reads(hall.cast.bea, DOUBTED)]


def one_submission_thrice(hall: Hall, number: int) -> list[Runner]:
    first = hall.reads(hall.cast.olu)
    return [first, *(Runner(first.send, first.submission) for _ in range(2)), hall.reads(hall.cast.bea)]


Race = Callable[[Hall, int], list[Runner]]
RACES: dict[Race, set[int]] = {
    two_readers: {2},
    three_readers: {2},
    one_reader_in_two_browsers: {1},
    reader_and_return: {1, 2},
    two_returns: {1},
    reader_and_reopening: {1},
    reader_and_dissolution: {1},
    # Read before, the reading stays and is not agreed by itself; verified before, the form's papers are out of date.
    reader_and_verification: {1, 2},
    two_who_move_a_paper: {1},
    papers_moved_both_ways: {1, 2},
    reader_and_moved_paper: {1, 2},
    two_who_close_a_session: {1},
    two_adjudicators: {1},
    adjudicator_and_reader: {2},
    one_submission_thrice: {4},
}


def require_answers(hall: Hall, runners: list[Runner], known: set[uuid.UUID]) -> None:
    """Each was answered in words or by an entry that is there, and no entry is anybody else's."""
    assert acts_so_far() - known == {runner.submission for runner in runners if runner.taken}
    for runner in runners:
        if runner.taken:
            entry = LedgerEntry.objects.get(submission_id=runner.submission)
            assert (entry.seq, entry.contest.ballot_paper_id) == (runner.answer.seq, runner.answer.contest)
        else:
            assert isinstance(runner.answer, ledger.LedgerError), repr(runner.answer)
            assert words(runner.answer.message)


def replay(runners: list[Runner]) -> None:
    """Sent once more, after whatever came since, what was recorded is answered as before, and recorded once."""
    before = LedgerEntry.objects.count()
    for runner in runners:
        if runner.taken:
            again = runner.send(runner.submission)
            assert (again.repeated, again.seq) == (True, runner.answer.seq)
    assert LedgerEntry.objects.count() == before


def require_sound(hall: Hall) -> None:
    """What is kept in memory is what the entries say, and both ledgers verify."""
    for contest in (hall.contest, hall.other):
        kept = read_facts(contest)
        forget()
        assert read_facts(contest) == kept
    assert list(faults(hall.contest)) == []
    assert list(contest_faults(hall.other, read_checkpoints()[0])) == []


def acts_so_far() -> set[uuid.UUID]:
    return set(LedgerEntry.objects.values_list("act", flat=True))


def rounds() -> Iterator[tuple[int, Hall]]:
    """Every round, begun in a hall that has room for it."""
    hall = None
    for number in range(ROUNDS):
        place = number % Hall.ROUNDS
        if hall is None or not place:
            hall = Hall(number, hall.cast if hall else None)
        hall.begin(place + 1)
        yield number, hall


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_it_answers_everybody_who_runs_and_loses_nothing(race: Race) -> None:
    for number, hall in rounds():
        runners = race(hall, number)
        known = acts_so_far()
        start(runners, number)
        answers = [runner.answer for runner in runners]
        assert sum(runner.taken for runner in runners) in RACES[race], answers
        require_answers(hall, runners, known)
        builders.verify(hall.other, "P1", 200 + number, hall.cast.sam)  # others write on before a connection comes back
        replay(runners)
        require_sound(hall)


def test_it_takes_nothing_of_a_person_whose_role_was_revoked_meanwhile() -> None:
    for number, hall in rounds():
        reader = hall.reads(hall.cast.bea)
        known = acts_so_far()

        def revoke(_: uuid.UUID, hall: Hall = hall) -> Any:
            return Appointment.objects.get(contest=hall.contest, user=hall.cast.bea).delete()

        revoking = Runner(revoke)
        start([reader, revoking], number)
        assert not isinstance(revoking.answer, Exception), repr(revoking.answer)
        require_answers(hall, [reader], known)
        assert reader.taken or isinstance(reader.answer, ledger.Forbidden)
        assert bool(hall.group.readings) == reader.taken
        with builders.refused(ledger.Forbidden, "You have no role at"):
            reader.send(reader.submission)
        require_sound(hall)
        accounts.enrol(hall.contest, "bea", None, Role.COUNTING_OFFICER, "Bea Byrne")
