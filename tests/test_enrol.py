"""People of the count get accounts all together or not at all, and a pass phrase that is shown once."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import results
from results import clock
from results.audit.journal import journal_faults
from results.formats.contest_loading import load_folder
from results.formats.officers import COLUMNS, VALIDITY, read_people
from results.formats.tables import FileProblem, Row
from results.management.commands.enrol import pass_phrase
from results.models import Appointment, Contest, Role
from results.people import accounts, roles
from tests.builders import make_contest

BALLOT = "parl.rochester-and-strood.by.2014-11-20"
PHRASE = re.compile(r"\b[a-z3-9]{4}(?:-[a-z3-9]{4}){3}\b")


@pytest.fixture
def contest(db: Any) -> Contest:
    return load_folder(Path(results.__file__).parent / "demo" / "rochester-and-strood-2014")


def officers(tmp_path: Path, text: str) -> str:
    path = tmp_path / "officers.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def enrol_one(username: str = "anna", name: str = "Anna van Smith", role: str = "counting officer", *more: str) -> None:
    call_command("enrol", BALLOT, "--username", username, "--name", name, "--role", role, *more)


def test_it_makes_an_account_and_prints_its_pass_phrase_once(
    contest: Contest, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol_one()
    (phrase,) = PHRASE.findall(capsys.readouterr().out)
    user = User.objects.get()
    assert authenticate(None, username="anna", password=phrase) == user
    assert accounts.display_name(user) == "Anna van Smith" and roles.role_at(user, contest) == Role.COUNTING_OFFICER
    assert [appointment.contest for appointment in accounts.appointments_of(user)] == [contest]
    assert not user.is_staff and not user.is_superuser


def test_it_leaves_a_known_persons_password(contest: Contest, capsys: pytest.CaptureFixture[str]) -> None:
    accounts.enrol(contest, "anna", "a password of her own", Role.COUNTING_OFFICER, "Anna")
    enrol_one(role="Supervisor")
    out = capsys.readouterr().out
    assert not PHRASE.search(out) and "the password stays" in out
    user = authenticate(None, username="anna", password="a password of her own")
    assert isinstance(user, User) and roles.role_at(user, contest) == Role.SUPERVISOR


def test_it_gives_a_known_person_a_new_password_when_asked(
    contest: Contest, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.enrol(contest, "anna", "a password of her own", Role.COUNTING_OFFICER, "Anna")
    enrol_one("anna", "Anna", "supervisor", "--new-password")
    (phrase,) = PHRASE.findall(capsys.readouterr().out)
    assert authenticate(None, username="anna", password="a password of her own") is None
    assert authenticate(None, username="anna", password=phrase) is not None


def test_it_enrols_a_file_of_people(contest: Contest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "username,name,role\nanna,Anna Smith,counting officer\nbea,Bea Jones,supervisor\nro,Cled,returning officer\n"
    call_command("enrol", BALLOT, "--file", officers(tmp_path, text))
    assert len(set(PHRASE.findall(capsys.readouterr().out))) == 3
    assert Appointment.objects.filter(contest=contest).count() == 3
    assert {roles.role_at(user, contest) for user in User.objects.all()} == set(Role)


def test_it_reports_every_bad_line_and_enrols_nobody(
    contest: Contest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create(username="Bea")
    User.objects.create(username="gone", is_active=False)
    text = (
        "username,name,role\ngood,Good Person,supervisor\nan na,Anna,supervisor\nbea,Bea,supervisor\n"
        "demo-x,X,supervisor\nGOOD,Again,boss\nnoname,,supervisor\ngone,Gone,supervisor\n"
    )
    with pytest.raises(CommandError, match="Nobody is enrolled") as failed:
        call_command("enrol", BALLOT, "--file", officers(tmp_path, text))
    assert failed.value.returncode == 1
    lines = capsys.readouterr().err.splitlines()
    for line, words in (
        (3, "column username: “an na”: write letters"),
        (4, "column username: “bea”: there is “Bea” already"),
        (5, "column username: “demo-x”: names that begin with demo- belong to the demo"),
        (6, "column role: “boss” is not known: write counting officer, supervisor or returning officer"),
        (6, "column username: “GOOD” is there twice"),
        (7, "column name: this is empty"),
        (8, "column username: “gone”: this account is closed"),
    ):
        assert any(found.startswith(f"officers.csv line {line}, {words}") for found in lines), (words, lines)
    assert User.objects.count() == 2 and not Appointment.objects.exists()


def test_it_makes_demo_people_in_demo_mode_only(contest: Contest, settings: Any) -> None:
    with pytest.raises(CommandError):
        enrol_one("demo-anna")
    with pytest.raises(CommandError):
        enrol_one("Demo-anna")
    settings.DEMO = True
    enrol_one("demo-anna")
    assert User.objects.get().username == "demo-anna"


def test_it_names_the_contests_that_there_are(contest: Contest) -> None:
    with pytest.raises(CommandError, match=rf"There is no contest “parl.x”. Loaded: {BALLOT}"):
        call_command("enrol", "parl.x", "--username", "a", "--name", "A", "--role", "supervisor")


@pytest.mark.parametrize("given", [[], ["--username", "a", "--file", "x.csv"]])
def test_it_wants_one_person_or_one_file(contest: Contest, given: list[str]) -> None:
    with pytest.raises(CommandError, match="Give either --file, or --username"):
        call_command("enrol", BALLOT, *given)


@pytest.mark.parametrize("text", ["", "username,name,role\n", "username,name\na,b\n", None])
def test_it_refuses_a_file_without_people(contest: Contest, tmp_path: Path, text: str | None) -> None:
    path = str(tmp_path / "none.csv") if text is None else officers(tmp_path, text)
    with pytest.raises(CommandError, match="Nobody is enrolled"):
        call_command("enrol", BALLOT, "--file", path)
    assert not User.objects.exists()


def test_its_pass_phrases_are_long_and_without_look_alikes() -> None:
    phrases = {pass_phrase() for _ in range(500)}
    assert len(phrases) == 500
    assert all(PHRASE.fullmatch(phrase) and not set(phrase) & set("0o1l2zi5saeu") for phrase in phrases)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.tuples(st.text(max_size=200), st.text(max_size=200), *[st.text(max_size=20)] * 4))
def test_it_never_fails_on_garbage(db: Any, cells: tuple[str, ...]) -> None:
    problems: list[FileProblem] = []
    given_cells = dict(zip((*COLUMNS, *VALIDITY), cells, strict=True))
    found = read_people([Row("officers.csv", 2, given_cells, problems)], problems)
    assert problems or (len(found) == 1 and found[0].role in Role)


def test_it_gives_a_role_at_one_contest_and_leaves_the_others(contest: Contest) -> None:
    other = make_contest()
    anna = accounts.enrol(contest, "anna", None, Role.COUNTING_OFFICER, "Anna")
    accounts.enrol(other, "anna", None, Role.SUPERVISOR, "Anna")
    assert (roles.role_at(anna, contest), roles.role_at(anna, other)) == (Role.COUNTING_OFFICER, Role.SUPERVISOR)
    enrol_one("anna", "Anna", "returning officer")
    assert (roles.role_at(anna, contest), roles.role_at(anna, other)) == (Role.RETURNING_OFFICER, Role.SUPERVISOR)


def test_it_gives_no_role_before_an_appointment_begins_or_after_it_ended(contest: Contest) -> None:
    now, hour = clock.real_now(), timedelta(hours=1)
    early = accounts.enrol(contest, "early", None, Role.SUPERVISOR, "Early", valid_from=now + hour)
    late = accounts.enrol(
        contest, "late", None, Role.SUPERVISOR, "Late", valid_from=now - 2 * hour, valid_until=now - hour
    )
    deputy = accounts.enrol(contest, "dee", None, Role.RETURNING_OFFICER, "Dee", authorised_in_writing=now.date())
    assert roles.role_at(early, contest) is None and roles.role_at(late, contest) is None
    assert roles.role_at(deputy, contest) == Role.RETURNING_OFFICER


@pytest.mark.parametrize("role", Role)
def test_it_lets_each_role_do_what_the_lesser_ones_may(role: Role) -> None:
    order = [Role.COUNTING_OFFICER, Role.SUPERVISOR, Role.RETURNING_OFFICER]
    assert [role.includes(other) for other in order] == [order.index(other) <= order.index(role) for other in order]


def appointment(username: str = "anna") -> Appointment:
    return Appointment.objects.get(user__username=username)


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.LONDON)  # type: ignore[misc, arg-type]


def test_it_says_from_when_until_when_a_role_is_valid(contest: Contest, capsys: pytest.CaptureFixture[str]) -> None:
    enrol_one("anna", "Anna", "supervisor", "--from", "2126-11-05 20:00", "--until", "2126-11-06 08:00")
    held = appointment()
    assert (held.valid_from, held.valid_until) == (london(2126, 11, 5, 20), london(2126, 11, 6, 8))
    assert "Anna, supervisor, from 2126-11-05 20:00, until 2126-11-06 08:00" in capsys.readouterr().out
    # The desk refuses it until then, and what is not said again stays.
    assert roles.role_at(held.user, contest) is None
    enrol_one("anna", "Anna", "counting officer", "--from", "2014-11-20 20:00")
    assert roles.role_at(held.user, contest) == Role.COUNTING_OFFICER
    assert appointment().valid_until == london(2126, 11, 6, 8)
    enrol_one("anna", "Anna", "counting officer", "--until", "2014-11-21 08:00")
    assert roles.role_at(held.user, contest) is None
    enrol_one("anna", "Anna", "counting officer", "--until", "open")
    assert (roles.role_at(held.user, contest), appointment().valid_until) == (Role.COUNTING_OFFICER, None)
    assert appointment().valid_from == london(2014, 11, 20, 20)


def test_it_enrols_a_deputy_with_the_date_of_the_written_authority(
    contest: Contest, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol_one("dee", "Dee", "returning officer", "--authorised-in-writing", "2014-11-01")
    assert appointment("dee").authorised_in_writing == date(2014, 11, 1)
    assert "authorised in writing on 2014-11-01" in capsys.readouterr().out
    enrol_one("dee", "Dee", "returning officer", "--until", "2126-11-06 08:00")
    assert appointment("dee").authorised_in_writing == date(2014, 11, 1)
    # A supervisor is no deputy; and a Returning Officer may cease to be one.
    enrol_one("dee", "Dee", "supervisor")
    assert appointment("dee").authorised_in_writing is None
    enrol_one("dee", "Dee", "returning officer", "--authorised-in-writing", "2014-11-02")
    enrol_one("dee", "Dee", "returning officer", "--authorised-in-writing", "no")
    assert appointment("dee").authorised_in_writing is None


def test_it_reads_validity_and_authority_from_a_file(contest: Contest, tmp_path: Path) -> None:
    text = (
        "username,name,role,from,until,authorised_in_writing\n"
        "anna,Anna,counting officer,2014-11-20 20:00,2126-11-21 08:00,\n"
        "dee,Dee,returning officer,,,01/11/2014\n"
        "sam,Sam,supervisor,,,\n"
    )
    call_command("enrol", BALLOT, "--file", officers(tmp_path, text))
    assert appointment("anna").valid_until == london(2126, 11, 21, 8)
    assert appointment("dee").authorised_in_writing == date(2014, 11, 1)
    assert {roles.role_at(user, contest) for user in User.objects.all()} == set(Role)
    assert list(journal_faults({})) == []


@pytest.mark.parametrize(
    ("role", "given_options", "words"),
    [
        ("supervisor", ["--from", "tomorrow"], "column from: “tomorrow”: write a date and a time as"),
        ("supervisor", ["--until", "2014-11-31 08:00"], "“2014-11-31 08:00” is a time that does not exist"),
        ("supervisor", ["--until", "2126-10-27 01:30"], "the hour in which the clocks change"),
        ("supervisor", ["--until", "2014-11-21 08:00"], "column until: an appointment from"),
        (
            "supervisor",
            ["--from", "2126-11-05 20:00", "--until", "2126-11-05 20:00"],
            "an appointment from 2126-11-05 20:00 cannot end at 2126-11-05 20:00",
        ),
        ("supervisor", ["--authorised-in-writing", "2014-11-01"], "a deputy is enrolled as returning officer"),
        ("returning officer", ["--authorised-in-writing", "2126-11-01"], "is still to come"),
        (
            "returning officer",
            ["--authorised-in-writing", "2014-11-02", "--from", "2014-11-01 09:00"],
            "2014-11-02 is after the appointment begins, 2014-11-01 09:00",
        ),
    ],
)
def test_it_refuses_a_validity_that_cannot_be(
    contest: Contest, capsys: pytest.CaptureFixture[str], role: str, given_options: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match="Nobody is enrolled"):
        enrol_one("anna", "Anna", role, *given_options)
    assert words in capsys.readouterr().err
    assert not User.objects.exists()
