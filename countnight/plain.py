"""Answers in one line of plain text, given before there is a page: by the event loop, without a thread."""

from __future__ import annotations

from typing import Any


async def refuse(send: Any, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
    """Answer a request with these words."""
    body = f"{words}\n".encode()
    said = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*said, (b"cache-control", b"no-store"), *headers]}
    )
    await send({"type": "http.response.body", "body": body})
