"""A room as the tutorial of Channels builds it: a consumer, a group, the layer in memory; served by Daphne's own command.

Kinder than the tutorial: no session or user is looked up, the text is made once and not by each consumer, and the layer's
capacity is so large that no message is dropped. A datagram at UDP TUTORIAL_PORT publishes TUTORIAL_BYTES.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}}},
)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from tests.benchmarks.fanout_peers.boards import filled  # noqa: E402

GROUP = "night"


class Room(AsyncWebsocketConsumer):
    """Channels' ChatConsumer, whose viewers only listen."""

    async def connect(self) -> None:
        """Join the group; the first one brings the trigger."""
        Trigger.listen()
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """A message of the group."""
        await self.send(text_data=event["message"])


class Trigger(asyncio.DatagramProtocol):
    """Each datagram is one publication."""

    opening: Any = None
    version = 0
    sending: asyncio.Task[None] | None = None

    @classmethod
    def listen(cls) -> None:
        """Listen, unless it does already."""
        if cls.opening is None:
            loop = asyncio.get_running_loop()
            address = ("127.0.0.1", int(os.environ["TUTORIAL_PORT"]))
            cls.opening = loop.create_task(loop.create_datagram_endpoint(cls, address))

    def datagram_received(self, data: bytes, address: Any) -> None:
        """Publish the next version."""
        Trigger.version += 1
        message = filled(Trigger.version, int(os.environ["TUTORIAL_BYTES"]))
        event = {"type": "chat.message", "message": message}
        Trigger.sending = asyncio.get_running_loop().create_task(get_channel_layer().group_send(GROUP, event))


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws", Room.as_asgi())])})
