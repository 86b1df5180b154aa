"""Connections that keep a deadline and do not let a redirect into a private network."""

from __future__ import annotations

import io
import socket
from typing import Any

from lumos_http_request.limits import CONNECT_SECONDS, Deadline, RequestError
from lumos_http_request.request import Target

__all__ = ["TimedSocket", "is_public", "open_socket"]


class TimedSocket:
    """A connected socket on which nothing takes longer than the deadline."""

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._socket = plain
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """A reader over the socket, as ``http.client`` asks for; ``mode`` is always "rb"."""
        return io.BufferedReader(_Stream(self._socket, self._deadline))

    def close(self) -> None:
        """Does nothing: ``http.client`` closes a connection before its answer is read."""


class _Stream(io.RawIOBase):
    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._socket = plain
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)


def open_socket(target: Target, deadline: Deadline, *, only_public: bool) -> socket.socket:
    """A socket that is connected to ``target``, with TLS for https.

    With ``only_public``, an address that the public internet cannot reach is refused before a byte
    is sent to it. Raises RequestError or OSError.
    """
    plain = socket.create_connection(
        (target.host, target.port), timeout=deadline.left(CONNECT_SECONDS)
    )
    try:
        if only_public:
            _check_public(plain, target)
        return _secured(plain, target, deadline) if target.scheme == "https" else plain
    except BaseException:
        plain.close()
        raise


def _check_public(plain: socket.socket, target: Target) -> None:
    if not is_public(plain):
        raise RequestError(
            f"A public server redirects to {target.host}, which is an address inside a private "
            "network. Request that address itself if you trust it."
        )


def _secured(plain: socket.socket, target: Target, deadline: Deadline) -> socket.socket:
    import ssl  # noqa: PLC0415 - slow to load, and not needed for http

    plain.settimeout(deadline.left(CONNECT_SECONDS))
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context.wrap_socket(plain, server_hostname=target.host)


def is_public(connected: socket.socket) -> bool:
    """Whether the other end of a connection is an address of the public internet."""
    from ipaddress import ip_address  # noqa: PLC0415 - slow to load

    address = ip_address(connected.getpeername()[0].partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global
