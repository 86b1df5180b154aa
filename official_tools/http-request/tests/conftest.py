"""A server on this machine that answers as the tests tell it, byte by byte if need be."""

import socket
import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import settings

TLS_HELLO = b"\x16\x03"

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")


@dataclass
class Server:
    """Answers each connection with the next of ``answers``: bytes, or a function of the socket."""

    listener: socket.socket
    answers: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    @property
    def port(self):
        return self.listener.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def will_answer(self, status="200 OK", headers=(), body=b""):
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
        self.answers.append("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self.requests.append(read_request(connection))
                    answer = self.answers.pop(0) if self.answers else b""
                    answer(connection) if callable(answer) else connection.sendall(answer)
                except OSError:
                    continue


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        data += chunk
        if not chunk or data.startswith(TLS_HELLO):
            return data.decode("latin-1")
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode("latin-1")


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Server(listener)
        thread = threading.Thread(target=running.serve, daemon=True)
        thread.start()
        yield running
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
