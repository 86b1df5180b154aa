"""Clients that send in drips and take in drips cost nobody else the marketplace."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from core.slots import SHORT, Slots
from core.slow_clients import SlowClientLimiter
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.machine import Machine
from tests.support.transports import HttpTransport, multipart
from tests.support.waiting import wait_for

CROWD = 40
LARGE = 30 * 1024 * 1024


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Connections that stay open until the test ends, or says otherwise."""
    with ExitStack() as connections:
        yield connections


def _connect(machine: Machine, crowd: ExitStack, said: bytes) -> socket.socket:
    connection = crowd.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", machine.port))
    connection.sendall(said)
    return connection


def _upload(token: str, name: str, content: bytes) -> bytes:
    headers, body = multipart({}, {"wheel": (name, content)})
    head = f"POST /api/v1/publications HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _half_a_form() -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n"
    return f"POST /preferences/ HTTP/1.1\r\nHost: a\r\n{kind}\r\ntheme=".encode()


def _large_file(machine: Machine) -> str:
    content = os.urandom(LARGE)
    digest = hashlib.sha256(content).hexdigest()
    folder = machine.data / "public" / "files" / digest[:2] / digest
    path = folder / "demo_big-1.0.0-py3-none-any.whl"
    folder.mkdir(parents=True)
    path.write_bytes(content)
    return f"/{path.relative_to(machine.data / 'public')}"


def _assert_everything_short_is_served(machine: Machine) -> None:
    transport = HttpTransport(machine.url, timeout=20)
    for path in ("/healthz", "/", "/simple/", "/index/config.json", "/api/v1/tools"):
        assert transport.send("GET", path).status == 200, path


def test_slow_uploads_and_downloads_stop_nobody(
    machine: Machine, crowd: ExitStack, tmp_path: Path
) -> None:
    machine.start("web")
    address = _large_file(machine)
    asked = f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    upload = _upload(machine.alice.token, "demo_hello-1.0.0-py3-none-any.whl", b"x" * 100_000)
    for number in range(CROWD):
        half = upload[:50_000] if number % 2 else _half_a_form()
        _connect(machine, crowd, half)
        _connect(machine, crowd, asked)
    _assert_everything_short_is_served(machine)

    token = machine.alice.token
    wheel = build_wheel(tmp_path, files={"demo_hello/data.bin": os.urandom(10 * 1024 * 1024)})
    honest = _upload(token, wheel.name, wheel.read_bytes())
    head = _said(machine, honest)
    if " 202 " not in head.splitlines()[0]:
        assert " 503 " in head.splitlines()[0]
        assert "\r\nretry-after: 5\r\n" in head.lower()
    crowd.close()
    wait_for("an upload is taken again", lambda: " 202 " in _said(machine, honest))
    whole = wait_for("a download is served again", lambda: _downloaded(machine, address))
    assert len(whole) == LARGE


def _said(machine: Machine, request: bytes) -> str:
    """The head of the answer, also of one that comes before all was sent (as httpx reads it)."""
    with socket.create_connection(("127.0.0.1", machine.port), timeout=60) as connection:
        with suppress(OSError):
            connection.sendall(request)
        return connection.recv(65536).decode()


def _downloaded(machine: Machine, address: str) -> bytes | None:
    answer = HttpTransport(machine.url).send("GET", address)
    return answer.body if answer.status == 200 else None


class _Slow:
    """An input that brings nothing until it is told to."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.ended.wait(60)
        return b"half"


def _reads_all(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(100)]


def test_those_who_wait_for_a_body_do_not_keep_others_from_working() -> None:
    waiting, slow = [], _Slow()
    limiter = SlowClientLimiter(_reads_all, slots=100)
    for _ in range(30):
        environ = {"wsgi.input": slow, "CONTENT_LENGTH": "8"}
        thread = threading.Thread(target=limiter, args=[environ, lambda *args: None])
        thread.start()
        waiting.append(thread)
    said: list[Any] = []
    quick = _Slow()
    quick.ended.set()
    assert list(
        limiter({"wsgi.input": quick, "CONTENT_LENGTH": "8"}, lambda *args: said.extend(args))
    ) == [b"half"]
    assert said[0] == "200 OK"
    slow.ended.set()
    for thread in waiting:
        thread.join(20)


def test_without_a_place_a_sender_is_told_when_to_come_back(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.wsgi import application

    monkeypatch.setattr(application.app, "bodies", Slots(0))
    refused = alice.post("/api/v1/namespaces", {"name": "another"})
    assert_problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "5"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = alice.send("POST", "/preferences/", headers=form, body=b"theme=dark")
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert "Too many uploads" in page.text
    assert assert_ok(alice.get("/api/v1/namespaces"))[0]["name"] == "demo"


def test_a_long_answer_needs_a_place_and_gives_it_back() -> None:
    class Long:
        streaming = True

        def __init__(self) -> None:
            self.blocks = iter([b"x" * SHORT] * 3)

        def __iter__(self) -> Iterator[bytes]:
            return self.blocks

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("Content-Length", str(SHORT * 3))])
        return Long()

    limiter, said = SlowClientLimiter(app, slots=1), []
    first: Any = limiter({"wsgi.input": _Slow()}, lambda *args: said.append(args[0]))
    second: Any = limiter({"wsgi.input": _Slow()}, lambda *args: said.append(args[0]))
    assert said == ["200 OK", "503 Service Unavailable"]
    assert b"Try again" in b"".join(second)
    assert len(b"".join(first)) == SHORT * 3
    first.close()
    third: Any = limiter({"wsgi.input": _Slow()}, lambda *args: said.append(args[0]))
    assert said[-1] == "200 OK"
    third.close()


def test_whoever_sent_a_whole_body_holds_no_place_while_it_is_worked_on() -> None:
    seen: list[Any] = []

    def works(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert environ["wsgi.input"].read(3) == b"abc"
        assert not limiter.bodies.take("again"), "more is to come"
        assert environ["wsgi.input"].read() == b"de"
        seen.append(limiter.bodies.take("another"))
        assert environ["wsgi.input"].read() == b""
        start_response("200 OK", [])
        return []

    limiter = SlowClientLimiter(works, slots=1)
    environ = {"wsgi.input": io.BytesIO(b"abcde"), "CONTENT_LENGTH": "5", "REMOTE_ADDR": "a"}
    limiter(environ, lambda *_: None)
    assert seen == [True]
