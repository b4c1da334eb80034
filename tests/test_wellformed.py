"""What is refused before Django sees it, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from countnight.wellformed import ROOT, WellFormed


async def ask(path: str = "/desk/", query: bytes = b"", root: str = "", **headers: bytes) -> tuple[int, Any]:
    """The status and words of a refusal; 200 and the scope where it is passed on."""
    passed: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        passed.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    given = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "root_path": root, "headers": given}
    line = ApplicationCommunicator(WellFormed(application), scope)
    status = (await line.receive_output(5))["status"]
    body = (await line.receive_output(5))["body"]
    return status, passed[0] if passed else body.decode()


@pytest.mark.parametrize(
    "below",
    [
        {"root": "/count"},
        {"x_forwarded_prefix": b"/count"},
        {"x_forwarded_prefix": b"count/"},
        {"x_script_name": b"/a/b"},
    ],
)
async def test_it_says_that_it_is_not_served_below_a_path(below: dict[str, Any]) -> None:
    assert await ask(**below) == (404, f"{ROOT}\n")


@pytest.mark.parametrize("prefix", [b"", b"/"])
async def test_it_is_served_at_the_root(prefix: bytes) -> None:
    assert (await ask(x_forwarded_prefix=prefix))[0] == 200


@pytest.mark.parametrize(
    ("path", "query"), [("/desk/\0/", b""), ("/", b"next=%00"), ("/", b"%00=1"), ("desk", b""), ("*", b"")]
)
async def test_it_refuses_addresses_that_are_none(path: str, query: bytes) -> None:
    assert (await ask(path, query))[0] == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (b"application/x-www-form-urlencoded", 200),
        (b"application/x-www-form-urlencoded; charset=UTF-8", 200),
        (b'multipart/form-data; boundary="x"; charset="utf-8"', 200),
        (b"application/x-www-form-urlencoded;charset=utf-16", 415),
        (b'multipart/form-data; CharSet = "latin-1"; boundary=x', 415),
        (b"text/plain; charset=", 415),
    ],
)
async def test_it_takes_forms_as_utf_8_only(kind: bytes, status: int) -> None:
    assert (await ask(content_type=kind))[0] == status


@pytest.mark.parametrize(
    ("boundary", "status"),
    [
        (b"; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", 200),
        (b'; boundary="a b"', 200),
        (b"", 400),
        (b"; boundary=", 400),
        (b'; boundary="a "', 400),
        (b"; boundary=" + b"x" * 201, 400),
        (b"; boundary=\xc3\xa9", 400),
        (b"; boundary=x; boundary=y", 400),
    ],
)
async def test_it_takes_a_form_in_parts_that_says_what_stands_between_them(boundary: bytes, status: int) -> None:
    assert (await ask(content_type=b"multipart/form-data" + boundary))[0] == status


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"countnight_session=abc1; countnight_csrf=DEF2", [b"countnight_session=abc1; countnight_csrf=DEF2"]),
        (b'theirs="\\000"; countnight_session=abc1;other=%00', [b"countnight_session=abc1"]),
        (b'countnight_session="\\000"', []),
        (b"countnight_session=a b", []),
        (b"countnight_session=" + b"a" * 200, []),
        (b"; =;;", []),
    ],
)
async def test_it_leaves_cookies_out_that_are_not_its_own(sent: bytes, kept: list[bytes]) -> None:
    status, scope = await ask(cookie=sent)
    assert status == 200
    assert [value for name, value in scope["headers"] if name == b"cookie"] == kept
