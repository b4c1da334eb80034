"""deploy/nginx as it is shipped: what reaches a process, what does not, and what happens when one is away."""

from __future__ import annotations

import socket
import ssl
import threading

import httpx
import pytest

from tests.backends import PAGE, Asked, Site, reader, site
from tests.services import HOST

__all__ = ["reader", "site"]

pytestmark = pytest.mark.server

# --- what reaches a process --------------------------------------------------------------------------------------------

CLAIMS = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "80",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "192.0.2.1",
    "Forwarded": "for=192.0.2.1;proto=http;host=evil.example",
    "Daphne-Root-Path": "/evil",
    "X_Forwarded_Proto": "http",
}


@pytest.mark.parametrize(
    "path", [PAGE, f"{PAGE}events", f"{PAGE}updates?epoch=a&since=1", "/desk/", "/desk/login/", "/healthz"]
)
def test_it_overwrites_what_a_client_claims_about_itself(site: Site, reader: httpx.Client, path: str) -> None:
    assert reader.get(path, headers=CLAIMS).status_code == 200
    (asked,) = site.asked
    said = {name: value for name, value in asked.headers.items() if name.lower() not in ("accept", "user-agent")}
    assert said["X-Forwarded-For"] == said["X-Real-IP"] == "127.0.0.1"
    assert said["X-Forwarded-Proto"] == "https"
    assert said["Host"] == HOST
    assert asked.path == path
    assert not {"evil", "192.0.2.1", "http"} & {word for value in said.values() for word in value.split("/")}
    assert all(len(asked.headers.get_all(name) or []) == 1 for name in said)


def test_it_overwrites_the_claims_of_a_socket_too(site: Site) -> None:
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Cookie": "countnight_session=x"}
    site.raw(f"/ws{PAGE}?since=3", headers=CLAIMS | wanted)
    (asked,) = site.asked
    assert (asked.headers["Upgrade"], asked.headers["Connection"]) == ("websocket", "upgrade")
    assert (asked.headers["X-Forwarded-For"], asked.headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert "Cookie" not in asked.headers
    assert "Daphne-Root-Path" not in asked.headers
    assert asked.path == f"/ws{PAGE}?since=3"


def test_it_shows_cookies_to_the_desk_and_to_nobody_else(site: Site, reader: httpx.Client) -> None:
    site.answer(lambda asked: asked.page(Set_Cookie="countnight_csrf=y; Path=/"))
    for path in ("/", PAGE, f"{PAGE}events", "/calibration/", "/desk/", "/desk/login/"):
        answer = reader.get(path, headers={"Cookie": "countnight_session=x"})
        (asked,) = [one for one in site.asked if one.path == path]
        desk = path.startswith("/desk/")
        assert asked.headers["Cookie"] == ("countnight_session=x" if desk else None)
        assert ("Set-Cookie" in answer.headers) == (desk or path.endswith("events"))


def test_it_keeps_figures_for_the_machine_from_everybody_else(site: Site, reader: httpx.Client) -> None:
    for target in (
        "/metrics",
        "/metrics/",
        "/metrics?x",
        "//metrics",
        "/%6Detrics",
        "/x/../metrics",
        "/desk/../metrics",
    ):
        assert site.raw(target) == 403, target
    assert site.raw(f"{site.nginx.base}/metrics") == 403
    assert site.asked == []
    assert reader.get("/healthz").status_code == 200


def test_it_hangs_up_on_who_asks_for_another_name(site: Site) -> None:
    with site.nginx.client() as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/", headers={"Host": "evil.example"})
    with site.nginx.client() as client, pytest.raises(httpx.ConnectError):
        client.get("/", extensions={"sni_hostname": "evil.example"})
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{site.nginx.plain_port}/")
    assert site.asked == []


def test_it_sends_plain_http_to_https_and_answers_for_the_certificate(site: Site) -> None:
    plain = f"http://{HOST}:{site.nginx.plain_port}"
    answer = httpx.get(f"{plain}{PAGE}?hall=1", headers={"Host": HOST})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}{PAGE}?hall=1")
    challenge = site.nginx.folder / "acme" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("answer")
    assert httpx.get(f"{plain}/.well-known/acme-challenge/token").text == "answer"


def test_it_speaks_http_2_and_tls_1_3(site: Site) -> None:
    offering = ssl._create_unverified_context()
    offering.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((HOST, site.nginx.port)) as line,
        offering.wrap_socket(line, server_hostname=HOST) as tls,
    ):
        assert (tls.selected_alpn_protocol(), tls.version()) == ("h2", "TLSv1.3")


# --- limits ------------------------------------------------------------------------------------------------------------


def test_it_takes_no_more_than_a_form(site: Site, reader: httpx.Client) -> None:
    assert reader.post("/desk/x/", content=b"x" * 200_000).status_code == 200
    assert reader.post("/desk/x/", content=b"x" * 300_000).status_code == 413
    assert reader.post(PAGE, content=b"x").status_code == 403
    assert reader.post(f"{PAGE}events", content=b"x").status_code == 403
    assert [asked.command for asked in site.asked] == ["POST"]


