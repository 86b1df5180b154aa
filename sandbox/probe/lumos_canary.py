"""The canary's attempts to break out. The sandbox must prevent every one."""

import ctypes
import os
import socket
import time
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def read(path: str) -> str:
    """Read a file outside the sandbox."""
    return Path(path).read_text()


def write(path: str) -> str:
    """Write a file outside, in a folder that every user may write to."""
    Path(path).write_text("the sandbox let this through")
    return path


def connect(port: int) -> str:
    """Connect to a server on the machine's own loopback."""
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def new_namespace() -> int:
    """Create a user namespace, in which the tool would be root."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return 0


def fork(most: int) -> int:
    """Fork up to ``most`` children; returns how many ran at the same time."""
    for number in range(most):
        try:
            if os.fork() == 0:
                time.sleep(5)
                os._exit(0)
        except OSError:
            return number
    return most


def allocate(size: int) -> int:
    """Allocate more memory than the limit."""
    return len(bytearray(size))
