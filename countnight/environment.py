"""Settings read from the environment. A wrong one ends the process with one line: which it is, and what to write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
SHORTEST_KEY, FEWEST_SIGNS = 50, 5
"""Django's own measure of a secret key that may sign sessions."""


class SettingError(SystemExit):
    """A setting that cannot be used. It leaves any program with exit code 1 and its words on the standard error."""

    def __init__(self, name: str, problem: str, write: str) -> None:
        super().__init__(f"{name} {problem}: {write}")


class Environment:
    """The variables of the environment; an empty one counts as absent."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def text(self, name: str, default: str = "") -> str:
        """What is written there, without blanks at its ends."""
        return self._given.get(name, "").strip() or default

    def switch(self, name: str, default: bool) -> bool:
        """On or off."""
        said = self.text(name).lower()
        if said and said not in (*ON, *OFF):
            raise SettingError(name, f'is "{self.text(name)}", which is neither on nor off', "write 1 or 0")
        return said in ON if said else default

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        said = self.text(name)
        # Digits alone: int() would also take "1_000" and the digits of other scripts.
        value = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else None
        if said and (value is None or not low <= value <= high):
            raise SettingError(name, f'is "{said}"', f"write a whole number from {low} to {high}")
        return default if value is None else value

    def seconds(self, name: str, default: float, low: float, high: float) -> float:
        """A time in seconds from `low` to `high`, with a point for fractions."""
        said = self.text(name)
        try:
            value = float(said) if said else default
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise SettingError(name, f'is "{said}"', f"write seconds from {low:g} to {high:g}, for example {default:g}")
        return value

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of these words, in any capitals."""
        said = self.text(name, default).upper()
        if said not in choices:
            raise SettingError(name, f'is "{self.text(name)}"', f"write {', '.join(choices[:-1])} or {choices[-1]}")
        return said

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Names of hosts, separated by commas; no scheme, no port, no path."""
        hosts = self._list(name)
        for host in hosts:
            inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host.replace(":", "/")
            if any(sign in inner for sign in "/ @?#[]"):
                raise SettingError(name, f'has "{host}"', "write names alone, as in count.example.org,localhost")
        return hosts or default

    def origins(self, name: str) -> list[str]:
        """Addresses of sites as browsers say them, separated by commas: scheme, name and port, no path."""
        origins = self._list(name)
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
                raise SettingError(name, f'has "{origin}"', "write addresses like https://count.example.org")
        return [origin.rstrip("/") for origin in origins]

    def _list(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def secret(self, name: str) -> str:
        """A key that may sign sessions, or "" where none is given."""
        key = self.text(name)
        if key and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS):
            raise SettingError(name, "is too easy to guess", "write what `openssl rand -base64 48` prints")
        return key

    def secrets(self, name: str) -> list[str]:
        """Keys that signed once, separated by commas."""
        keys = self._list(name)
        for key in keys:
            Environment({name: key}).secret(name)
        return keys

    def absent(self, name: str, why: str) -> None:
        """Refuse a variable that others understand and we do not."""
        if self.text(name):
            raise SettingError(name, f'is "{self.text(name)}"', why)


def redis_address(name: str, url: str) -> str:
    """The address of a Redis as it was given, once it is known that it can be read."""
    if not url:
        return url
    from redis.connection import parse_url

    try:
        options: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
        port = options.get("port", 6379)
        usable = 0 < int(port) < 65536 and isinstance(options.get("db", 0), int)
    except ValueError:
        usable = False
    if not usable:
        raise SettingError(name, "is no address of a Redis", "write it like redis://127.0.0.1:6379/0")
    return url
