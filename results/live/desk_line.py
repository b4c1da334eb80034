"""The desk's socket: it tells a page of somebody appointed at a contest that something has changed there, and no more.

It asks who is there when it opens, and again every minute, so that whoever is no longer appointed hears nothing any more.
Whoever sends anything is hung up on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from results.live.desk_lines import DeskLine, DeskLines
from results.live.hub import hub
from results.live.joining import FullError
from results.live.reading import read_afresh
from results.models import Contest
from results.people import accounts, roles

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NOT_APPOINTED = 4403
FULL = 4429
PAUSE_SECONDS = 0.5
"""Between two words to one page: twenty officers at work write more often than anybody can read."""
BEAT_SECONDS = 15.0
ASKED_SECONDS = 60.0
CHANGED, ALIVE = '{"changed":true}', '{"changed":false}'


async def desk_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One page of the desk, from connect to disconnect."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    lines, joining = hub().desk, hub().joining
    try:
        joining.take_place()
    except FullError:
        await send({"type": "websocket.close", "code": FULL})
        return
    try:
        contest = await _admitted(scope)
        if contest is None:
            await send({"type": "websocket.close", "code": NOT_APPOINTED})
        else:
            await _attend(lines, contest, scope, receive, send)
    finally:
        joining.give_back()


async def _attend(lines: DeskLines, contest: int, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    line = lines.enter(contest)
    gone = asyncio.ensure_future(receive())
    try:
        # What changed between the page and its line is not known here: the page looks once more.
        line.ring()
        await _tell(line, gone, scope, send)
    finally:
        lines.leave(contest, line)
        gone.cancel()


async def _tell(line: DeskLine, gone: asyncio.Future[Any], scope: dict[str, Any], send: Send) -> None:
    loop = asyncio.get_running_loop()
    asked = loop.time()
    while True:
        news = asyncio.ensure_future(line.news())
        try:
            await asyncio.wait({news, gone}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            changed = news.done()
        finally:
            news.cancel()
        if gone.done():
            if gone.result()["type"] == "websocket.receive":
                await send({"type": "websocket.close", "code": NOT_APPOINTED})
            return
        if loop.time() - asked > ASKED_SECONDS:
            asked = loop.time()
            if await _admitted(scope) is None:
                await send({"type": "websocket.close", "code": NOT_APPOINTED})
                return
        await send({"type": "websocket.send", "text": CHANGED if changed else ALIVE})
        if changed:
            await asyncio.sleep(PAUSE_SECONDS)


async def _admitted(scope: dict[str, Any]) -> int | None:
    """The key of the contest, where whoever is at the other end is appointed to it now."""
    route = scope["url_route"]["kwargs"]
    key = _session_key(scope["headers"])
    if not key:
        return None
    ask = partial(read_afresh, _appointed, key, route["contest"], bool(route.get("rehearsal")))
    return await asyncio.get_running_loop().run_in_executor(_asker(), ask)


@cache
def _asker() -> ThreadPoolExecutor:
    """One thread of their own: whoever tries session keys at random keeps no version and no officer waiting."""
    return ThreadPoolExecutor(1, thread_name_prefix="desk-line")


def _session_key(headers: list[tuple[bytes, bytes]]) -> str:
    cookies = b"; ".join(value for name, value in headers if name == b"cookie")
    return str(parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, ""))


def _appointed(session: str, contest: str, rehearsal: bool) -> int | None:
    user = accounts.user_of_session(session)
    found = Contest.objects.filter(ballot_paper_id=contest).first() if user is not None else None
    if user is None or found is None or (found.environment == Contest.Environment.REHEARSAL) != rehearsal:
        return None
    return found.pk if roles.role_at(user, found) is not None else None
