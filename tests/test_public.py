"""What everybody may read: complete without JavaScript, cacheable, without cookies, and nothing more than is released."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from results import clock, ledger
from results.board.patches import apply_patch
from results.board.publishing import behind
from results.models import Contest, Publication
from tests import builders
from tests.counts import Count, make_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> Count:
    return make_count(projection=True).ready()


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False


def page(count: Count, tail: str = "", **headers: str) -> Any:
    return Client().get(f"/contests/{count.contest.ballot_paper_id}/{tail}", headers=headers)


def test_it_shows_the_figures_without_javascript(count: Count) -> None:
    count.enter(1)
    text = page(count).content.decode()
    for shown in ("Adams (Red) leads Barker (Blue) by 100 votes", "400", "48.9%", "1 of 3", "Too early to project"):
        assert shown in text, shown


def described(page: str) -> dict[str, str]:
    """What those who show a link to the page, and run no script, make its card of."""
    metas = re.findall(r'<meta (?:name|property)="(description|og:\w+)" content="([^"]*)"', page)
    return dict(metas)


def test_it_is_described_by_who_leads_to_those_who_link_to_it() -> None:
    count = make_count().ready()
    count.enter(1)
    said = described(page(count).content.decode())
    assert said["og:title"] == "Testshire by-election"
    assert said["og:type"] == "website"
    assert said["description"] == said["og:description"] == "Adams (Red) leads Barker (Blue) by 100 votes"
    count.enter(2, (100, 500, 38))
    said = described(page(count).content.decode())
    assert said["description"] == said["og:description"] == "Barker (Blue) leads Adams (Red) by 300 votes"
    ledger.set_policy(count.contest, "progress", False, actor=count.cast.rita, submission_id=uuid.uuid4(), seen=0)
    said = described(page(count).content.decode())
    assert said["description"] == said["og:description"]
    assert "leads" not in said["description"]
    assert not re.search("Adams|Barker", said["description"])


def test_it_shows_progress_and_no_votes_on_the_usual_night() -> None:
    quiet = make_count(publish="progress").ready()
    quiet.enter(1)
    text = page(quiet).content.decode()
    assert "1 of 3 groups counted" in text
    assert "48.9%" not in text
    assert "Adams" in text  # still standing, in ballot-paper order


@pytest.mark.parametrize("publish", ["totals", "progress"])
def test_it_says_when_to_expect_the_declaration_once_everything_is_counted(publish: str) -> None:
    made = make_count(publish=publish, expected_time=True).ready()
    made.enter(1)
    assert not re.search(r"(last release|last group|declaration) about \d", page(made).content.decode())
    made.enter(2)
    made.enter(3)
    if publish == "totals":
        made.let_go()
    text = page(made).content.decode()
    assert re.search(r"countnight’s estimate: declaration about \d\d:\d\d, between", text)
    assert not re.search(r"last (release|group) (last release|last group|declaration) about \d", text)


def test_it_says_when_the_count_begins_before_the_close_of_poll() -> None:
    early = make_count(close_of_poll=timezone.now() + timedelta(hours=2))
    builders.verify(early.contest, "P1", 200, early.cast.olu)
    text = page(early).content.decode()
    assert "and the count begins then" in text
    assert "verified" not in early.board()["headline"]["code"]


def test_it_answers_updates_with_a_patch_the_whole_or_nothing(count: Count) -> None:
    first = page(count, "updates").json()
    assert set(first) == {"epoch", "version", "board"}
    known = f"updates?epoch={first['epoch']}&since={first['version']}"
    assert page(count, known).status_code == 204
    count.enter(1)
    patch = page(count, known).json()
    assert patch["since"] == first["version"]
    assert apply_patch(first["board"], patch["patch"]) == count.board()
    assert "board" in page(count, "updates?epoch=another&since=1").json()
    assert "board" in page(count, f"updates?epoch={first['epoch']}&since=999").json()


@pytest.mark.parametrize("tail", ["updates", "board.json"])
def test_it_lets_caches_keep_and_ask_again(count: Count, tail: str) -> None:
    answer = page(count, tail)
    assert answer["Cache-Control"] == "public, max-age=1"
    assert page(count, tail, if_none_match=answer["ETag"]).status_code == 304
    before = answer["ETag"]
    count.enter(1, (1, 2, 3))  # recorded, not released: no public answer may change, its ETag included
    assert page(count, tail)["ETag"] == before
    assert page(count, tail).content == answer.content
    count.enter(1)
    assert page(count, tail)["ETag"] == before  # typed again after an error, it waits for a supervisor's look
    builders.confirm(count.contest, 1, count.cast.sam)
    assert page(count, tail)["ETag"] != before


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "９", "99999999999999999999", "1;2", "%00"])
def test_it_gives_the_whole_for_a_since_that_says_nothing(count: Count, since: str) -> None:
    answer = page(count, f"updates?epoch={count.contest.epoch}&since={since}")
    assert answer.status_code == 200
    assert "board" in answer.json()


@pytest.mark.parametrize("tail", ["", "updates", "board.json", "setup.json"])
def test_it_sets_no_cookie_and_takes_no_post(count: Count, tail: str) -> None:
    answer = page(count, tail)
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert Client().post(f"/contests/{count.contest.ballot_paper_id}/{tail}").status_code == 405


@pytest.mark.parametrize("tail", ["", "updates", "board.json", "setup.json"])
def test_it_says_that_an_unknown_contest_is_unknown(tail: str) -> None:
    answer = Client().get(f"/contests/parl.nowhere.2026-11-05/{tail}")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_it_lists_contests_but_no_rehearsals(count: Count) -> None:
    rehearsal = builders.make_contest("parl.rehearsed.2026-11-05", environment=Contest.Environment.REHEARSAL)
    text = Client().get("/").content.decode()
    assert count.contest.name in text
    assert rehearsal.ballot_paper_id not in text


def test_it_escapes_what_a_candidate_is_called() -> None:
    names = (
        ("<script>alert(1)</script>", "Ann", "RED"),
        ("=cmd|' /C calc'!A0", "Bo", "BLU"),
        ("עברית", "Chris", "IND"),
    )
    odd = make_count(candidates=names).ready()
    odd.enter(1)
    text = page(odd).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_it_reads_little_for_a_page_and_less_for_an_update(count: Count) -> None:
    count.enter(1)
    page(count)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(count)
    assert len(queries) <= 6
    with CaptureQueriesContext(connection) as queries:
        page(count, f"updates?epoch={count.contest.epoch}&since=1")
    assert len(queries) <= 5


def test_it_carries_the_headers_that_keep_a_page_safe(count: Count) -> None:
    answer = page(count)
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]


def test_it_keeps_showing_the_newest_version_when_no_new_one_can_be_written(
    count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page(count, "board.json").json()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("results.models.Publication.save", full)
        count.enter(1)
        assert page(count, "board.json").json() == before
        assert page(count).status_code == 200
        assert Client().get("/").status_code == 200
    # No reader's request makes it: the hub looks for what is missing (tests/test_hub.py), and here the next entry does.
    assert page(count, "board.json").json() == before
    assert behind() == [count.contest.pk]
    count.board()
    assert page(count, "board.json").json()["version"] == before["version"] + 1
    assert behind() == []


# --- the front page ----------------------------------------------------------------------------------------------------


def rows(**headers: str) -> Any:
    return Client().get("/contests/rows", headers=headers or None)


def test_it_gives_the_rows_of_the_front_page_as_the_page_has_them(count: Count) -> None:
    later = builders.make_contest("parl.laterbury.2026-11-06", close_of_poll=timezone.now() + timedelta(hours=3))
    count.enter(1)
    answer = rows()
    text = answer.content.decode()
    assert text in Client().get("/").content.decode()
    assert "Adams (Red) leads Barker (Blue) by 100 votes" in text
    assert later.ballot_paper_id in text
    assert "Count-Time" in answer


def test_it_tells_who_asks_for_rows_again_whether_they_still_stand(count: Count) -> None:
    before = rows()
    assert before["Cache-Control"] == "public, max-age=1"
    again = rows(if_none_match=before["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "Count-Time" in again
    count.enter(1, (1, 2, 3))  # recorded, not released: nothing of it may show, by the ETag neither
    assert rows(if_none_match=before["ETag"]).status_code == 304
    count.enter(1)
    builders.confirm(count.contest, 1, count.cast.sam)
    after = rows(if_none_match=before["ETag"])
    assert after.status_code == 200
    assert "Adams (Red) leads" in after.content.decode()


@pytest.mark.parametrize("path", ["/", "/contests/rows"])
def test_it_asks_the_database_once_while_nothing_is_new(count: Count, path: str) -> None:
    for number in range(3):
        builders.make_contest(f"parl.place-{number}.2026-11-05")
    count.enter(1)
    Client().get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(path)
    assert len(queries) == 1
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert Client().post(path).status_code == 405


def test_it_lists_a_contest_as_it_is_after_its_set_up_was_loaded_again(count: Count) -> None:
    rows()
    count.contest.election.name = "Another name"
    count.contest.election.save()
    call_command("begin_epoch")
    assert "Another name" in rows().content.decode()


def test_it_shows_on_the_front_page_what_was_made_once_it_could_be(
    count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("results.models.Publication.save", full)
        count.enter(1)
        assert "leads" not in rows().content.decode()
    count.board()
    assert "Adams (Red) leads" in rows().content.decode()


def test_it_says_that_no_contest_is_set_up() -> None:
    assert "No contest is set up here yet." in rows().content.decode()


READ = ("", "updates", "board.json", "setup.json")


@pytest.mark.parametrize("publish", ["off", "progress", "totals"])
def test_it_does_the_same_work_for_a_reader_whatever_was_hidden(publish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    count = make_count(publish=publish, projection=True).ready()
    count.board()
    now = clock.real_now()
    monkeypatch.setattr("results.clock.real_now", lambda: now)

    def work() -> list[tuple[str, list[str], bytes]]:
        done = []
        for path in (*(f"/contests/{count.contest.ballot_paper_id}/{tail}" for tail in READ), "/"):
            with CaptureQueriesContext(connection) as queries:
                answer = Client().get(path)
            done.append((path, [query["sql"] for query in queries], answer.content))
        return done

    work()
    before = work()
    # As where another process took the entry, and has not made a version yet; and in a reader's request nothing of the
    # ledger may be read at all.
    monkeypatch.setattr("results.live.broadcast._make", None)
    count.enter(1, (1, 2, 3))
    monkeypatch.setattr("results.board.publishing.read_facts", lambda contest: pytest.fail("the ledger was read"))
    assert work() == before
    assert not any("results_ledgerentry" in sql for _, queries, _ in before for sql in queries)


def test_it_makes_the_version_when_the_entry_is_committed(count: Count) -> None:
    before = count.versions()
    count.enter(1)
    assert count.versions() == before + 1
    assert page(count, "board.json").json()["board"]["candidates"]["1"]["votes"] == 400


# --- hours and their days ----------------------------------------------------------------------------------------------

CLOSE = datetime(2014, 11, 20, 22, tzinfo=UTC)


def words_of(html: str) -> str:
    """What a reader sees of a page: no tags, no scripts, no templates."""
    main = html[html.index("<main") : html.index("</main>")]
    visible = re.sub(r"(?s)<template.*?</template>|<!--.*?-->", "", main)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", visible))


@pytest.mark.parametrize("where", ["contest", "front"])
@pytest.mark.parametrize(("at", "with_day"), [((21, 2, 14), False), ((21, 10, 5), True), ((22, 1, 0), True)])
def test_it_says_the_day_of_an_hour_that_is_not_of_the_night(
    where: str, at: tuple[int, int, int], with_day: bool
) -> None:
    made = make_count(close_of_poll=CLOSE)
    day, hour, minute = at
    clock.play(made.contest.event, datetime(2014, 11, day, hour, minute, tzinfo=clock.LONDON), 1.0)
    made.ready()
    made.enter(1)
    made.enter(1, (390, 310, 118), actor=made.cast.sam)
    answer = page(made) if where == "contest" else Client().get("/")
    said = words_of(answer.content.decode())
    full = f"{hour:02}:{minute:02} on {day} November 2014"
    assert (full in said) == with_day
    assert f"as of {hour:02}:{minute:02}" in said
    if with_day:
        assert re.findall(r"\d\d:\d\d(?::\d\d)?(?! on \d|:\d)", said) == []


def test_it_reads_well_without_a_venue() -> None:
    made = make_count()
    assert "Counted at Testshire Leisure Centre" in words_of(page(made).content.decode())
    made.contest.event.venue = ""
    made.contest.event.save()
    said = words_of(page(made).content.decode())
    assert "Counted at" not in said
    assert re.search(r"Close of poll \d\d:\d\d on", said)


def test_it_reads_no_board_again_that_it_knows(count: Count) -> None:
    count.enter(1)
    first = page(count, "board.json").content
    with CaptureQueriesContext(connection) as queries:
        assert page(count, "board.json").content == first
    assert not [query["sql"] for query in queries if '"board"' in query["sql"]]


def test_it_shows_the_version_that_another_process_made(count: Count) -> None:
    count.enter(1)
    known = page(count, "board.json").json()
    made = Publication.objects.filter(contest=count.contest).latest("version")
    made.pk, made.version, made.hash = None, made.version + 1, "e" * 64
    made.save(force_insert=True)
    assert page(count, "board.json").json()["version"] == known["version"] + 1
