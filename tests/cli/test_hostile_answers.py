"""A server that sends too much, too slowly or elsewhere: bounded, and the token stays at home."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lumos.client import transport
from lumos.client.api import Api
from lumos.client.credentials import Token, token_of
from lumos.client.errors import IntegrityError, LumosError, NetworkError
from lumos.client.transport import Transport
from tests.cli.conftest import Shell
from tests.cli.registry import Fault, StaticRegistry

TOKEN = "lmt_" + "s" * 38
SIZE = 843 * 1000 * 1000


def bomb() -> bytes:
    """Gzip that unpacks to 843 MB of blanks: one compressed block, again and again."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (SIZE // 1_000_000)


def sending(
    body: bytes, *, status: int = 200, at: str = "", **headers: str
) -> Callable[[BaseHTTPRequestHandler], bool]:
    """A fault that answers every path that contains ``at`` with this body."""

    def fault(handler: BaseHTTPRequestHandler) -> bool:
        if at not in handler.path:
            return False
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with suppress(OSError):  # the client may go before the end
            handler.wfile.write(body)
        return True

    return fault


def peak_during(work: Callable[[], object]) -> int:
    """The most bytes that Python held at once while ``work`` ran."""
    import tracemalloc

    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


READS: dict[str, Callable[[Transport, Token], object]] = {
    "an index": lambda t, _: t.get("/index/demo/hello.json"),
    "an answer of the API": lambda t, _: Api(t).search("x"),
    "an answer to a token": lambda t, token: Api(t, token).whoami(),
    "an answer to a change": lambda t, token: Api(t, token).yank("demo/hello", "1.0.0", "why"),
    "the list of distributions": lambda t, _: t.send("GET", "/simple/"),
}


@pytest.fixture(scope="module")
def gzip_bomb() -> bytes:
    return bomb()


