"""The ASGI application: Django for pages, plain ASGI for viewers, who resolve no session and no user."""

import os
from typing import Any, cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countnight.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from countnight.handler import PageHandler  # noqa: E402
from countnight.origins import OwnPages  # noqa: E402
from countnight.postgresql.base import ANSWER_SECONDS, DatabaseWrapper  # noqa: E402
from countnight.wellformed import WellFormed  # noqa: E402
from results.live.consumers import unknown_socket, viewer_events, viewer_socket  # noqa: E402
from results.live.desk_line import desk_socket  # noqa: E402

# Django's path() routes ASGI applications here, which its types do not foresee.
_sockets: list[Any] = [
    path("ws/contests/<str:contest>/", cast(Any, viewer_socket)),
    path("rehearsal/ws/contests/<str:contest>/", cast(Any, viewer_socket), {"rehearsal": True}),
    path("desk/<str:contest>/line", cast(Any, desk_socket)),
    path("rehearsal/desk/<str:contest>/line", cast(Any, desk_socket), {"rehearsal": True}),
    re_path("", cast(Any, unknown_socket)),
]

_pages: list[Any] = [
    path("contests/<str:contest>/events", cast(Any, viewer_events)),
    path("rehearsal/contests/<str:contest>/events", cast(Any, viewer_events), {"rehearsal": True}),
    re_path("", cast(Any, PageHandler())),
]

# Requests wait for the database only so long; commands, which import nothing from here, as long as it takes.
DatabaseWrapper.answer_seconds = ANSWER_SECONDS

application = ProtocolTypeRouter(
    {
        "http": WellFormed(URLRouter(_pages)),
        "websocket": OwnPages(URLRouter(_sockets)),
    }
)
