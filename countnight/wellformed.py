"""What no browser sends is refused before Django sees it, and what is none of our business is left out.

Django and the databases each have their own opinion of a NUL, of other charsets, and of quoted cookies; some of them are errors
of the server (500). Here it is one opinion, and a request that is refused costs no thread.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

from countnight.plain import refuse

_CHARSET = re.compile(rb";\s*charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)
_BOUNDARY = re.compile(rb"[!-~]([ -~]{0,198}[!-~])?")
"""What may stand between the parts of a form, as Django has it; it would raise an error of its own for anything else."""
_NAMED_BOUNDARY = re.compile(rb";\s*boundary\s*=\s*(?:\"([^\"]*)\"|([^\s\";]*))", re.IGNORECASE)
_COOKIE = re.compile(rb"[A-Za-z0-9]{1,128}")
_BELOW = b"x-forwarded-prefix", b"x-script-name"
ROOT = "countnight is served at the root of a name of its own, not below a path (docs/operations.md)."


class WellFormed:
    """An ASGI application for what is well-formed; everything else is told why not."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self._ours = tuple(name.encode() for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass on, without other sites' cookies, or refuse."""
        refusal = self._refusal(scope)
        if refusal:
            await refuse(send, *refusal)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        cookies = b"; ".join(self._cookies(scope["headers"]))
        if cookies:
            headers.append((b"cookie", cookies))
        await self.application({**scope, "headers": headers}, receive, send)

    def _refusal(self, scope: dict[str, Any]) -> tuple[int, str] | None:
        if scope.get("root_path") or any(name in _BELOW and value.strip(b"/") for name, value in scope["headers"]):
            return 404, ROOT
        path: str = scope["path"]
        if not path.startswith("/"):
            return 400, "The address of a page begins with a slash."
        if "\0" in path or b"\0" in unquote_to_bytes(scope["query_string"]):
            return 400, "An address holds no NUL."
        for name, value in scope["headers"]:
            if name == b"content-type":
                charset = _CHARSET.search(value)
                if charset is not None and charset[1].lower() not in (b"utf-8", b"utf8"):
                    return 415, "Forms are sent as UTF-8."
                if value.strip().lower().startswith(b"multipart/") and not _parted(value):
                    return 400, "A form in parts says what stands between them."
        return None

    def _cookies(self, headers: list[tuple[bytes, bytes]]) -> list[bytes]:
        """Our own, as we made them."""
        found = []
        for name, value in headers:
            if name == b"cookie":
                for cookie in value.split(b";"):
                    key, _, said = cookie.strip().partition(b"=")
                    if key in self._ours and _COOKIE.fullmatch(said):
                        found.append(key + b"=" + said)
        return found


def _parted(content_type: bytes) -> bool:
    """Whether a type in parts names what stands between the parts, once and in printed characters."""
    named = _NAMED_BOUNDARY.findall(content_type)
    return len(named) == 1 and content_type.isascii() and _BOUNDARY.fullmatch(named[0][0] or named[0][1]) is not None
