"""Viewers' connections: receive-only, without cookies, session or user. Plain ASGI: one coroutine for each viewer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from results.live.frames import Frame
from results.live.hub import hub
from results.live.joining import FullError, Joining
from results.live.reading import UnknownContestError
from results.live.viewers import DirectSocket, DirectStream, SlotViewer, Viewer
from results.models import Contest
from results.rehearsal import name_of

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

EXTENSION = "countnight.writer"
UNKNOWN_CONTEST = 4404
FULL = 4429
ONLY_LISTENS = 4400
RETRY_SECONDS = 10
"""When one who found no room may ask again."""

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx and its like would keep news back until a buffer is full.
    (b"x-accel-buffering", b"no"),
]


def _since(query: bytes) -> tuple[str, int]:
    """The epoch and version that a viewer has; whatever cannot be read counts as having nothing."""
    given = parse_qs(query.decode("ascii", "replace"), max_num_fields=8) if query.count(b"&") < 8 else {}
    return given.get("epoch", [""])[0], _version(given.get("since", [""])[0])


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _last_event(scope: dict[str, Any]) -> tuple[str, int]:
    """What a browser says it had when its stream broke, else what the address says."""
    for name, value in scope["headers"]:
        if name == b"last-event-id":
            epoch, _, version = value.decode("ascii", "replace").rpartition("-")
            return epoch, _version(version)
    return _since(scope["query_string"])


def _asked_for(scope: dict[str, Any]) -> str:
    """The name of the contest that the address asks for."""
    route = scope["url_route"]["kwargs"]
    return name_of(route["contest"], Contest.Environment.REHEARSAL if route.get("rehearsal") else "")


def _writer(scope: dict[str, Any]) -> Any:
    return (scope.get("extensions") or {}).get(EXTENSION)


async def _attend(
    joining: Joining, contest: int, viewer: Viewer, since: tuple[str, int], until: Callable[[], Awaitable[Any]]
) -> Any:
    """Let an admitted viewer watch until it speaks or leaves; what it said last."""
    room = None
    try:
        room = await joining.watch(contest, viewer, *since)
        if isinstance(viewer, SlotViewer):
            viewer.drained = partial(joining.drained, room, viewer)
        return await until()
    finally:
        viewer.close()
        if room is not None:
            joining.leave(room, viewer)
        else:
            joining.give_back()


async def viewer_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One viewer of one contest by websocket, from connect to disconnect."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    close = {"type": "websocket.close"}
    joining = hub().joining
    try:
        contest = await joining.admit(_asked_for(scope))
    except UnknownContestError:
        await send({**close, "code": UNKNOWN_CONTEST})
        return
    except FullError:
        await send({**close, "code": FULL})
        return
    writer = _writer(scope)
    viewer: Viewer
    if writer is not None:
        viewer = DirectSocket(writer)
    else:
        viewer = SlotViewer(
            lambda frame: send({"type": "websocket.send", "text": frame.text}),
            lambda: send(close),
        )
    try:
        message = await _attend(joining, contest, viewer, _since(scope["query_string"]), receive)
    except UnknownContestError:
        await send({**close, "code": UNKNOWN_CONTEST})
        return
    if message["type"] == "websocket.receive":
        await send({**close, "code": ONLY_LISTENS})


async def viewer_events(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One viewer of one contest by server-sent events, for those whose proxies break websockets."""
    if scope["method"] not in ("GET", "HEAD"):
        await _refuse(send, 405, "Only GET.", (b"allow", b"GET, HEAD"))
        return
    joining = hub().joining
    try:
        contest = await joining.admit(_asked_for(scope))
    except UnknownContestError:
        await _refuse(send, 404, "There is no such contest.")
        return
    except FullError:
        retry = (b"retry-after", str(RETRY_SECONDS).encode())
        await _refuse(send, 503, "No room for one more viewer here: ask for updates instead.", retry)
        return
    if scope["method"] == "HEAD":
        joining.give_back()
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        await send({"type": "http.response.body"})
        return
    part = {"type": "http.response.body", "more_body": True}

    async def send_event(frame: Frame) -> None:
        await send({**part, "body": frame.event})

    writer = _writer(scope)
    viewer = DirectStream(writer) if writer is not None else SlotViewer(send_event, partial(_end, send))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        await send({**part, "body": b": countnight\n\n"})
    except BaseException:
        joining.give_back()
        raise
    try:
        await _attend(joining, contest, viewer, _last_event(scope), partial(_gone, receive))
    except Exception:
        # The answer has begun, and nobody can make it an error any more: an end brings the reader back.
        logger.exception("an event stream ended before its time")
        await _end(send)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(send: Send) -> None:
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
    plain = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [plain, *headers]})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


async def unknown_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Close a websocket at a path that no contest has."""
    await receive()
    await send({"type": "websocket.close", "code": UNKNOWN_CONTEST})
