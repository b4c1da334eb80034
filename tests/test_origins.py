"""Which pages may open a socket, and that saying no costs nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from channels.layers import get_channel_layer

from countnight import settings as shipped
from countnight.origins import OwnPages


async def asked(origin: bytes | None) -> list[dict[str, Any]]:
    """What is sent to who comes with this origin; "accepted" stands for the application."""
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "accepted"})

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"count.example.org")] + ([(b"origin", origin)] if origin is not None else [])
    async with asyncio.timeout(5):
        await OwnPages(application)({"type": "websocket", "headers": headers}, receive, send)
    return sent


@pytest.mark.parametrize("origin", [b"https://count.example.org", b"http://count.example.org:8000"])
async def test_it_lets_our_own_pages_in(settings: Any, origin: bytes) -> None:
    settings.ALLOWED_HOSTS = ["count.example.org"]
    assert await asked(origin) == [{"type": "accepted"}]


@pytest.mark.parametrize(
    "origin",
    [None, b"", b"null", b"https://evil.example", b"https://count.example.org.evil.example", b"https://[", b"\xff"],
)
async def test_it_refuses_others_without_asking_redis(settings: Any, origin: bytes | None) -> None:
    settings.ALLOWED_HOSTS = ["count.example.org"]
    # Nobody listens on port 1: whoever asked the layer would fail, and leave a queue behind.
    settings.CHANNEL_LAYERS = {"default": shipped.channel_layer("redis://127.0.0.1:1/0")}
    assert await asked(origin) == [{"type": "websocket.close"}]
    assert get_channel_layer().channels == {}