def test_it_slows_down_who_guesses_passwords(site: Site, reader: httpx.Client) -> None:
    statuses = [reader.post("/desk/login/", data={"username": "olu"}).status_code for _ in range(70)]
    assert set(statuses[:60]) == {200}
    assert statuses[-1] == 429
    assert reader.get("/desk/login/").status_code == 200
    assert reader.post("/desk/x/groups/1/count/").status_code == 200


def come_from(site: Site, address: str, number: int, path: str) -> list[int]:
    """The statuses of so many requests from an address that nginx believes."""
    with site.nginx.client() as client:
        return [client.get(path, headers={"X-Test-Reader": address}).status_code for _ in range(number)]


@pytest.fixture
def from_anywhere(site: Site) -> Site:
    """Requests of this machine say where they come from, as those of a balancer do."""
    config = site.nginx.folder / "nginx.conf"
    text = config.read_text()
    assert "server_tokens off;" in text
    told = "server_tokens off; set_real_ip_from 127.0.0.1; real_ip_header X-Test-Reader;"
    config.write_text(text.replace("server_tokens off;", told))
    # A limit that a test can reach.
    limits = site.nginx.folder / "countnight" / "countnight.conf"
    text = limits.read_text()
    assert "zone=countnight_desk burst=300 nodelay" in text
    limits.write_text(
        text.replace("countnight_desk:10m rate=50r/s", "countnight_desk:10m rate=1r/m").replace(
            "zone=countnight_desk burst=300 nodelay", "zone=countnight_desk burst=9 nodelay"
        )
    )
    site.nginx.stop()
    site.nginx.start()
    return site


def test_it_counts_a_reader_of_ipv6_by_its_network(from_anywhere: Site) -> None:
    site = from_anywhere
    one_network = [f"2001:db8:0:a:{number:x}::{number:x}" for number in range(1, 13)]
    statuses = [come_from(site, address, 1, "/desk/")[0] for address in one_network]
    assert statuses == [200] * 10 + [429] * 2
    # With zeros in the places where an address may be written shorter, and with a byte that ends lines elsewhere.
    assert come_from(site, "2001:db8:0:a::1", 1, "/desk/") == [429]
    assert come_from(site, "2001:db8:0:a:a0a:a0a:a0a:a0a", 1, "/desk/") == [429]
    assert come_from(site, "2001:db8:0:b::1", 10, "/desk/") == [200] * 10
    assert come_from(site, "2001:db8:0:a0a::1", 11, "/desk/") == [200] * 10 + [429]


def test_it_counts_officers_by_their_address_and_lets_readers_be(from_anywhere: Site) -> None:
    site = from_anywhere
    assert come_from(site, "192.0.2.1", 11, "/desk/") == [200] * 10 + [429]
    assert come_from(site, "192.0.2.2", 10, "/desk/") == [200] * 10
    assert come_from(site, "192.0.2.1", 20, PAGE) == [200] * 20


# --- events ------------------------------------------------------------------------------------------------------------


def test_it_passes_each_event_on_at_once(site: Site, reader: httpx.Client) -> None:
    go_on = threading.Event()

    def stream(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("Content-Type", "text/event-stream")
        asked.send_header("Connection", "close")
        asked.end_headers()
        asked.wfile.write(b"data: 1\n\n")
        go_on.wait(20)
        asked.wfile.write(b"data: 2\n\n")

    site.answer(stream)
    with reader.stream("GET", f"{PAGE}events") as answer:
        events = answer.iter_text()
        assert next(events) == "data: 1\n\n"
        go_on.set()
        assert next(events) == "data: 2\n\n"


# --- a process that is away --------------------------------------------------------------------------------------------


def hang_up(asked: Asked) -> None:
    """End as a process does that is killed in the middle of a request."""
    asked.close_connection = True
    asked.connection.close()


def test_it_asks_the_other_process_again_for_a_page(site: Site, reader: httpx.Client) -> None:
    site.backends[0].answer = hang_up
    for number in range(6):
        assert reader.get(f"/desk/{number}/").text == "a page"
    assert site.backends[0].asked


def test_it_never_sends_what_an_officer_wrote_twice(site: Site, reader: httpx.Client) -> None:
    site.answer(hang_up)
    for number in range(6):
        answer = reader.post(f"/desk/{number}/", data={"votes": "1"})
        assert answer.status_code == 502
    assert len({asked.path for asked in site.asked}) == len(site.asked)
    assert site.asked


def test_it_sends_what_an_officer_wrote_to_the_process_that_is_there(site: Site, reader: httpx.Client) -> None:
    site.backends[0].shutdown()
    site.backends[0].server_close()
    for number in range(6):
        assert reader.post(f"/desk/{number}/", data={"votes": str(number)}).status_code == 200
    assert [asked.body for asked in site.backends[1].asked] == [f"votes={number}".encode() for number in range(6)]
