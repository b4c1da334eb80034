"""The simulated officers: they log in and post every form of the night over HTTP, as people at tablets would.

They know nothing of the database. A server that is killed and started again finds them trying the same submission again.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx

RETRY_SECONDS = 0.5
PATIENCE_SECONDS = 120.0


class PlayerError(RuntimeError):
    """The desk did not record what the script of the night says."""


@dataclass
class Form(HTMLParser):
    """The named fields of a form on a page: hidden values, warnings to acknowledge, accounts to check in.

    `action` is the address of the form that is meant; without it, of several the last one's hidden fields stand.
    """

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    acknowledge: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    _within: bool = True

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, page: str, action: str = "") -> Form:
        """Read a page."""
        form = cls(action)
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input of the form."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = not self.action or given.get("action", "") == self.action
        if tag != "input" or "name" not in given or not self._within:
            return
        if given["name"] == "acknowledge":
            self.acknowledge.append(given.get("value", ""))
        elif given["name"] == "accounts":
            self.accounts.append(given.get("value", ""))
        elif given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")


class PlayedOfficer:
    """One person at one tablet."""

    def __init__(self, base: str, username: str, password: str) -> None:
        self.username = username
        self._password = password
        self._browser = httpx.Client(base_url=base, timeout=30, headers={"Origin": base, "Referer": base + "/"})

    def close(self) -> None:
        """Put the tablet away."""
        self._browser.close()

    def _patiently(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request, made again while the server is away or at fault."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                response = self._browser.request(method, url, **more)
                if response.status_code < 500:
                    return response
                trouble = f"it answers {response.status_code}"
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            if time.monotonic() > give_up:
                raise PlayerError(f"{self.username}: the server is away ({trouble})")
            time.sleep(RETRY_SECONDS)

    def log_in(self) -> None:
        """Log in by the form."""
        page = self._patiently("GET", "/desk/login/")
        data = {**Form.of(page.text).hidden, "username": self.username, "password": self._password}
        answer = self._patiently("POST", "/desk/login/", data=data)
        if answer.status_code != 302:
            raise PlayerError(f"{self.username} cannot log in: is this server in demo mode?")

    def open(self, page_url: str) -> str:
        """A page, logged in anew where the session was of a server that is no more."""
        page = self._patiently("GET", page_url)
        if page.status_code == 302:
            self.log_in()
            page = self._patiently("GET", page_url)
        return page.text

    def send(self, page_url: str, fields: Mapping[str, Any], *, post_url: str = "", acknowledge: bool = False) -> None:
        """Open a page, fill its form, send it, and acknowledge its warnings if the script says so.

        `post_url` names the form, where the page has several or it is sent to another address.
        """
        data = {**Form.of(self.open(page_url), post_url).hidden, **fields}
        for _ in range(2):
            answer = self._patiently("POST", post_url or page_url, data=data)
            if answer.status_code == 303:
                return
            form = Form.of(answer.text, post_url)
            if not (answer.status_code == 422 and acknowledge and form.acknowledge):
                break
            data = {**form.hidden, **fields, "acknowledge": form.acknowledge}
        raise PlayerError(f"{self.username}: {page_url} answered {answer.status_code}: {answer.text[:2000]}")

    def check_in(self, page_url: str, event: Mapping[str, Any]) -> None:
        """A box has come, with the account that each contest has of it, its packets, and the packs handed in."""
        box = event["box"]
        fields: dict[str, Any] = {"boxes": [box], "accounts": Form.of(self.open(page_url)).accounts}
        fields |= {f"{name}-{box}": str(event[name]) for name in ("packets", "packs") if name in event}
        self.send(page_url, fields)

    def let_go(self, page_url: str, reason: str) -> None:
        """Let the figures go that complete the contest, where the page has that form: where totals are public."""
        if Form.of(self.open(page_url)).hidden.get("action") == "last":
            self.send(page_url, {"reason": reason})


class Performance:
    """The script of a night, played by its officers against a server."""

    def __init__(self, folders: Mapping[str, Path], base: str, password: str) -> None:
        self.events = script_of(folders)
        self._password = password
        self._numbers = {contest: _numbers(folder) for contest, folder in folders.items()}
        names = sorted({event["officer"] for event in self.events})
        self.officers = {name: PlayedOfficer(base, name, password) for name in names}

    def log_in(self) -> None:
        """Everybody logs in."""
        for officer in self.officers.values():
            officer.log_in()

    def close(self) -> None:
        """Everybody goes home."""
        for officer in self.officers.values():
            officer.close()

    def play(self, wait_until: Callable[[datetime], None], say: Callable[[dict[str, Any]], None]) -> None:
        """Every event in its order, none before its hour."""
        for event in self.events:
            wait_until(datetime.fromisoformat(event["at"]))
            self._do(event)
            say(event)

    def _do(self, event: Mapping[str, Any]) -> None:
        officer = self.officers[event["officer"]]
        desk = f"/desk/{event['contest']}"
        match event["do"]:
            case "arrive":
                officer.check_in(f"{desk}/boxes/{event['box']}/arrived/", event)
            case "verify":
                keys = ("issued", "unused", "spoilt", "tendered", "expected", "found", "reason", "explanation")
                fields = {key: str(event[key]) for key in keys if key in event}
                if event.get("reason") == "unexplained":
                    # Nothing is left unexplained before a second count says the same.
                    fields["again"] = str(event["found"])
                officer.send(f"{desk}/boxes/{event['box']}/", fields, acknowledge=True)
            case "move_papers":
                fields = {key: event[key] for key in ("other_contest", "other_box", "reason")}
                fields["papers_moved"] = str(event["papers"])
                officer.send(f"{desk}/boxes/{event['box']}/moved/", fields)
            case "form_group":
                fields = {"number": str(event["group"]), "boxes": event["boxes"], "override_reason": ""}
                officer.send(f"{desk}/groups/new/", fields)
            case "let_go":
                officer.let_go(f"{desk}/public/", event["reason"])
            case other:
                self._do_with_group(officer, f"{desk}/groups/{event['group']}/", other, event)

    def _do_with_group(self, officer: PlayedOfficer, page: str, what: str, event: Mapping[str, Any]) -> None:
        match what:
            case "count":
                officer.send(f"{page}count/", self._sheet(event), acknowledge=bool(event.get("acknowledge")))
            case "return_reading":
                fields = {"found": str(event["reading"]), "reason": event["reason"]}
                officer.send(page, fields, post_url=f"{page}resolve/")
            case "confirm":
                officer.send(page, {}, post_url=f"{page}confirm/")
            case "adjudicate":
                officer.send(f"/desk/{event['contest']}/adjudication/{event['group']}/", self._votes(event))
            case "recount":
                fields = {"purpose": event["purpose"], "reason": event["reason"]}
                second = {"second_name": event["second"], "second_phrase": self._password}
                officer.send(page, {**fields, **second}, post_url=f"{page}reopen/")
            case other:
                raise PlayerError(f"the script says “{other}”, which nobody can do")

    def _sheet(self, event: Mapping[str, Any]) -> dict[str, str]:
        fields = {"sheet": event["sheet"], "doubtful": str(event["doubtful"])}
        if "reason" in event:
            fields["reason"] = event["reason"]
        return fields | self._votes(event)

    def _votes(self, event: Mapping[str, Any]) -> dict[str, str]:
        fields: dict[str, str] = {}
        numbers = self._numbers[event["contest"]]
        fields |= {f"votes-{n}": str(votes) for n, votes in zip(numbers, event["votes"], strict=True)}
        fields |= {f"rejected-{head}": str(papers) for head, papers in event["rejected"].items()}
        return fields


def script_of(folders: Mapping[str, Path]) -> list[dict[str, Any]]:
    """The events of these contests in order of time, each with its contest; what is of one time, as the folders stand."""
    events = [
        {"contest": contest, **json.loads(line)}
        for contest, folder in folders.items()
        for line in (folder / "night.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return sorted(events, key=itemgetter("at"))


def _numbers(folder: Path) -> list[int]:
    """The numbers of the candidates on the ballot paper."""
    with (folder / "candidates.csv").open(encoding="utf-8", newline="") as file:
        return sorted(int(row["number"]) for row in csv.DictReader(file))


def in_words(event: Mapping[str, Any]) -> str:
    """What an event did, for the terminal."""
    match event["do"]:
        case "arrive":
            return f"box {event['box']} is in"
        case "verify":
            return f"box {event['box']} verified: {event['found']:,} papers"
        case "move_papers":
            return f"box {event['box']}: a paper of the ward's poll was in it, and goes there"
        case "let_go":
            return "the figures that complete the contest are let go"
        case "form_group":
            return f"group {event['group']} formed of boxes {', '.join(event['boxes'])}"
        case "return_reading":
            return f"group {event['group']}: one reading was mistyped, and is returned"
        case "confirm":
            return f"group {event['group']}: compared with the sheet, and confirmed"
        case "adjudicate":
            papers = sum(event["votes"]) + sum(event["rejected"].values())
            return f"group {event['group']}: {papers} doubtful papers are back from adjudication"
        case "recount":
            return f"group {event['group']} is recounted"
        case _:
            again = "typed again" if event.get("again") else "read"
            return f"group {event['group']} {again}: sheet {event['sheet']}, {sum(event['votes']):,} votes"


def official_votes(folder: Path) -> Iterable[int]:
    """The official votes in ballot-paper order."""
    lines = (folder / "official.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [int(line.rsplit(",", 1)[1]) for line in lines]