@pytest.mark.parametrize("status", [200, 302, 404, 422, 503])
@pytest.mark.parametrize("kind", READS)
def test_a_gzip_bomb_costs_no_memory_wherever_it_is_read(
    registry: StaticRegistry,
    gzip_bomb: bytes,
    kind: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Success, error and redirect alike; 408 kB or more on the wire, 843 MB unpacked."""
    if status == 302:
        headers = {"Location": "/elsewhere"}
        registry.faults.append(sending(b"[]", status=500, at="/elsewhere"))
    else:
        headers = {}
    monkeypatch.setattr(transport, "ATTEMPTS", 1)
    registry.faults.append(sending(gzip_bomb, status=status, Content_Encoding="gzip", **headers))
    registry_handles_posts(registry)

    def read() -> None:
        try:
            READS[kind](Transport(registry.url), token_of(TOKEN))
        except LumosError:
            return
        assert status == 302, "an answer of 843 MB was taken"

    assert peak_during(read) < 60_000_000


def registry_handles_posts(registry: StaticRegistry) -> None:
    """The static registry answers GET alone; its faults answer POST too."""
    handler = registry.handler

    def do_post(self: SimpleHTTPRequestHandler) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not any(fault(self) for fault in registry.faults):
            self.send_error(405)

    handler.do_POST = do_post  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("encoding", "wrap"),
    [
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
        ("deflate", zlib.compress),
        ("br", bytes),
        ("zstd", bytes),
        ("gzip", bytes),  # not what it claims
        ("gzip", lambda data: gzip.compress(data)[:-12]),  # cut off
    ],
)
def test_an_encoding_that_was_not_asked_for_is_refused(
    registry: StaticRegistry, encoding: str, wrap: Callable[[bytes], bytes]
) -> None:
    registry.faults.append(sending(wrap(b'{"a": "some text here"}'), Content_Encoding=encoding))
    with pytest.raises(NetworkError, match="cannot be read"):
        Transport(registry.url).get("/x")


def test_honest_gzip_is_read(registry: StaticRegistry) -> None:
    registry.faults.append(sending(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))
    assert Transport(registry.url).get("/x").json() == {"a": 1}


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_endless_answer_ends_at_the_limit(registry: StaticRegistry, encoding: str) -> None:
    empty_blocks = zlib.compressobj(wbits=31)
    chunk = b"x" * 65536
    if encoding:
        head = empty_blocks.compress(b"x") + empty_blocks.flush(zlib.Z_SYNC_FLUSH)
        chunk = b"\x00\x00\x00\xff\xff" * 13_000  # stored blocks of no bytes: output never grows

    def endless(handler: SimpleHTTPRequestHandler) -> bool:
        handler.send_response(200)
        if encoding:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        handler.wfile.write(head if encoding else b"")
        with pytest.raises(OSError):
            while True:
                handler.wfile.write(chunk)
        return True

    registry.faults.append(endless)
    with pytest.raises(IntegrityError, match="is too large"):
        Transport(registry.url).get("/x")


@pytest.mark.parametrize("part", ["headers", "body", "informational"])
def test_a_server_that_drips_is_given_up(
    registry: StaticRegistry, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "DOCUMENT_SECONDS", 0.5)
    ended = threading.Event()

    def drip(handler: SimpleHTTPRequestHandler) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: " if part == "headers" else b"")
        if part == "body":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        drop = b"HTTP/1.1 103 Early Hints\r\n\r\n" if part == "informational" else b"x"
        while not ended.wait(0.05):
            try:
                handler.wfile.write(drop)
            except OSError:
                break
        return True

    registry.faults.append(drip)
    begun = time.monotonic()
    try:
        with pytest.raises(NetworkError, match="timed out"):
            Transport(registry.url).get("/x")
        assert time.monotonic() - begun < 5
    finally:
        ended.set()


def test_a_wheel_that_drips_is_given_up(
    project: Shell, registry: StaticRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.publish("demo/hello")
    ended = threading.Event()
    monkeypatch.setattr(transport, "DOCUMENT_SECONDS", 0.5)
    monkeypatch.setattr(transport, "_SLOWEST_DOWNLOAD", 1_000_000)

    def drip(handler: SimpleHTTPRequestHandler) -> bool:
        if "/files/" not in handler.path:
            return False
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not ended.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                break
        return True

    registry.faults.append(drip)
    try:
        assert "timed out" in project.lumos("add", "tool", "demo/hello", code=5).err
    finally:
        ended.set()


def test_redirects_in_a_circle_end(registry: StaticRegistry) -> None:
    registry.faults.append(sending(b"", status=302, Location="/again"))
    with pytest.raises(NetworkError) as caught:
        Transport(registry.url).get("/x")
    assert "redirects" in caught.value.why
    assert len(registry.requests) <= 6


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5_000_000])
@pytest.mark.parametrize("status", [200, 422])
def test_json_that_is_nested_without_end_is_an_error_in_three_lines(
    project: Shell, registry: StaticRegistry, text: str, status: int
) -> None:
    registry.faults.append(
        sending(text.encode(), status=status, Content_Type="application/problem+json")
    )
    for line in (["tools", "search", "x"], ["whoami"], ["tools", "info", "demo/hello"]):
        ran = project.lumos(*line, code=5, LUMOS_TOKEN=TOKEN)
        assert len(ran.err.strip().splitlines()) >= 3


@contextmanager
def another_host(fault: Fault | None = None) -> Iterator[tuple[str, list[Any]]]:
    """A server of somebody else, and what was sent to it."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append((self.path, dict(self.headers), self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("kind", ["an answer to a token", "an answer to a change"])
def test_a_redirect_takes_neither_token_nor_change_to_another_host(
    registry: StaticRegistry, kind: str, status: int
) -> None:
    registry_handles_posts(registry)
    with another_host() as (elsewhere, seen):
        registry.faults.append(sending(b"", status=status, Location=f"{elsewhere}/api/v1/x"))
        with pytest.raises(NetworkError, match="another address"):
            READS[kind](Transport(registry.url), token_of(TOKEN))
    assert seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_absolute_address_of_a_publication_elsewhere_gets_no_token(
    registry: StaticRegistry, host: str
) -> None:
    with another_host() as (elsewhere, seen):
        api_url = elsewhere.replace("127.0.0.1", host) + "/api/v1/publications/1"
        with pytest.raises(NetworkError, match="another address"):
            Api(Transport(registry.url), token_of(TOKEN)).publication(api_url)
    assert seen == []


def test_publish_does_not_follow_its_publication_to_another_host(
    project: Shell, registry: StaticRegistry, tmp_path: Path
) -> None:
    """The whole way through the command: the upload is answered with an address elsewhere."""
    wheel = registry.publish("demo/hello")
    with another_host() as (elsewhere, seen):
        answer = (
            f'{{"state": "scanning", "tool": "demo/hello", "version": "1.0.0", "settled": false,'
            f' "url": "/x", "api_url": "{elsewhere}/api/v1/publications/1"}}'
        )
        registry.faults.append(sending(answer.encode(), status=202, at="/api/v1/publications"))
        registry_handles_posts(registry)
        ran = project.lumos(
            "publish", str(registry.stored(wheel)), "--timeout", "3", code=5, LUMOS_TOKEN=TOKEN
        )
    assert seen == []
    assert TOKEN not in ran.err + ran.out


def test_the_token_never_leaves_https(monkeypatch: pytest.MonkeyPatch) -> None:
    with another_host() as (elsewhere, seen):
        safe = Transport(elsewhere.replace("http://", "https://"))
        with pytest.raises(NetworkError, match="unencrypted"):
            Api(safe, token_of(TOKEN)).publication(f"{elsewhere}/api/v1/publications/1")
    assert seen == []


def test_a_public_file_may_lie_on_another_host(registry: StaticRegistry) -> None:
    with another_host() as (elsewhere, seen):
        registry.faults.append(sending(b"", status=302, Location=f"{elsewhere}/index/x.json"))
        assert Transport(registry.url).get("/index/x.json").json() == {}
    assert [path for path, _, _ in seen] == ["/index/x.json"]
    assert "Authorization" not in str(seen)
