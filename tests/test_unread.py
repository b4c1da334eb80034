"""Words for a log that nobody reads: not made, and the same for who reads it. An upgrade of Autobahn fails here first."""

from __future__ import annotations

import ast
import inspect
from pprint import pformat
from types import ModuleType
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
import pytest
from autobahn.twisted.websocket import WebSocketServerFactory
from autobahn.util import hltype, hlval
from twisted.internet.testing import StringTransport

from countnight.liveness import PingedSocket
from countnight.unread import FORMATTERS, later, leave_unread

MODULES = (autobahn.websocket.protocol, autobahn.twisted.websocket)
LEVELS = {"trace", "debug", "info", "warn", "error", "failure", "critical"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the formatters that were really called, since they were put off in both modules."""
    called: list[str] = []

    def noting(name: str, make: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> str:
            called.append(name)
            return str(make(*arguments, **options))

        return call

    for module in MODULES:
        for name in FORMATTERS:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, noting(name, getattr(module, name)))
    leave_unread(*MODULES)
    leave_unread(*MODULES)  # twice is as once
    return called


def test_it_makes_no_words_for_a_viewer_who_comes(made: list[str]) -> None:
    factory = WebSocketServerFactory()
    factory.protocol = PingedSocket
    viewer = factory.buildProtocol(None)
    viewer.makeConnection(StringTransport())
    assert viewer.state == PingedSocket.STATE_CONNECTING
    assert made == []


def test_it_makes_them_for_who_reads_the_log(made: list[str]) -> None:
    shown = f"{autobahn.websocket.protocol.hltype(str)} {autobahn.websocket.protocol.pformat([1, 2])}"
    assert shown == f"{hltype(str)} [1, 2]"
    assert sorted(made) == ["hltype", "pformat"]


def test_it_makes_the_same_words() -> None:
    for make, given, options in ((pformat, [("a", 1)], {}), (hlval, 7, {"color": "red"}), (hltype, later, {})):
        assert str(later(make)(given, **options)) == make(given, **options)


def _calls(module: ModuleType) -> list[tuple[str, bool]]:
    """Every call of a formatter in a module, and whether its answer is nothing but an argument of the log."""
    tree = ast.parse(inspect.getsource(module))
    logged = {
        id(word.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS
        for word in call.keywords
    }
    timings = {
        id(node)
        for made in ast.walk(tree)
        if isinstance(made, ast.ClassDef) and made.name == "Timings"
        for node in ast.walk(made)
    }
    return [
        (call.func.id, id(call) in logged)
        for call in ast.walk(tree)
        # Timings are kept by nobody here.
        if isinstance(call, ast.Call) and id(call) not in timings
        if isinstance(call.func, ast.Name) and call.func.id in FORMATTERS
    ]


def test_it_puts_off_nothing_but_what_is_logged() -> None:
    calls = [call for module in MODULES for call in _calls(module)]
    assert {name for name, _ in calls} == set(FORMATTERS)
    assert all(logged for _, logged in calls)
