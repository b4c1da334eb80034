"""The second for which nginx keeps a public page, and what it never keeps."""

from __future__ import annotations

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.backends import PAGE, Asked, Site, reader, site
from tests.conftest import wait_for

__all__ = ["reader", "site"]

pytestmark = pytest.mark.server


def test_it_asks_once_for_what_many_want(site: Site) -> None:
    go_on = threading.Event()

    def slowly(asked: Asked) -> None:
        go_on.wait(20)
        asked.page(Cache_Control="public, max-age=60")

    site.answer(slowly)

    def read(_: int) -> tuple[str, str]:
        with site.nginx.client() as client:
            answer = client.get(PAGE)
            return answer.text, answer.headers["X-Cache-Status"]

    with ThreadPoolExecutor(40) as readers:
        reading = [readers.submit(read, number) for number in range(40)]
        wait_for(lambda: site.asked, what="the first")
        go_on.set()
        answers = [one.result() for one in reading]
    assert len(site.asked) == 1
    assert sorted({status for _, status in answers}) == ["HIT", "MISS"]
    assert {text for text, _ in answers} == {"a page"}


def test_it_tells_who_asks_alone_what_is_new(site: Site, reader: httpx.Client) -> None:
    site.answer(lambda asked: asked.page("old"))
    assert reader.get(PAGE).headers["X-Cache-Status"] == "MISS"
    site.answer(lambda asked: asked.page("new"))

    def after_a_second() -> httpx.Response | None:
        answer = reader.get(PAGE)
        return answer if answer.headers["X-Cache-Status"] != "HIT" else None

    first = wait_for(after_a_second, what="the page to expire")
    assert (first.text, first.headers["X-Cache-Status"]) == ("new", "EXPIRED")


def test_it_shows_the_last_page_while_processes_fail(site: Site, reader: httpx.Client) -> None:
    assert reader.get(PAGE).text == "a page"
    site.answer(lambda asked: asked.page("broken", status=500))
    answer = wait_for(lambda: (got := reader.get(PAGE)).headers["X-Cache-Status"] == "STALE" and got)
    assert (answer.status_code, answer.text) == (200, "a page")
    assert reader.get(f"{PAGE}?hall=1").status_code == 500


def test_it_keeps_pages_by_what_they_read_of_their_address(site: Site, reader: httpx.Client) -> None:
    site.answer(lambda asked: asked.page(asked.path, Cache_Control="public, max-age=60"))
    for _ in range(2):
        for path in ("/", PAGE, f"{PAGE}?hall=1", f"{PAGE}updates?epoch=a&since=1", f"{PAGE}updates?epoch=a&since=2"):
            assert reader.get(path).text == path
    assert len(site.asked) == 5
    # What a page does not read makes no other page of it: nobody can make a process work by writing numbers there.
    for number in range(20):
        assert reader.get(f"{PAGE}?n={number}").text == PAGE
        assert reader.get(f"{PAGE}?hall=1&utm_source=newsroom{number}").text == f"{PAGE}?hall=1"
    assert len(site.asked) == 5


@pytest.mark.parametrize(
    "target",
    [
        f"{PAGE}?HALL=1",
        f"{PAGE}?h%61ll=1",
        f"{PAGE}?hall=1&hall=0",
        f"{PAGE}?hall=11",
        f"/{PAGE}",
        f"{PAGE[:-1]}%2F",
        f"/x/..{PAGE}",
        f"{PAGE}updates?since=1&epoch=a",
        f"{PAGE}updates?epoch=a&since=1&since=2",
        f"{PAGE}updates?epoch=A&since=1",
    ],
)
def test_it_shows_nobody_what_another_asked_for_in_a_strange_way(site: Site, reader: httpx.Client, target: str) -> None:
    site.answer(lambda asked: asked.page(asked.path, Cache_Control="public, max-age=60"))
    site.raw(target)
    for path in (PAGE, f"{PAGE}?hall=1", f"{PAGE}updates?epoch=a&since=1", f"{PAGE}updates"):
        assert reader.get(path).text == path


def test_it_asks_for_the_page_that_an_absolute_address_names(site: Site) -> None:
    site.raw(f"{site.nginx.base}{PAGE}?hall=1&x")
    assert [asked.path for asked in site.asked] == [f"{PAGE}?hall=1"]


def test_it_keeps_nothing_of_the_desk_nor_what_must_not_be_kept(site: Site, reader: httpx.Client) -> None:
    site.answer(lambda asked: asked.page(Cache_Control="public, max-age=60"))
    for path in ("/desk/", "/desk/x/groups/1/count/", "/desk/login/", "/healthz", f"{PAGE}events"):
        before = len(site.asked)
        assert "X-Cache-Status" not in reader.get(path).headers
        assert "X-Cache-Status" not in reader.get(path).headers
        assert len(site.asked) == before + 2
    site.answer(lambda asked: asked.page(Cache_Control="max-age=0, no-cache, no-store, must-revalidate, private"))
    assert [reader.get("/new/").headers["X-Cache-Status"] for _ in range(2)] == ["MISS", "MISS"]


def test_it_compresses_what_is_public_and_nothing_else(site: Site, reader: httpx.Client) -> None:
    text = json.dumps({"board": "x" * 5000})
    site.answer(lambda asked: asked.page(text, Content_Type="application/json"))
    public, desk = reader.get(f"{PAGE}board.json"), reader.get("/desk/")
    assert public.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in desk.headers
    assert public.text == desk.text == text


def test_it_serves_static_files_by_itself(site: Site, reader: httpx.Client) -> None:
    (site.static / "js").mkdir()
    (site.static / "js" / "live.js").write_text("// plain")
    (site.static / "js" / "live.js.gz").write_bytes(gzip.compress(b"// small"))
    answer = reader.get("/static/js/live.js")
    assert (answer.text, answer.headers["Content-Encoding"]) == ("// small", "gzip")
    assert answer.headers["Content-Type"] == "application/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert reader.get("/static/js/live.js", headers={"Accept-Encoding": "identity"}).text == "// plain"
    again = reader.get("/static/js/live.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert site.raw("/static/../nginx/nginx.conf") == 200
    assert [asked.path for asked in site.asked] == ["/static/../nginx/nginx.conf"]
