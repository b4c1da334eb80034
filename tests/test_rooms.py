"""A room and its hub against a simple oracle: whatever happens, in whatever order, everybody ends at the newest version."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from results.board.patches import apply_patch
from results.live import names
from results.live.consumers import _attend
from results.live.frames import Frame
from results.live.hub import Hub
from results.live.rooms import STALLED_SECONDS, Room
from results.live.viewers import Viewer

KEY, NAME = 1, "parl.testshire.2026-11-05"
LONG = {"long": "x" * 300}
"""Without it a board would be shorter than any patch, and no patch would ever be sent."""


class Page(Viewer):
    """A viewer with the page at its other end, which is as strict as live.js.

    A page that comes with more than this process knows yet may be told too little; it then asks by /updates, as `ask` does.
    """

    ask: Callable[[], tuple[tuple[str, int], dict[str, Any]]]

    def __init__(self, epoch: str = "", version: int = 0, board: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.has = epoch, version
        self.board = board or {}
        self.ahead = self.stalled = self.dropped = False
        self.boards = 0

    def offer(self, frame: Frame) -> bool:
        if self.stalled or self.dropped:
            return False
        said = json.loads(frame.payload)
        if "board" in said:
            self.boards += 1
            if said["epoch"] != self.has[0] or said["version"] > self.has[1]:
                self.has, self.board = (said["epoch"], said["version"]), said["board"]
                self.ahead = False
            self.ahead = self.ahead or said["version"] < self.has[1]
        elif "patch" in said:
            assert said["epoch"] == self.has[0], "a patch of another epoch"
            if said["version"] > self.has[1] and said["since"] != self.has[1]:
                assert self.ahead, "a patch of another version"
                self.has, self.board = self.ask()
            elif said["version"] > self.has[1]:
                self.has, self.board = (said["epoch"], said["version"]), apply_patch(self.board, said["patch"])
        else:
            assert said["epoch"] == self.has[0] and said["version"] <= self.has[1], "told that it has what it has not"
        return True

    def drop(self) -> None:
        self.dropped = True


class OtherPage(Page):
    """Another kind of wire."""


class Life(RuleBasedStateMachine):
    """The hub as it is, with a database that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.here = Hub()
        self.here._loop = self.loop
        self.here.tick = 0
        self.here.try_again = lambda: None  # type: ignore[method-assign]
        self.here.read = self._read  # type: ignore[method-assign]
        self.waiting: list[tuple[asyncio.Future[Any], Callable[[], Any]]] = []
        self.epoch, self.epochs = "e0", 0
        self.boards: list[dict[str, Any]] = [{**LONG, "n": 0}]
        self.pages: dict[Page, tuple[asyncio.Task[Any], asyncio.Future[Any]]] = {}
        self.once: list[tuple[str, int, dict[str, Any]]] = []

    def teardown(self) -> None:
        for page in self.pages:
            page.stalled = False
        # As the sweep and the tick do it, until there is nothing more to do.
        for _ in range(6):
            self._sweep()
            self.here._retry()
            self._answer_all()
            self._turn()
        for page in self.pages:
            assert page.has == (self.epoch, len(self.boards)), (page.has, self.epoch, len(self.boards))
            assert page.board == self.boards[-1]
        for page in list(self.pages):
            self._go(page)
        self._turn()
        assert self.here.joining.viewers == 0
        assert not any(room.viewers for room in self.here.rooms.values())
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self._turn()
        self.loop.close()

    # --- the world ---

    async def _read(self, function: Any, *arguments: Any) -> Any:
        answers = {
            "read_current": lambda: (
                self.epoch,
                SimpleNamespace(version=len(self.boards), board=self.boards[-1]),
                None,
            ),
            "read_contest": lambda: SimpleNamespace(pk=KEY, ballot_paper_id=NAME),
            "read_names": lambda: {NAME: KEY},
            "read_board": lambda: self.boards[arguments[1] - 1] if arguments[1] <= len(self.boards) else None,
        }
        future = self.loop.create_future()
        self.waiting.append((future, answers[function.__name__]))
        return await future

    def _turn(self) -> None:
        async def turn() -> None:
            for _ in range(12):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turn())

    def _answer(self, fails: bool = False) -> None:
        future, answer = self.waiting.pop(0)
        if future.done():
            return
        if fails:
            future.set_exception(OSError("the disk is full"))
        else:
            future.set_result(answer())
        self._turn()

    def _answer_all(self) -> None:
        while self.waiting:
            self._answer()

    def _sweep(self) -> None:
        for room in self.here.rooms.values():
            if room.watched and (room.epoch, room.version) != (self.epoch, len(self.boards)):
                self.here.look(room)
        self._turn()

    def _go(self, page: Page) -> None:
        task, until = self.pages.pop(page)
        if not until.done():
            until.set_result({"type": "websocket.disconnect"})
        task.cancel()

    # --- what may happen ---

    @rule(hinted=st.booleans(), n=st.integers(1, 9), through=st.booleans())
    def write(self, hinted: bool, n: int, through: bool) -> None:
        self.boards.append({**self.boards[-1], "n": len(self.boards) * 10 + n, f"k{n % 3}": {"a": n}})
        if hinted:
            self.here.notify(KEY)
        self._turn()
        if through:
            self._answer_all()

    @rule(kept=st.integers(1, 3))
    def restore(self, kept: int) -> None:
        self.epochs += 1
        self.epoch = f"e{self.epochs}"
        del self.boards[kept:]

    @rule(
        kind=st.sampled_from([Page, OtherPage]),
        what=st.integers(0, 30),
        stalled=st.sampled_from([False, False, True]),
        through=st.booleans(),
    )
    def join(self, kind: type[Page], what: int, stalled: bool, through: bool) -> None:
        self.once.append((self.epoch, len(self.boards), self.boards[-1]))
        page = kind(*self.once[what % len(self.once)]) if what % 3 else kind()
        page.stalled = stalled
        page.ask = lambda: ((self.epoch, len(self.boards)), self.boards[-1])
        until: asyncio.Future[Any] = self.loop.create_future()

        async def attend() -> None:
            try:
                key = await self.here.joining.admit(NAME)
                await _attend(self.here.joining, key, page, page.has, until)
            except OSError:
                pass
            finally:
                self.pages.pop(page, None)

        self.pages[page] = self.loop.create_task(attend()), until
        self._turn()
        if through:
            self._answer_all()

    @precondition(lambda self: self.waiting)
    @rule(fails=st.integers(0, 5))
    def answer(self, fails: int) -> None:
        # The first reading of a contest's key is not the hub's business here.
        self._answer(fails == 0 and bool(self.here.rooms))

    @rule()
    def retry(self) -> None:
        self.here._retry()

    @precondition(lambda self: self.pages)
    @rule(which=st.integers(0, 99), stalled=st.booleans())
    def stall(self, which: int, stalled: bool) -> None:
        list(self.pages)[which % len(self.pages)].stalled = stalled
        self._turn()

    @precondition(lambda self: self.pages)
    @rule(which=st.integers(0, 99))
    def leave(self, which: int) -> None:
        self._go(list(self.pages)[which % len(self.pages)])
        self._turn()

    @rule()
    def sweep(self) -> None:
        self._sweep()

    @rule()
    def beat(self) -> None:
        for room in self.here.rooms.values():
            if room.version:
                room.beat(0.0)

    # --- what is always so ---

    @invariant()
    def every_place_is_counted(self) -> None:
        assert self.here.joining.viewers == len(self.pages)

    @invariant()
    def everybody_is_in_one_place(self) -> None:
        for room in self.here.rooms.values():
            assert len(room.viewers) == len(set(room.viewers)), "in two places"
            assert set(room.viewers) <= set(self.pages), "left behind"
            for kind, crowd in room.crowds.items():
                for page in crowd:
                    assert isinstance(page, Page)
                    assert type(page) is kind
                    assert not page.behind
                    assert page.has[0] == room.epoch and page.has[1] >= room.version
            assert all(page.behind for page in [*room.joining, *room.late])


