"""What loads can be entered: the largest contest that a folder may hold goes through the desk's own forms."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from results.capacity import MOST_BOXES, MOST_CANDIDATES, MOST_FIELDS, MOST_HEADS
from results.facts.reading import read_facts
from results.formats.contest_folder import read_folder
from results.formats.contest_loading import load_folder
from tests.builders import form_group, make_people, verify

ROCHESTER = Path(__file__).parent.parent / "results" / "demo" / "rochester-and-strood-2014"
CANDIDATES = "number,surname,forenames,party,description,person_id\n"
BOXES = "box,kind,ward,station,electors\n"


@pytest.fixture(autouse=True)
def plain_http(settings: Any) -> None:
    """The tests speak HTTP, as a hall's own network may."""
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def largest(folder: Path, *, candidates: int = 3, heads: int = 4, boxes: int = 2) -> Path:
    """A folder like the demo's, with so many candidates, heads and polling boxes in one ward."""
    shutil.copytree(ROCHESTER, folder)
    rows = "".join(f"{n},Surname{n},Forename,IND,,\n" for n in range(1, candidates + 1))
    (folder / "candidates.csv").write_text(CANDIDATES + rows)
    (folder / "heads.csv").write_text("code,name\n" + "".join(f"head-{n},Head {n}\n" for n in range(heads)))
    rows = "".join(f"{n},polling,River,,5000\n" for n in range(1, boxes + 1))
    (folder / "boxes.csv").write_text(BOXES + rows)
    (folder / "baseline.csv").unlink()
    return folder


def at_desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="results.people.accounts.CountBackend")
    return client


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


@pytest.mark.django_db
def test_it_enters_a_sheet_with_the_most_candidates_and_heads_that_load(tmp_path: Path) -> None:
    contest = load_folder(largest(tmp_path / "f", candidates=MOST_CANDIDATES, heads=MOST_HEADS))
    cast = make_people(contest)
    officer = at_desk(cast.olu)
    for label in ("1", "2"):
        verify(contest, label, 3000, cast.olu)
    form_group(contest, 1, ["1", "2"], cast.sam)
    page = reverse("desk:count", args=[contest.ballot_paper_id, 1])
    opened = officer.get(page).content.decode()
    names = re.findall(r'name="((?:votes|rejected)-[\w-]+)"', opened)
    assert len(names) == MOST_CANDIDATES + MOST_HEADS
    figures = dict.fromkeys(names, "1") | {"votes-1": "5451", "sheet": "S1", "doubtful": "0"}
    answer = officer.post(page, {**hidden(opened), **figures})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    second = at_desk(cast.bea)
    assert second.post(page, {**hidden(second.get(page).content.decode()), **figures}).status_code == 303
    agreed = read_facts(contest).groups[1].agreed
    assert agreed is not None and sum(agreed.figures.votes) == 5950


@pytest.mark.django_db
def test_it_forms_a_group_of_the_most_boxes_that_load(tmp_path: Path) -> None:
    contest = load_folder(largest(tmp_path / "f", boxes=MOST_BOXES))
    supervisor = at_desk(make_people(contest).sam)
    page = reverse("desk:form_group", args=[contest.ballot_paper_id])
    opened = supervisor.get(page).content.decode()
    boxes = [str(n) for n in range(1, MOST_BOXES + 1)]
    answer = supervisor.post(page, {**hidden(opened), "number": "1", "boxes": boxes, "override_reason": ""})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    assert len(read_facts(contest).groups[1].boxes) == MOST_BOXES


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"candidates": MOST_CANDIDATES + 1}, f"“{MOST_CANDIDATES + 1}” is not between 1 and {MOST_CANDIDATES}"),
        ({"heads": MOST_HEADS + 1}, f"{MOST_HEADS + 1} heads: at most {MOST_HEADS} are accepted"),
        ({"boxes": MOST_BOXES + 1}, f"{MOST_BOXES + 1:,} boxes: at most {MOST_BOXES:,} are accepted"),
    ],
)
def test_it_does_not_load_what_could_not_be_entered(tmp_path: Path, more: dict[str, int], words: str) -> None:
    found = [str(problem) for problem in read_folder(largest(tmp_path / "f", **more)).problems]
    assert any(words in line for line in found), found


def test_the_server_takes_as_many_fields_as_the_largest_form_has() -> None:
    assert django_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == MOST_FIELDS
    assert max(MOST_CANDIDATES + MOST_HEADS, MOST_BOXES) + 20 <= MOST_FIELDS


def test_the_page_on_setting_up_says_how_much_a_contest_holds() -> None:
    page = (Path(__file__).parent.parent / "docs" / "set-up.md").read_text()
    assert f"{MOST_CANDIDATES} candidates, {MOST_HEADS} heads of rejection and {MOST_BOXES:,} boxes" in page
