"""The ASGI application: Django for pages, plain ASGI for viewers' sockets, which resolve no session and no user."""

import os
from typing import Any, cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countnight.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402

from countnight.handler import PageHandler  # noqa: E402
from results.live.consumers import unknown_socket, viewer_socket  # noqa: E402

# Django's path() routes ASGI applications here, which its types do not foresee.
_sockets: list[Any] = [
    path("ws/contests/<str:contest>/", cast(Any, viewer_socket)),
    path("<path:rest>", cast(Any, unknown_socket)),
]

application = ProtocolTypeRouter(
    {
        "http": PageHandler(),
        "websocket": AllowedHostsOriginValidator(URLRouter(_sockets)),
    }
)