def test_it_brings_everybody_to_the_newest_version_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "READ_SECONDS", 0.0)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def room_with(*pages: Page) -> Room:
    room = Room(SimpleNamespace(pk=KEY))  # type: ignore[arg-type]
    room.adopt("e", SimpleNamespace(version=1, board={**LONG, "n": 1}))  # type: ignore[arg-type]
    for page in pages:
        room.enter(page)
        assert room.bring(page, 0.0)
    return room


def test_it_drops_only_who_took_nothing_for_too_long() -> None:
    slow, dead, quick = Page(), Page(), Page()
    room = room_with(slow, dead, quick)
    slow.stalled = dead.stalled = True
    room.adopt("e", SimpleNamespace(version=2, board={**LONG, "n": 2}))  # type: ignore[arg-type]
    assert room.deliver(0.0) == (1, 2)
    assert room.retry(STALLED_SECONDS - 1) == 0
    slow.stalled = False
    assert room.retry(STALLED_SECONDS + 1) == 1
    assert (slow.dropped, dead.dropped) == (False, True)
    assert slow.board == quick.board == {**LONG, "n": 2}
    assert set(room.viewers) == {slow, quick}


def test_it_drops_in_quiet_hours_too_who_takes_nothing() -> None:
    slow, dead, quick = Page(), Page(), Page()
    room = room_with(slow, dead, quick)
    slow.stalled = dead.stalled = True
    assert room.beat(0.0) == 2
    assert set(room.late) == {slow, dead}
    assert room.retry(STALLED_SECONDS - 1) == 0
    slow.stalled = False
    assert room.retry(STALLED_SECONDS - 1) == 0
    assert set(room.late) == {dead}
    assert slow.boards == quick.boards == 1, "it had the board, and needs only a heartbeat"
    assert room.beat(STALLED_SECONDS) == 0
    assert room.retry(STALLED_SECONDS + 1) == 1
    assert (slow.dropped, dead.dropped) == (False, True)
    assert set(room.viewers) == {slow, quick}


