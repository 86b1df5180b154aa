"""One request and its answer over one connection."""

from __future__ import annotations

import http.client
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lumos_http_request.connection import TimedSocket
from lumos_http_request.limits import MAX_RESPONSE_BYTES, Deadline, RequestError
from lumos_http_request.request import Request

__all__ = ["Answer", "exchange"]

_CHUNK = 65536
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Answer:
    """A server's answer; header names are in lower case, the body is decompressed."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def exchange(request: Request, connected: socket.socket, deadline: Deadline) -> Answer:
    """Send ``request`` over a connected socket and read the whole answer.

    Raises RequestError, OSError or http.client.HTTPException.
    """
    timed = TimedSocket(connected, deadline)
    connection = http.client.HTTPConnection(request.target.host, request.target.port)
    connection.sock = cast(Any, timed)
    try:
        connection.putrequest(
            request.method, request.target.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in _all_headers(request).items():
            connection.putheader(name, value.encode())
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        headers = _joined(response.getheaders())
        body = _read(response, headers)
        return Answer(response.status, response.reason, headers, body)
    finally:
        connected.close()


def _all_headers(request: Request) -> dict[str, str]:
    headers = {"host": request.target.authority, **request.headers, "connection": "close"}
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers["content-length"] = str(len(request.body))
    return headers


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names; values of one name are joined by commas, cookies by line breaks."""
    headers: dict[str, str] = {}
    for name, raw in pairs:
        key, value = name.lower(), _text(raw)
        separator = "\n" if key == "set-cookie" else ", "
        headers[key] = f"{headers[key]}{separator}{value}" if key in headers else value
    return headers


def _text(raw: str) -> str:
    """A header's value, in UTF-8 where it is that, though HTTP reads it as Latin-1."""
    try:
        return raw.encode("latin-1").decode()
    except UnicodeError:
        return raw


def _read(response: http.client.HTTPResponse, headers: Mapping[str, str]) -> bytes:
    wanted = response.length
    if wanted is not None and wanted > MAX_RESPONSE_BYTES:
        raise _too_large()
    unpack = _Unpacker(headers.get("content-encoding", ""))
    received = 0
    while chunk := response.read1(_CHUNK):
        received += len(chunk)
        unpack.add(chunk)
    if wanted is not None and received < wanted:
        raise RequestError(f"The answer ended after {received:,} of {wanted:,} bytes. Try again.")
    return unpack.finished()


class _Unpacker:
    """Collects a body, decompressed, and stops where it grows beyond the limit."""

    def __init__(self, encoding: str) -> None:
        self._body = bytearray()
        self._encoding = encoding.strip().lower()
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise RequestError(
                f"The server answers in the encoding {encoding[:40]!r}, though only gzip and "
                "deflate were offered. Ask for another form with the header Accept-Encoding."
            )

    def add(self, chunk: bytes) -> None:
        if self._encoding in ("", "identity"):
            self._grow(chunk)
            return
        try:
            self._add_packed(chunk)
        except zlib.error:
            raise RequestError(
                "The answer is not compressed as its headers say. Try again with the header "
                '"Accept-Encoding": "identity".'
            ) from None

    def finished(self) -> bytes:
        started = self._encoding not in ("", "identity") and bool(self._body)
        if started and not self._inflate.eof:
            raise RequestError("The compressed answer ends too early. Try again.")
        return bytes(self._body)

    def _add_packed(self, chunk: bytes) -> None:
        limit = MAX_RESPONSE_BYTES - len(self._body) + 1
        try:
            self._grow(self._inflate.decompress(chunk, limit))
        except zlib.error:
            if self._encoding != "deflate" or self._body:
                raise
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._grow(self._inflate.decompress(chunk, limit))
        if self._inflate.eof and self._inflate.unused_data:
            rest, self._inflate = self._inflate.unused_data, zlib.decompressobj(_GZIP_OR_ZLIB)
            self._add_packed(rest)

    def _grow(self, data: bytes) -> None:
        self._body += data
        if len(self._body) > MAX_RESPONSE_BYTES:
            raise _too_large()


def _too_large() -> RequestError:
    return RequestError(
        f"The answer is larger than {MAX_RESPONSE_BYTES:,} bytes. Ask for less, for example by a "
        "page or with the header Range."
    )
