"""Recorded HTTP responses, served from outside on the sandbox's own loopback.

A recording is a JSON list of ``{"request": {"method", "path", "headers"?, "body"?}, "response":
{"status", "headers"?, "body"? | "body_base64"?}}``. A request matches if method, path and query
are the same, it has the recorded headers, and the recorded body is equal (JSON bodies are compared
as values). If the same request is recorded several times, the responses are used in order and the
last one repeats. A request without a match gets 501 and is reported.
"""

from __future__ import annotations

import base64
import binascii
import http.server
import json
import socket
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.listen import PORT

BASE_URL = f"http://127.0.0.1:{PORT}"
PLACEHOLDER = "{http}"
MAX_BODY = 8 * 1024 * 1024
MAX_CONNECTIONS = 32
SOCKET_SECONDS = 10
NOTED = 50


class RecordingInvalid(ValueError):
    """The recording cannot be replayed; the message names the part and the reason."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One recorded request with its response."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any
    status: int
    response_headers: dict[str, str]
    response_body: bytes

    def matches(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether this pair answers the request."""
        path, query = split(target)
        return (
            (self.method, self.path, self.query) == (method, path, query)
            and all(headers.get(name) == value for name, value in self.headers.items())
            and (self.body is None or same_body(self.body, body))
        )


@dataclass
class Replay:
    """The current pairs and the requests received; one object for each sandbox."""

    pairs: list[Pair] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)
    requests: int = 0
    unmatched: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def restart(self, pairs: Iterable[Pair]) -> None:
        """Use other pairs and forget the requests received so far."""
        with self.lock:
            self.pairs, self.used = list(pairs), {}
            self.requests, self.unmatched = 0, []

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Pair:
        """The response to a request; 501 with an explanation if none is recorded."""
        with self.lock:
            self.requests += 1
            matching = [
                number
                for number, pair in enumerate(self.pairs)
                if pair.matches(method, target, headers, body)
            ]
            if not matching:
                if len(self.unmatched) < NOTED:
                    self.unmatched.append(f"{method} {target}"[:300])
                return not_recorded(method, target)
            fresh = [number for number in matching if number not in self.used]
            number = fresh[0] if fresh else matching[-1]
            self.used[number] = self.used.get(number, 0) + 1
            return self.pairs[number]


def parse_recordings(recordings: Any) -> list[Pair]:
    """The pairs of a recording. Raises RecordingInvalid."""
    if not isinstance(recordings, list):
        raise RecordingInvalid(
            'A recording is a JSON list of {"request": ..., "response": ...} objects, '
            f"but this one is a {type(recordings).__name__}."
        )
    return [parse_pair(number, item) for number, item in enumerate(recordings, 1)]


def parse_pair(number: int, item: Any) -> Pair:
    try:
        request, response = item["request"], item["response"]
        path, query = split(str(request["path"]))
        body = response_body(response)
        headers = {str(k).lower(): str(v) for k, v in (request.get("headers") or {}).items()}
        answer_headers = {str(k): str(v) for k, v in (response.get("headers") or {}).items()}
        if not isinstance(response.get("body", ""), str):
            answer_headers.setdefault("Content-Type", "application/json")
        return Pair(
            method=str(request["method"]).upper(),
            path=path,
            query=query,
            headers=headers,
            body=request.get("body"),
            status=int(response["status"]),
            response_headers=answer_headers,
            response_body=body,
        )
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise RecordingInvalid(
            f"Recording {number} cannot be read ({type(error).__name__}: {error}). It needs "
            "request.method, request.path and response.status; headers and body are optional."
        ) from error


def response_body(response: Mapping[str, Any]) -> bytes:
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"], validate=True)
    body = response.get("body", "")
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def split(target: str) -> tuple[str, list[tuple[str, str]]]:
    """Path and sorted query of a request target or of a recorded URL."""
    parts = urlsplit(target)
    return parts.path or "/", sorted(parse_qsl(parts.query, keep_blank_values=True))


def same_body(recorded: Any, body: bytes) -> bool:
    if isinstance(recorded, str) and recorded.encode() == body:
        return True
    try:
        expected = json.loads(recorded) if isinstance(recorded, str) else recorded
        return bool(json.loads(body) == expected)
    except (ValueError, RecursionError):
        return False


def not_recorded(method: str, target: str) -> Pair:
    text = (
        f"No response is recorded for {method} {target}. The marketplace runs examples without a "
        "network: add this request to the example's recording, or set offline = false."
    )
    headers = {"Content-Type": "application/json"}
    return Pair(method, target, [], {}, None, 501, headers, json.dumps({"error": text}).encode())


def fill(value: Any, base_url: str = BASE_URL) -> Any:
    """``value`` with every ``{http}`` in its strings replaced by the replay server's address."""
    if isinstance(value, str):
        return value.replace(PLACEHOLDER, base_url)
    if isinstance(value, list):
        return [fill(item, base_url) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, base_url) for key, item in value.items()}
    return value


class ReplayServer(http.server.ThreadingHTTPServer):
    """Serves a :class:`Replay` on a socket that is already listening."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, replay: Replay) -> None:
        super().__init__(("127.0.0.1", PORT), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.replay = replay
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join(5)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors of connections: the client is the tool under test."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers any method from the recordings."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "lumos-replay", ""
    timeout = SOCKET_SECONDS
    server: ReplayServer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def respond(self) -> None:
        """Write the recorded response to the request."""
        body = self.read_body()
        if body is None:
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        pair = self.server.replay.answer(self.command, self.path, headers, body)
        self.send_response(pair.status)
        for name, value in pair.response_headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(pair.response_body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(pair.response_body)

    def read_body(self) -> bytes | None:
        """The request's body; None if it is too large or its length is invalid."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self.read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return None
        return self.rfile.read(int(length))

    def read_chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(64).split(b";")[0], 16)
            except ValueError:
                return None
            if size < 0 or len(body) + size > MAX_BODY:
                return None
            body += self.rfile.read(size)
            self.rfile.readline(64)
            if size == 0:
                return bytes(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: :class:`Replay` records the requests."""
