"""Viewers at the end of ASGI's `send()`, as any other server offers it: one frame under way, then the newest."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from results.live.frames import Frame
from results.live.rooms import Room
from results.live.viewers import SlotViewer


def frame(version: int) -> Frame:
    return Frame({"epoch": "e", "version": version, "board": {"votes": version}})


class Line:
    """The wire of one viewer: stuck until it is let go."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.free = asyncio.Event()
        self.ended = False
        self.broken = False

    async def send(self, frame: Frame) -> None:
        await self.free.wait()
        if self.broken:
            raise ConnectionResetError("gone")
        self.taken.append(frame.payload)

    async def end(self) -> None:
        self.ended = True


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_takes_one_frame_at_a_time() -> None:
    line = Line()
    viewer = SlotViewer(line.send, line.end)
    assert viewer.offer(frame(1))
    assert not viewer.offer(frame(2))
    line.free.set()
    await turns()
    assert line.taken == [frame(1).payload]
    assert viewer.offer(frame(3))
    await turns()
    assert line.taken == [frame(1).payload, frame(3).payload]


async def test_it_delays_nobody_else_and_gets_the_newest_when_it_drains() -> None:
    room = Room(SimpleNamespace(pk=1))  # type: ignore[arg-type]
    stuck, quick = Line(), Line()
    quick.free.set()
    viewers = []
    for line in (stuck, quick):
        viewer = SlotViewer(line.send, line.end)
        viewer.drained = lambda viewer=viewer: room.bring(viewer, 0.0)  # type: ignore[misc]
        room.enter(viewer)
        viewers.append(viewer)
    for version in range(1, 6):
        publication: Any = SimpleNamespace(version=version, board={"votes": version, "filling": "x" * 200})
        assert room.adopt("e", publication)
        room.deliver(0.0)
        await turns()
    assert len(quick.taken) == 5
    assert stuck.taken == []
    assert viewers[0].behind and not viewers[1].behind
    stuck.free.set()
    await turns()
    # What was under way, and then what is newest, and nothing between.
    assert len(stuck.taken) == 2
    assert b'"version":5' in stuck.taken[1]
    assert not viewers[0].behind


async def test_it_hangs_up_where_a_frame_cannot_be_sent() -> None:
    line = Line()
    line.broken = True
    line.free.set()
    viewer = SlotViewer(line.send, line.end)
    assert viewer.offer(frame(1))
    await turns()
    assert line.ended
    assert not viewer.offer(frame(2))


async def test_it_gives_up_the_frame_under_way_when_it_is_dropped() -> None:
    line = Line()
    viewer = SlotViewer(line.send, line.end)
    assert viewer.offer(frame(1))
    await turns()
    viewer.drop()
    await turns()
    assert line.ended
    line.free.set()
    await turns()
    assert line.taken == []


async def test_it_takes_nothing_once_it_is_closed() -> None:
    line = Line()
    viewer = SlotViewer(line.send, line.end)
    viewer.close()
    assert not viewer.offer(frame(1))


def test_it_frames_text_of_every_length_as_websockets_say() -> None:
    for filling in (5, 40, 300, 70_000):
        made = Frame({"epoch": "e", "version": 1, "board": {"x": "é" * filling}})
        assert made.wire[0] == 0x81
        assert made.wire[1] < 128, "a server masks nothing"
        size = made.wire[1]
        if size == 126:
            size = int.from_bytes(made.wire[2:4], "big")
        elif size == 127:
            size = int.from_bytes(made.wire[2:10], "big")
        assert size == len(made.payload)
        assert made.wire[len(made.wire) - size :] == made.payload
        assert len(made.wire) - size in (2, 4, 10)
    event = frame(7).event
    assert event == b'id: e-7\ndata: {"epoch":"e","version":7,"board":{"votes":7}}\n\n'
