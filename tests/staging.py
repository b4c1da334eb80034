"""The demo's night played through the ledger's verbs, without HTTP: a count at any hour, for tests and benchmarks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from results import clock, ledger
from results.demo import stage
from results.demo.player import script_of
from results.facts.figures import AccountFigures, BoxPapers
from results.facts.kinds import Adjudicated, Entered, Verified
from results.facts.reading import read_facts
from results.facts.types import Facts
from results.models import Contest
from results.policy import last_release
from results.rules.agreement import seen_reading


def events() -> list[dict[str, Any]]:
    """The script of the night, of the constituency and of the ward."""
    return script_of(stage.FOLDERS)


def play_through(contest: Contest, until: Callable[[dict[str, Any]], bool] = lambda event: False) -> None:
    """Record every event of both contests up to, and without, the first for which `until` is true.

    The clock stops at its hour. `contest` is the constituency's.
    """
    people = {user.username: user for user in User.objects.all()}
    contests = {one.ballot_paper_id: one for one in contest.event.contests.select_related("election", "event")}
    for event in events():
        at = datetime.fromisoformat(event["at"]).replace(tzinfo=clock.LONDON)
        clock.play(contest.event, at, 1.0)
        if until(event):
            return
        record(contests[event["contest"]], event, people[event["officer"]])


def record(contest: Contest, event: dict[str, Any], actor: User) -> ledger.Receipt:
    """Record one event of the script, which is of this contest."""
    facts = read_facts(contest)
    made: dict[str, Any] = {"actor": actor, "submission_id": uuid.uuid4()}
    match event["do"]:
        case "arrive":
            return ledger.record_arrival(
                contest,
                event["box"],
                seen=facts.boxes[event["box"]].last_seq,
                account_received=True,
                packets=event.get("packets"),
                packs_handed_in=event.get("packs"),
                elsewhere={stage.WARD: {event["box"]: True}},
                **made,
            )
        case "verify":
            figures = None
            if "issued" in event:
                figures = AccountFigures(event["issued"], event["unused"], event["spoilt"], event["tendered"])
            expected = event["issued"] if figures else event["expected"]
            said = Verified(
                event["box"],
                expected,
                (BoxPapers(event["box"], (event["found"],) * (2 if event["reason"] == "unexplained" else 1)),),
                event["reason"],
                event["explanation"],
                figures,
            )
            return ledger.record_verification(contest, said, seen=facts.account_of(event["box"]).last_seq, **made)
        case "form_group":
            return ledger.form_group(contest, event["group"], event["boxes"], **made)
        case "let_go":
            groups = last_release(facts) or ()
            seen = max(facts.groups[number].last_seq for number in groups)
            return ledger.release_last(contest, groups, seen=seen, reason=event["reason"], **made)
        case "move_papers":
            return ledger.move_papers(
                contest,
                event["box"],
                event["papers"],
                event["other_contest"],
                event["other_box"],
                seen=facts.boxes[event["box"]].last_seq,
                reason=event["reason"],
                **made,
            )
    return _record_of_group(contest, facts, event, made)


def _record_of_group(contest: Contest, facts: Facts, event: dict[str, Any], made: dict[str, Any]) -> ledger.Receipt:
    group = facts.groups[event["group"]]
    seen, number = group.last_seq, group.number
    match event["do"]:
        case "return_reading":
            return ledger.return_reading(contest, number, event["reading"], seen=seen, reason=event["reason"], **made)
        case "confirm":
            return ledger.confirm_readings(contest, number, seen=seen, **made)
        case "adjudicate":
            said = Adjudicated(number, group.round, tuple(event["votes"]), tuple(event["rejected"].values()))
            return ledger.record_adjudication(contest, said, seen=0, **made)
        case "recount":
            second = ledger.Second(User.objects.get(username=event["second"]))
            return ledger.reopen_group(
                contest, number, seen=seen, reason=event["reason"], purpose=event["purpose"], second=second, **made
            )
    sheet = Entered(
        number,
        event["sheet"],
        group.papers or 0,
        tuple(event["votes"]),
        tuple(event["rejected"].values()),
        event["doubtful"],
    )
    made |= {"seen": seen_reading(facts, group, made["actor"].pk), "reason": event.get("reason", "")}
    try:
        return ledger.record_count(contest, sheet, **made)
    except ledger.Refused as refused:
        codes = {finding.acknowledgement for finding in refused.findings}
        return ledger.record_count(contest, sheet, acknowledged=codes, **made)


def sheets() -> dict[int, dict[str, Any]]:
    """The figures that each group of the constituency has in the end, as a sheet with no doubtful papers would have them."""
    found: dict[int, dict[str, Any]] = {}
    for event in events():
        if event["contest"] != stage.CONTEST:
            continue
        if event["do"] == "count":
            found[event["group"]] = event
        elif event["do"] == "adjudicate":
            sheet = found[event["group"]]
            votes = [sum(pair) for pair in zip(sheet["votes"], event["votes"], strict=True)]
            rejected = {head: papers + event["rejected"][head] for head, papers in sheet["rejected"].items()}
            found[event["group"]] = {**sheet, "votes": votes, "rejected": rejected, "doubtful": 0, "at": event["at"]}
    return found
