"""Which pages may open a websocket here: our own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlparse

from channels.security.websocket import OriginValidator
from django.conf import settings


class OwnPages(OriginValidator):  # type: ignore[misc]
    """Channels' own rules for the header Origin, against ALLOWED_HOSTS; but a refusal costs nothing.

    Channels' refusal is a consumer, which subscribes to a channel of its own first: anybody could so keep the connection
    busy on which the hints come, and while Redis is away each would leave a queue behind.
    """

    def __init__(self, application: Any) -> None:
        local = ["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else []
        super().__init__(application, settings.ALLOWED_HOSTS or local)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if self._from_here(scope):
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})

    def _from_here(self, scope: dict[str, Any]) -> bool:
        origins = [value.decode("latin1") for name, value in scope["headers"] if name == b"origin"]
        try:
            return bool(self.valid_origin(urlparse(origins[-1]) if origins else None))
        except ValueError:
            # An address that cannot be read.
            return False
