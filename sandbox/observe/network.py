"""What answers inside the sandbox's empty network: a resolver for every name, a sink for the rest.

Both serve sockets of the sandbox's own loopback from outside it. The watcher redirects a tool's
connections to them and notes which local port was meant for which host.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from sandbox.observe.decoys import Decoys
from sandbox.observe.familiar import network_permission, own_address
from sandbox.observe.record import Kind, Recorder

FIRST_ADDRESS = int(ipaddress.ip_address("11.77.0.1"))  # global for a tool that checks; never real
MAX_NAMES = 1000
MAX_CONNECTIONS = 64
MAX_BYTES = 64 * 1024
SILENCE_SECONDS = 0.3
LATE_SECONDS = 0.1
DNS_PORT = 53
TYPE_A = 1
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 28\r\n"
    b"Connection: close\r\n\r\nThe sandbox has no network.\n"
)


class Names:
    """The addresses that the resolver gives to names, and back."""

    def __init__(self) -> None:
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def address(self, name: str) -> str:
        """The address of a host, made when it is first asked for."""
        with self._lock:
            if name not in self._addresses and len(self._addresses) < MAX_NAMES:
                found = str(ipaddress.ip_address(FIRST_ADDRESS + len(self._addresses)))
                self._addresses[name], self._names[found] = found, name
            return self._addresses.get(name, "127.0.0.1")

    def host(self, address: str) -> str:
        """The name that led to ``address``, or the address itself."""
        with self._lock:
            return self._names.get(address, address)


@dataclass
class Connection:
    """One accepted connection and what came over it."""

    socket: socket.socket
    target: str
    until: float
    data: bytearray = field(default_factory=bytearray)


class Network:
    """Serves the listener and the datagram socket of one sandbox in a thread."""

    def __init__(
        self, listener: socket.socket, datagrams: socket.socket, recorder: Recorder, decoys: Decoys
    ) -> None:
        self.listener, self.datagrams = listener, datagrams
        self.recorder, self.decoys, self.names = recorder, decoys, Names()
        self.streams_to, self.datagrams_to = listener.getsockname(), datagrams.getsockname()
        self._meant: dict[tuple[str, int], tuple[str, int]] = {}
        self._connections: dict[int, Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        for part in (self.listener, self.datagrams):
            part.setblocking(False)
            self._selector.register(part, selectors.EVENT_READ)
        self._selector.register(self._stop_reader, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """Take what still came, then close everything."""
        os.close(self._stop_writer)
        self._thread.join(5)
        for connection in list(self._connections.values()):
            self._finish(connection)
        self._selector.close()
        for part in (self.listener, self.datagrams):
            part.close()
        os.close(self._stop_reader)

    def meant(self, protocol: str, port: int, host: str, host_port: int) -> None:
        """Note that what comes from the local ``port`` was meant for another host."""
        self._meant[protocol, port] = (host, host_port)

    def datagram(self, data: bytes, host: str, port: int) -> bytes | None:
        """Record a datagram; the resolver's answer if it is a question."""
        question = parse_question(data) if port == DNS_PORT else None
        if question is None:
            self.note_sent(Kind.SEND, host, port, data)
            return None
        name, kind, end = question
        if not own_address(name):
            self.recorder.add(Kind.LOOKUP, name, permission=network_permission(name))
            for secret in self.decoys.inside(name.replace(".", "").encode()):
                self.recorder.secret(secret, f"a lookup of {name}")
        address = "127.0.0.1" if own_address(name) else self.names.address(name)
        return answer_to(data, kind, end, address)

    def note_sent(self, kind: Kind, host: str, port: int, data: bytes) -> None:
        """Record that ``data`` was sent, and the planted secrets in it."""
        target = f"{host}:{port}"
        told = describe(data, said_host(data))
        count = 0 if kind is Kind.CONNECT else 1  # the watcher counted the connection
        self.recorder.add(kind, target, told, network_permission(host), count)
        for secret in self.decoys.inside(data):
            self.recorder.secret(secret, f"bytes sent to {target}")

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select(SILENCE_SECONDS / 3):
                if key.fd == self._stop_reader:
                    return
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj is self.datagrams:
                    self._datagram()
                else:
                    self._receive(self._connections[key.fd])
            now = time.monotonic()
            for connection in [c for c in self._connections.values() if c.until < now]:
                self._finish(connection)

    def _accept(self) -> None:
        try:
            accepted, (_, port) = self.listener.accept()
        except OSError:
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            accepted.close()
            return
        host, host_port = self._intended("tcp", port)
        accepted.setblocking(False)
        until = time.monotonic() + SILENCE_SECONDS
        self._connections[accepted.fileno()] = Connection(accepted, f"{host}:{host_port}", until)
        self._selector.register(accepted, selectors.EVENT_READ)

    def _intended(self, protocol: str, port: int) -> tuple[str, int]:
        """Where a connection was meant to go; the watcher may note it a moment later."""
        until = time.monotonic() + LATE_SECONDS
        while (protocol, port) not in self._meant and time.monotonic() < until:
            time.sleep(0.001)
        return self._meant.get((protocol, port), ("127.0.0.1", self.streams_to[1]))

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(MAX_BYTES)
        except OSError:
            data = b""
        connection.data += data
        connection.until = time.monotonic() + SILENCE_SECONDS
        if not data or len(connection.data) >= MAX_BYTES or whole(connection.data):
            self._finish(connection)

    def _finish(self, connection: Connection) -> None:
        """Record what came, answer a request, and close."""
        host, _, port = connection.target.rpartition(":")
        data = bytes(connection.data)
        if data:
            self.note_sent(Kind.CONNECT, host, int(port), data)
        with contextlib.suppress(OSError):
            if is_request(data):
                connection.socket.send(REFUSAL)
                connection.socket.shutdown(socket.SHUT_WR)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection.socket)
        self._connections.pop(connection.socket.fileno(), None)
        connection.socket.close()

    def _datagram(self) -> None:
        try:
            data, (address, port) = self.datagrams.recvfrom(MAX_BYTES)
        except OSError:
            return
        host, host_port = self._intended("udp", port)
        answer = self.datagram(data, host, host_port)
        if answer is not None:
            with contextlib.suppress(OSError):
                self.datagrams.sendto(answer, (address, port))


