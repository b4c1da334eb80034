"""The desk's socket against a real server: who is heard, what it says, and what it never says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from results.models import Appointment, Contest
from tests.conftest import Server
from tests.counts import Count, make_count
from tests.desk.pages import at_desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


@pytest.fixture
async def count(server: Server) -> AsyncIterator[Count]:
    made = await sync_to_async(make_count)()
    await sync_to_async(connections.close_all)()
    await sync_to_async(server.start)()
    yield made
    await sync_to_async(server.stop)()
    await sync_to_async(connections.close_all)()


def _cookie(user: User) -> str:
    return f"countnight_session={at_desk(user).cookies['countnight_session'].value}"


async def line(server: Server, contest: Contest, user: User | None, path: str = "", origin: str = "") -> Any:
    cookie = await sync_to_async(_cookie)(user) if user is not None else "countnight_session=x"
    address = f"ws://127.0.0.1:{server.port}{path}/desk/{contest.ballot_paper_id}/line"
    return connect(address, origin=origin or server.base, additional_headers={"Cookie": cookie})  # type: ignore[arg-type]


async def said(socket: ClientConnection) -> Any:
    async with asyncio.timeout(20):
        return json.loads(await socket.recv())


async def closed(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as end:
        await said(socket)
    assert end.value.rcvd is not None
    return end.value.rcvd.code


async def test_it_says_that_something_changed_and_nothing_else(server: Server, count: Count) -> None:
    async with await line(server, count.contest, count.cast.olu) as socket:
        assert await said(socket) == {"changed": True}
        await sync_to_async(count.ready)()
        await sync_to_async(count.enter)(1, (400, 300, 118))
        # Written by another process, and no Redis carries the hint: the sweep finds it.
        assert await said(socket) == {"changed": True}


async def test_it_is_for_those_appointed_at_the_contest(server: Server, count: Count) -> None:
    for user in (count.cast.stu, None):
        async with await line(server, count.contest, user) as socket:
            assert await closed(socket) == 4403
    async with await line(server, count.contest, count.cast.olu, path="/rehearsal") as socket:
        assert await closed(socket) == 4403
    with pytest.raises(InvalidStatus):
        async with await line(server, count.contest, count.cast.olu, origin="https://elsewhere.example"):
            pass


async def test_whoever_sends_anything_is_hung_up_on(server: Server, count: Count) -> None:
    async with await line(server, count.contest, count.cast.olu) as socket:
        await said(socket)
        await socket.send("hello")
        assert await closed(socket) == 4403


async def test_a_log_in_that_was_ended_opens_no_line(server: Server, count: Count) -> None:
    def log_out() -> str:
        client = at_desk(count.cast.olu)
        key = client.cookies["countnight_session"].value
        client.logout()
        return f"countnight_session={key}"

    cookie = await sync_to_async(log_out)()
    address = f"ws://127.0.0.1:{server.port}/desk/{count.contest.ballot_paper_id}/line"
    async with connect(address, origin=server.base, additional_headers={"Cookie": cookie}) as socket:  # type: ignore[arg-type]
        assert await closed(socket) == 4403


async def test_an_appointment_that_ended_opens_no_line(server: Server, count: Count) -> None:
    await sync_to_async(Appointment.objects.filter(user=count.cast.olu).delete)()
    async with await line(server, count.contest, count.cast.olu) as socket:
        assert await closed(socket) == 4403
