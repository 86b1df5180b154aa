"""Runs inside the sandbox before any code of the tool: opens the sockets and starts observation.

``listen.py DESCRIPTOR CALL FILTER PROGRAM [ARGUMENT ...]`` opens a listener for recorded answers, a
listener and a datagram socket for everything else on the sandbox's own loopback. It loads the BPF
program ``FILTER`` (in hexadecimal) by the system call number ``CALL``, and sends all of them
through the descriptor to the supervisor outside, with the descriptor on which the kernel reports
what the tool does, where there is one. It keeps no copy and becomes the program. It ends where the
filter cannot be loaded, since the tool could then load filters.
"""

from __future__ import annotations

import ctypes
import os
import queue
import socket
import sys
import threading

PORT = 8080
BACKLOG = 512
LOAD_FILTER = 1  # SECCOMP_SET_MODE_FILTER
NEW_LISTENER, WAIT_KILLABLE = 1 << 3, 1 << 5  # flags of seccomp(2); the second is of Linux 5.19


class Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def load(call: int, data: bytes) -> int:
    """Load the filter for this thread; returns its listener, or -1 if the kernel gives none."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(data) // 8, data)
    for flags in (NEW_LISTENER | WAIT_KILLABLE, NEW_LISTENER, 0):
        found = libc.syscall(call, LOAD_FILTER, flags, ctypes.byref(program))
        if found >= 0:
            return int(found) if flags else -1
    raise OSError(ctypes.get_errno(), "the filter of observed calls is refused")


def hand_out(
    control: socket.socket, sockets: list[socket.socket], listeners: queue.Queue[int]
) -> None:
    """Send the sockets and the listener, which the filtered thread cannot send itself."""
    descriptors = [each.fileno() for each in sockets]
    listener = listeners.get()
    if listener >= 0:
        descriptors.append(listener)
    socket.send_fds(control, [b"."], descriptors)
    if listener >= 0:
        os.close(listener)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    sockets = [
        socket.create_server(("127.0.0.1", PORT), backlog=64),
        socket.create_server(("127.0.0.1", 0), backlog=BACKLOG),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    ]
    sockets[2].bind(("127.0.0.1", 0))
    listeners: queue.Queue[int] = queue.Queue()
    # Only the thread that loads a filter is filtered, so the other one can still send.
    sender = threading.Thread(target=hand_out, args=(control, sockets, listeners), daemon=True)
    sender.start()
    listeners.put(load(int(sys.argv[2]), bytes.fromhex(sys.argv[3])))
    sender.join()
    for each in (control, *sockets):
        each.close()
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - the interpreter that the supervisor named


if __name__ == "__main__":
    main()