def parse_question(data: bytes) -> tuple[str, int, int] | None:
    """Name, type and end of a DNS query's only question; None if it is not one."""
    if len(data) < 17 or data[2] & 0x80 or data[4:6] != b"\0\1":
        return None
    labels, place = [], 12
    while place < len(data) and data[place]:
        size = data[place]
        if size > 63:
            return None
        labels.append(data[place + 1 : place + 1 + size].decode("ascii", "replace"))
        place += 1 + size
    if place + 5 > len(data):
        return None
    (kind,) = struct.unpack_from(">H", data, place + 1)
    return ".".join(labels).lower(), kind, place + 5


def answer_to(query: bytes, kind: int, end: int, address: str) -> bytes:
    """An A record for ``address``; no records for other types, so that IPv4 is used."""
    count = 1 if kind == TYPE_A else 0
    head = query[:2] + b"\x81\x80" + b"\0\1" + struct.pack(">HHH", count, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", TYPE_A, 1, 60, 4) + socket.inet_aton(address)
    return head + query[12:end] + (record if count else b"")


def is_request(data: bytes) -> bool:
    """Whether the data begins like an HTTP/1 request."""
    line = data[:2048].partition(b"\r\n")[0]
    return b" HTTP/1." in line


def whole(data: bytearray) -> bool:
    """Whether a request came in full, or a TLS greeting."""
    if data[:2] == b"\x16\x03":
        return len(data) >= 5 and len(data) >= 5 + int.from_bytes(data[3:5], "big")
    head, end, body = bytes(data).partition(b"\r\n\r\n")
    if not end or not is_request(head):
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value)
        if name == b"transfer-encoding":
            return body.endswith(b"0\r\n\r\n")
    return True


def said_host(data: bytes) -> str:
    """The host that a request or a TLS greeting names; empty if none."""
    if data[:2] == b"\x16\x03":
        return server_name(data)
    for line in data[:MAX_BYTES].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host" and is_request(data):
            return value.strip().decode("ascii", "replace")
    return ""


def server_name(data: bytes) -> str:
    """The server's name of a TLS ClientHello; empty if it has none or is cut."""
    try:
        place = 43
        place += 1 + data[place]
        place += 2 + int.from_bytes(data[place : place + 2], "big")
        place += 1 + data[place]
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        place += 2
        while place + 4 <= min(end, len(data)):
            kind, size = struct.unpack_from(">HH", data, place)
            if kind == 0:
                return data[place + 9 : place + 4 + size].decode("ascii", "replace")
            place += 4 + size
    except (IndexError, struct.error):
        pass
    return ""


def describe(data: bytes, name: str) -> str:
    """What was sent, in a line."""
    if data[:2] == b"\x16\x03":
        return f"TLS to {name}" if name else "TLS"
    if is_request(data):
        line = data.partition(b"\r\n")[0].decode("ascii", "replace")
        return f"{line} (Host: {name})" if name else line
    return data[:80].decode("utf-8", "replace")
