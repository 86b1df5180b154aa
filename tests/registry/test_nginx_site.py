"""nginx before the site: what it keeps, what it passes on, and what it spares the web processes."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.registry import servers
from tests.support.answers import Answer
from tests.support.transports import HttpTransport, Transport
from tests.support.waiting import wait_for

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is missing")
PAGE = "public, max-age=0, s-maxage=15"


class Site(http.server.ThreadingHTTPServer):
    """Stands for the web processes: answers with ``headers``, and counts."""

    daemon_threads = True
    headers: Mapping[str, str] = {}
    asked: int = 0
    bodies: tuple[bytes, ...] = ()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer any method."""
        self.server.asked += 1
        length = int(self.headers.get("Content-Length", 0))
        self.server.bodies = (*self.server.bodies, self.rfile.read(length))
        body = f"{self.command} {self.path} {self.server.asked}".encode()
        self.send_response(200)
        for name, value in {**self.server.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def front(site: Site, tmp_path: Path) -> Iterator[Transport]:
    """nginx before the site."""
    servers.fill(tmp_path / "public")
    with servers.served(
        "nginx", tmp_path / "public", tmp_path / "run", WEB=site.address
    ) as address:
        yield HttpTransport(address)


def get(front: Transport, path: str = "/tools/", **headers: str) -> Answer:
    return front.send("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_stranger_s_page_is_asked_for_once_and_a_known_reader_s_each_time(
    front: Transport, site: Site
) -> None:
    site.headers = {"Cache-Control": PAGE, "Vary": "Cookie, Accept-Encoding", "ETag": '"1"'}
    first, again = get(front), get(front)
    assert (first.body, again.body) == (b"GET /tools/ 1", b"GET /tools/ 1")
    assert again.headers["x-cache"] == "HIT"
    assert get(front, If_None_Match='"1"').status == 304
    assert again.headers["cache-control"] == PAGE
    assert get(front, Cookie="session=1").body == b"GET /tools/ 2"
    assert get(front, Authorization="Bearer lmt_x").body == b"GET /tools/ 3"
    assert get(front, "/tools/?page=2").body == b"GET /tools/?page=2 4"
    assert get(front).body == b"GET /tools/ 1", "what a known reader got is nobody else's"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "private, no-cache"},
        {"Cache-Control": "public, max-age=0, must-revalidate"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": PAGE, "Set-Cookie": "csrf=1"},
        {},
    ],
)
def test_what_the_site_does_not_share_is_never_kept(
    front: Transport, site: Site, headers: Mapping[str, str]
) -> None:
    site.headers = headers
    assert [get(front).body for _ in range(2)] == [b"GET /tools/ 1", b"GET /tools/ 2"]


def test_every_answer_bears_the_number_of_its_own_request(front: Transport, site: Site) -> None:
    site.headers = {"Cache-Control": PAGE, "X-Request-Id": "the-site-s"}
    numbers = {get(front).headers["x-request-id"] for _ in range(3)}
    assert len(numbers) == 3
    assert "the-site-s" not in numbers


def test_limits_and_preflights_of_the_api_come_through(front: Transport, site: Site) -> None:
    site.headers = {"RateLimit-Limit": "600", "RateLimit-Remaining": "599", "Retry-After": "7"}
    answer = get(front, "/api/v1/tools")
    assert answer.headers["ratelimit-remaining"] == "599"
    assert answer.headers["retry-after"] == "7"
    assert front.send("OPTIONS", "/api/v1/tools").body.startswith(b"OPTIONS /api/v1/tools")


def test_an_upload_reaches_the_site_only_when_all_of_it_is_there(
    front: Transport, site: Site
) -> None:
    assert isinstance(front, HttpTransport)
    host, port = urlsplit(front.base).hostname or "", urlsplit(front.base).port or 0
    before = site.asked
    with socket.create_connection((host, port), timeout=20) as line:
        line.sendall(
            b"POST /api/v1/publications HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234"
        )
        assert get(front, "/healthz").status == 200, "others are served meanwhile"
        assert site.asked == before + 1, "half an upload holds nobody up"
        line.sendall(b"56789")
        assert line.recv(15).startswith(b"HTTP/1.1 200")
    wait_for("the upload is there", lambda: site.asked == before + 2)
    assert site.bodies[-1] == b"0123456789"


@pytest.mark.parametrize(
    "sent", [b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n0"]
)
def test_a_client_that_stalls_is_let_go(site: Site, tmp_path: Path, sent: bytes) -> None:
    servers.fill(tmp_path / "public")
    with servers.served(
        "nginx", tmp_path / "public", tmp_path / "run", WEB=site.address, TIMEOUT="1s"
    ) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), 60) as line:
            line.sendall(sent)
            with contextlib.suppress(ConnectionResetError):
                assert line.recv(100) == b"", "no answer, only the end"
    assert not site.asked
