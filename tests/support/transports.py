"""Ways to send a request: HTTP over a socket, or the whole WSGI application in process."""

from __future__ import annotations

import io
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from tests.support.answers import Answer


class Transport(Protocol):
    """Sends a request and brings the answer."""

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] = {}, body: bytes = b""
    ) -> Answer:
        """One request to ``path`` (with its query); redirects are not followed."""


class HttpTransport:
    """A server that listens somewhere, e.g. ``http://127.0.0.1:8000``."""

    def __init__(self, base: str, timeout: float = 60) -> None:
        self.base = base.rstrip("/")
        self.timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] = {}, body: bytes = b""
    ) -> Answer:
        """See Transport.send; raises OSError where nobody answers."""
        request = urllib.request.Request(
            self.base + path, data=body or None, headers=dict(headers), method=method
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                return _answer(response)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error)


class WsgiTransport:
    """The application that the web process serves, called without a socket.

    What a view raised is raised here too, so that a test shows its traceback; the server's own
    500 is met over HttpTransport.
    """

    def __init__(self, application: Callable[[], Callable[..., Any]]) -> None:
        self._application = application

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] = {}, body: bytes = b""
    ) -> Answer:
        """See Transport.send."""
        begun: list[Any] = []
        with _as_in_a_test() as errors:
            chunks = self._application()(
                _environ(method, path, headers, body), lambda *args: begun.extend(args)
            )
            try:
                content = b"".join(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()
        if errors:
            raise errors[0]
        named = {name.lower(): value for name, value in begun[1]}
        return Answer(int(begun[0].split()[0]), named, content)


def multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]
) -> tuple[dict[str, str], bytes]:
    """The header and the body of a form; ``files`` are name to (file name, content)."""
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for name, (filename, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts.append(f"{head}Content-Type: application/zip\r\n\r\n".encode() + content)
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body


def wheel_file(wheel: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    """File name and content of a wheel on the disk; what is a pair already stays one."""
    return (wheel.name, wheel.read_bytes()) if isinstance(wheel, Path) else wheel


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@contextmanager
def _as_in_a_test() -> Iterator[list[BaseException]]:
    """Connections stay open for the test's transaction; what a view raises is noted."""
    from django.core.signals import got_request_exception, request_finished, request_started
    from django.db import close_old_connections

    errors: list[BaseException] = []

    def note(**kwargs: Any) -> None:
        if error := sys.exc_info()[1]:
            errors.append(error)

    got_request_exception.connect(note)
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)
        for moment in (request_started, request_finished):
            moment.connect(close_old_connections)


def _answer(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, response.read())


def _environ(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    parts = urlsplit(path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