def test_it_patches_who_could_not_take_a_heartbeat() -> None:
    late = Page()
    room = room_with(late)
    late.stalled = True
    assert room.beat(0.0) == 1
    room.adopt("e", SimpleNamespace(version=2, board={**LONG, "n": 2}))  # type: ignore[arg-type]
    room.deliver(1.0)
    late.stalled = False
    assert room.retry(2.0) == 0
    assert (late.has, late.board) == (("e", 2), {**LONG, "n": 2})
    assert late.boards == 1


def test_it_patches_who_was_late_for_one_version_and_gives_the_whole_to_who_was_late_for_two() -> None:
    one, two = Page(), Page()
    room = room_with(one, two)
    two.stalled = True
    for version in (2, 3):
        one.stalled = version == 3
        room.adopt("e", SimpleNamespace(version=version, board={**LONG, "n": version}))  # type: ignore[arg-type]
        room.deliver(0.0)
    one.stalled = two.stalled = False
    assert room.retry(1.0) == 0
    assert one.has == two.has == ("e", 3)


def test_it_gives_the_whole_to_who_was_late_when_version_numbers_began_anew() -> None:
    late = Page()
    room = room_with(late)
    late.stalled = True
    for epoch, version in (("e", 2), ("f", 1), ("f", 2)):
        room.adopt(epoch, SimpleNamespace(version=version, board={**LONG, epoch: version}))  # type: ignore[arg-type]
        room.deliver(0.0)
    # What it had was version 1 as well, but of another epoch.
    late.stalled = False
    assert room.retry(1.0) == 0
    assert (late.has, late.board) == (("f", 2), {**LONG, "f": 2})
