"""Play the night of Rochester and Strood, 20 November 2014: `sh bin/demo`."""

from __future__ import annotations

import json
import secrets
import signal
import sys
import time
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.demo import stage
from results.demo.player import Performance, PlayerError, in_words, official_votes
from results.facts.reading import read_facts
from results.models import Contest

SHOWN_SECONDS = 30.0
"""How long the page may take to show what was entered last: its version is made after the answer to the officer."""


def _comes_to_show(base: str, votes: dict[str, int], majority: int, rejected: int) -> bool:
    """Whether the public board shows this result, now or before long: votes by candidate, majority, rejected papers."""
    give_up = time.monotonic() + SHOWN_SECONDS
    while True:
        try:
            board = httpx.get(f"{base}/contests/{stage.CONTEST}/board.json", timeout=SHOWN_SECONDS).json()["board"]
            shown = {number: row["votes"] for number, row in board["candidates"].items()}
            if (shown, board["majority"]["votes"], board["rejected"]["papers"]) == (votes, majority, rejected):
                return True
        except (httpx.TransportError, ValueError, KeyError):
            pass  # The server starts again, or the board has no totals yet.
        if time.monotonic() > give_up:
            return False
        time.sleep(0.2)


class Command(BaseCommand):
    """Sets the stage, starts the server, and lets the officers play."""

    help = "Play the demo night against a server of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        """How fast, where, and what is public."""
        parser.add_argument(
            "--speed", type=float, default=75.0, help="hours of the night in an hour (75: five minutes)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--once", action="store_true", help="stop after the last release and check the totals")
        parser.add_argument("--policy", choices=["totals", "progress"], default="totals", help="what is made public")

    def handle(self, *args: Any, speed: float, port: int, once: bool, policy: str, **options: Any) -> None:
        """Play; exit 1 with --once where the totals are not the official ones."""
        if speed <= 0:
            raise CommandError("The speed is a number above 0: 75 plays the night in five minutes.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        # Started in the background, a shell has told us to ignore it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        password = secrets.token_hex(4)
        try:
            stage.require_free(port)
            stage.fresh_database()
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        contest = stage.load(policy, password)
        server = stage.KeptServer(port, self.stdout.write)
        try:
            server.wait_ready()
            night = Performance(stage.FOLDERS, server.base, password)
            night.log_in()
            self._introduce(server, password)
            wait_until = stage.start_clock(contest, speed)
            night.play(wait_until, self._say)
            night.close()
            same = [self._compare(server.base, name, policy) for name in stage.FOLDERS]
            good = all(same)
            self.stdout.write("The official result." if good else "NOT the official result.")
            if once:
                if not good:
                    sys.exit(1)
                return
            self.stdout.write("The night is over; the pages stay. Ctrl-C ends the demo.")
            signal.pause()
        except (PlayerError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("\nThe demo has ended.")
        finally:
            server.stop()

    def _introduce(self, server: stage.KeptServer, password: str) -> None:
        page = f"{server.base}/contests/{stage.CONTEST}/"
        lines = (
            "",
            f"  live page   {page}",
            f"  all of them {server.base}/",
            f"  hall screen {page}?hall=1",
            f"  desk        {server.base}/desk/",
            "",
            f"  log in as   {stage.OFFICERS[0]} … {stage.OFFICERS[-1]}, {stage.SUPERVISOR}, {stage.RETURNING_OFFICER};",
            f"              of the ward: {stage.WARD_OFFICERS[0]} … {stage.WARD_OFFICERS[-1]}",
            f"  password    {password}",
            f"  server pid  {server.pid}",
            "",
        )
        self.stdout.write("\n".join(lines))

    def _say(self, event: dict[str, Any]) -> None:
        ward = "Peninsula ward: " if event["contest"] == stage.WARD else ""
        officer = event["officer"].removeprefix("demo-")
        self.stdout.write(f"{event['at'][11:16]}  {officer:<12} {ward}{in_words(event)}")
        self.stdout.flush()

    def _compare(self, base: str, name: str, policy: str) -> bool:
        """Whether the agreed counts and, where totals are public, the public board are the official result."""
        folder = stage.FOLDERS[name]
        official = list(official_votes(folder))
        facts = read_facts(Contest.objects.select_related("election", "event").get(ballot_paper_id=name))
        agreed = [group.agreed.figures for group in facts.groups.values() if group.agreed is not None]
        votes = [sum(figures.votes[position] for figures in agreed) for position in range(len(official))]
        rejected = sum(sum(figures.rejected) for figures in agreed)
        expected = json.loads((folder / "official.json").read_text())
        good = votes == official and rejected == expected["rejected"]
        names = [candidate.name for candidate in facts.definition.candidates]
        self.stdout.write(f"\n  {facts.definition.name}")
        for position in sorted(range(len(votes)), key=lambda position: -votes[position]):
            note = "" if votes[position] == official[position] else f"  but officially {official[position]:,}"
            self.stdout.write(f"  {votes[position]:>7,}  {names[position]}{note}")
        ordered = sorted(votes, reverse=True)
        self.stdout.write(
            f"  majority {ordered[0] - ordered[1]:,}, {rejected} rejected, {sum(votes) + rejected:,} papers"
        )
        if policy == "totals" and name == stage.CONTEST:
            result = dict(zip(map(str, facts.definition.numbers), official, strict=True))
            good = good and _comes_to_show(base, result, expected["majority"], expected["rejected"])
        return good
