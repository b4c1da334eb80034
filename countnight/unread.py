"""Words for a log that nobody reads are not made: Autobahn would make some for each viewer who comes.

Its debug log wants every option of the connection printed in columns, and every name in colours, before it is asked
whether anybody listens: that was a third of what a viewer who comes costs. Here they are made when they are printed.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

FORMATTERS = ("pformat", "hltype", "hlval")
"""What Autobahn's modules call for nothing but the arguments of their log."""


class Later:
    """Words that are made when somebody prints them."""

    __slots__ = ("_arguments", "_make", "_options")

    def __init__(self, make: Callable[..., str], arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self._make = make
        self._arguments = arguments
        self._options = options

    def __str__(self) -> str:
        return self._make(*self._arguments, **self._options)


def later(make: Callable[..., str]) -> Callable[..., Later]:
    """The same function, whose answer is made when it is printed."""
    return lambda *arguments, **options: Later(make, arguments, options)


def leave_unread(*modules: ModuleType) -> None:
    """Let these modules of Autobahn make the words of their log only for who reads it; calling it twice changes nothing."""
    for module in modules:
        for name in FORMATTERS:
            make = getattr(module, name, None)
            if make is not None and not hasattr(make, "unread"):
                lazy = later(make)
                lazy.unread = True  # type: ignore[attr-defined]
                setattr(module, name, lazy)
