"""The kernel's reports about system calls that wait for our answer (seccomp user notification)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from dataclasses import dataclass

RECEIVE, SEND, ADD_DESCRIPTOR, SET_FLAGS = 0xC0502100, 0xC0182101, 0x40182103, 0x40082104
SYNC_WAKE_UP = 1  # answer on the same processor (Linux 6.6); other kernels refuse it
CONTINUE = 1
ADD_AND_SEND = 2  # SECCOMP_ADDFD_FLAG_SEND (Linux 5.14)
NOTIFICATION = struct.Struct("=QIIiIQ6Q")
ANSWER = struct.Struct("=QqiI")
ADDED = struct.Struct("=QIIII")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that waits: ``thread`` is the caller's id outside, ``number`` the call's."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


class Listener:
    """The reports of one sandbox. ``descriptor`` is closed by :meth:`close`."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        with contextlib.suppress(OSError):
            fcntl.ioctl(descriptor, SET_FLAGS, SYNC_WAKE_UP)

    def receive(self) -> Call | None:
        """The next call; None if its process is gone. Waits, so poll the descriptor first."""
        data = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(self.descriptor, RECEIVE, data, True)
        except OSError:
            return None
        identifier, thread, _, number, _, _, *arguments = NOTIFICATION.unpack(data)
        return Call(identifier, thread, number, tuple(arguments))

    def go_on(self, call: Call) -> None:
        """Let the kernel do what was asked."""
        self._send(ANSWER.pack(call.id, 0, 0, CONTINUE))

    def answer(self, call: Call, value: int) -> None:
        """Return ``value`` (negative: an error number) in the kernel's place."""
        self._send(ANSWER.pack(call.id, max(value, 0), min(value, 0), 0))

    def give(self, call: Call, descriptor: int) -> None:
        """Return a copy of our ``descriptor``, closed on exec."""
        with contextlib.suppress(FileNotFoundError):
            data = ADDED.pack(call.id, ADD_AND_SEND, descriptor, 0, os.O_CLOEXEC)
            fcntl.ioctl(self.descriptor, ADD_DESCRIPTOR, data)

    def close(self) -> None:
        """Stop listening; calls that still wait then fail with ENOSYS."""
        os.close(self.descriptor)

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):  # the process is gone
            fcntl.ioctl(self.descriptor, SEND, data)
