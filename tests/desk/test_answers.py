"""What the desk answers to scripts."""

from __future__ import annotations

import uuid

import pytest

from results.models import Contest
from tests.builders import People, ready_group
from tests.desk.pages import at_desk, sheet, url, verify_others

pytestmark = pytest.mark.django_db


def test_it_answers_scripts_in_json(contest: Contest, cast: People) -> None:
    ready_group(contest, 1, ["1", "2"], 700, cast)
    verify_others(contest, cast)
    client = at_desk(cast.olu, headers={"accept": "application/json"})
    fields = {"submission_id": str(uuid.uuid4()), "seen": "0", "papers": "1400"}
    bad = client.post(url(contest, "count", 1), fields | sheet("1,000", "300", "100"))
    assert bad.status_code == 422
    assert bad.json()["error"] == "malformed"
    assert bad.json()["findings"] == [
        {
            "code": "form.comma",
            "args": {"bare": "1000"},
            "level": "refusal",
            "words": "Write 1000, without the comma",
            "field": "votes-1",
            "acknowledgement": "form.comma",
        }
    ]
    warned = client.post(
        url(contest, "count", 1),
        fields | sheet("1000", "300", "80", doubtful="0") | {"rejected-unmarked_or_void": "20"},
    )
    assert (warned.status_code, warned.json()["error"]) == (422, "unacknowledged")
    answer = client.post(url(contest, "count", 1), fields | sheet("1000", "300", "100"))
    assert answer.status_code == 201
    received = answer.json()["received"]
    assert (received["agreed"], received["released"], received["repeated"]) == (True, True, False)
    assert received["kind"] == "entered"
    assert answer.json()["url"] == f"{url(contest, 'group', 1)}?received={received['seq']}"
    again = client.post(url(contest, "count", 1), fields | sheet("1000", "300", "100")).json()["received"]
    assert again == received | {"repeated": True}
    conflict = client.post(url(contest, "count", 1), fields | sheet("1001", "299", "100"))
    assert (conflict.status_code, conflict.json()["error"]) == (409, "conflict")
    stale = client.post(url(contest, "count", 1), fields | sheet("1", "2", "3") | {"submission_id": str(uuid.uuid4())})
    assert (stale.status_code, stale.json()["error"]) == (409, "stale")
    assert stale.json()["code"] == "stale.group"
    assert stale.json()["args"] == {"group": 1, "entry": received["seq"]}
    assert stale.json()["words"].startswith("Group 1 has changed since you opened this form")
    unknown = client.post(
        url(contest, "count", 99), fields | sheet("1", "2", "3") | {"submission_id": str(uuid.uuid4())}
    )
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown")
    forbidden = client.post(url(contest, "policy"), fields | {"publish": "off", "projection": "off"})
    assert (forbidden.status_code, forbidden.json()["error"]) == (403, "forbidden")
