"""Wake the local worker at once with a datagram; without it, the worker polls every second."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from django.conf import settings


def address() -> Path:
    """The path of the worker's socket."""
    return Path(settings.DATA_DIR) / "worker.sock"


def tell() -> None:
    """Wake the worker on this machine. Errors are ignored, because the worker also polls."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        sender.setblocking(False)
        sender.sendto(b"1", str(address()))


class Alarm:
    """The receiving end of the socket; one per worker."""

    def __init__(self) -> None:
        address().unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address()))

    def wait(self, seconds: float) -> None:
        """Return after a wake-up or after ``seconds``; pending wake-ups are discarded."""
        self._socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self._socket.recv(1)
            self._socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._socket.recv(1)

    def close(self) -> None:
        """Close and remove the socket."""
        self._socket.close()
        address().unlink(missing_ok=True)
