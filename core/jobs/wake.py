"""A datagram on a local socket that ends the worker's one-second nap at once."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from django.conf import settings


def address() -> Path:
    """The worker's socket."""
    return Path(settings.DATA_DIR) / "worker.sock"


def tell() -> None:
    """Wake the worker of this machine; silence where none listens (it polls anyway)."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        sender.setblocking(False)
        sender.sendto(b"1", str(address()))


class Alarm:
    """The worker's end of the socket."""

    def __init__(self) -> None:
        address().unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address()))

    def nap(self, seconds: float) -> None:
        """Sleep until somebody tells, or for ``seconds``."""
        self._socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self._socket.recv(1)
            self._socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._socket.recv(1)

    def close(self) -> None:
        """Take the socket away."""
        self._socket.close()
        address().unlink(missing_ok=True)
